"""Where the files that come with the package lie: tables of conditions, scenes, pictures."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

_PACKAGE = "dcrviz"


def bundled(*parts: str) -> Path:
    """Path of a bundled file or folder, for instance ``bundled("conditions", "hits2015.csv")``.

    Parameters
    ----------
    parts
        Names of folders and file below ``assets``; none for the folder itself.

    Raises
    ------
    ValueError
        If no such file comes with the package.

    Notes
    -----
    An installed package has the folder inside, as ``dcrviz.assets``; a checkout has it beside.
    """
    package = Path(str(files(_PACKAGE)))
    installed, checkout = package / "assets", package.parent / "assets"
    path = (installed if installed.is_dir() else checkout).joinpath(*parts)
    if not path.exists():
        raise ValueError(f"bundled file must come with the package; got {'/'.join(parts)}")
    return path

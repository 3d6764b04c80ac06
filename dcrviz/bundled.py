"""Where the files that come with the package lie: tables of conditions, scenes, pictures."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


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
    installed, checkout = _PACKAGE / "assets", _PACKAGE.parent / "assets"
    path = (installed if installed.is_dir() else checkout).joinpath(*parts)
    if not path.exists():
        raise ValueError(f"bundled file must come with the package; got {'/'.join(parts)}")
    return path

"""Star images from PSFEx files, read by GalSim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits

from dcrviz.io.scan import UNREADABLE
from dcrviz.records import Exposure, Plane
from dcrviz.warp.grid import Grid, reaches
from dcrviz.warp.star_images import middle_on

ENDINGS = ("-psfex.fits", "_psfex.fits", ".psfex.fits", ".psf", "_psfcat.psf", "_psfexcat.psf")
"""What a PSFEx file's name has after the name of its exposure."""
_COLUMN = "PSF_MASK"
_FITS_ENDINGS = (".fz", ".gz", ".fits", ".fit", ".fts")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class PsfexModel:
    """How the stars of one detector look, anywhere on it.

    Parameters
    ----------
    library
        GalSim's `DES_PSFEx`.
    side
        Of its star images in pixels of the detector; odd.
    where
        The file and HDU, for messages.
    """

    library: Any
    side: int
    where: str

    def star_at(self, x: float, y: float) -> Plane:
        """A star in the middle of (P, P) pixels at pixel (x, y), counted from 0; its sum is 1.

        Raises
        ------
        ValueError
            If there is no light there: the polynomial holds on the detector only.
        """
        from galsim import PositionD

        # PSFEx counts pixels from 1; its images have the pixel in them.
        try:
            profile = self.library.getPSF(PositionD(x + 1, y + 1))
            drawn = profile.drawImage(nx=self.side, ny=self.side, scale=1.0, method="no_pixel")
        except ValueError as error:
            raise ValueError(self._no_light(x, y, str(error))) from error
        image = np.asarray(drawn.array, dtype=np.float32)
        total = float(image.sum())
        if not (np.isfinite(image).all() and total > 0):
            raise ValueError(self._no_light(x, y, f"a sum of {total:g}"))
        return np.asarray(image / total)

    def _no_light(self, x: float, y: float, found: str) -> str:
        return f"{self.where}: must give a star with light at pixel ({x:.0f}, {y:.0f}); got {found}"


def galsim_is_there() -> bool:
    """Whether what reads PSFEx files is installed."""
    return find_spec("galsim") is not None


def psfex_beside(path: Path) -> Path | None:
    """The PSFEx file that lies beside an exposure, by its name; None if none does.

    Notes
    -----
    The exposure's name without ``.fits``, and one of `ENDINGS`; points in it may be hyphens, as in
    ``c4d_..._ooi_g_ls9.N3.fits`` and ``c4d_..._ooi_g_ls9-N3-psfex.fits``.
    """
    name = path.name
    for ending in _FITS_ENDINGS:
        name = name.removesuffix(ending)
    names = [stem + ending for stem in (name, name.replace(".", "-")) for ending in ENDINGS]
    return next((there for each in names if (there := path.with_name(each)).is_file()), None)


def psfex_files(exposures: Sequence[Exposure], given: Sequence[Path] = ()) -> dict[str, Path]:
    """The PSFEx file of each exposure file that has one.

    Parameters
    ----------
    given
        One for each file, in the order of the exposures; without, those beside them are taken.

    Raises
    ------
    ValueError
        If others than one for each file are given.
    """
    sources = list(dict.fromkeys(exposure.source for exposure in exposures))
    if not given:
        beside = {source: psfex_beside(Path(source)) for source in sources}
        return {source: path for source, path in beside.items() if path is not None}
    if len(given) != len(sources):
        raise ValueError(
            f"one PSFEx file must be named for each of the {len(sources)} exposure files; got "
            f"{len(given)}"
        )
    return dict(zip(sources, given, strict=True))


def psfex_models(
    exposures: Sequence[Exposure], files: Mapping[str, Path]
) -> dict[Exposure, PsfexModel]:
    """The model of each exposure whose file has a PSFEx file.

    Raises
    ------
    ValueError
        If a file is no PSFEx file, or has not as many models as its exposure file has detectors.
    """
    models: dict[Exposure, PsfexModel] = {}
    for source, path in files.items():
        detectors = [exposure for exposure in exposures if exposure.source == source]
        found = read_psfex(path)
        if len(found) != len(detectors):
            raise ValueError(
                f"{path}: must have a model for each of the {len(detectors)} detectors of "
                f"{source}, in their order; got {len(found)}"
            )
        models |= dict(zip(detectors, found, strict=True))
    return models


def with_star_images(
    visits: Sequence[Sequence[Exposure]], models: Mapping[Exposure, PsfexModel], grid: Grid
) -> list[list[Exposure]]:
    """The visits with a star image for each exposure that has a model.

    Notes
    -----
    Of the middle of what the grid takes of the exposure. It wins over a star image that the
    exposure has already, which is of no place.
    """
    return [[_with_star(exposure, models.get(exposure), grid) for exposure in v] for v in visits]


def _with_star(exposure: Exposure, model: PsfexModel | None, grid: Grid) -> Exposure:
    if model is None or not reaches(exposure, grid):
        return exposure
    return replace(exposure, psf=model.star_at(*middle_on(exposure, grid)))


def read_psfex(path: Path) -> list[PsfexModel]:
    """The models of a PSFEx file: one for each of its tables.

    Raises
    ------
    ValueError
        If it can't be read or is no PSFEx file, if its polynomial is not of the place on the
        detector alone, or if GalSim is not installed.
    """
    try:
        from galsim.des import DES_PSFEx
    except ImportError as error:
        raise ValueError(
            f"{path}: a PSFEx file needs the extra dcrviz[psfex]; got {error}"
        ) from error
    models = []
    try:
        with fits.open(path, memmap=False) as hdus:
            for i, hdu in enumerate(hdus):
                if _has_model(hdu):
                    _complete(hdu)
                    models.append(_model(DES_PSFEx(hdu), where=f"{path}, HDU {i}"))
    except (*UNREADABLE, AssertionError) as error:
        raise ValueError(f"{path}: must be a PSFEx file; got {error}") from error
    if not models:
        raise ValueError(f"{path}: must be a PSFEx file; got no table with a column {_COLUMN}")
    return models


def _model(library: Any, *, where: str) -> PsfexModel:
    reach = max(library.basis.shape[1:]) / 2 * float(library.sample_scale)
    return PsfexModel(library=library, side=2 * int(np.ceil(reach - 0.5)) + 1, where=where)


def _has_model(hdu: Any) -> bool:
    return isinstance(hdu, fits.BinTableHDU) and _COLUMN in map(str.upper, hdu.columns.names)


def _complete(hdu: fits.BinTableHDU) -> None:
    """Fill in the counts that a header lacks, as those of files that were cut out do."""
    planes, height, width = hdu.data.field(_COLUMN).shape[1:]
    counts = {
        "POLNAXIS": len([key for key in hdu.header if key.startswith("POLNAME")]),
        "POLNGRP": 1,
        "PSFNAXIS": 3,
        "PSFAXIS1": width,
        "PSFAXIS2": height,
        "PSFAXIS3": planes,
    }
    for key, count in counts.items():
        hdu.header.setdefault(key, count)

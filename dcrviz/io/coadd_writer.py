"""The products of a run as files: one coadd per subfilter, their sum, the counts."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO, Any, TypeAlias

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from dcrviz.io.atomic import AtomicFiles
from dcrviz.io.coadd_keys import (
    COADD_NAME,
    COUNTED,
    COUNTS_NAME,
    N_IMAGES,
    N_VISITS,
    is_product_name,
    model_keys,
    subfilter_keys,
    subfilter_name,
)
from dcrviz.io.grid import grid_header
from dcrviz.io.inputs import inputs_hdu
from dcrviz.io.model_table import model_hdu
from dcrviz.io.write import exposure_hdus, primary_header, psf_hdu
from dcrviz.kernels.pool import run_all
from dcrviz.physics.seeing import width_px
from dcrviz.records import Coadd, Coadds, Pixels

_log = logging.getLogger(__name__)

_Extension: TypeAlias = fits.BinTableHDU | fits.ImageHDU
# The HDUs that a file begins with, and the bytes of those after them.
_File: TypeAlias = tuple[Callable[[], fits.HDUList], bytes]
# Bytes of a FITS block.
_BLOCK = 2880


def write_coadds(
    result: Coadds,
    directory: str | os.PathLike[str],
    *,
    header: Mapping[str, Any] | None = None,
    texts: Mapping[str, str] | None = None,
    threads: int = 1,
) -> list[Path]:
    """Write the coadds of a run as LSST Exposures, all or none, in place of an earlier run's.

    Parameters
    ----------
    directory
        Made if it is not there. It receives ``dcrCoadd_0.fits`` and so on, ``coadd.fits``, and
        ``nImage.fits`` if visits were counted. Those of an earlier run that have no successor are
        removed: more subfilters, or counts that this run has not.
    header
        Further keys of the primary headers; ``BUNIT`` is the unit of the images.
    texts
        Text files by name that belong to the coadds, such as the configuration.
    threads
        How many write files of pixels at once.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ValueError
        If the directory can't be written to.
    """
    folder = Path(directory)
    shared = {**(header or {}), **_shared_keys(result)}
    beside = _bytes_of(_beside_coadds(result))
    make: dict[str, _File] = {
        subfilter_name(subfilter): (partial(_subfilter_hdus, result, subfilter, shared), beside)
        for subfilter in range(len(result.planes))
    }
    of_model = _bytes_of([model_hdu(result.model)] if result.model.wavelength_nm else [])
    make[COADD_NAME] = partial(_coadd_hdus, result, result.corrected, shared), beside + of_model
    if _counted(result):
        make[COUNTS_NAME] = partial(_count_hdus, result, shared), b""
    with AtomicFiles() as files, ExitStack() as streams:
        # Open before any thread writes: one that is left behind makes no file any more.
        writing = [
            partial(
                _write,
                *made,
                streams.enter_context(files.add(folder / name).open("wb")),
                ", ".join(map(str, files.paths)),
            )
            for name, made in make.items()
        ]
        run_all(writing, threads=threads)
        for name, text in (texts or {}).items():
            files.add(folder / name).write_text(text, encoding="utf-8")
    _remove_leftovers(folder, files.paths)
    return files.paths


def _write(make: Callable[[], fits.HDUList], beside: bytes, stream: IO[bytes], names: str) -> None:
    """Make and write one file; the names are those of the files until it."""
    try:
        with stream:
            make().writeto(stream)
            stream.write(beside)
    except OSError as error:
        raise ValueError(f"{names}: can't be written; got {error}") from error


def _subfilter_hdus(result: Coadds, subfilter: int, shared: Mapping[str, Any]) -> fits.HDUList:
    coadd = Pixels(
        image=result.planes[subfilter],
        mask=result.mask,
        variance=result.variance[subfilter],
        planes=result.mask_planes,
    )
    return _coadd_hdus(result, coadd, {**shared, **subfilter_keys(result.model, subfilter)})


def _counted(result: Coadds) -> bool:
    return result.n_images is not None or result.n_visits is not None


def _shared_keys(result: Coadds) -> dict[str, Any]:
    filters = {visit.filter for visit in result.inputs}
    return {
        "FILTER": filters.pop() if len(filters) == 1 else None,
        **model_keys(result.model),
        "FWHM": None if result.psf is None else (width_px(result.psf), "[px] of stars, see PSF"),
        COUNTED: (_counted(result), f"whether {COUNTS_NAME} belongs to this coadd"),
    }


def _coadd_hdus(result: Coadds, coadd: Coadd | Pixels, keys: Mapping[str, Any]) -> fits.HDUList:
    return exposure_hdus(coadd, wcs=result.wcs, xy0=result.xy0, header=keys)


def _beside_coadds(result: Coadds) -> list[_Extension]:
    """What each coadd's file has beside its pixels."""
    inputs = inputs_hdu(result.inputs, result.input_weights)
    return [inputs] if result.psf is None else [inputs, psf_hdu(result.psf)]


def _bytes_of(extensions: Sequence[_Extension]) -> bytes:
    """HDUs as any file may end with them; to make a table's header anew for each takes longer."""
    stream = BytesIO()
    fits.HDUList([fits.PrimaryHDU(), *extensions]).writeto(stream)
    # Without the primary HDU, which has no data and few keys.
    return stream.getvalue()[_BLOCK:]


def _count_hdus(result: Coadds, keys: Mapping[str, Any]) -> fits.HDUList:
    """Counts per subfilter, LSST's total over the subfilters, and the number of visits."""
    counts: dict[str, NDArray[Any]] = {}
    if result.n_images is not None:
        counts |= {f"{N_IMAGES}_{a}": plane for a, plane in enumerate(result.n_images)}
        total = result.n_images.sum(axis=0, dtype=np.int32)
        fits_in_uint16 = total.max(initial=0) <= np.iinfo(np.uint16).max
        counts[N_IMAGES] = total.astype(np.uint16) if fits_in_uint16 else total
    if result.n_visits is not None:
        counts[N_VISITS] = result.n_visits
    grid = grid_header(result.wcs, result.xy0)
    planes = [fits.ImageHDU(count, header=grid.copy(), name=name) for name, count in counts.items()]
    return fits.HDUList([fits.PrimaryHDU(header=primary_header(keys)), *planes])


def _remove_leftovers(folder: Path, written: list[Path]) -> None:
    """Planes that are not part of the sum, and counts of other coadds, would mislead."""
    for path in sorted(folder.iterdir()):
        if is_product_name(path.name) and path not in written and path.is_file():
            _log.info("%s of an earlier run is removed", path)
            path.unlink()

"""The products of a run from their files."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from dcrviz.io.coadd_keys import (
    COADD_NAME,
    COUNTED,
    COUNTS_NAME,
    N_IMAGES,
    N_VISITS,
    read_model,
    subfilter_name,
)
from dcrviz.io.grid import read_wcs, read_xy0
from dcrviz.io.inputs import INPUTS, read_inputs
from dcrviz.io.lsst import lsst_parts
from dcrviz.io.model_table import MODEL
from dcrviz.io.parts import Parts, check_shapes
from dcrviz.io.scan import UNREADABLE, describe, scan
from dcrviz.records import Coadd, Coadds, Floats, ForwardModel, Visit


def read_coadds(directory: str | os.PathLike[str]) -> Coadds:
    """The coadds that `write_coadds` wrote.

    Raises
    ------
    ValueError
        If a file is missing, not of its kind, or not of the shape of the others.
    """
    folder = Path(directory)
    path = folder / COADD_NAME
    parts = _read_parts(path)
    model = _read_model(parts, path)
    corrected = _read_coadd(path, parts)
    coadds = [
        _read_coadd(folder / subfilter_name(subfilter), parts)
        for subfilter in range(model.n_subfilters)
    ]
    n_images, n_visits = _read_counts(folder, parts, model.n_subfilters)
    inputs, weights = _read_inputs(path)
    return Coadds(
        planes=np.stack([coadd.image for coadd in coadds]),
        variance=np.stack([coadd.variance for coadd in coadds]),
        mask=coadds[0].mask,
        mask_planes=coadds[0].planes,
        corrected=corrected,
        n_images=n_images,
        n_visits=n_visits,
        wcs=read_wcs(parts.header, parts.primary),
        xy0=read_xy0(parts.keys),
        model=model,
        inputs=inputs,
        input_weights=weights,
        psf=None if parts.psf is None else parts.psf[:, :],
    )


def _read_parts(path: Path) -> Parts:
    hdus = scan(path)
    parts = lsst_parts(hdus)
    if parts is None or parts.variance is None:
        raise ValueError(f"{path}: must have HDUs IMAGE, MASK and VARIANCE; got {describe(hdus)}")
    check_shapes(parts)
    return parts


def _read_model(parts: Parts, path: Path) -> ForwardModel:
    try:
        with fits.open(path, memmap=False) as file:
            # fits.HDUList is a list: it has no get.
            table = file[MODEL] if MODEL in file else None  # noqa: SIM401
            if table is not None:
                table.data  # noqa: B018 - read before the file is closed
    except UNREADABLE as error:
        raise ValueError(f"{path}: must have a readable table {MODEL}; got {error}") from error
    return read_model(parts.keys, table, path)


def _read_coadd(path: Path, like: Parts) -> Coadd:
    parts = _read_parts(path)
    if parts.image.shape != like.image.shape:
        raise ValueError(
            f"{path}: must have the shape of {like.header.path.name}, {like.image.shape}; got "
            f"{parts.image.shape}"
        )
    return Coadd(
        image=np.asarray(parts.image),
        mask=np.asarray(parts.mask),
        variance=np.asarray(parts.variance),
        planes=dict(parts.planes),
    )


def _read_counts(
    folder: Path, parts: Parts, n_subfilters: int
) -> tuple[NDArray[np.uint16] | None, NDArray[np.uint16] | None]:
    """Counts per subfilter and of visits; a file of counts from an earlier run is not read."""
    if parts.keys.value(COUNTED) is not True:
        return None, None
    path = folder / COUNTS_NAME
    found = {hdu.name for hdu in scan(path)}
    names = [f"{N_IMAGES}_{subfilter}" for subfilter in range(n_subfilters)]
    try:
        with fits.open(path, memmap=False) as file:
            images = [np.array(file[name].data, dtype=np.uint16) for name in names if name in found]
            visits = np.array(file[N_VISITS].data, dtype=np.uint16) if N_VISITS in found else None
    except UNREADABLE as error:
        raise ValueError(f"{path}: must hold counts of visits; got {error}") from error
    if images and len(images) != n_subfilters:
        raise ValueError(
            f"{path}: must have counts of {n_subfilters} subfilters; got {len(images)}"
        )
    return (np.stack(images) if images else None), visits


def _read_inputs(path: Path) -> tuple[tuple[Visit, ...], Floats]:
    try:
        with fits.open(path, memmap=False) as file:
            if INPUTS not in file:
                raise ValueError("no such table")
            return read_inputs(file[INPUTS])
    except UNREADABLE as error:
        raise ValueError(f"{path}: must have a complete table {INPUTS}; got {error}") from error

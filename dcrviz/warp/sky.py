"""The sky's own light, which has no colour to fit and differs from visit to visit."""

from __future__ import annotations

import numpy as np
import sep

from dcrviz.kernels.extract import extract
from dcrviz.records import Bools, Plane

_SOURCES_SIGMA = 3.0
_LEAST_PIXELS = 5
_LEAST_BOX_PX = 4


def sky_of(image: Plane, unusable: Bools, *, box_px: int) -> Plane:
    """Smooth background of an image, (Y, X).

    Parameters
    ----------
    unusable
        Pixels to leave out; those that are not finite are left out too.
    box_px
        Side of the boxes in which a level is found; larger than any source.

    Raises
    ------
    ValueError
        If the boxes are not 4 px or more.

    Notes
    -----
    Boxes and spline of `sep.Background`, twice: what stands out by 3 sigma of the first one is left
    out of the second. 0 where no pixel is usable.
    """
    check_box(box_px)
    left_out = unusable | ~np.isfinite(image)
    if left_out.all():
        return np.zeros_like(image)
    pixels = np.ascontiguousarray(np.where(left_out, 0, image), dtype=np.float32)
    sides = {"bw": min(box_px, image.shape[1]), "bh": min(box_px, image.shape[0])}
    first = sep.Background(pixels, mask=left_out, **sides)
    _, segments = extract(
        pixels - first.back(),
        _SOURCES_SIGMA,
        err=max(first.globalrms, np.finfo(np.float32).tiny),
        mask=left_out,
        minarea=_LEAST_PIXELS,
        deblend_cont=1.0,
        segmentation_map=True,
    )
    sources = np.asarray(segments) > 0
    if (left_out | sources).all():
        return np.asarray(first.back(), dtype=np.float32)
    second = sep.Background(pixels, mask=left_out | sources, **sides)
    return np.asarray(second.back(), dtype=np.float32)


def check_box(box_px: int) -> None:
    """Raise if boxes of this side are too small to tell a level."""
    if box_px < _LEAST_BOX_PX:
        raise ValueError(f"boxes of the sky must be {_LEAST_BOX_PX} px or more; got {box_px}")

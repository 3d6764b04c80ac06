"""Several images of one field as one FITS file in memory."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.io import fits

from dcrviz.io.grid import grid_header
from dcrviz.io.inputs import ascii_text
from dcrviz.io.write import primary_header
from dcrviz.records import Plane

if TYPE_CHECKING:
    from astropy.wcs import WCS


def stack_bytes(
    images: Mapping[str, Plane],
    *,
    wcs: WCS | None,
    xy0: tuple[int, int] = (0, 0),
    header: Mapping[str, Any] | None = None,
) -> bytes:
    """The bytes of a FITS file with an extension for each image, float32, in order.

    Parameters
    ----------
    images
        (Y, X) each, by the name of the extension.
    header
        Keys of the primary header.
    """
    grid = grid_header(wcs, xy0)
    hdus = [
        fits.ImageHDU(np.asarray(image, np.float32), header=grid.copy(), name=ascii_text(name))
        for name, image in images.items()
    ]
    content = io.BytesIO()
    primary = fits.PrimaryHDU(header=primary_header(header or {}))
    fits.HDUList([primary, *hdus]).writeto(content)
    return content.getvalue()

"""Exposures and coadds as LSST Exposure files."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS

from dcrviz.io.atomic import atomic_write
from dcrviz.io.coadd_keys import PREDICTED
from dcrviz.io.grid import grid_header
from dcrviz.io.inputs import ascii_text
from dcrviz.io.lsst import PSF
from dcrviz.physics.seeing import width_px
from dcrviz.records import Bits, Coadd, Pixels, Plane
from dcrviz.rooms import fresh

_PLANE_NAME = re.compile(r"[A-Z0-9_-]+")
_PLAIN_KEY = re.compile(r"[A-Z0-9_-]{1,8}")
_CARD = 80
_STRUCTURE = {"SIMPLE", "BITPIX", "NAXIS", "EXTEND", "XTENSION", "BUNIT"}


def write_exposure(  # noqa: PLR0913 - the parts of the layout
    path: str | os.PathLike[str],
    *,
    image: Plane,
    mask: Bits,
    variance: Plane,
    planes: Mapping[str, int],
    wcs: WCS | None,
    xy0: tuple[int, int] = (0, 0),
    header: Mapping[str, Any] | None = None,
    psf: Plane | None = None,
) -> Path:
    """Write an LSST Exposure: HDUs IMAGE, MASK and VARIANCE, the header in the primary one.

    Parameters
    ----------
    image, variance
        (Y, X), float32.
    mask
        (Y, X), int32 bits.
    planes
        Bit number of each mask plane; names in capitals.
    xy0
        (x, y) of the lower left pixel in the parent grid.
    header
        Keys of the primary header, such as `visit_header` makes, each with a value or a pair of
        value and comment; None and numbers that are not finite are left out. ``BUNIT`` goes to
        the image, and squared to the variance.
    psf
        Image of a star, in an HDU PSF.

    Raises
    ------
    ValueError
        If the planes' shapes differ, a plane's name or bit can't be kept in a header, or the file
        can't be written.

    Notes
    -----
    The file appears when it is complete; an error leaves the old one.
    """
    pixels = Pixels(image=image, mask=mask, variance=variance, planes=planes)
    hdus = exposure_hdus(pixels, wcs=wcs, xy0=xy0, header=header or {})
    if psf is not None:
        hdus.append(psf_hdu(psf))
    with atomic_write(path) as temporary:
        hdus.writeto(temporary)
    return Path(path)


def write_template(
    path: str | os.PathLike[str],
    coadd: Coadd,
    *,
    wcs: WCS | None,
    xy0: tuple[int, int] = (0, 0),
    header: Mapping[str, Any] | None = None,
) -> Path:
    """Write a coadd or matched template as an LSST Exposure; see `write_exposure`.

    A key of the header tells it from a visit.
    """
    keys = {**(header or {}), PREDICTED: (True, "no visit")}
    hdus = exposure_hdus(coadd, wcs=wcs, xy0=xy0, header=keys)
    with atomic_write(path) as temporary:
        hdus.writeto(temporary)
    return Path(path)


def exposure_hdus(
    coadd: Coadd | Pixels, *, wcs: WCS | None, xy0: tuple[int, int], header: Mapping[str, Any]
) -> fits.HDUList:
    """The HDUs of an LSST Exposure."""
    _check(coadd)
    unit = str(header.get("BUNIT") or "")
    grid = grid_header(wcs, xy0)
    image = _plane_hdu("IMAGE", coadd.image, np.float32, grid)
    mask = _plane_hdu("MASK", coadd.mask, np.int32, grid)
    variance = _plane_hdu("VARIANCE", coadd.variance, np.float32, grid)
    for name, bit in sorted(coadd.planes.items(), key=lambda item: item[1]):
        set_key(mask.header, f"MP_{name}", int(bit))
    if unit:
        image.header["BUNIT"] = unit
        variance.header["BUNIT"] = f"({unit})**2" if re.search(r"[ */]", unit) else f"{unit}**2"
    return fits.HDUList([fits.PrimaryHDU(header=primary_header(header)), image, mask, variance])


def psf_hdu(psf: Plane) -> fits.ImageHDU:
    """The image of a star as an HDU."""
    hdu = fits.ImageHDU(np.asarray(psf, dtype=np.float32), name=PSF)
    hdu.header["FWHM"] = (width_px(psf), "[px] of the star")
    return hdu


def primary_header(values: Mapping[str, Any]) -> fits.Header:
    """A header of these keys, without those that the file's structure decides."""
    header = fits.Header()
    for key, value in values.items():
        if key.upper() not in _STRUCTURE:
            set_key(header, key, value)
    return header


def set_key(header: fits.Header, key: str, value: Any) -> None:
    """Set a key to a value, or a pair of value and comment; as HIERARCH where the key needs it.

    Characters that FITS can't hold are escaped, and a comment that has no room is cut.
    """
    plain, comment = value if isinstance(value, tuple) else (value, "")
    if plain is None or (isinstance(plain, float | np.floating) and not np.isfinite(plain)):
        return
    if isinstance(plain, str):
        plain = ascii_text(plain)
    name = key if _PLAIN_KEY.fullmatch(key) else f"HIERARCH {key}"
    if comment:
        room = _CARD - len(fits.Card(name, plain).image.rstrip()) - len(" / ")
        comment = ascii_text(comment)[: max(0, room)]
    header[name] = (plain, comment)


def _plane_hdu(
    kind: str, pixels: np.ndarray[Any, Any], dtype: type, grid: fits.Header
) -> fits.ImageHDU:
    hdu = fits.ImageHDU(_as_stored(pixels, dtype), header=grid.copy(), name=kind)
    hdu.header["EXTTYPE"] = kind
    hdu.header["INHERIT"] = True
    return hdu


def _as_stored(pixels: np.ndarray[Any, Any], dtype: type) -> np.ndarray[Any, Any]:
    """The pixels in the order of bytes of FITS, which astropy would bring them into elsewhere."""
    stored = fresh(*np.shape(pixels)).view(np.dtype(dtype).newbyteorder(">"))
    stored[...] = pixels
    return stored


def _check(coadd: Coadd | Pixels) -> None:
    shape = np.shape(coadd.image)
    for name in ("image", "mask", "variance"):
        found = np.shape(getattr(coadd, name))
        if len(found) != 2 or found != shape:
            raise ValueError(
                f"{name} must have two axes and the image's shape {shape}; got {found}"
            )
    for plane, bit in coadd.planes.items():
        if not _PLANE_NAME.fullmatch(plane) or not 0 <= bit <= 30:
            raise ValueError(
                "mask planes must have names in capitals and bits from 0 to 30; got "
                f"{plane!r}: {bit}"
            )

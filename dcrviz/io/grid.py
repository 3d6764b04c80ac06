"""Where the pixels are: the WCS and the origin XY0, from and to headers."""

from __future__ import annotations

import math
import warnings

from astropy.io import fits
from astropy.utils.exceptions import AstropyWarning
from astropy.wcs import WCS
from astropy.wcs.utils import proj_plane_pixel_area

from dcrviz.io.keywords import Keywords, lookup
from dcrviz.io.scan import UNREADABLE, Hdu

_DEG_TO_ARCSEC = 3600.0
# Distortions that astropy keeps in HDUs of their own.
_TABLES = ("cpdis1", "cpdis2", "det2im1", "det2im2")
# Times of the exposure whose grid it was; a product made of many exposures has none of them.
_NOT_OF_THE_GRID = ("DATE", "MJD", "TIME", "OBSGEO", "JEPOCH", "BEPOCH")


def read_wcs(image: Hdu, primary: Hdu) -> WCS | None:
    """Sky coordinates of an image; None if its header has none.

    Raises
    ------
    ValueError
        If the header contradicts itself.

    Notes
    -----
    With ``INHERIT=T`` the primary header completes the reference frame, and supplies the whole
    WCS of an image that has none; its keys are never mixed into a WCS that is there.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", AstropyWarning)
            header = _wcs_cards(image, primary)
            if "CTYPE1" not in header:
                return None
            wcs = WCS(header)
    except UNREADABLE as error:
        raise ValueError(
            f"{image.path}: HDU {image.index} must have a consistent WCS; got {_first_line(error)}"
        ) from error
    return wcs if wcs.has_celestial and wcs.naxis == 2 else None


def read_xy0(keys: Keywords) -> tuple[int, int]:
    """The (x, y) of the lower left pixel in the parent grid: from WCS A, LTV1/2, or (0, 0)."""
    if keys.text("CTYPE1A").upper() == "LINEAR":
        x0, y0 = (_origin_of_wcs_a(keys, axis) for axis in (1, 2))
    else:
        x0, y0 = (_negative(keys.number(f"LTV{axis}")) for axis in (1, 2))
    return round(x0), round(y0)


def grid_header(wcs: WCS | None, xy0: tuple[int, int]) -> fits.Header:
    """The WCS, WCS A and LTV keys of an image, with all digits.

    Notes
    -----
    astropy's own header keeps twelve digits; CRPIX, CRVAL, the matrix and PV are written anew.

    Raises
    ------
    ValueError
        If the WCS is none that keys of a header can hold.
    """
    header = fits.Header() if wcs is None else _wcs_header(wcs)
    for axis, origin in enumerate(xy0, start=1):
        header[f"CTYPE{axis}A"] = ("LINEAR", "pixels of the parent grid")
        header[f"CUNIT{axis}A"] = "pixel"
        header[f"CRPIX{axis}A"] = 1.0
        header[f"CRVAL{axis}A"] = float(origin)
        header[f"LTV{axis}"] = float(-origin)
    return header


def pixel_scale_arcsec(wcs: WCS) -> float:
    """Side of a pixel of the same area, at the reference point."""
    return _DEG_TO_ARCSEC * math.sqrt(proj_plane_pixel_area(wcs.celestial))


def _wcs_cards(image: Hdu, primary: Hdu) -> fits.Header:
    """The image's header, with what it inherits and the size of the image, not of its storage."""
    assert image.shape is not None
    header = image.header.copy(strip=True)
    if lookup(image.header, "INHERIT") is True:
        inherited = primary.header.copy(strip=True)
        cards = inherited.cards
        if "CTYPE1" in header:
            cards = [inherited.cards[key] for key in ("RADESYS", "EQUINOX") if key in inherited]
        header.extend(cards, unique=True)
    header["NAXIS"], header["NAXIS1"], header["NAXIS2"] = 2, image.shape[1], image.shape[0]
    return header


def _wcs_header(wcs: WCS) -> fits.Header:
    _check_representable(wcs)
    header = wcs.to_header(relax=True)
    for key in [key for key in header if key.startswith(_NOT_OF_THE_GRID)]:
        del header[key]
    matrix = wcs.pixel_scale_matrix
    for i in range(wcs.wcs.naxis):
        header[f"CRPIX{i + 1}"] = float(wcs.wcs.crpix[i])
        header[f"CRVAL{i + 1}"] = float(wcs.wcs.crval[i])
        header.remove(f"CDELT{i + 1}", ignore_missing=True)
        for j in range(wcs.wcs.naxis):
            header.remove(f"PC{i + 1}_{j + 1}", ignore_missing=True)
            header[f"CD{i + 1}_{j + 1}"] = float(matrix[i, j])
    for axis, term, value in wcs.wcs.get_pv():
        header[f"PV{axis}_{term}"] = float(value)
    return header


def _check_representable(wcs: WCS) -> None:
    rule = "a WCS must be one that the keys of a FITS header can hold, to be written; got"
    if not isinstance(wcs, WCS):
        raise ValueError(f"{rule} a {type(wcs).__module__}.{type(wcs).__name__}")
    tables = [name for name in _TABLES if getattr(wcs, name) is not None]
    if tables:
        raise ValueError(f"{rule} one with distortions in tables ({', '.join(tables)})")


def _origin_of_wcs_a(keys: Keywords, axis: int) -> float:
    value, reference = keys.number(f"CRVAL{axis}A"), keys.number(f"CRPIX{axis}A")
    return (0.0 if value is None else value) + 1 - (1.0 if reference is None else reference)


def _negative(value: float | None) -> float:
    return 0.0 if value is None else -value


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__

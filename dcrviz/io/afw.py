"""Exposures that the Rubin pipelines hold in memory, told by what they can do: no lsst import."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS

from dcrviz.bands import Band
from dcrviz.io.keywords import Keywords
from dcrviz.io.table import Row
from dcrviz.io.visit_info import read_id, read_visit, with_fwhm
from dcrviz.physics.seeing import width_px
from dcrviz.records import Exposure, Plane

# What asks a VisitInfo for a value, under the key that LSST's files keep it by.
_ASKED: dict[str, tuple[str, ...]] = {
    "EXPTIME": ("getExposureTime",),
    "AVG-ERA": ("getEra", "asDegrees"),
    "BORE-RA": ("getBoresightRaDec", "getLongitude", "asDegrees"),
    "BORE-DEC": ("getBoresightRaDec", "getLatitude", "asDegrees"),
    "BORE-AZ": ("getBoresightAzAlt", "getLongitude", "asDegrees"),
    "BORE-ALT": ("getBoresightAzAlt", "getLatitude", "asDegrees"),
    "BORE-AIRMASS": ("getBoresightAirmass",),
    "OBS-LAT": ("getObservatory", "getLatitude", "asDegrees"),
    "OBS-LONG": ("getObservatory", "getLongitude", "asDegrees"),
    "OBS-ELEV": ("getObservatory", "getElevation"),
    "AIRTEMP": ("getWeather", "getAirTemperature"),
    "AIRPRESS": ("getWeather", "getAirPressure"),
    "HUMIDITY": ("getWeather", "getHumidity"),
    "INSTRUMENT": ("getInstrumentLabel",),
}
_PLANES = ("image", "mask", "variance")


def exposure_from_afw(
    exposure: Any, *, visit_id: int | str | None = None, band: Band | None = None
) -> Exposure:
    """See `Exposure.from_afw`."""
    pixels = {name: getattr(getattr(exposure, name, None), "array", None) for name in _PLANES}
    lacking = [f"{name}.array" for name, array in pixels.items() if array is None]
    if lacking:
        kind = type(exposure)
        raise TypeError(
            "an exposure must have image, mask and variance, as lsst.afw.image.ExposureF has; got "
            f"a {kind.__module__}.{kind.__qualname__} without {', '.join(lacking)}"
        )
    corner = exposure.getXY0()
    xy0 = (int(corner[0]), int(corner[1]))
    keys = Keywords(_told_by(exposure))
    wcs = _local_wcs(exposure.getWcs(), xy0)
    name = read_id(keys, "exposure") if visit_id is None else visit_id
    visit = read_visit(keys, Row(), visit_id=name, wcs=wcs, band=band)
    star = _star_image(exposure.getPsf())
    if star is not None:
        visit = with_fwhm(visit, width_px(star))
    return Exposure(
        image=np.asarray(pixels["image"], np.float32),
        mask=np.asarray(pixels["mask"], np.int32),
        variance=np.asarray(pixels["variance"], np.float32),
        planes=dict(exposure.mask.getMaskPlaneDict()),
        wcs=wcs,
        visit=visit,
        xy0=xy0,
        source=f"visit {name}",
        psf=star,
    )


def _told_by(exposure: Any) -> dict[str, Any]:
    """What VisitInfo and filter tell, by the keys of LSST's files."""
    found: dict[str, Any] = {}
    info = exposure.getInfo().getVisitInfo()
    if info is not None:
        found = {key: _asked(info, getters) for key, getters in _ASKED.items()}
        found["IDNUM"] = getattr(info, "id", None)
        date = info.getDate()
        if date.isValid():
            found["DATE-AVG"] = date.toPython().isoformat()
    label = exposure.getFilter()
    if label is not None:
        found["FILTER"] = label.physicalLabel if label.hasPhysicalLabel() else label.bandLabel
    return {key: value for key, value in found.items() if _is_known(value)}


def _asked(source: Any, getters: tuple[str, ...]) -> Any:
    for getter in getters:
        source = getattr(source, getter)()
    return source


def _is_known(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def _local_wcs(wcs: Any, xy0: tuple[int, int]) -> WCS | None:
    """The WCS of the pixels in the array; LSST's is that of the parent grid.

    Raises
    ------
    ValueError
        If it is one that FITS keys can't hold: of a single exposure, not of a warp.
    """
    if wcs is None:
        return None
    if not wcs.isFits:
        raise ValueError(
            "the WCS of an exposure must be one that FITS keys can hold, as that of a warp is; got "
            "one that is not: warp the exposure to the grid of a patch first"
        )
    header = fits.Header(dict(wcs.getFitsMetadata(precise=True).toDict()))
    for axis, origin in enumerate(xy0, start=1):
        header[f"CRPIX{axis}"] -= origin
    return WCS(header)


def _star_image(psf: Any) -> Plane | None:
    if psf is None:
        return None
    star = np.asarray(psf.computeKernelImage(psf.getAveragePosition()).array, np.float32)
    return np.ascontiguousarray(star)

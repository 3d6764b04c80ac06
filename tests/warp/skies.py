"""Skies of Gaussian stars, drawn wherever a WCS puts their pixels."""

import numpy as np
from astropy.wcs import WCS

from dcrviz.warp.areas import pixel_areas

CENTRE = (150.1, 2.2)
PLANES = {"BAD": 0, "SAT": 1, "DETECTED": 5, "NO_DATA": 8}
SIGMA_ARCSEC = 0.6


def tan(scale=0.25, *, angle=0.0, flip=1, shape=(120, 120), centre=CENTRE):
    """A tangential WCS; east is to the left unless flipped."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval = centre
    wcs.wcs.crpix = [(shape[1] + 1) / 2, (shape[0] + 1) / 2]
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    wcs.wcs.cd = scale / 3600 * np.array([[-flip * cos, sin], [flip * sin, cos]])
    wcs.wcs.set()
    return wcs


def distorted(shape=(120, 120)):
    """A WCS whose pixels shrink by some percent from the middle to the corner, as DECam's do."""
    wcs = tan(shape=shape)
    wcs.wcs.ctype = ["RA---TPV", "DEC--TPV"]
    radial = 1e3
    pv = [
        (axis, term, value)
        for axis in (1, 2)
        for term, value in ((1, 1.0), (7, radial), (9, radial))
    ]
    wcs.wcs.set_pv(pv)
    wcs.wcs.set()
    return wcs


def stars_sky(number=6, seed=3, reach_arcsec=9.0):
    """Offsets (east, north) in arcsec, and fluxes."""
    rng = np.random.default_rng(seed)
    return rng.uniform(-reach_arcsec, reach_arcsec, (number, 2)), rng.uniform(2e3, 2e4, number)


def drawn(wcs, shape, stars, *, sky=0.0):
    """Flux in each pixel of round stars on the sky, by their middle on the pixel's sky."""
    y, x = np.indices(shape)
    lon, lat = wcs.all_pix2world(x, y, 0)
    east = (lon - CENTRE[0]) * np.cos(np.radians(lat)) * 3600
    north = (lat - CENTRE[1]) * 3600
    brightness = np.zeros(shape)
    for (e, n), flux in zip(*stars, strict=True):
        apart = (east - e) ** 2 + (north - n) ** 2
        brightness += flux * np.exp(-apart / (2 * SIGMA_ARCSEC**2)) / (2 * np.pi * SIGMA_ARCSEC**2)
    return (brightness * pixel_areas(wcs, shape) + sky).astype(np.float32)

"""An exposure of any image."""

import numpy as np
import pytest
from skies import PLANES

from dcrviz.bands import Band
from dcrviz.records import Exposure, Site, Visit

TOLD = {
    "airmass": 1.4,
    "parallactic_rad": 0.6,
    "site": Site(longitude_deg=-70.8, latitude_deg=-30.2, height_m=2241.0),
    "band": Band.decam("g"),
    "filter": "g",
    "instrument": "DECam",
    "psf_fwhm_px": 5.6,
}


@pytest.fixture(scope="session")
def exposure_of():
    """Makes an exposure of an image."""

    def make(image, wcs, *, visit=1, variance=1.0, mask=None, source="", **others):
        return Exposure(
            image=image,
            mask=np.zeros(image.shape, np.int32) if mask is None else mask,
            variance=np.full(image.shape, variance, np.float32),
            planes=PLANES,
            wcs=wcs,
            visit=Visit(id=visit, **(TOLD | others)),
            source=source,
        )

    return make

"""One star: where its light lands, and what that does to its image."""

from dataclasses import replace

import numpy as np
import pytest

from dcrviz import Band, Visit
from dcrviz.simulate import CTIO, blackbody, flat, one_star

VISIT = Visit(
    id=1,
    band=Band.lsst("g"),
    airmass=1.5,
    parallactic_rad=0.5,
    site=CTIO,
    psf_fwhm_px=3.5,
)


def centroid(image):
    y, x = np.indices(image.shape) - (len(image) - 1) / 2
    return (y * image).sum() / image.sum(), (x * image).sum() / image.sum()


def test_in_the_zenith_all_light_lands_in_one_place():
    found = one_star(replace(VISIT, airmass=1.0), flat())
    assert found.smear_arcsec == pytest.approx(0, abs=1e-9)
    assert centroid(found.image) == pytest.approx((0, 0), abs=1e-3)


def test_blue_light_is_lifted_towards_the_zenith_and_red_light_less():
    found = one_star(VISIT, flat())
    assert (np.diff(found.moved_arcsec) < 0).all()
    effective = np.interp(VISIT.band.effective_nm, found.wavelength_nm, found.moved_arcsec)
    assert effective == pytest.approx(0, abs=2e-3)
    assert np.hypot(*found.moved_px.T) * found.pixel_scale_arcsec == pytest.approx(
        np.abs(found.moved_arcsec), abs=1e-6
    )


def test_the_middle_of_the_light_is_where_the_image_has_it():
    found = one_star(VISIT, blackbody(3000), size_px=65)
    towards = found.moved_px[0] / np.hypot(*found.moved_px[0])
    along = np.dot(centroid(found.image), towards) * found.pixel_scale_arcsec
    # The wings of the star reach beyond the image.
    assert along == pytest.approx(found.shift_arcsec, rel=0.03)


def test_a_cool_star_is_lifted_less_than_a_hot_one():
    cool, hot = (one_star(VISIT, blackbody(kelvin)) for kelvin in (3000, 10000))
    assert cool.shift_arcsec < 0 < hot.shift_arcsec
    assert cool.smear_arcsec == hot.smear_arcsec


def test_the_smear_grows_with_the_tangent_of_the_zenith_angle():
    low, high = (one_star(replace(VISIT, airmass=x), flat()).smear_arcsec for x in (2.0, 1.2))
    assert low / high == pytest.approx(np.sqrt((2.0**2 - 1) / (1.2**2 - 1)), rel=0.01)


@pytest.mark.parametrize("size", [1, 32])
def test_an_image_without_a_middle_is_refused(size):
    with pytest.raises(ValueError, match=rf"size_px must be odd, and 3 or more; got {size}"):
        one_star(VISIT, flat(), size_px=size)


def test_a_visit_without_a_band_is_refused():
    with pytest.raises(ValueError, match="visit 1: a star needs the band it is seen in; got none"):
        one_star(replace(VISIT, band=None), flat())

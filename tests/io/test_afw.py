"""Exposures that the Rubin pipelines hold in memory."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from afw_like import exposure_f, visit_info
from lsst_keys import PLANES, SKY, VISIT

import dcrviz
from dcrviz.io import read_exposure
from dcrviz.physics.seeing import star_image
from dcrviz.psf import KOLMOGOROV

STAR = star_image(4.0, psf=KOLMOGOROV, reach_px=12)


@pytest.fixture
def like(pixels):
    """An exposure with these pixels."""
    return lambda **values: exposure_f(pixels, PLANES, **values)


def test_it_is_the_exposure_that_its_file_holds(lsst_file, like):
    read = read_exposure(lsst_file())
    made = dcrviz.Exposure.from_afw(like(sky=SKY, info=visit_info(VISIT)))
    for name in ("image", "mask", "variance"):
        np.testing.assert_array_equal(np.asarray(getattr(made, name)), getattr(read, name))
    assert dict(made.planes) == dict(read.planes)
    corners = ([0, 7], [0, 5])
    np.testing.assert_allclose(
        made.wcs.pixel_to_world_values(*corners), read.wcs.pixel_to_world_values(*corners)
    )
    for name in ("id", "airmass", "zenith_rad", "parallactic_rad", "site", "weather", "exposure_s"):
        assert getattr(made.visit, name) == getattr(read.visit, name), name
    assert made.visit.time.startswith(VISIT["DATE-AVG"])
    assert made.visit.band == dcrviz.Band.named("decam-g")


def test_its_wcs_is_that_of_the_pixels_in_the_array(like):
    x0, y0 = xy0 = (3000, 12000)
    parent = SKY | {"CRPIX1": SKY["CRPIX1"] + x0, "CRPIX2": SKY["CRPIX2"] + y0}
    cut = dcrviz.Exposure.from_afw(like(sky=parent, xy0=xy0))
    whole = dcrviz.Exposure.from_afw(like(sky=SKY))
    assert cut.xy0 == xy0
    np.testing.assert_allclose(
        cut.wcs.pixel_to_world_values(2, 3), whole.wcs.pixel_to_world_values(2, 3)
    )


def test_its_psf_is_the_image_of_a_star_and_tells_the_seeing(like):
    made = dcrviz.Exposure.from_afw(like(sky=SKY, info=visit_info(VISIT), star=STAR))
    np.testing.assert_array_equal(made.psf, STAR)
    assert made.visit.psf_fwhm_px == pytest.approx(4.0, rel=0.05)
    assert not any(sentence.startswith("seeing") for sentence in made.visit.missing)


def test_what_it_does_not_tell_is_missing_and_named(like):
    made = dcrviz.Exposure.from_afw(like(), visit_id="mine")
    assert made.visit.id == "mine"
    assert made.wcs is None
    told = " ".join(made.visit.missing)
    # The place of DECam is known by its filter's name.
    for name in ("airmass", "parallactic angle", "weather", "seeing", "time", "WCS"):
        assert name in told


def test_numbers_that_nobody_knows_are_none(like):
    info = visit_info(VISIT | {"BORE-AIRMASS": math.nan, "AIRTEMP": math.nan})
    visit = dcrviz.Exposure.from_afw(like(sky=SKY, info=info)).visit
    assert visit.weather is None
    # The altitude tells it, too.
    assert visit.airmass == pytest.approx(1.41, abs=0.01)


def test_the_arrays_are_copies_that_nobody_can_write_to(like, pixels):
    made = dcrviz.Exposure.from_afw(like())
    before = made.image[0, 0]
    pixels.image[0, 0] += 5
    assert made.image[0, 0] == before
    with pytest.raises(ValueError, match="read-only"):
        made.image[0, 0] = 0


def test_a_wcs_that_fits_keys_cannot_hold_is_refused(like):
    single = like(sky=SKY)
    single.getWcs().isFits = False
    with pytest.raises(ValueError, match="warp the exposure to the grid of a patch first"):
        dcrviz.Exposure.from_afw(single)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (None, "builtins.NoneType without image.array, mask.array, variance.array"),
        (
            SimpleNamespace(image=SimpleNamespace(array=np.ones((2, 2)))),
            "without mask.array, variance.array",
        ),
    ],
)
def test_something_else_is_refused_by_what_it_lacks(other, told):
    with pytest.raises(TypeError, match=told):
        dcrviz.Exposure.from_afw(other)

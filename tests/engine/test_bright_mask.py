"""BRIGHT_OBJECT around catalogued stars."""

from dataclasses import replace

import numpy as np
import pytest
from astropy.wcs import WCS

import dcrviz
from dcrviz.bright import BrightObject
from dcrviz.engine.masks import flagged

ON = dcrviz.AssembleConfig(mask_bright_objects=True)


@pytest.fixture(scope="module")
def star_at(scene):
    """A catalogue entry at a pixel (x, y)."""

    def star(x, y, **size):
        ra_deg, dec_deg = scene.wcs.pixel_to_world_values(x, y)
        return BrightObject(ra_deg=float(ra_deg), dec_deg=float(dec_deg), **size)

    return star


def bright(exposures, *stars, config=ON):
    template = dcrviz.prepare(exposures, config, bright_objects=stars).template
    return flagged(template.mask, template.planes, ["BRIGHT_OBJECT"])


def test_a_circle_covers_the_pixels_within_its_radius(exposures, star_at):
    flags = bright(exposures, star_at(20, 30, radius_arcsec=1.01))
    y, x = np.mgrid[:48, :48]
    # 0.2 arcsec per pixel.
    np.testing.assert_array_equal(flags, np.hypot(y - 30, x - 20) <= 5)


def test_a_box_is_wide_along_right_ascension_and_high_along_declination(exposures, star_at):
    # East is to the left and north is up.
    flags = bright(exposures, star_at(20, 30, width_arcsec=2.02, height_arcsec=0.82))
    y, x = np.mgrid[:48, :48]
    np.testing.assert_array_equal(flags, (abs(x - 20) <= 5) & (abs(y - 30) <= 2))


@pytest.mark.parametrize("dec_deg", [0.0, -89.9998, 89.9998])
def test_a_circle_is_round_at_the_pole_too(exposures, dec_deg):
    grid = WCS(naxis=2)
    grid.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    grid.wcs.crval, grid.wcs.crpix = [80.0, dec_deg], [24.5, 24.5]
    grid.wcs.cdelt = [-0.2 / 3600, 0.2 / 3600]
    on_it = [replace(exposure, wcs=grid) for exposure in exposures]
    ra_deg, dec_deg = (float(angle) for angle in grid.pixel_to_world_values(20, 30))
    star = BrightObject(ra_deg=ra_deg, dec_deg=dec_deg, radius_arcsec=1.01)
    y, x = np.mgrid[:48, :48]
    np.testing.assert_array_equal(bright(on_it, star), np.hypot(y - 30, x - 20) <= 5)


def test_a_star_beyond_the_edge_reaches_into_the_field(exposures, star_at):
    flags = bright(exposures, star_at(-3, 10, radius_arcsec=1.01))
    assert flags[10, :3].all()
    assert not flags[:, 3:].any()


def test_several_stars_are_masked_together(exposures, star_at):
    one, other = star_at(10, 10, radius_arcsec=0.5), star_at(30, 30, radius_arcsec=0.5)
    np.testing.assert_array_equal(
        bright(exposures, one, other), bright(exposures, one) | bright(exposures, other)
    )


def test_the_other_planes_of_the_template_stay(exposures, problem, star_at):
    template = dcrviz.prepare(
        exposures, ON, bright_objects=[star_at(14, 15, radius_arcsec=1.0)]
    ).template
    np.testing.assert_array_equal(
        flagged(template.mask, template.planes, ["DETECTED"]),
        flagged(problem.template.mask, problem.template.planes, ["DETECTED"]),
    )


def test_nothing_is_masked_unless_the_knob_says_so(exposures, star_at):
    stars = [star_at(14, 15, radius_arcsec=1.0)]
    template = dcrviz.prepare(exposures, bright_objects=stars).template
    assert "BRIGHT_OBJECT" not in template.planes


@pytest.mark.parametrize("place", [(np.nan, 0.0), (np.inf, 0.0), (10.0, np.nan), (10.0, 90.5)])
def test_an_object_that_is_nowhere_on_the_sky_is_an_error(place):
    with pytest.raises(ValueError, match="a declination from -90 to 90 deg; got"):
        BrightObject(ra_deg=place[0], dec_deg=place[1], radius_arcsec=1.0)


@pytest.mark.parametrize(
    "size",
    [
        {},
        {"radius_arcsec": 0.0},
        {"width_arcsec": 2.0},
        {"radius_arcsec": -1.0},
        {"radius_arcsec": np.inf},
    ],
)
def test_an_object_that_is_neither_circle_nor_box_is_an_error(size):
    with pytest.raises(ValueError, match="either a radius or a width and a height"):
        BrightObject(ra_deg=10.0, dec_deg=0.0, **size)


def test_a_knob_without_stars_is_told(exposures):
    assert dcrviz.prepare(exposures, ON).warnings == (
        "mask_bright_objects is on, and there are no bright objects: nothing is marked",
    )

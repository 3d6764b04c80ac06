"""The pixel grid that all visits are brought to."""

import numpy as np
import pytest
from skies import CENTRE, distorted, tan

from dcrviz.warp import common_grid, grid_around, grid_of

BLANK = np.zeros((100, 140), np.float32)


@pytest.fixture
def visit(exposure_of):
    """Makes a visit of one blank detector."""
    return lambda wcs, **others: [exposure_of(BLANK, wcs, **others)]


def corners(exposure, grid):
    """Corners of an exposure's outermost pixels in pixels of the grid."""
    height, width = exposure.shape
    x = np.array([-0.5, width - 0.5, width - 0.5, -0.5])
    y = np.array([-0.5, -0.5, height - 0.5, height - 0.5])
    return np.array(grid.wcs.all_world2pix(*exposure.wcs.all_pix2world(x, y, 0), 0)).T


def test_north_is_up_and_east_to_the_left_whatever_the_visits_are(visit):
    grid = common_grid([visit(tan(angle=70, flip=-1, shape=BLANK.shape))])
    ra, dec = grid.wcs.all_pix2world([10, 11, 10], [20, 20, 21], 0)
    assert ra[1] < ra[0]
    assert dec[2] > dec[0]
    assert list(grid.wcs.wcs.ctype) == ["RA---TAN", "DEC--TAN"]


def test_its_pixels_are_the_median_ones(visit):
    visits = [visit(tan(scale, shape=BLANK.shape)) for scale in (0.2, 0.25, 0.4)]
    assert common_grid(visits).scale_arcsec == pytest.approx(0.25, rel=1e-6)
    assert common_grid(visits, scale_arcsec=0.5).scale_arcsec == pytest.approx(0.5, rel=1e-6)


def test_the_overlap_lies_within_every_visit(visit):
    far = (CENTRE[0] + 8 / 3600, CENTRE[1] - 5 / 3600)
    visits = [visit(tan(shape=BLANK.shape)), visit(tan(shape=BLANK.shape, centre=far), visit=2)]
    grid = common_grid(visits)
    height, width = grid.shape
    for (exposure,) in visits:
        box = corners(exposure, grid)
        assert (box.min(axis=0) <= -0.5 + 1e-3).all()
        assert (box.max(axis=0) >= np.array([width, height]) - 0.5 - 1e-3).all()
    assert (100 - 22, 140 - 34) <= grid.shape <= (100 - 19, 140 - 31)


def test_all_has_room_for_every_visit(visit):
    far = (CENTRE[0] + 8 / 3600, CENTRE[1] - 5 / 3600)
    visits = [visit(tan(shape=BLANK.shape)), visit(distorted(BLANK.shape)), visit(tan(centre=far))]
    grid = common_grid(visits, cover="all")
    height, width = grid.shape
    for (exposure,) in visits:
        box = corners(exposure, grid)
        assert (box.min(axis=0) >= -1.5 - 1e-3).all()
        assert (box.max(axis=0) <= np.array([width, height]) + 0.5 + 1e-3).all()


def test_a_visit_that_lies_elsewhere_is_named(visit):
    far = (CENTRE[0] + 1, CENTRE[1])
    visits = [visit(tan(), source="a.fits"), visit(tan(centre=far), source="b.fits")]
    with pytest.raises(ValueError, match=r"must overlap with all other visits; got none with"):
        common_grid(visits)


def test_a_visit_on_the_other_side_of_the_sky_is_named(visit):
    far = (CENTRE[0] + 170, -CENTRE[1])
    visits = [visit(tan(), source="a.fits"), visit(tan(centre=far), source="b.fits")]
    with pytest.raises(ValueError, match=r"\.fits: must lie within 90 deg|\.fits: must overlap"):
        common_grid(visits)


def test_without_wcs_there_is_no_grid(visit):
    with pytest.raises(ValueError, match=r"a\.fits: must have a celestial WCS to be warped"):
        common_grid([visit(None, source="a.fits")])


def test_a_grid_around_a_place_has_it_in_its_middle():
    grid = grid_around((10.5, -30.25), (64, 81), scale_arcsec=0.3)
    middle = grid.wcs.all_pix2world(40, 31.5, 0)
    np.testing.assert_allclose(middle, [10.5, -30.25], atol=1e-9)
    assert grid.shape == (64, 81)
    assert grid.scale_arcsec == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("centre", "shape", "scale", "words"),
    [
        ((400.0, 0.0), (8, 8), 0.2, "right ascension of 0 to 360"),
        ((10.0, -91.0), (8, 8), 0.2, "declination of -90 to 90"),
        ((10.0, 0.0), (0, 8), 0.2, "must have pixels, 0 x 8"),
        ((10.0, 0.0), (8, 8), 0.0, "of 0 arcsec"),
    ],
)
def test_a_grid_that_can_not_be_is_refused(centre, shape, scale, words):
    with pytest.raises(ValueError, match=words):
        grid_around(centre, shape, scale_arcsec=scale)


def test_the_grid_of_an_image_is_the_image_s(exposure_of):
    exposure = exposure_of(BLANK, tan())
    grid = grid_of(exposure)
    assert grid.shape == (100, 140)
    assert grid.wcs is exposure.wcs


def test_what_it_shall_cover_is_one_of_two(visit):
    with pytest.raises(ValueError, match="cover must be one of overlap, all; got 'some'"):
        common_grid([visit(tan())], cover="some")

"""Images of stars on the pixels of a grid."""

import numpy as np
import pytest
from skies import distorted, tan

from dcrviz.physics.seeing import star_image
from dcrviz.physics.star_fit import fit_star, star_width_px
from dcrviz.psf import KOLMOGOROV
from dcrviz.warp.grid import Grid
from dcrviz.warp.resample import METHODS
from dcrviz.warp.star_images import jacobian_at, mean_star, middle_on, star_on_grid

SHAPE = (120, 120)
BLANK = np.zeros(SHAPE, np.float32)
ROUND = star_image(4.0, psf=KOLMOGOROV, reach_px=16)


def long_star():
    """Twice as long along x as along y."""
    y, x = np.indices((41, 41)) - 20.0
    star = np.exp(-(x**2) / 32 - y**2 / 8)
    return (star / star.sum()).astype(np.float32)


def turned(angle_deg, *, scale=1.0, flip=1):
    cos, sin = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return scale * np.array([[cos, -sin], [sin, cos]]) @ np.diag([flip, 1])


def centre(star):
    """Mean place of the light from the middle pixel, (x, y)."""
    y, x = (np.arange(side) - side // 2 for side in star.shape)
    return float((star @ x).sum() / star.sum()), float((star.T @ y).sum() / star.sum())


def axis_deg(star):
    """Direction of the longer axis."""
    widths, directions = np.linalg.eigh(fit_star(star, fwhm_px=6.0, reach_px=9.0).width2)
    assert widths[1] > 2 * widths[0]
    return np.degrees(np.arctan2(directions[1, 1], directions[0, 1])) % 180


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("flip", [1, -1])
@pytest.mark.parametrize(("angle", "scale"), [(0, 1.0), (33, 1.0), (90, 1.4), (70, 0.8)])
def test_the_light_is_one_and_the_star_stays_in_the_middle(method, flip, angle, scale):
    star = star_on_grid(ROUND, turned(angle, scale=scale, flip=flip), method=method)
    assert star.shape[0] == star.shape[1]
    assert star.shape[0] % 2 == 1
    assert star.sum() == pytest.approx(1, abs=1e-6)
    assert centre(star) == pytest.approx((0, 0), abs=1e-3)
    assert np.unravel_index(star.argmax(), star.shape) == (len(star) // 2,) * 2


@pytest.mark.parametrize("scale", [0.8, 1.0, 1.5])
def test_the_width_is_told_in_pixels_of_the_grid(scale):
    star = star_on_grid(ROUND, turned(20, scale=scale), method="bicubic")
    # As the pixels of both are in the image of the star, the widths are those of the images.
    assert star_width_px(star) == pytest.approx(scale * star_width_px(ROUND), rel=0.015)


def test_shared_areas_blur_by_about_a_pixel():
    sharp, blurred = (star_on_grid(ROUND, turned(20), method=method) for method in METHODS)
    assert 1.01 < star_width_px(blurred) / star_width_px(sharp) < 1.1


@pytest.mark.parametrize("angle", [0, 25, 60, 140])
def test_a_long_star_turns_with_the_pixels(angle):
    star = star_on_grid(long_star(), turned(angle), method="bicubic")
    assert axis_deg(star) == pytest.approx(angle % 180, abs=0.5)
    flipped = star_on_grid(long_star(), turned(angle) @ np.diag([-1, 1]), method="bicubic")
    assert axis_deg(flipped) == pytest.approx(angle % 180, abs=0.5)


def test_on_its_own_pixels_it_stays_as_it_is():
    star = star_on_grid(long_star(), np.eye(2), method="bicubic")
    edge = (len(star) - 41) // 2
    np.testing.assert_allclose(star[edge : edge + 41, edge : edge + 41], long_star(), atol=1e-6)


@pytest.mark.parametrize(
    "jacobian", [turned(90, scale=1.5), turned(0, flip=-1), turned(30, flip=-1, scale=0.9)]
)
def test_light_beside_the_middle_goes_where_the_pixels_go(jacobian):
    star = np.roll(ROUND, (1, 2), axis=(0, 1))
    found = centre(star_on_grid(star, jacobian, method="bicubic"))
    assert found == pytest.approx(tuple(jacobian @ centre(star)), abs=3e-3)


@pytest.mark.parametrize(
    ("wcs", "expected"),
    [
        (tan(), np.eye(2)),
        (tan(0.3), 1.2 * np.eye(2)),
        (tan(flip=-1), np.diag([-1, 1])),
        (tan(angle=30), turned(30)),
    ],
)
def test_pixels_of_the_grid_for_each_of_an_exposure(exposure_of, wcs, expected):
    grid = Grid(wcs=tan(), shape=SHAPE)
    found = jacobian_at(exposure_of(BLANK, wcs), (50, 60), grid)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_where_pixels_shrink_a_star_has_more_of_them(exposure_of):
    exposure, grid = exposure_of(BLANK, distorted()), Grid(wcs=tan(), shape=SHAPE)
    middle, corner = (
        np.linalg.det(jacobian_at(exposure, place, grid)) for place in ((59.5, 59.5), (5, 5))
    )
    assert middle == pytest.approx(1, rel=1e-3)
    assert corner < 0.99 or corner > 1.01


def test_the_middle_of_what_the_grid_takes(exposure_of):
    exposure = exposure_of(BLANK, tan())
    whole = Grid(wcs=tan(), shape=SHAPE)
    corner = Grid(wcs=tan()[60:, 80:], shape=(60, 40))
    assert middle_on(exposure, whole) == pytest.approx((59.5, 59.5), abs=1e-3)
    assert middle_on(exposure, corner) == pytest.approx((99.5, 89.5), abs=1e-3)


def test_the_mean_of_two_stars_counts_each_by_its_weight():
    wide = star_image(6.0, psf=KOLMOGOROV, reach_px=24)
    mean = mean_star([ROUND, wide], [3, 1])
    assert mean.shape == wide.shape
    expected = 0.25 * wide
    expected[8:-8, 8:-8] += 0.75 * ROUND
    np.testing.assert_allclose(mean, expected, atol=1e-7)

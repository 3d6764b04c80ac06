"""What spoils a visit does so to the pixels, and to nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from dcrviz.simulate import MadeField, made_exposures, made_scene
from dcrviz.simulate.spoilt import mirrored, moved, saturated, with_trail

SMALL = MadeField(n_stars=3, n_visits=2, size_px=40)
SAT = 1 << 1


@pytest.fixture(scope="module")
def exposure():
    return made_exposures(SMALL)[0]


def test_a_moved_scene_is_moved_back():
    scene = made_scene(SMALL)
    there = moved(scene, x_px=0.5, y_px=-0.25)
    back = moved(there, x_px=-0.5, y_px=0.25)
    assert [s.x - t.x for s, t in zip(there.sources, scene.sources, strict=True)] == [0.5] * 3
    assert [(s.x, s.y) for s in back.sources] == [(s.x, s.y) for s in scene.sources]


def test_a_mirrored_angle_leaves_the_pixels(exposure):
    other = mirrored(exposure)
    assert other.visit.parallactic_rad == -exposure.visit.parallactic_rad
    np.testing.assert_array_equal(other.image, exposure.image)


def test_an_angle_that_nobody_knows_can_not_be_mirrored(exposure):
    lost = replace(exposure, visit=replace(exposure.visit, parallactic_rad=None))
    with pytest.raises(ValueError, match=r"visit 415378: parallactic_rad must be known; got none"):
        mirrored(lost)


def test_a_trail_is_brightest_on_its_line_and_as_wide_as_the_seeing(exposure):
    crossed = with_trail(exposure, start=(0, 10), end=(39, 10), peak=500.0)
    light = (crossed.image - exposure.image)[:, 20]
    half = exposure.visit.psf_fwhm_px / 2
    assert light.argmax() == 10
    assert np.interp(10 + half, np.arange(40), light) == pytest.approx(250, rel=0.05)
    noise = (crossed.variance - exposure.variance)[:, 20]
    np.testing.assert_allclose(noise, light, atol=0.01)


def test_a_full_pixel_is_cut_off_flagged_and_bleeds_along_its_column(exposure):
    image = np.zeros((40, 40), np.float32)
    image[20, 7] = 900.0
    full = saturated(replace(exposure, image=image), level=600.0, bleed_px=2)
    rows, columns = np.nonzero(full.mask & SAT)
    assert (rows.tolist(), set(columns)) == ([18, 19, 20, 21, 22], {7})
    assert (full.image[18:23, 7] == 600.0).all()
    assert full.image.sum() == 5 * 600.0


def test_a_detector_that_is_never_full_changes_nothing(exposure):
    same = saturated(exposure, level=1e9, bleed_px=3)
    np.testing.assert_array_equal(same.image, exposure.image)
    np.testing.assert_array_equal(same.mask, exposure.mask)

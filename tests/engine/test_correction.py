"""From residuals back to planes."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz.box import Box
from dcrviz.engine.correction import stacked_residual, visit_residual
from dcrviz.engine.template import visit_template

# Far enough from the edges that every shift stays inside.
INSIDE = (slice(None), slice(6, -6), slice(6, -6))


def whole(problem):
    return Box(y0=0, y1=problem.shape[0], x0=0, x1=problem.shape[1])


def correction(problem, planes):
    return stacked_residual(problem, planes, box=whole(problem))


@pytest.fixture
def nothing(problem):
    """Planes without any light."""
    return np.zeros((problem.n_subfilters, *problem.shape), dtype=np.float32)


def test_the_residual_is_the_image_minus_the_template_where_usable(problem, steps):
    planes = steps[3].planes
    template = visit_template(planes, problem.shifts, 1, order=problem.order)
    residual = visit_residual(problem, planes, 1, box=whole(problem))
    expected = np.where(problem.usable[1], problem.images[1] - template, 0)
    np.testing.assert_array_equal(residual, expected)


def test_images_that_the_planes_explain_need_no_correction(problem, steps):
    planes = steps[3].planes
    images = [visit_template(planes, problem.shifts, v, order=problem.order) for v in range(6)]
    assert not correction(replace(problem, images=np.stack(images)), planes).any()


@pytest.mark.parametrize("weights", ["2019", "inverse_variance"])
def test_a_residual_that_is_the_same_everywhere_is_added_as_it_is(exposures, nothing, weights):
    problem = dcrviz.prepare(exposures, dcrviz.AssembleConfig(weights=weights))
    flat = replace(problem, images=np.full_like(problem.images, 7.0))
    np.testing.assert_allclose(correction(flat, nothing)[INSIDE], 7, rtol=1e-3)


def test_a_weighted_correction_lies_within_the_range_of_the_residuals(
    exposures, problem, nothing, flag
):
    hole = np.zeros(problem.shape, dtype=bool)
    hole[20:28, 20:28] = True
    deep = replace(exposures[0], variance=exposures[0].variance * np.float32(1e-3))
    given = dcrviz.prepare([flag(deep, "BAD", hole), *exposures[1:]], template=problem.template)
    ones = np.where(given.usable, np.float32(1), np.float32(0))
    # A spline may overshoot the pixels it goes through, but by no multiple.
    assert np.abs(correction(replace(given, images=ones), nothing)).max() <= 2


def test_a_correction_is_linear_in_the_residuals(problem, nothing):
    doubled = replace(problem, images=2 * np.stack(problem.images))
    np.testing.assert_allclose(
        correction(doubled, nothing), 2 * correction(problem, nothing), rtol=1e-6
    )


def test_pixels_that_are_not_usable_correct_nothing(exposures, problem, nothing, flag):
    everywhere = np.ones(problem.shape, dtype=bool)
    without = dcrviz.prepare([flag(exposures[0], "BAD", everywhere), *exposures[1:]])
    other = replace(exposures[0], image=exposures[0].image + 1000)
    changed = dcrviz.prepare([flag(other, "BAD", everywhere), *exposures[1:]])
    np.testing.assert_array_equal(correction(changed, nothing), correction(without, nothing))


def test_a_source_is_corrected_where_it_stands_in_every_subfilter(problem, nothing):
    # Each plane's light, seen by all visits, comes back to the pixel it left.
    planes = nothing.copy()
    planes[:, 24, 20] = 100
    images = [visit_template(planes, problem.shifts, v, order=problem.order) for v in range(6)]
    result = correction(replace(problem, images=np.stack(images)), nothing)
    for plane in result:
        assert np.unravel_index(plane.argmax(), plane.shape) == (24, 20)

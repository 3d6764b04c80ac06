"""Fits that begin with planes that are there already."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz.engine.template import amplify

FEW = dcrviz.AssembleConfig(max_iterations=3, min_iterations=3)


@pytest.fixture(scope="module")
def steps(exposures):
    return list(dcrviz.assemble(dcrviz.prepare(exposures, FEW)))


@pytest.fixture(scope="module")
def made(exposures, steps):
    return dcrviz.coadds(dcrviz.prepare(exposures, FEW), steps[-1])


@pytest.mark.parametrize("accelerate", [1.0, 2.0])
def test_the_coadds_of_the_first_step_are_those_that_were_given(problem, made, accelerate):
    config = problem.config.with_values(accelerate=accelerate)
    step = dcrviz.first_step(dcrviz.start_from(problem, made), config)
    np.testing.assert_allclose(
        amplify(step.planes, step.accelerate), made.planes, rtol=1e-5, atol=1e-3
    )


def test_a_fit_goes_on_where_another_ended(exposures, steps, made):
    problem = dcrviz.start_from(dcrviz.prepare(exposures, FEW), made)
    first = dcrviz.first_step(problem)
    assert first.metric == pytest.approx(steps[-1].metric, rel=1e-4)
    assert dcrviz.advance(problem, first).metric < first.metric < steps[0].metric


def test_plain_pixels_will_do_and_gaps_are_the_templates(problem, made):
    planes = made.planes.copy()
    planes[1, 5, 7] = np.nan
    step = dcrviz.first_step(dcrviz.start_from(problem, planes), FEW.with_values(accelerate=1.0))
    assert step.planes[1, 5, 7] == pytest.approx(problem.template.image[5, 7] / 3)
    np.testing.assert_array_equal(step.planes[0], planes[0])


def test_the_problem_and_the_planes_that_were_given_stay_as_they_are(problem, made):
    before = made.planes.copy()
    begun = dcrviz.start_from(problem, made)
    assert problem.start is None
    with pytest.raises(ValueError, match="read-only"):
        begun.start[0] = 0
    np.testing.assert_array_equal(made.planes, before)


def test_a_solver_in_fourier_space_says_that_it_ends_the_same(exposures, made):
    problem = dcrviz.prepare(exposures, dcrviz.AssembleConfig(solver="direct"))
    begun = dcrviz.start_from(problem, made)
    assert any("same planes from any start" in warning for warning in begun.warnings)
    *_, alone = dcrviz.assemble(problem)
    *_, after = dcrviz.assemble(begun)
    np.testing.assert_array_equal(after.planes, alone.planes)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda m: m.planes[:2], "must be 3, as the knob n_subfilters says; got 2"),
        (lambda m: m.planes[:, 1:], r"\(3, 48, 48\); got \(3, 47, 48\)"),
        (lambda m: m.planes[0], r"\(3, 48, 48\); got \(48, 48\)"),
        (lambda m: replace(m, xy0=(5, 0)), r"origin, \(0, 0\); got \(5, 0\)"),
        (
            lambda m: replace(m, model=replace(m.model, band=dcrviz.Band.lsst("r"))),
            r"band, lsst-g \(.*\); got lsst-r",
        ),
    ],
)
def test_planes_of_something_else_are_refused(problem, made, wrong, told):
    with pytest.raises(ValueError, match=told):
        dcrviz.start_from(problem, wrong(made))

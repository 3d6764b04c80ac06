"""The direction of residuals tells wrong angles, signs and astrometry by their names."""

import re
from dataclasses import replace
from functools import lru_cache
from math import pi

import numpy as np
import pytest
from scipy import ndimage

from dcrviz import AssembleConfig, assemble, prepare
from dcrviz.diagnostics.direction import residual_direction
from dcrviz.diagnostics.pictures import shown_planes
from dcrviz.diagnostics.places import left, misfit
from dcrviz.diagnostics.shifted_visits import shifted_visits
from dcrviz.simulate import MadeField, made_exposures

SEEDS = (1, 2, 3)
BAD = 5


@lru_cache
def field(seed):
    return tuple(made_exposures(MadeField(seed=seed, n_visits=8, size_px=104)))


def told(exposures, angle):
    """The same pixels with another parallactic angle in the headers."""
    return [
        replace(e, visit=replace(e.visit, parallactic_rad=angle(e.visit.parallactic_rad)))
        for e in exposures
    ]


def fitted(exposures, solver="direct"):
    problem = prepare(exposures, AssembleConfig(solver=solver, max_iterations=8))
    *_, step = assemble(problem)
    return problem, shown_planes(step)


@lru_cache
def healthy(seed):
    """The problem and planes of a field as it is; each fitted once."""
    return fitted(field(seed))


def direction_of(exposures, *, solver="direct"):
    return residual_direction(*fitted(exposures, solver))


def shrink(found):
    return {hypothesis.name: hypothesis.shrink for hypothesis in found.hypotheses}


@pytest.mark.parametrize("solver", ["direct", "iterative"])
@pytest.mark.parametrize("seed", SEEDS)
def test_on_a_healthy_field_it_says_so_and_nothing_else(seed, solver):
    found = residual_direction(
        *(healthy(seed) if solver == "direct" else fitted(field(seed), solver))
    )
    assert found.healthy
    assert found.verdicts == (
        "The residuals have no direction: angles, sign and astrometry fit the data.",
    )
    others = shrink(found)
    assert others.pop("as given") == 1
    assert max(others.values()) < 0.95


@pytest.mark.parametrize(
    ("angle", "name"),
    [
        (lambda q: -q, "mirrored"),
        (lambda q: q + pi, "turned by 180 deg"),
        (lambda q: pi - q, "mirrored and turned by 180 deg"),
        (lambda q: q - pi / 2, "turned by 90 deg"),
        (lambda q: q + pi / 2, "turned by -90 deg"),
    ],
)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_wrong_angle_is_named_by_what_would_mend_it(seed, angle, name):
    found = direction_of(told(field(seed), angle))
    assert found.best == name
    assert not found.healthy
    assert not found.shifted
    by = shrink(found)[name]
    assert by > 1.5
    assert found.verdicts[0].startswith(
        f"Residuals shrink {by:.1f}x if the parallactic angle is {name}"
    )


@pytest.mark.parametrize("degrees", [20, -30])
def test_an_oblique_turn_is_named_to_a_few_degrees(degrees):
    found = direction_of(told(field(1), lambda q: q - np.radians(degrees)))
    turned = re.fullmatch(r"turned by (-?\d+) deg", found.best)
    assert abs(int(turned[1]) - degrees) <= 3
    assert not found.shifted


def test_where_all_visits_have_one_angle_nobody_guesses():
    exposures = made_exposures(MadeField(seed=1, n_visits=8, visits="one angle"))
    mirrored = direction_of(told(exposures, lambda q: -q))
    assert {"mirrored", "mirrored and turned by 180 deg"} & {mirrored.best, *mirrored.undecided}
    assert mirrored.undecided
    assert mirrored.verdicts[-1].endswith("these visits can't tell.")


@pytest.mark.parametrize("name", ["mirrored", "turned by 180 deg"])
def test_lssts_iteration_cannot_hide_it_either(name):
    angle = {"mirrored": lambda q: -q, "turned by 180 deg": lambda q: q + pi}[name]
    assert direction_of(told(field(1), angle), solver="iterative").best == name


@pytest.mark.parametrize("seed", SEEDS)
def test_a_visit_that_lies_off_is_named_with_its_shift(seed):
    exposures = list(field(seed))
    moved = ndimage.shift(exposures[BAD].image, (0.4, -0.3), order=3, mode="nearest")
    exposures[BAD] = replace(exposures[BAD], image=moved.astype(np.float32))
    found = direction_of(exposures)
    assert found.best == "as given"
    (off,) = found.shifted
    assert off.index == BAD
    # The noise of a dozen stars, and a spline that moved them.
    assert (off.x_px, off.y_px) == pytest.approx((-0.3, 0.4), abs=0.05)
    assert off.shrink > 2
    assert found.verdicts[0].startswith(f"Visit {exposures[BAD].visit.id} lies off by (-0.")


def test_where_the_fit_knows_the_seeing_blurred_visits_are_not_told_to_be_shifted():
    blurred = made_exposures(MadeField(seed=1, n_visits=8, best_arcsec=0.6, worst_arcsec=1.1))
    assert direction_of(blurred).shifted == ()
    blurred[BAD] = replace(
        blurred[BAD], image=ndimage.shift(blurred[BAD].image, (0.4, -0.3), mode="nearest")
    )
    (off,) = direction_of(blurred).shifted
    assert off.index == BAD
    assert (off.x_px, off.y_px) == pytest.approx((-0.3, 0.4), abs=0.06)


def test_planes_of_the_opposite_sign_move_sources_the_wrong_way():
    problem, planes = healthy(1)
    found = residual_direction(problem, planes[::-1].copy())
    assert found.strength < -0.5
    assert any("opposite sign" in verdict for verdict in found.verdicts)


def test_planes_with_half_the_colour_are_said_to_hold_too_little():
    problem, planes = healthy(1)
    found = residual_direction(problem, (planes + planes.mean(axis=0)) / 2)
    assert found.strength > 1.5
    assert any("too little colour" in verdict for verdict in found.verdicts)


def test_residuals_of_planes_without_colour_lie_along_the_zenith():
    problem, planes = healthy(1)
    before = residual_direction(problem, planes)
    flat = np.repeat(planes.mean(axis=0)[None], len(planes), axis=0)
    after = residual_direction(problem, flat)
    assert after.along_px > 2 * before.along_px
    assert after.along_px > 1.5 * after.across_px


def test_without_sources_or_angles_it_tells_nothing():
    rng = np.random.default_rng(1)
    empty = [
        replace(e, image=rng.normal(0, 26, e.shape).astype(np.float32), mask=0 * e.mask)
        for e in field(1)
    ]
    problem = prepare(empty, AssembleConfig())
    assert residual_direction(problem, np.zeros((3, *problem.shape), np.float32)) is None
    problem, planes = healthy(1)
    visits = (replace(problem.visits[0], parallactic_rad=None), *problem.visits[1:])
    assert residual_direction(replace(problem, visits=visits), planes) is None


def test_colour_and_place_explain_a_source_that_refraction_moves():
    spans = np.array([[1.0, 0.0], [2.0, 1.0], [0.5, -2.0], [3.0, 0.0]])
    seen = 0.3 * spans[None] + np.array([0.2, -0.1])
    weight = np.ones((1, 4))
    np.testing.assert_allclose(left(seen, weight, spans), 0, atol=1e-12)
    assert misfit(seen, weight, spans) < 1e-20
    assert misfit(seen, weight, spans[:, ::-1]) > 0.01


def test_a_visit_without_weight_is_predicted_by_the_others():
    spans = np.array([[1.0, 0.0], [2.0, 1.0], [0.5, -2.0], [3.0, 0.0]])
    seen = 0.3 * spans[None] + np.array([0.2, -0.1])
    seen[0, 3] += [0.5, 0.25]
    rest = left(seen, np.array([[1.0, 1.0, 1.0, 0.0]]), spans)
    np.testing.assert_allclose(rest[0, 3], [0.5, 0.25], atol=1e-12)


@pytest.mark.parametrize("number", [1, 2])
def test_one_or_two_visits_tell_no_direction(number):
    assert direction_of(field(1)[:number]) is None


def test_visits_that_are_off_do_not_count():
    exposures = list(field(1))
    off = {str(e.visit.id): 0.0 for e in exposures[2:]}
    problem = prepare(exposures, AssembleConfig(solver="direct", visit_factors=off))
    *_, step = assemble(problem)
    assert residual_direction(problem, shown_planes(step)) is None


def test_sources_that_lie_nowhere_shift_no_visit():
    seen = np.full((6, 8, 2), np.nan)
    assert shifted_visits(seen, np.ones((6, 8)), np.ones((8, 2))) == ()

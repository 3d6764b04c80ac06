"""Visits have no order: whatever is found of a run is found of the same visits shuffled."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz import AssembleConfig, assemble, prepare
from dcrviz.diagnostics.direction import residual_direction
from dcrviz.diagnostics.holdout import held_out
from dcrviz.diagnostics.holes import blemishes_of
from dcrviz.diagnostics.ledger import ledger_of
from dcrviz.diagnostics.leverage import leverage
from dcrviz.diagnostics.pictures import shown_planes
from dcrviz.diagnostics.planner import leave_one_out
from dcrviz.simulate import MadeField, made_exposures

ORDER = [4, 0, 5, 2, 3, 1]
# Sums over visits in another order round differently, and an iteration passes that on.
CLOSE = {"rtol": 1e-3, "atol": 1e-4}


@pytest.fixture(scope="module")
def exposures():
    """One visit lies a pixel aside, and one has a star of its own: there is something to find."""
    field = made_exposures(MadeField(n_stars=14, size_px=104, n_visits=6))
    field[1] = replace(field[1], image=np.roll(field[1].image[:], 1, axis=1))
    rows, columns = np.indices(field[3].shape)
    star = 5000 * np.exp(-((rows - 30) ** 2 + (columns - 70) ** 2) / 4.5)
    field[3] = replace(field[3], image=(field[3].image[:] + star).astype(np.float32))
    return field


@pytest.fixture(scope="module", params=["iterative", "direct"])
def both(request, exposures):
    """Problem and steps of the visits in their order, and in another one."""
    config = AssembleConfig(solver=request.param)
    problems = [prepare(some, config) for some in (exposures, [exposures[i] for i in ORDER])]
    return [(problem, list(assemble(problem))) for problem in problems]


def of_both(both, look):
    return [look(problem, steps[-1]) for problem, steps in both]


def by_visit(problem, values):
    return [value for _, value in sorted(zip([v.id for v in problem.visits], values, strict=True))]


def test_the_verdicts_are_the_same(both):
    told, shuffled = (
        sorted((v.kind, v.severity, v.title) for v in dcrviz.verdicts(problem, steps))
        for problem, steps in both
    )
    assert {"bad_astrometry", "transient"} <= {kind for kind, _, _ in told}
    assert told == shuffled


def test_holes_wings_and_the_light_of_sources_are_the_same(both):
    one, other = of_both(both, lambda problem, step: blemishes_of(problem, step))
    assert [(b.kind, b.subfilter) for b in one] == [(b.kind, b.subfilter) for b in other]
    np.testing.assert_allclose(
        [(b.x, b.y, b.depth_sigma) for b in one], [(b.x, b.y, b.depth_sigma) for b in other], 0.01
    )
    light = of_both(both, lambda problem, step: ledger_of(problem, shown_planes(step)).planes)
    np.testing.assert_allclose(*light, **CLOSE)


def test_what_visits_can_tell_is_the_same(both):
    np.testing.assert_allclose(*of_both(both, lambda p, _: leverage(p).errors), **CLOSE)
    without = of_both(both, lambda p, _: by_visit(p, leave_one_out(p).errors.tolist()))
    np.testing.assert_allclose(*without, **CLOSE)


def test_the_direction_of_the_residuals_is_the_same(both):
    found = of_both(both, lambda p, step: residual_direction(p, shown_planes(step)))
    assert found[0].best == found[1].best
    shrink = [[hypothesis.shrink for hypothesis in one.hypotheses] for one in found]
    np.testing.assert_allclose(*shrink, rtol=0.02)
    off = [
        [(problem.visits[s.index].id, round(s.x_px, 2), round(s.y_px, 2)) for s in one.shifted]
        for (problem, _), one in zip(both, found, strict=True)
    ]
    assert off[0] == off[1] != []


def test_held_out_visits_are_predicted_alike(exposures):
    config = AssembleConfig(solver="direct")
    told = [
        {one.id: (one.model_sigma, one.coadd_sigma) for one in held_out(some, config)}
        for some in (exposures[:4], [exposures[i] for i in ORDER if i < 4])
    ]
    assert told[0].keys() == told[1].keys()
    for number, values in told[0].items():
        np.testing.assert_allclose(values, told[1][number], **CLOSE)

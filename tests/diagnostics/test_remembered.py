"""What is found of a problem is found once, and goes with it."""

import gc
import weakref

from dcrviz import AssembleConfig, assemble, prepare
from dcrviz.diagnostics.holdout import held_out
from dcrviz.diagnostics.ledger import ledger_of
from dcrviz.diagnostics.panels import Scene, images, rows_of
from dcrviz.diagnostics.remembered import remembered
from dcrviz.diagnostics.source import brightest_pixels
from dcrviz.diagnostics.verdicts import verdicts

QUICK = {"solver": "direct", "min_iterations": 1, "max_iterations": 2}


def test_each_answer_is_found_once_for_each_problem(exposures):
    problem, other = prepare(exposures), prepare(exposures)
    asked = []

    @remembered
    def fact(problem, visit):
        asked.append((problem, visit))
        return visit

    assert [fact(problem, 1), fact(problem, 2), fact(problem, 1), fact(other, 1)] == [1, 2, 1, 1]
    assert asked == [(problem, 1), (problem, 2), (other, 1)]


def test_a_problem_that_was_looked_at_from_all_sides_can_be_forgotten(exposures):
    problem = prepare(exposures, AssembleConfig(**QUICK))
    steps = list(assemble(problem))
    scene = Scene(problem=problem, step=steps[-1])
    images(scene, [panel for row in rows_of(problem) for panel in row.panels])
    assert verdicts(problem, steps)
    assert ledger_of(problem, steps[-1].planes)
    assert len(brightest_pixels(problem)[0])
    alive = weakref.ref(problem)
    del problem, steps, scene
    gc.collect()
    assert alive() is None


def test_of_visits_that_are_held_out_in_turn_only_one_problem_is_held(exposures, monkeypatch):
    made = []

    def prepared(*args, **kwargs):
        problem = prepare(*args, **kwargs)
        made.append(weakref.ref(problem))
        return problem

    monkeypatch.setattr("dcrviz.diagnostics.holdout.prepare", prepared)
    for _ in held_out(exposures, AssembleConfig(**QUICK)):
        gc.collect()
        assert sum(problem() is not None for problem in made) <= 2
    gc.collect()
    assert len(made) > 2
    assert not any(problem() for problem in made)

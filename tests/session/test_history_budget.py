"""Stored steps within a budget: pixels are dropped, and made again bit for bit."""

import gc
import weakref

import numpy as np
import pytest

from dcrviz import AssembleConfig, Outcome, advance, coadds, open_run
from dcrviz.session import Session, jobs
from dcrviz.session.thinning import kept_bytes

# Iterations of the runs.
END = 14
SOLVERS = ["iterative", "anderson", "pcg"]
KNOBS = {"interpolation_order": 1, "convergence_threshold": 0.0, "on_divergence": "last"}


def config_of(solver):
    if solver == "pcg":
        return AssembleConfig(solver=solver, tolerance=1e-9, max_iterations=END - 2)
    return AssembleConfig(
        solver=solver, min_iterations=END, max_iterations=END - 2, use_convergence=False, **KNOBS
    )


def turned(session):
    """A run with a knob turned on the way, whose values the steps must remember."""
    session.config.base_gain = 0.5
    session.step(5)
    session.config.base_gain = 0.3
    session.play()
    return session


@pytest.fixture(scope="module", params=SOLVERS)
def rich(exposures, request):
    """A run with all of its steps."""
    session = turned(Session(exposures, config_of(request.param)))
    assert len(session.moments) > 8
    return session


@pytest.fixture
def poor(exposures, rich):
    """The same run with room for a few steps."""
    most = kept_bytes(rich.moments) // 3
    session = turned(Session(exposures, rich.config, history_bytes=most))
    assert len(session.moments) == len(rich.moments)
    return session


def assert_same_step(one, other):
    np.testing.assert_array_equal(one.planes, other.planes)
    assert one.outcome is other.outcome
    for mine, theirs in zip(one.histories, other.histories, strict=True):
        assert mine.gains == theirs.gains
        np.testing.assert_array_equal(mine.metrics, theirs.metrics)
        np.testing.assert_array_equal(mine.residuals, theirs.residuals)
        np.testing.assert_array_equal(mine.best_planes, theirs.best_planes)


def test_a_step_that_was_not_kept_is_made_again_bit_for_bit(rich, poor):
    for place in [*range(len(rich.moments)), 3, 1]:
        poor.show(place)
        assert poor.kept
        assert_same_step(poor.current, rich.steps[place])


def test_the_run_goes_on_from_a_step_that_was_not_kept_as_from_any_other(rich, poor):
    poor.show(6)
    poor.config.base_gain = 0.15
    poor.step(2)
    assert poor.branches
    expected = rich.steps[6]
    for _ in range(2):
        expected = advance(rich.problem, expected, poor.config)
    assert_same_step(poor.current, expected)


def test_the_numbers_of_a_step_outlive_its_pixels(rich, poor):
    dropped = [place for place, moment in enumerate(poor.moments) if not moment.kept]
    assert dropped
    for place in dropped:
        np.testing.assert_array_equal(poor.steps[place].metric, rich.steps[place].metric)
        assert poor.steps[place].index == place
        assert poor.steps[place].planes.size == 0


def test_first_last_best_and_the_one_on_show_are_kept(exposures):
    session = Session(exposures, config_of("iterative"))
    session.play()
    session.show(5)
    session.history_bytes = kept_bytes(session.moments) * 2 // 3
    session.config.base_gain = 0.2
    session.step()
    assert session.branches
    best = session.moments[-1].step.history.best_iteration
    for place in (0, best, session.cursor, len(session.moments) - 1):
        assert session.moments[place].kept
    assert not all(moment.kept for moment in session.moments)


def test_what_is_kept_never_exceeds_the_budget_by_more_than_a_step(exposures):
    session = Session(exposures, config_of("anderson"), history_bytes=2_000_000)
    one, seen = [], []

    def measure(*_):
        one.append(kept_bytes(session.moments[-1:]))
        runs = [session.moments, *(branch.moments for branch in session.branches)]
        seen.append(kept_bytes(moment for run in runs for moment in run))

    session.param.watch(measure, ["moments", "branches"])
    for gain in (0.5, 0.4, 0.3, 0.2):
        session.config.base_gain = gain
        session.play()
        session.reset()
    assert max(seen) > session.history_bytes / 2
    assert max(seen) <= session.history_bytes + max(one)


def test_dropped_pixels_are_free(exposures):
    session = Session(exposures, config_of("iterative"), history_bytes=120_000)
    held = []
    session.param.watch(
        lambda event: held.append(weakref.ref(event.new[-1].step.planes)), "moments"
    )
    session.play()
    gc.collect()
    assert sum(ref() is not None for ref in held) < len(held) / 2


def test_everything_is_kept_while_there_is_room(exposures, monkeypatch):
    session = Session(exposures, config_of("iterative"))
    session.play()
    assert all(moment.kept for moment in session.moments)
    monkeypatch.setattr(jobs, "advance", None)
    session.show(3)
    assert session.current.index == 3


def test_coadds_of_a_step_that_was_not_kept(rich, poor):
    poor.cursor = next(place for place, moment in enumerate(poor.moments) if not moment.kept)
    expected = coadds(rich.problem, rich.steps[poor.cursor])
    np.testing.assert_array_equal(poor.coadds().planes, expected.planes)


def test_a_saved_run_has_every_step(rich, poor, tmp_path):
    poor.save(tmp_path / "poor")
    rich.save(tmp_path / "rich")
    ours, theirs = open_run(tmp_path / "poor"), open_run(tmp_path / "rich")
    for one, other in zip(ours.steps, theirs.steps, strict=True):
        assert_same_step(one, other)
    texts = [(tmp_path / name / "history.json").read_text() for name in ("poor", "rich")]
    assert texts[0] == texts[1]


def test_a_stopped_step_that_was_not_kept_is_made_again_as_stopped(exposures):
    session = Session(exposures, config_of("iterative"))
    session.step(6)
    session.stop()
    planes = session.current.planes
    session.show(2)
    session.history_bytes = 0
    session.play()
    session.open_branch(0)
    session.show(6)
    assert session.current.outcome is Outcome.STOPPED
    np.testing.assert_array_equal(session.current.planes, planes)


def test_steps_of_an_opened_run_are_kept(exposures, quick, tmp_path):
    session = Session(exposures, quick, history_bytes=0)
    session.play()
    session.save(tmp_path)
    run = open_run(tmp_path)
    session.take_run(run, run.prepare())
    assert all(moment.kept for moment in session.moments)


def test_with_a_worker_the_cursor_moves_at_once_and_the_pixels_follow(exposures, desk):
    session = Session(exposures, config_of("iterative"), history_bytes=200_000, worker=desk.worker)
    session.play()
    desk.settle(session)
    place = next(place for place, moment in enumerate(session.moments) if not moment.kept)
    session.show(place)
    assert session.cursor == place
    assert session.busy
    assert not session.kept
    desk.settle(session)
    assert session.kept
    assert session.current.index == place

"""What comes of a sweep in the page, however it ends."""

import threading

import pytest
from later import Later
from sweep_parts import FILES, GRID, cells, lines

import dcrviz
from dcrviz import AssembleConfig
from dcrviz.sweep import SweepPlan
from dcrviz.views.lanes import Dropped, Lanes
from dcrviz.views.sweep_view import SweepView, summary
from dcrviz.views.sweeping import Surroundings, Sweeping
from dcrviz.worker import Worker


def test_every_combination_has_a_row_with_its_knobs_and_scores(swept):
    shown = cells(swept)
    assert [(c["knob n_subfilters"], c["knob accelerate"]) for c in shown.values()] == [
        (s, a) for s in ("2", "3") for a in ("1", "2", "5")
    ]
    assert all(c["metric"] > 0 and c["cpu_s"] > 0 for c in shown.values())
    assert swept.results.visible
    assert not swept.invitation.visible
    assert (swept.form.stop.disabled, swept.form.progress.visible) == (True, False)


@pytest.mark.usefixtures("swept")
def test_it_says_whose_visits_they_are_and_where_they_are_from(sweeping):
    assert summary(sweeping).startswith("6 runs of the visits of run 1 (Files). ")


def test_rows_are_those_of_fits_by_hand(swept, sweeping, exposures):
    config = AssembleConfig(
        max_iterations=1, min_iterations=1, n_subfilters=2, accelerate=5, n_threads=1
    )
    *_, step = dcrviz.assemble(dcrviz.prepare(exposures, config))
    assert sweeping.run(2).row["metric"] == step.metric
    assert cells(swept)[2]["metric"] == step.metric


def test_a_refused_run_says_why_and_is_on_no_axis(sweeping, view, told):
    choices = {"subregion_size": ((2, 2), (48, 48)), "n_subfilters": (2, 3)}
    sweeping.start(SweepPlan(choices=choices), lanes=1)
    refused = [found.number for found in sweeping.found if found.refused]
    assert len(refused) == 2
    assert "must be at least the buffer" in cells(view)[refused[0]]["outcome"]
    assert set(lines(view)).isdisjoint(refused)
    assert "2 refused" in view.words.object
    assert view.words.object.count("was refused: ") == 1
    sweeping.pick(refused[0])
    assert sweeping.picked is None
    sweeping.open(refused[0])
    assert "was refused" in told[0]


def test_visits_that_can_not_be_fitted_end_it_with_a_sentence(session, sweeping, told):
    session.exposures = []
    sweeping.start(GRID, lanes=1)
    assert "needs visits that are prepared" in told[0]
    assert not sweeping.running


def test_a_sweep_can_be_cancelled_and_keeps_what_was_found(session, told):
    workers = []

    class Lane(Later):
        def __init__(self):
            super().__init__()
            workers.append(self)

        def close(self):
            self.closed = True

    around = Surroundings(
        choice=lambda: FILES, remember=lambda *_: None, sky=lambda: None, told=told.append
    )
    sweeping = Sweeping(session, around, make_worker=Lane)
    view = SweepView(session, sweeping)
    sweeping.start(GRID, lanes=2)
    first, second = workers
    assert (view.form.begin.disabled, view.form.stop.disabled) == (True, False)
    first.work()  # the fit as it is
    first.work()
    second.work()
    assert len(sweeping.found) == 2
    assert "2 of 6" in view.form.progress.words
    view.form.stop.press()
    assert (sweeping.running, view.form.begin.disabled, view.form.stop.disabled) == (
        False,
        False,
        True,
    )
    assert [lane.closed for lane in workers] == [True, True]
    # What was at hand ends with its iteration, and is dropped.
    with pytest.raises(Dropped):
        first.work()
    assert len(sweeping.found) == 2
    assert told == []


def test_a_task_that_fails_ends_all_lanes_with_its_sentence(told):
    taken, ended = [], []
    lanes = Lanes(
        make_worker=None, took=taken.append, ended=lambda: ended.append(1), told=told.append
    )

    def work(task, _heed):
        if task == 2:
            raise ValueError("two is too much")
        return task

    lanes.start(lambda _: lambda: work, [1, 2, 3], lanes=3)
    assert (taken, ended, told, lanes.running) == ([1], [1], ["two is too much"], False)


def test_without_an_event_loop_no_result_of_several_threads_is_lost(told):
    taken, ended = [], threading.Event()

    def take(result):
        before = list(taken)
        taken[:] = [*before, result]

    lanes = Lanes(make_worker=Worker, took=take, ended=ended.set, told=told.append)
    lanes.start(lambda _: lambda: lambda task, _: task, range(300), lanes=4)
    assert ended.wait(timeout=30)
    assert sorted(taken) == list(range(300))
    assert told == []

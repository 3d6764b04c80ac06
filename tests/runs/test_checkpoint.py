"""How often a checkpoint is written, and what becomes of it."""

import logging

import pytest

from dcrviz.runs.checkpoint import NAME, Checkpoint, Progress


class Clock:
    """A clock that the test moves; writing takes as long as it says."""

    def __init__(self, took_s=0.0):
        self.now, self.took_s = 0.0, took_s

    def __call__(self):
        return self.now


@pytest.fixture
def progress(simulated, run_of):
    step = run_of(simulated, steps=1).steps[-1]
    return Progress(step=step, clamps=(), course=())


@pytest.fixture
def written(tmp_path, monkeypatch, progress):
    """Keeps progress every ten seconds for some time; when it was written."""

    def keep(*, every_s, took_s, until_s):
        clock, times = Clock(), []

        def write(*_):
            times.append(clock.now)
            clock.now += took_s

        monkeypatch.setattr("dcrviz.runs.checkpoint.write_records", write)
        checkpoint = Checkpoint(tmp_path, {}, every_s=every_s, clock=clock)
        while clock.now < until_s:
            clock.now += 10
            checkpoint.keep(progress)
        return times

    return keep


def test_it_is_written_once_in_the_interval(written):
    assert written(every_s=60, took_s=0, until_s=200) == [60, 120, 180]


def test_where_writing_takes_long_it_is_done_less_often(written):
    assert written(every_s=60, took_s=10, until_s=500) == [60, 270, 480]


def test_an_interval_of_0_is_every_step(written):
    assert written(every_s=0, took_s=10, until_s=60) == [10, 30, 50]


def test_a_disk_without_room_is_told_and_the_run_goes_on(tmp_path, progress, caplog):
    (tmp_path / "taken").write_text("")
    with caplog.at_level(logging.WARNING):
        Checkpoint(tmp_path / "taken", {}, every_s=0).keep(progress)
    assert "no checkpoint: " in caplog.text


def test_it_is_gone_once_the_run_has_ended_and_what_a_killed_writer_left_with_it(
    tmp_path, progress
):
    checkpoint = Checkpoint(tmp_path, {"a": 1}, every_s=0)
    checkpoint.keep(progress)
    (tmp_path / f".1234.{NAME}").write_text("half")
    checkpoint.remove()
    assert list(tmp_path.iterdir()) == []

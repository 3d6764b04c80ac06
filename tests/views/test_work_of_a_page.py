"""Work of the session's thread: the newest wish, and results that come one after the other."""

import pytest
from later import Later

from dcrviz.views.background import Background, Newest, Series


@pytest.fixture
def told():
    return []


@pytest.fixture
def worker():
    return Later()


class Taken(list):
    """What came of a series, and that it ended."""

    def ended(self):
        self.append("end")


@pytest.fixture
def taken():
    return Taken()


def series(worker, told, taken):
    return Series(Background(worker, told=told.append), took=taken.append, ended=taken.ended)


def refuse():
    yield 1
    raise ValueError("no visit is left")


def test_what_was_asked_for_meanwhile_gives_way_to_the_newest(worker, told):
    newest, done = Newest(Background(worker, told=told.append)), []
    for number in range(4):
        newest.do(lambda number=number: number, done.append)
    while worker.jobs:
        worker.work()
    assert done == [0, 3]


def test_after_a_failure_the_newest_is_computed_all_the_same(told):
    newest, done = Newest(Background(None, told=told.append)), []
    newest.do(lambda: int("x"), done.append)
    newest.do(lambda: 2, done.append)
    assert (len(told), done) == (1, [2])


def test_each_result_is_a_job_of_its_own(worker, told, taken):
    series(worker, told, taken).start(lambda: iter([1, 2]))
    seen = []
    while worker.jobs:
        assert len(worker.jobs) == 1
        worker.work()
        seen.append(list(taken))
    assert seen == [[1], [1, 2], [1, 2, "end"]]


def test_after_a_cancel_nothing_is_taken_and_nothing_is_computed(worker, told, taken):
    made = series(worker, told, taken)
    made.start(lambda: iter([1, 2, 3]))
    worker.work()
    made.cancel()
    worker.work()
    assert (taken, worker.jobs, made.running) == ([1, "end"], [], False)


def test_a_second_start_ends_the_first(worker, told, taken):
    made = series(worker, told, taken)
    made.start(lambda: iter([1]))
    made.start(lambda: iter([7]))
    while worker.jobs:
        worker.work()
    assert taken == ["end", 7, "end"]


def test_a_series_that_fails_ends_with_its_sentence(told, taken):
    series(None, told, taken).start(refuse)
    assert (taken, told) == ([1, "end"], ["no visit is left"])

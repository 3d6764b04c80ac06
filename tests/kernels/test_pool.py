"""Tasks shared among threads: their order, their errors, and what an interrupt leaves."""

import os
import signal
import threading

import pytest

from dcrviz.kernels.pool import row_bands, run_all

PATIENCE_S = 20


class Held:
    """Tasks of which helpers begin one each and hold it until they are let go."""

    def __init__(self):
        self.begun, self.go = threading.Semaphore(0), threading.Event()
        self.others, self.finished = [], []

    def task(self, in_caller):
        """A task; the caller, once a helper is at work, does what is given."""

        def work():
            if threading.current_thread() is threading.main_thread():
                assert self.begun.acquire(timeout=PATIENCE_S)
                in_caller()
            else:
                self.others.append(threading.current_thread())
                self.begun.release()
                assert self.go.wait(PATIENCE_S)
                self.finished.append(threading.current_thread())

        return work

    def let_go(self):
        """Let the helpers finish, and wait for them."""
        self.go.set()
        for helper in self.others:
            helper.join(PATIENCE_S)
            assert not helper.is_alive()


@pytest.fixture
def held():
    held = Held()
    yield held
    held.let_go()


def interrupt():
    raise KeyboardInterrupt


@pytest.mark.parametrize("threads", [1, 2, 5, 40])
def test_results_come_in_the_order_of_the_tasks(threads):
    tasks = [lambda number=number: number for number in range(20)]
    assert run_all(tasks, threads=threads) == list(range(20))


def test_at_most_so_many_threads_are_at_work_at_once():
    names = run_all([lambda: threading.current_thread().name] * 50, threads=3)
    assert len(set(names)) <= 3


@pytest.mark.parametrize("shape", [(1, 1), (7, 100), (101, 10), (100, 37)])
@pytest.mark.parametrize("pixels", [1, 370, 10_000])
def test_bands_of_rows_follow_each_other_and_have_few_pixels(shape, pixels):
    bands = [(rows.start, rows.stop) for rows in row_bands(shape, pixels=pixels)]
    assert [first for first, _ in bands] == [0, *(last for _, last in bands[:-1])]
    assert bands[-1][1] == shape[0]
    assert all(0 < last - first <= max(1, pixels // shape[1]) for first, last in bands)


def test_no_task_has_no_result():
    assert run_all([], threads=4) == []


@pytest.mark.parametrize("threads", [1, 3])
def test_an_error_is_raised_and_what_has_not_begun_is_left(threads):
    begun = []

    def fail():
        begun.append(1)
        raise ValueError("no light")

    with pytest.raises(ValueError, match="no light"):
        run_all([fail] * 30, threads=threads)
    assert len(begun) <= threads


def test_an_interrupted_caller_waits_for_no_helper(held):
    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        run_all([held.task(interrupt)] * 30, threads=2)
    assert (len(held.others), held.finished) == (1, [])


def test_after_an_interrupt_helpers_end_with_their_present_task(held):
    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        run_all([held.task(interrupt)] * 30, threads=2)
    held.let_go()
    assert len(held.others) == 1


def test_a_caller_that_waits_for_its_helpers_can_be_interrupted(held):
    def soon():
        threading.Timer(0.05, os.kill, [os.getpid(), signal.SIGINT]).start()

    tasks = [held.task(soon), held.task(soon)]
    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        run_all(tasks, threads=2)
    assert (len(held.others), held.finished) == (1, [])

"""Processes of a pool do not outlive those who want their results."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
from tasks import linger, own_number, square, stubborn

from dcrviz.sweep.workers import do_task, worker_pool

# Far more than it takes: machines that run tests may be busy.
PATIENCE_S = 60


def soon(holds):
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold"
        time.sleep(0.05)


def begun(folder):
    """Numbers of the processes that are at work, by their tasks."""
    marks = [mark for mark in folder.glob("began_*") if mark.read_text()]
    return {mark.name.removeprefix("began_"): int(mark.read_text()) for mark in marks}


def tidied(folder):
    return {mark.name.removeprefix("tidied_") for mark in folder.glob("tidied_*")}


def is_running(process):
    """Whether there is a process of this number that has not ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def leave_amid_work(folder, work=linger):
    with worker_pool(2, module="tasks") as pool:
        for number in range(6):
            pool.submit(do_task, work, (str(folder), number))
        soon(lambda: len(begun(folder)) == 2)
        raise ConnectionError


def test_who_leaves_has_the_work_at_hand_tidied_up_and_no_other_begun(tmp_path):
    with pytest.raises(ConnectionError):
        leave_amid_work(tmp_path)
    at_work = begun(tmp_path)
    assert len(at_work) == 2
    assert tidied(tmp_path) == set(at_work)
    assert not any(map(is_running, at_work.values()))


def test_work_that_does_not_leave_off_is_ended_after_a_while(tmp_path):
    with pytest.raises(ConnectionError):
        leave_amid_work(tmp_path, stubborn)
    assert not any(map(is_running, begun(tmp_path).values()))


def test_a_process_that_is_terminated_tidies_up_first(tmp_path):
    with worker_pool(1, module="tasks") as pool:
        future = pool.submit(do_task, linger, (str(tmp_path), 0))
        soon(lambda: begun(tmp_path))
        os.kill(begun(tmp_path)["0"], signal.SIGTERM)
        with pytest.raises(BrokenProcessPool):
            future.result(PATIENCE_S)
    assert tidied(tmp_path) == {"0"}


def test_an_interrupt_between_tasks_changes_nothing():
    with worker_pool(1, module="tasks") as pool:
        process = pool.submit(do_task, own_number, None).result()
        os.kill(process, signal.SIGINT)
        assert pool.submit(do_task, square, 3).result() == 9


@pytest.fixture
def lingering(tmp_path):
    """A process that has two tasks at work in its own processes."""
    words = [sys.executable, Path(__file__).with_name("lingering.py"), tmp_path]
    process = subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # As from a terminal, where the shell may ignore it for what runs in the background.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with process:
        soon(lambda: len(begun(tmp_path)) == 2 or process.poll() is not None)
        yield process
        process.kill()


def test_an_interrupt_while_the_processes_begin_is_told_by_nobody_else():
    script = Path(__file__).with_name("hasty.py")
    done = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
        # Else the server of the forks would not find the task.
        env={**os.environ, "PYTHONPATH": str(script.parent)},
    )
    assert (done.stdout, done.stderr) == ("interrupted\n", "")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_the_work_of_a_process_that_is_ended_is_tidied_up_and_ends(lingering, tmp_path, how):
    at_work = begun(tmp_path)
    lingering.send_signal(how)
    said, complained = lingering.communicate(timeout=PATIENCE_S)
    if how == signal.SIGINT:
        assert (said, complained) == ("interrupted\n", "")
    soon(lambda: not any(map(is_running, at_work.values())))
    assert begun(tmp_path) == at_work
    assert tidied(tmp_path) == set(at_work)

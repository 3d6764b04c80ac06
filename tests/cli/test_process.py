"""The command as a process of its own: exit codes and what is on which stream."""

import os
import pty
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import pytest

from dcrviz.cli import main

MODULE = [sys.executable, "-m", "dcrviz.cli"]
THREADS = "OPENBLAS_NUM_THREADS"
FEW = ["--set", "n_subfilters=2", "max_iterations=1", "min_iterations=1"]


def finished(*words, **options):
    command = [str(word) for word in words]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def test_a_good_run_exits_with_0_and_logs_on_stderr(simulated, tmp_path):
    done = finished(*MODULE, "assemble", simulated, "--out", tmp_path / "out", *FEW)
    assert (done.returncode, done.stdout) == (0, "")
    assert "INFO Selected airmasses" in done.stderr
    assert (tmp_path / "out" / "coadd.fits").is_file()
    assert "it/s" not in done.stderr


def test_without_a_standard_error_a_run_is_as_good(simulated, tmp_path):
    words = [*MODULE, "assemble", simulated, "--out", tmp_path / "out", *FEW]
    done = subprocess.run(
        ["sh", "-c", '"$@" 2>&-', "sh", *map(str, words)], stdout=subprocess.PIPE, check=False
    )
    assert (done.returncode, done.stdout) == (0, b"")
    assert (tmp_path / "out" / "coadd.fits").is_file()


def test_to_read_no_further_is_no_mistake():
    read, write = os.pipe()
    os.close(read)
    words = [*MODULE, "config", "--preset", "lsst-2019"]
    done = subprocess.run(words, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, b"")


def test_a_mistake_exits_with_2_and_one_line_on_stderr(simulated, tmp_path):
    # The installed script is the same command as the module.
    script = Path(sys.executable).with_name("dcrviz")
    command = [script] if script.exists() else MODULE
    words = ["assemble", simulated, "--out", tmp_path / "out", "--set", "n_subfilter=3"]
    done = finished(*command, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "dcrviz: error: unknown knob 'n_subfilter'; did you mean 'n_subfilters'?\n"
    )
    assert list(tmp_path.iterdir()) == []


def told_and_whether_numpy_was_imported(asked):
    told_by = f"import sys, dcrviz.cli as cli\ntry: cli.main([{asked!r}])\n"
    done = finished(sys.executable, "-c", f"{told_by}finally: print('numpy' in sys.modules)")
    assert done.returncode == 0
    *told, imported = done.stdout.splitlines()
    return told, imported


def test_the_version_is_told_by_a_process_that_imports_nothing_for_fits():
    assert told_and_whether_numpy_was_imported("--version") == (
        [f"dcrviz {version('dcrviz')}"],
        "False",
    )


def test_the_help_is_told_by_a_process_that_imports_nothing_for_fits():
    told, imported = told_and_whether_numpy_was_imported("--help")
    assert "    assemble  fit the subfilter planes and write them as coadds" in told
    assert imported == "False"


def test_a_working_folder_that_has_been_deleted_is_told_in_one_line(tmp_path):
    (tmp_path / "gone").mkdir()
    leave = 'cd "$1" && shift && rmdir "$PWD" && exec "$@"'
    done = finished("sh", "-c", leave, "sh", tmp_path / "gone", *MODULE, "assemble", "none.fits")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "dcrviz: error: the working folder must exist; it has been deleted\n"


@pytest.mark.parametrize("chosen", [None, "2"])
def test_matrices_are_multiplied_by_one_thread_unless_a_person_chooses(chosen):
    others = {name: value for name, value in os.environ.items() if name != THREADS}
    mine = {} if chosen is None else {THREADS: chosen}
    told = "import sys, dcrviz.cli as cli\n"
    then = f"finally: print(cli.os.environ[{THREADS!r}])"
    code = f"{told}print('numpy' in sys.modules)\ntry: cli.command()\n{then}"
    done = finished(sys.executable, "-c", code, "--version", env={**others, **mine})
    assert done.stdout.split() == ["False", "dcrviz", version("dcrviz"), chosen or "1"]


@pytest.fixture
def terminal(monkeypatch):
    """Runs the command where standard error is a terminal; gives what that was sent."""

    def show(*words):
        master, slave = pty.openpty()
        with ThreadPoolExecutor(1) as readers:
            shown = readers.submit(_all_of, master)
            with os.fdopen(slave, "w") as screen, monkeypatch.context() as patched:
                patched.setattr(sys, "stderr", screen)
                assert main([str(word) for word in words]) == 0
        return shown.result()

    return show


def test_a_terminal_shows_a_progress_bar(simulated, tmp_path, terminal):
    shown = terminal("assemble", simulated, "--out", tmp_path / "out", *FEW)
    assert "assemble: " in shown
    assert "iterations" in shown
    assert "metric=" in shown
    assert "Selected airmasses" in shown


def test_the_bar_of_a_solver_of_equations_shows_the_residual(simulated, tmp_path, terminal):
    words = ("--set", "solver=pcg", "n_subfilters=2", "tolerance=0.01")
    assert "residual=" in terminal("assemble", simulated, "--out", tmp_path / "out", *words)


def _all_of(master):
    """What a terminal was sent until its last writer has closed it."""
    parts = []
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            part = b""
        if not part:
            os.close(master)
            return b"".join(parts).decode()
        parts.append(part)

"""Ctrl-C and SIGTERM amid a fit: one line, the exit code that shells know, and nothing left."""

import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request

import pytest

from dcrviz.cli.signals import ended_by_signals
from dcrviz.io.atomic import AtomicFiles

# Far more than the 2 s that a person should wait: machines that run tests may be busy.
PATIENCE_S = 30
ENDLESS = {
    "iterative": ["use_convergence=false", "max_iterations=10000000"],
    "anderson": ["use_convergence=false", "max_iterations=10000000"],
    "pcg": ["positivity=true", "tolerance=1e-30", "max_iterations=10000000"],
}
# Loops may be compiled meanwhile, on a busy machine.
SILENCE_S = 120
INTERRUPTED = (signal.SIGINT, 130, "dcrviz: interrupted; no file is left half written")
TERMINATED = (signal.SIGTERM, 143, "dcrviz: terminated; no file is left half written")
# Of a terminal that is closed.
HANGUP = (signal.SIGHUP, 129, "dcrviz: terminated; no file is left half written")
# An explorer that begins to iterate by itself and says so.
PLAYING = """
import os
import panel as pn
from bokeh.events import DocumentReady
from dcrviz.views import page, serve

class Playing(page.Explorer):
    def __init__(self, *arguments, **knobs):
        super().__init__(*arguments, **knobs)
        self.session.param.watch(self.tell, "moments")
        self.document = pn.state.curdoc
        self.document.add_next_tick_callback(self.begin)

    def begin(self):
        # As a browser does that has the page: results wait for it.
        self.document.callbacks.trigger_event(DocumentReady())
        self.session.play()

    def tell(self, event):
        # All or nothing: a signal may come between the parts of what `print` writes.
        os.write(1, b"steps %d\\n" % len(event.new))

serve.Explorer = Playing
# There is no browser that would keep its page open.
serve._GRACE_MS = 600_000
"""
COMMAND = PLAYING + "from dcrviz.cli import command\ncommand()"
# A command that is interrupted as soon as it imports one of its libraries.
HASTY = """
import os, signal, sys

class Interrupting:
    def find_spec(self, name, path, target=None):
        if name == "numba":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
from dcrviz.cli import command
command()
"""
APP = PLAYING + "serve.explorer_app({exposures}, {config}).servable()"


def heed_all():
    """Ignore no signal, whatever who runs the tests ignores; gives the handlers before."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    return {number: signal.signal(number, signal.SIG_DFL) for number in numbers}


@pytest.fixture
def heeded():
    """The process of the tests ignores no signal for once."""
    before = heed_all()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def started():
    """Starts a process; all that it says is in its standard output."""
    running = []

    def start(*words):
        process = subprocess.Popen(
            [str(word) for word in words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=heed_all,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def wait_for(process, pattern):
    """The first match of what a process says, line by line; one that says nothing is ended."""
    said = []
    silent = threading.Timer(SILENCE_S, process.kill)
    silent.start()
    try:
        for line in process.stdout:
            said.append(line)
            if found := re.search(pattern, line):
                return found
    finally:
        silent.cancel()
    raise AssertionError("".join(said))


def end(process, number):
    """Send a signal and give what the process said from then on."""
    process.send_signal(number)
    return process.communicate(timeout=PATIENCE_S)[0]


def visit(address):
    """Ask for a page, as a browser would: that makes a session."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return opener.open(address, timeout=PATIENCE_S).read()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


# Signals are caught in one place for all commands and solvers; each solver has loops of its own to
# be amid.
@pytest.mark.parametrize(
    ("solver", "ending"),
    [("iterative", HANGUP), ("anderson", TERMINATED), ("pcg", INTERRUPTED)],
    ids=["iterative-SIGHUP", "anderson-SIGTERM", "pcg-SIGINT"],
)
def test_a_signal_ends_a_fit_in_one_line_and_leaves_nothing(
    simulated, tmp_path, started, solver, ending
):
    number, code, line = ending
    words = ["assemble", simulated, "--out", tmp_path / "out" / "deep"]
    process = started(
        sys.executable, "-m", "dcrviz.cli", *words, "--set", f"solver={solver}", *ENDLESS[solver]
    )
    wait_for(process, ", iteration 3:")
    said = end(process, number)
    assert process.returncode == code, said
    assert said.splitlines()[-1] == line
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_ends_a_sweep_in_one_line_and_what_is_done_stays(simulated, tmp_path, started):
    number, code, line = INTERRUPTED
    words = ["sweep", simulated, "--out", tmp_path, "--grid", "max_iterations=1,10000000"]
    words += ["--set", "min_iterations=1", "use_convergence=false"]
    process = started(sys.executable, "-m", "dcrviz.cli", *words)
    wait_for(process, "visits read")
    deadline = time.monotonic() + SILENCE_S
    while not list(tmp_path.glob("trial_*/coadd.fits")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    said = end(process, number)
    assert process.returncode == code, said
    assert said == f"{line}\n"
    assert [path.name for path in tmp_path.glob("trial_*")] == ["trial_0"]


def test_an_interrupt_amid_the_imports_is_told_in_one_line(tmp_path, started):
    _, code, line = INTERRUPTED
    process = started(sys.executable, "-c", HASTY, "assemble", tmp_path, "--out", tmp_path / "out")
    said = process.communicate(timeout=PATIENCE_S)[0]
    assert (process.returncode, said) == (code, f"{line}\n")


# Ctrl-C, which Panel would take for itself, ends the installed one in `test_wheel`.
def test_to_terminate_ends_the_explorer_amid_a_fit_in_one_line(simulated, started):
    number, code, line = TERMINATED
    words = ["explore", simulated, "--no-browser", "--keep", "--set", "solver=pcg"]
    process = started(sys.executable, "-X", "faulthandler", "-c", COMMAND, *words, *ENDLESS["pcg"])
    visit(wait_for(process, r"http://\S+").group())
    wait_for(process, "steps 3")
    said = end(process, number)
    assert process.returncode == code, said
    assert [text for text in said.splitlines() if not text.startswith("steps")] == [line]


def test_an_interrupt_ends_panel_serve_amid_a_fit_without_a_trace(simulated, tmp_path, started):
    app = tmp_path / "app.py"
    knobs = "solver='pcg', positivity=True, tolerance=1e-30, max_iterations=10**7"
    exposures = f"dcrviz.read_exposures({str(simulated)!r})"
    app.write_text(
        "import dcrviz\n"
        + APP.format(exposures=exposures, config=f"dcrviz.AssembleConfig({knobs})")
    )
    kept = ["--port", "0", "--unused-session-lifetime", "600000"]
    process = started(sys.executable, "-m", "panel", "serve", app, *kept)
    visit(wait_for(process, r"http://\S+").group())
    wait_for(process, "steps 3")
    said = end(process, signal.SIGINT)
    # Panel's own exit code.
    assert process.returncode == 0, said
    assert "Traceback" not in said


@pytest.mark.usefixtures("heeded")
def test_an_end_that_a_compiled_loop_makes_an_error_of_is_an_end():
    def loop():
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise SystemError("a loop returned a result with an exception set") from None

    with pytest.raises(KeyboardInterrupt), ended_by_signals():
        loop()


def test_an_error_of_the_interpreter_stays_one():
    with pytest.raises(SystemError, match="of its own"), ended_by_signals():
        raise SystemError("of its own")


@pytest.mark.usefixtures("heeded")
def test_a_signal_that_is_ignored_stays_so():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with ended_by_signals():
        signal.raise_signal(signal.SIGHUP)


@pytest.mark.usefixtures("heeded")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_amid_the_renaming_waits_until_all_files_have_their_names(
    tmp_path, monkeypatch, number
):
    def rename(files):
        signal.raise_signal(number)
        renamed(files)

    renamed = AtomicFiles._rename
    monkeypatch.setattr(AtomicFiles, "_rename", rename)
    files = AtomicFiles()
    for name in ("a.txt", "b.txt"):
        files.add(tmp_path / name).write_text("one")
    with pytest.raises(KeyboardInterrupt, match=r"^$"), ended_by_signals(), files:
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b.txt"]

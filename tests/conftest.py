"""Fixtures that all tests share."""

import gc
import importlib
import os
import signal
import sys
from pathlib import Path

import pytest

# The processes that share the tests keep all cores at work; they begin with this. OpenBLAS would
# keep them busy with waiting for the small products of matrices that tests make.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
ROOT = Path(__file__).parents[1]
# Where Python is told to keep no bytecode, each command that a test starts would compile the whole
# package, and each process that shares the tests all of them.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# A shell has what it runs in the background ignore it, and all that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# Nothing that is imported to collect the tests is garbage.
gc.disable()


def pytest_addoption(parser):
    parser.addoption("--ui", action="store_true", help="run the tests that drive a real browser")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    from dcrviz.cores import available_cores

    # Now and then each waits for a page or a process.
    return available_cores() + 1


def pytest_collection_modifyitems(config, items):
    # The longest come first, so that no worker is left alone with them at the end.
    items.sort(key=lambda item: "ui" not in item.keywords)
    if not config.getoption("--ui"):
        skip = pytest.mark.skip(reason="needs --ui")
        for item in items:
            if "ui" in item.keywords:
                item.add_marker(skip)


def pytest_collection_finish():
    # What stays to the end need not be looked through for garbage a hundred times.
    gc.freeze()
    gc.enable()
    # Pages are made of many small objects, and thrown away: looking for garbage as often as usual
    # took an eighth of the time of their tests.
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(scope="session")
def shared():
    """The data and recorded traces that lie beside the project, where they are."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs the shared data beside the project")
    return folder


@pytest.fixture
def impatient(monkeypatch):
    """A scheduler that is not there is not waited for."""
    module = importlib.import_module("dcrviz.sweep.spread")
    monkeypatch.setattr(module, "_PATIENCE_S", 0.5)

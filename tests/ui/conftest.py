"""A served page and a real browser that notices every request that leaves this machine."""

import os
import threading
from contextlib import ExitStack

import pytest
from browsers import FLAGS, find_browser
from on_page import PATIENCE, to_start
from pages import SharedPage, assert_quiet, begun, served, watched_page
from playwright.sync_api import expect

from dcrviz.session import jobs
from dcrviz.simulate import random_scene, read_conditions, simulate_exposures
from dcrviz.views.warm import warm_up_in_background


@pytest.fixture(scope="session", autouse=True)
def compiled():
    """No page waits for a compiler: in a fresh checkout that takes a minute."""
    warm_up_in_background().join()


@pytest.fixture(scope="session", autouse=True)
def patience():
    """Every expectation waits as long as a busy machine may need."""
    expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    path = find_browser()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no browser found, and these tests must run here")
        pytest.skip("no browser found: install Chromium or set DCRVIZ_CHROMIUM")
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}


@pytest.fixture(scope="session")
def exposures():
    """A few visits of a small field: a page of them is sooner there than one of the bundled."""
    scene = random_scene(3, shape=(80, 84), n_stars=8, n_galaxies=1, n_quasars=0)
    return simulate_exposures(scene, read_conditions("hits2015")[:5], seed=1)


@pytest.fixture
def serve(context):
    """Serve an app on a free port and give its address."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(served(app, context))


@pytest.fixture
def watched(page):
    """A page for one test."""
    yield watched_page(page)
    assert_quiet(page)


@pytest.fixture
def open_page(watched, serve):
    """Serve explorers and open a page for one test, as `begun` tells."""
    return lambda make, *expect_begun: begun(watched, make, serve, *expect_begun)


@pytest.fixture(scope="module")
def share(browser, browser_context_args):
    """Make the `shared_page` of a module."""
    with ExitStack() as stack:

        def shared(make, go_back=to_start, **context):
            page = SharedPage(browser, make, go_back, **browser_context_args, **context)
            stack.callback(page.close)
            return page

        yield shared


@pytest.fixture
def explorer(shared_page, request):
    """The page that tests of a module have in turn, as its `shared_page` makes it."""
    failed = request.session.testsfailed
    yield shared_page.lend()
    shared_page.take_back(failed=request.session.testsfailed > failed)


@pytest.fixture
def hold_engine(monkeypatch):
    """Have every iteration from now on wait for an event, and give that."""
    may_go_on, true_advance = threading.Event(), jobs.advance

    def held(*arguments):
        assert may_go_on.wait(30)
        return true_advance(*arguments)

    def hold():
        monkeypatch.setattr(jobs, "advance", held)
        return may_go_on

    yield hold
    may_go_on.set()

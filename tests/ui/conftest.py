"""A served page and a real browser that notices every request that leaves this machine."""

import os
import time
import uuid

import panel as pn
import pytest
from browsers import FLAGS, find_browser
from on_page import PATIENCE, expect_start
from playwright.sync_api import expect

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
    path = find_browser(without_windows=True)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no browser found, and these tests must run here")
        pytest.skip("no browser found: install Chromium or set DCRVIZ_CHROMIUM")
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}


@pytest.fixture
def serve(context):
    """Serve an app on a free port and give its address."""

    def start(app):
        name = uuid.uuid4().hex
        pn.serve(app, port=0, threaded=True, show=False, server_id=name)
        deadline = time.monotonic() + 20
        while name not in pn.state._servers and time.monotonic() < deadline:
            time.sleep(0.01)
        return f"http://localhost:{pn.state._servers[name][0].port}"

    yield start
    # Pages leave before their server does, as nothing can be sent to them afterwards.
    for page in context.pages:
        page.goto("about:blank")
    deadline = time.monotonic() + 5
    while any_page_is_open() and time.monotonic() < deadline:
        time.sleep(0.01)
    pn.state.kill_all_servers()


def any_page_is_open():
    """Whether a server still has a connection to a page."""
    return any(server._tornado._clients for server, *_ in pn.state._servers.values())


@pytest.fixture
def watched(page):
    """The page, whose every request and complaint is remembered."""
    page.left, page.complaints = [], []

    def note_request(request):
        if request.url.startswith(("data:", "blob:")):
            return
        host = request.url.split("/")[2].rsplit(":", 1)[0]
        if host not in ("localhost", "127.0.0.1"):
            page.left.append(request.url)

    page.on("request", note_request)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on(
        "console",
        lambda message: page.complaints.append(message.text) if message.type == "error" else None,
    )
    page.set_default_timeout(PATIENCE)
    yield page
    assert page.left == []
    assert page.complaints == []


@pytest.fixture
def open_page(watched, serve):
    """Serve explorers, open a page, and wait until its run has begun; the page has its session
    and controls."""

    def start(make):
        made = []

        def app():
            made.append(make())
            return made[-1].__panel__()

        watched.goto(serve(app))
        expect_start(watched)
        watched.session, watched.controls = made[-1].session, made[-1].controls
        return watched

    return start

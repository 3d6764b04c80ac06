"""A served page and a real browser that notices every request that leaves this machine."""

import os
import shutil
import time
import uuid

import panel as pn
import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BROWSERS = (
    os.environ.get("DCRVIZ_CHROMIUM", ""),
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
)


def find_browser():
    return next((path for name in BROWSERS if name and (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    path = find_browser()
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
            time.sleep(0.05)
        return f"http://localhost:{pn.state._servers[name][0].port}"

    yield start
    # Pages leave before their server does, as nothing can be sent to them afterwards.
    for page in context.pages:
        page.goto("about:blank")
    time.sleep(0.5)
    pn.state.kill_all_servers()


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
    page.set_default_timeout(30_000)
    yield page
    assert page.left == []
    assert page.complaints == []

"""Notebooks in JupyterLab as a student has them: a widget moves, and the picture changes."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from on_page import PATIENCE, settled, wait_until
from pages import assert_quiet, watched_page
from playwright.sync_api import expect

pytestmark = pytest.mark.ui
OPENED = ("01_see_dcr", "02_step_the_algorithm", "09_build_your_dashboard")
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
# Neither news nor updates are asked for.
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    }
}
SWITCHES = [
    "--allow-root",
    "--no-browser",
    "--ip=127.0.0.1",
    "--port=0",
    "--IdentityProvider.token=",
    "--ServerApp.disable_check_xsrf=True",
    "--LabApp.extension_manager=readonly",
    "--LabApp.news_url=",
]
ADDRESS = re.compile(r"http://(127\.0\.0\.1):(\d+)/lab")
# JupyterLab's server can't list its kernels while one of them begins, and is asked again.
UNLISTED = re.compile(r"status of 500 .*\(http://127\.0\.0\.1:\d+/api/kernels\?\d+\)$")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab that knows nothing of whoever runs the tests."""
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(NOTEBOOKS, home / "notebooks")
    (home / "app").mkdir()
    (home / "app" / "overrides.json").write_text(json.dumps(SETTINGS))
    own = {
        name: str(home / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "HOME")
    }
    places = [f"--LabApp.app_settings_dir={home / 'app'}", f"--notebook-dir={home / 'notebooks'}"]
    with (home / "log").open("w+") as log, contextlib.ExitStack() as end:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *SWITCHES, *places],
            env={**os.environ, **own, "JUPYTER_PLATFORM_DIRS": "0"},
            stderr=log,
        )
        end.callback(server.wait, 20)
        # Told to end, it would have each kernel take all apart that its notebook has brought, for
        # seconds. Without it they end at once.
        end.callback(server.kill)
        yield listening(server, Path(log.name))


def listening(server, log):
    """The address of a JupyterLab, once it answers: it tells that before it listens."""
    deadline = time.monotonic() + PATIENCE / 1000
    while server.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if told := ADDRESS.search(log.read_text()):
                socket.create_connection((told[1], int(told[2])), timeout=1).close()
                return f"http://{told[1]}:{told[2]}"
        time.sleep(0.1)
    pytest.fail(f"JupyterLab does not listen; it said:\n{log.read_text()}")


@pytest.fixture(scope="module")
def running(lab, browser):
    """A page for each of these notebooks, all of whose cells are being run.

    They know nothing of each other, and each has a workspace of its own: windows of one JupyterLab
    that meet may load their page again, and one that opens shows the notebooks of its workspace.
    """
    with contextlib.ExitStack() as stack:
        pages = {}
        for name in OPENED:
            window = browser.new_context(viewport={"width": 1280, "height": 1000})
            stack.callback(window.close)
            pages[name] = watched_page(window.new_page())
            pages[name].goto(f"{lab}/lab/workspaces/{name}/tree/{name}.ipynb")
        for page in pages.values():
            expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
            page.get_by_role("menuitem", name="Run", exact=True).click()
            page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        yield pages


@pytest.fixture
def ran(running):
    """The page of a notebook that has run."""
    pages = []

    def page_of(name):
        page = running[name]
        pages.append(page)
        prompts = page.locator(".jp-CodeCell .jp-InputArea-prompt")
        done = re.compile(r"\[\d+\]")
        wait_until(page, lambda: all(map(done.match, prompts.all_text_contents())))
        expect(page.locator("[data-mime-type='application/vnd.jupyter.error']")).to_have_count(0)
        return page

    yield page_of
    for page in pages:
        page.complaints = [said for said in page.complaints if not UNLISTED.search(said)]
        assert_quiet(page)


# For five seconds after a message without an answer Panel keeps back what a person does. There is
# none where JupyterLab sent it past a cell that ran, to a kernel that knew nothing of the page yet.
TAKES_MESSAGES = """() => [...PyViz.shared_views.values()].flat().every(
    (manager) => !manager._blocked || Date.now() > manager._timeout)"""


def look(one):
    """What is painted there."""
    return one.screenshot()


def test_a_star_is_smeared_as_the_airmass_is_dragged(ran):
    page = ran("01_see_dcr")
    airmass = page.get_by_role("slider", name="Airmass", exact=True)
    airmass.scroll_into_view_if_needed()
    words = page.get_by_role("status").filter(has_text="Smear over the band").first
    star = page.get_by_role("img", name="The star, and its light", exact=True)
    before, said = settled(page, lambda: look(star)), words.text_content()
    airmass.focus()
    page.keyboard.press("End")
    expect(words).not_to_have_text(said)
    settled(page, lambda: look(star), unlike=before)


def test_another_line_of_the_algorithm_is_another_picture(ran):
    page = ran("02_step_the_algorithm")
    line = page.get_by_role("combobox", name="Line")
    line.scroll_into_view_if_needed()
    expect(page.get_by_text("The residuals shifted back into each subfilter")).to_be_visible()
    page.wait_for_function(TAKES_MESSAGES)
    line.select_option("residuals")
    expect(page.get_by_text("What the planes can't explain of each visit")).to_be_visible()


def test_parts_in_two_cells_show_one_run(ran):
    page = ran("09_build_your_dashboard")
    cell = page.locator(".jp-CodeCell", has_text='parts = Parts("gain-too-high")')
    cell.scroll_into_view_if_needed()
    step = cell.get_by_role("button", name="Step", exact=True)
    step.scroll_into_view_if_needed()
    expect(cell.get_by_text("Iteration 0: the starting model")).to_be_visible()
    panel = page.locator("[data-key='minus_mean 0']").first
    panel.scroll_into_view_if_needed()
    before = settled(page, lambda: look(panel))
    step.click()
    expect(cell.get_by_text("Iteration 1: metric")).to_be_visible()
    panel.scroll_into_view_if_needed()
    settled(page, lambda: look(panel), unlike=before)

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
import uuid
from pathlib import Path

import pytest
from on_page import PATIENCE, settled
from pages import assert_quiet, watched_page
from playwright.sync_api import expect

pytestmark = pytest.mark.ui
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
# Neither news nor updates are asked for, and no notebook is saved that shall be thrown away.
SETTINGS = {
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
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
    # Nobody asks for Panel's previews or for language servers. To import the one and to look for
    # the other takes as long as all else that the server does to start.
    '--ServerApp.jpserver_extensions={"panel.io.jupyter_server_extension": False}',
    "--LanguageServerManager.autodetect=False",
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
def new_window(lab, browser):
    """Open windows of JupyterLab, each with a workspace of its own: it shows no notebook."""
    with contextlib.ExitStack() as stack:

        def opened():
            context = browser.new_context(viewport={"width": 1280, "height": 1000})
            stack.callback(context.close)
            page = watched_page(context.new_page())
            page.goto(f"{lab}/lab/workspaces/{uuid.uuid4().hex}")
            page.ran_last = None
            return page

        yield opened


@pytest.fixture(scope="module")
def free_windows():
    """One, once a test has passed: JupyterLab takes a browser longer than most notebooks do."""
    return []


@pytest.fixture
def ran(new_window, free_windows, request):
    """Open a notebook in a window, and run all of its cells."""
    failed = request.session.testsfailed
    window = free_windows.pop() if free_windows else new_window()

    def page_of(name):
        notebook = window.get_by_role("listitem", name=f"Name: {name}.ipynb")
        if window.ran_last:
            open_with_kernel_of(window.ran_last, notebook)
        else:
            notebook.dblclick()
        window.ran_last = name
        expect(window.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
        # What this line brings, the window has from the notebook before.
        expect(window.get_by_text("pn.extension(inline=True)")).to_be_visible()
        choose(window, "Run", "Run All Cells")
        prompts = window.locator(".jp-CodeCell .jp-InputArea-prompt")
        expect(prompts).not_to_have_count(0)
        waiting = prompts.filter(has_not_text=re.compile(r"\[\d+\]"))
        expect(waiting).to_have_count(0, timeout=2 * PATIENCE)
        expect(window.locator("[data-mime-type='application/vnd.jupyter.error']")).to_have_count(0)
        return window

    yield page_of
    window.complaints = [said for said in window.complaints if not UNLISTED.search(said)]
    assert_quiet(window)
    if request.session.testsfailed > failed:
        window.context.close()
    else:
        choose(window, "File", "Close Tab")
        window.get_by_role("button", name="Discard").click()
        expect(window.locator(".jp-NotebookPanel")).to_have_count(0)
        free_windows.append(window)


def choose(window, menu, item):
    """Choose from a menu, where shortcuts follow the names."""
    window.get_by_role("menuitem", name=menu, exact=True).click()
    window.get_by_role("menuitem", name=re.compile(f"^{item}")).click()


def open_with_kernel_of(other, notebook):
    """Open a notebook with the kernel of another that is closed: there all is imported already.

    It has none until then: what it asked of a first one would be left without an answer.
    """
    notebook.click(button="right")
    window = notebook.page
    window.get_by_text("Open With", exact=True).click()
    window.get_by_role("menuitem", name="Notebook (no kernel)").click()
    expect(window.get_by_text("No Kernel | Unknown")).to_be_visible()
    choose(window, "Kernel", "Change Kernel")
    dialog = window.get_by_role("dialog")
    kernel = dialog.locator("option", has_text=other).get_attribute("value")
    dialog.get_by_role("combobox").select_option(kernel)
    dialog.get_by_role("button", name="Select").click()


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

"""The Sweep tab as a person uses it: from knobs to runs, and from runs to the wall."""

import json
import re

import pytest
from on_disk import make_inputs, write_sweep
from on_page import PATIENCE, button, expect_start, settled, wait_until, words
from pages import without_curves
from playwright.sync_api import expect

from dcrviz import AssembleConfig
from dcrviz.simulate import random_scene, read_conditions, simulate_exposures
from dcrviz.views import explorer_app

pytestmark = pytest.mark.ui
FEW = AssembleConfig(max_iterations=1, min_iterations=1)


@pytest.fixture(scope="module")
def exposures():
    scene = random_scene(3, shape=(56, 60), n_stars=5, n_galaxies=1, n_quasars=0)
    return simulate_exposures(scene, read_conditions("hits2015")[:4], seed=1)


@pytest.fixture
def explorer(watched, serve, exposures):
    def app():
        return without_curves(explorer_app(exposures, FEW, local=True)).__panel__()

    watched.set_viewport_size({"width": 1280, "height": 800})
    watched.goto(serve(app))
    expect_start(watched)
    watched.get_by_role("tab", name="Sweep").click()
    expect(button(watched, "Start sweep")).to_be_enabled(timeout=PATIENCE)
    return watched


def values(page, number):
    return page.get_by_role("textbox", name=f"Values of knob {number}")


def rows(page):
    return page.get_by_role("table", name="Runs of the sweep").locator("tbody tr")


def line(page, run):
    return page.locator(f".lines path[data-run='{run}']")


def swept(page, text):
    """The page, once it has tried these values of the first knob."""
    values(page, 1).fill(text)
    values(page, 1).press("Tab")
    expect(page.get_by_text(re.compile(f"^{len(text.split(','))} runs?,"))).to_be_visible()
    button(page, "Start sweep").click()
    expect(button(page, "Cancel sweep")).to_be_disabled(timeout=PATIENCE)
    expect(rows(page)).to_have_count(len(text.split(",")), timeout=PATIENCE)
    return page


def brush(page, axis, *, start, end):
    """Draw along an axis, from one part of its length to another."""
    field = page.locator(f"[data-axis='{axis}'] .field")
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + start * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + end * box["width"], y, steps=4)
    page.mouse.up()


def test_what_is_wrong_is_told_beside_the_knob_and_a_long_sweep_is_cancelled(explorer):
    page = explorer
    values(page, 1).fill("2, 99")
    told = page.get_by_role("alert").filter(has_text="knob n_subfilters must be a whole number")
    expect(told).to_be_visible()
    expect(values(page, 1)).to_have_attribute("aria-invalid", "true")
    expect(button(page, "Start sweep")).to_be_disabled()
    values(page, 1).fill("2, 3")
    expect(told).to_have_count(0)
    button(page, "Add a knob").click()
    expect(page.get_by_role("combobox", name="Knob 2")).to_have_value("accelerate")
    values(page, 2).fill("1:5")
    expect(page.get_by_text("a range is for runs drawn at random")).to_be_visible()
    page.get_by_role("combobox", name="Runs", exact=True).select_option("Drawn at random")
    page.get_by_label("How many").fill("600")
    page.get_by_label("How many").press("Tab")
    expect(page.get_by_text("600 runs, ")).to_be_visible()

    button(page, "Start sweep").click()
    bar = page.get_by_role("progressbar", name="Progress of the sweep")
    wait_until(page, lambda: "runs/min" in (bar.get_attribute("aria-valuetext") or ""))
    # Meanwhile the run on show goes on.
    button(page, "Step").click()
    expect(words(page).first).to_contain_text("Iteration 1: metric", timeout=PATIENCE)
    button(page, "Cancel sweep").click()
    expect(button(page, "Start sweep")).to_be_enabled()
    expect(bar).to_be_hidden()
    assert 1 <= settled(page, lambda: rows(page).count(), unlike=0) < 600


def test_a_person_sweeps_brushes_and_opens_a_run_on_the_wall(explorer):
    page = swept(explorer, "1, 2, 3")
    expect(page.get_by_text("3 runs of the visits of run 1")).to_be_visible()
    expect(line(page, 2)).to_have_count(1)

    brush(page, "n_subfilters", start=0.7, end=0.99)
    expect(line(page, 0)).to_have_class(re.compile("out"))
    expect(line(page, 2)).not_to_have_class(re.compile("out"))
    expect(page.get_by_text("1 picked")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Show: run 2")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Show: run 0")).not_to_be_checked()
    planes = page.get_by_role("img", name=re.compile(r"run \d, plane \d minus mean"))
    expect(planes).to_have_count(3)
    assert planes.first.evaluate("(image) => image.naturalWidth") == 60

    page.get_by_role("checkbox", name="Show: run 1").check()
    expect(planes).to_have_count(5)
    button(page, "All runs").click()
    expect(line(page, 0)).not_to_have_class(re.compile("out"))

    page.get_by_role("slider", name="n subfilters: lowest picked").focus()
    page.keyboard.press("ArrowRight")
    expect(line(page, 0)).to_have_class(re.compile("out"))
    expect(page.get_by_text("2 picked")).to_be_visible()
    page.keyboard.press("Escape")
    expect(line(page, 0)).not_to_have_class(re.compile("out"))
    # Nor is it a key of the wall.
    expect(words(page).first).to_contain_text("the starting model")

    button(page, "Pin: run 0").click()
    runs = page.get_by_role("table", name="Runs", exact=True).locator("tbody tr")
    expect(runs).to_have_count(2, timeout=PATIENCE)
    button(page, "Open: run 1").click()
    expect(page.locator("[data-key='plane 2']")).to_have_count(0, timeout=PATIENCE)
    expect(words(page).first).to_contain_text("Iteration 3: metric")
    expect(runs.first.get_by_role("textbox", name="Run: sweep run 1")).to_have_value("sweep run 1")


def test_a_folder_of_the_command_is_opened_and_its_table_taken_away(explorer, tmp_path):
    page = explorer
    (tmp_path / "visits").mkdir()
    folder = write_sweep(tmp_path / "swept", make_inputs(tmp_path / "visits"))
    field = page.get_by_role("textbox", name="Folder that dcrviz sweep wrote")
    field.fill(str(tmp_path))
    field.press("Tab")
    button(page, "Open").click()
    expect(page.get_by_text("must be the record of a sweep").first).to_be_visible()
    field.fill(str(folder))
    field.press("Tab")
    button(page, "Open").click()
    expect(rows(page)).to_have_count(2, timeout=PATIENCE)
    # Of which run depends on the clock: those on the front are shown.
    seen = page.get_by_role("img", name=re.compile(r"run \d, plane 0 minus mean"))
    expect(seen.first).to_be_visible(timeout=PATIENCE)
    with page.expect_download() as given:
        button(page, "Record (JSON)").click()
    record = json.loads(given.value.path().read_text())
    assert [row["n_subfilters"] for row in record["rows"]] == [2, 3]
    button(page, "Copy as command").last.click()
    command = page.get_by_role("dialog").get_by_role("textbox")
    expect(command).to_have_value(re.compile("dcrviz sweep .*--grid n_subfilters=2,3"))

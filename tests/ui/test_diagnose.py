"""The Diagnose tab as a person uses it: from a chip to its verdict, its source and its cure."""

import re

import pytest
from on_page import PATIENCE, button, forget_runs, knobs_at_defaults, step_to, to_start, words
from pages import without_curves
from playwright.sync_api import expect

from dcrviz.diagnostics.verdict import Place, Remedy, Verdict
from dcrviz.views import explorer_app

pytestmark = pytest.mark.ui


def judged(*given):
    """Healthy until the second iteration, from which on there is a hole."""
    _, course, last, _ = given
    common = {"when": "during", "confidence": 0.9, "rule": "Below -5 sigma beside a source."}
    if last.index < 2:
        sentence = "Nothing is wrong so far."
        good = {"kind": "healthy", "severity": "good", "title": "Healthy", "sentence": sentence}
        return (Verdict(**good, **common),)
    hole = {"kind": "holes", "severity": "alarm", "title": "1 hole"}
    return (
        Verdict(
            **hole,
            **common,
            sentence="Beside a source a plane is darker than the empty sky.",
            steps=tuple(entry.index for entry in course if entry.index >= 2),
            places=(Place(x=20, y=30, subfilter=2),),
            remedies=(
                Remedy(sentence="Fit two subfilters.", knobs={"n_subfilters": 2}),
                Remedy(sentence="Take another visit."),
            ),
        ),
    )


@pytest.fixture(scope="module")
def shared_page(share, exposures):
    def make():
        explorer = without_curves(explorer_app(exposures))
        explorer.verdicts.judge = judged
        return explorer

    def go_back(page):
        page.get_by_role("tab", name="Sweep").click()
        knobs_at_defaults(page)
        to_start(page)
        forget_runs(page)

    return share(make, go_back, viewport={"width": 1280, "height": 800})


def chips(page):
    return page.get_by_role("group", name="Verdicts on the step on show").get_by_role("button")


def verdict(page):
    return page.get_by_role("list", name="Verdicts").get_by_role("listitem").first


def table(page, name):
    return page.get_by_role("table", name=name, exact=True)


def opened(page, section):
    """A section of the tab, open."""
    page.get_by_role("tab", name="Diagnose").click()
    button(page, section).click()


def test_a_person_goes_from_a_chip_to_the_verdict_its_iteration_its_source_and_its_cure(explorer):
    page = explorer
    expect(chips(page).first).to_have_accessible_name("Good: Healthy", timeout=PATIENCE)
    step_to(page, 1, 2, 3)
    expect(chips(page).first).to_have_accessible_name("Alarm: 1 hole", timeout=PATIENCE)
    chips(page).first.click()
    expect(page.get_by_role("tab", name="Diagnose")).to_have_attribute("aria-selected", "true")
    expect(verdict(page)).to_contain_text("darker than the empty sky")
    expect(verdict(page)).to_contain_text("steps 2-3")
    verdict(page).get_by_text("Why is this told?").click()
    expect(verdict(page)).to_contain_text("Below -5 sigma")

    button(page, "Iteration 2: 1 hole").click()
    expect(words(page)).to_contain_text("Iteration 2: metric")
    button(page, "Show source: 1 hole").click()
    expect(page.get_by_text(re.compile("x 20, y 30|at x (1[0-9]|2[0-9]), y"))).to_be_attached()
    expect(page.locator("[data-key='minus_mean 2']")).to_be_in_viewport()

    button(page, "Try it: Fit two subfilters.").click()
    expect(page.locator("[data-key='plane 2']")).to_have_count(0, timeout=PATIENCE)
    expect(table(page, "Runs").locator("tbody tr")).to_have_count(2)
    expect(words(page)).to_contain_text(re.compile("Iteration [2-9]"), timeout=PATIENCE)


def test_chips_follow_the_slider_and_a_class_reads_them_in_place(explorer):
    page = explorer
    step_to(page, 1, 2)
    expect(chips(page).first).to_have_accessible_name("Alarm: 1 hole", timeout=PATIENCE)
    button(page, "Back").click()
    expect(chips(page).first).to_have_accessible_name("Good: Healthy")
    button(page, "Step").click()
    expect(chips(page).first).to_have_accessible_name("Alarm: 1 hole")
    button(page, "Teacher").click()
    expect(page.get_by_role("tab", name="Diagnose")).to_be_hidden()
    chips(page).first.click()
    told = page.get_by_role("dialog", name="1 hole")
    expect(told).to_contain_text("Fit two subfilters.")
    page.keyboard.press("Escape")
    expect(told).to_have_count(0)
    button(page, "Teacher").click()
    expect(page.get_by_role("tab", name="Diagnose")).to_be_visible()


def test_the_tabs_are_turned_with_the_keyboard(explorer):
    curves = explorer.get_by_role("tab", name="Curves")
    curves.click()
    metric = explorer.get_by_role("img", name=re.compile("^Metric"))
    expect(metric).to_be_visible(timeout=PATIENCE)
    curves.focus()
    curves.press("ArrowRight")
    expect(explorer.get_by_role("tab", name="Diagnose")).to_be_focused()
    expect(metric).to_be_hidden()
    expect(button(explorer, "Held-out visits")).to_be_visible()
    explorer.keyboard.press("ArrowLeft")
    expect(metric).to_be_visible()


def test_a_person_reads_what_the_visits_tell_and_plans_a_night(explorer):
    page = explorer
    opened(page, "What the visits can tell")
    expect(page.get_by_text(re.compile("^These 5 visits constrain"))).to_be_visible(
        timeout=PATIENCE
    )
    expect(table(page, "Noise of each plane").locator("tbody tr")).to_have_count(3)
    button(page, "What the visits can tell").click()
    button(page, "Next visit: a night").click()
    page.get_by_role("textbox", name="Evening of").fill("2015-02-18")
    button(page, "Plan the night").click()
    expect(
        page.get_by_text(re.compile("best next visit is 2015-02-19|None of these"))
    ).to_be_visible(timeout=PATIENCE)
    page.get_by_role("textbox", name="Evening of").fill("soon")
    button(page, "Plan the night").click()
    expect(page.get_by_text(re.compile("YYYY-MM-DD.*soon"))).to_be_visible(timeout=PATIENCE)


def test_visits_are_held_out_while_the_run_goes_on_and_that_is_cancelled(explorer):
    page = explorer
    opened(page, "Held-out visits")
    button(page, "Hold out each visit").click()
    rows = table(page, "Held-out visits").locator("tbody tr")
    expect(rows.first).to_be_visible(timeout=PATIENCE)
    step_to(page, 1)
    expect(page.get_by_text("A visit that was not fitted is predicted")).to_be_visible()
    expect(rows).to_have_count(5, timeout=PATIENCE)
    button(page, "Hold out each visit").click()
    button(page, "Cancel").click()
    expect(button(page, "Hold out each visit")).to_be_enabled()
    expect(rows).not_to_have_count(5)


def test_a_knob_is_ablated_and_its_best_value_played(explorer):
    page = explorer
    step_to(page, 1)
    opened(page, "What each knob does")
    knobs = page.get_by_role("listbox", name="Knobs to turn")
    knobs.select_option(["Model: n subfilters"])
    button(page, "Ablate").click()
    tried = table(page, "What each knob does").get_by_role("button", name=re.compile("^Try: .* 2$"))
    expect(tried).to_be_visible(timeout=PATIENCE)
    expect(button(page, "Ablate")).to_be_enabled(timeout=PATIENCE)
    tried.click()
    expect(page.locator("[data-key='plane 2']")).to_have_count(0, timeout=PATIENCE)
    expect(table(page, "Runs").locator("tbody tr")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280

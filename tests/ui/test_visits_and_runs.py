"""Visits switched off and weighed, runs pinned, compared and deleted, as a person does it."""

import re

import pytest
from on_page import (
    button,
    expect_start,
    forget_runs,
    knobs_at_defaults,
    settled,
    step_to,
    to_start,
    wait_until,
    words,
)
from pages import without_curves
from playwright.sync_api import expect

from dcrviz.views import explorer_app

pytestmark = pytest.mark.ui


@pytest.fixture(scope="module")
def shared_page(share, exposures):
    def go_back(page):
        knobs_at_defaults(page)
        to_start(page)
        forget_runs(page)

    laptop = {"width": 1280, "height": 1000}
    return share(lambda: without_curves(explorer_app(exposures)), go_back, viewport=laptop)


def table(page, name):
    return page.get_by_role("table", name=name, exact=True)


def visit_ids(page):
    """Of all visits, once their table has come."""
    names = table(page, "Visits").locator("tbody th")
    expect(names).not_to_have_count(0)
    return names.all_inner_texts()


def run_names(page):
    """Of the runs in their table, that of the one on show first."""
    rows = table(page, "Runs").locator("tbody tr")
    return rows.evaluate_all("(rows) => rows.map((row) => row.querySelector('input').value)")


def cell(page, name, row, heading):
    """What a cell of a table shows."""
    expect(table(page, name).locator("thead")).to_contain_text(heading)
    headings = [text.strip() for text in table(page, name).locator("thead th").all_inner_texts()]
    place = next(i for i, text in enumerate(headings) if text.startswith(heading))
    rows = table(page, name).locator("tbody tr")
    named = page.get_by_role("textbox", name=f"Run: {row}", exact=True)
    of_row = rows.filter(has=named) if name == "Runs" else rows.and_(rows_of(page, row))
    return of_row.locator("> *").nth(place)


def rows_of(page, visit):
    return page.locator(f"tr[data-row='{visit}']")


def painted(page, box):
    """Whether something else than one colour is on the screen there."""
    png = box.screenshot()
    return page.evaluate(
        """async (bytes) => {
            const blob = new Blob([new Uint8Array(bytes)], { type: "image/png" });
            const image = await createImageBitmap(blob);
            const canvas = new OffscreenCanvas(image.width, image.height);
            const context = canvas.getContext("2d");
            context.drawImage(image, 0, 0);
            const { data } = context.getImageData(0, 0, image.width, image.height);
            return new Set(new Uint32Array(data.buffer)).size > 20;
        }""",
        list(png),
    )


def metric_after_a_step(page, visit):
    """Of a visit, once its table tells it of the first iteration."""

    def metric():
        return float(cell(page, "Visits", visit, "Metric").inner_text())

    of_start = settled(page, metric)
    step_to(page, 1)
    return settled(page, metric, unlike=of_start)


def test_a_person_switches_a_visit_off_and_sees_it_predicted_by_the_others(explorer):
    visit = visit_ids(explorer)[1]
    with_it = metric_after_a_step(explorer, visit)
    explorer.get_by_role("checkbox", name=f"On: visit {visit}", exact=True).uncheck()
    expect_start(explorer)
    expect(cell(explorer, "Visits", visit, "Share")).to_have_text("0.0")
    assert metric_after_a_step(explorer, visit) > with_it
    panel = explorer.locator("figure", has_text=re.compile(rf"{visit} .*, off"))
    expect(panel).to_be_visible()
    wait_until(explorer, lambda: painted(explorer, panel.locator(".box")))
    expect(table(explorer, "Runs").locator("tbody tr")).to_have_count(2)
    present, _ = run_names(explorer)
    expect(cell(explorer, "Runs", present, "visit factors")).to_have_text(f"{visit}: 0")
    wait_until(explorer, lambda: explorer.evaluate("document.documentElement.scrollWidth") <= 1280)


def test_the_last_visits_can_not_be_switched_off_and_the_page_lives_on(explorer):
    for visit in visit_ids(explorer):
        explorer.get_by_role("checkbox", name=f"On: visit {visit}", exact=True).uncheck()
    expect(words(explorer)).to_contain_text("must leave at least one visit on")
    before = explorer.get_by_text("These are pictures of the run before: what followed was refused")
    expect(before).to_be_visible()
    for visit in visit_ids(explorer)[:3]:
        explorer.get_by_role("checkbox", name=f"On: visit {visit}", exact=True).check()
    expect_start(explorer)
    expect(before).to_be_hidden()


def test_a_weight_is_typed_and_what_is_no_weight_goes_back(explorer):
    visit = visit_ids(explorer)[0]
    field = explorer.get_by_role("spinbutton", name=f"Weight: visit {visit}", exact=True)
    field.fill("4")
    field.press("Enter")
    expect(cell(explorer, "Visits", visit, "Share")).to_have_text(re.compile("^[4-6]"))
    expect(field).to_be_focused()
    field.fill("-1")
    field.press("Tab")
    expect(field).to_have_value("4")


def test_the_table_is_sorted_by_its_headings_with_the_keyboard(explorer):
    heading = table(explorer, "Visits").get_by_role("columnheader", name="Airmass")
    by_airmass = []
    for way in ("ascending", "descending"):
        heading.get_by_role("button").press("Enter")
        expect(heading).to_have_attribute("aria-sort", way)
        by_airmass.append(
            [
                float(cell(explorer, "Visits", visit, "Airmass").inner_text())
                for visit in visit_ids(explorer)
            ]
        )
    assert by_airmass[0] == sorted(by_airmass[0])
    assert by_airmass[1] == by_airmass[0][::-1]


def test_a_visit_chosen_on_the_sky_is_marked_in_the_table_and_on_the_wall(explorer):
    visit = visit_ids(explorer)[2]
    mark = explorer.get_by_role("button", name=re.compile(f"visit {visit}: airmass"))
    mark.press("Enter")
    expect(mark).to_have_attribute("aria-pressed", "true")
    row = table(explorer, "Visits").locator(f"tbody tr[data-row='{visit}']")
    expect(row).to_have_attribute("aria-current", "true")
    expect(explorer.locator("figcaption", has_text=f"▶ {visit}").first).to_be_visible()
    mark.press(" ")
    expect(row).to_have_attribute("aria-current", "false")
    expect(explorer.locator("figcaption", has_text=f"▶ {visit}")).to_have_count(0)


def test_a_run_is_named_pinned_and_compared_with_the_next_on_the_wall(explorer):
    step_to(explorer, 1)
    name = explorer.get_by_role("textbox", name=re.compile("^Run: "))
    name.fill("all visits")
    name.press("Enter")
    explorer.get_by_role("checkbox", name="Pin: all visits", exact=True).check()
    explorer.get_by_role("checkbox", name=f"On: visit {visit_ids(explorer)[0]}").uncheck()
    expect_start(explorer)
    step_to(explorer, 1)
    present, _ = run_names(explorer)
    expect(explorer.get_by_text(f"Step or Play goes on with {present}.")).to_be_visible()
    button(explorer, "Compare: all visits").click()
    large = explorer.get_by_role("region", name="Compare")
    expect(large).to_contain_text(f"{present}, iteration 1 (1 of 2)")
    wait_until(explorer, lambda: painted(explorer, large.locator(".box")))
    explorer.keyboard.press("b")
    expect(large).to_contain_text("all visits, iteration 1 (2 of 2)")
    expect(words(explorer)).to_contain_text("Iteration 1")
    wait_until(explorer, lambda: painted(explorer, large.locator(".box")))


def test_a_run_is_shown_again_and_another_deleted(explorer):
    step_to(explorer, 1)
    before = words(explorer).inner_text()
    explorer.get_by_role("checkbox", name=f"On: visit {visit_ids(explorer)[0]}").uncheck()
    expect_start(explorer)
    step_to(explorer, 1)
    expect(table(explorer, "Runs").locator("tbody tr")).to_have_count(2)
    without, with_it = run_names(explorer)
    button(explorer, f"Show: {with_it}").click()
    expect(words(explorer)).to_have_text(before)
    expect(
        explorer.get_by_role("checkbox", name=f"On: visit {visit_ids(explorer)[0]}")
    ).to_be_checked()
    button(explorer, f"Delete: {without}").click()
    expect(table(explorer, "Runs").locator("tbody tr")).to_have_count(1)


def test_a_run_is_deleted_by_a_click_out_of_the_field_in_which_it_is_renamed(explorer):
    present, left = two_runs(explorer)
    explorer.get_by_role("textbox", name=f"Run: {left}", exact=True).fill("all visits")
    button(explorer, f"Delete: {left}").click()
    expect(table(explorer, "Runs").locator("tbody tr")).to_have_count(1)
    assert run_names(explorer) == [present]


def test_a_row_that_would_move_while_its_button_is_pressed_waits(explorer):
    present, left = two_runs(explorer)
    delete = button(explorer, f"Delete: {left}")
    delete.hover()
    explorer.mouse.down()
    explorer.get_by_role("checkbox", name=f"On: visit {visit_ids(explorer)[1]}").press("Space")
    expect(explorer.get_by_text(f"Step or Play goes on with {present}.")).to_have_count(0)
    explorer.mouse.up()
    expect(delete).to_have_count(0)
    expect(table(explorer, "Runs").locator("tbody tr")).to_have_count(2)
    assert run_names(explorer)[1] == present


def two_runs(page):
    """Names of a run without the first visit, and of the one with all that was left for it."""
    step_to(page, 1)
    page.get_by_role("checkbox", name=f"On: visit {visit_ids(page)[0]}").uncheck()
    expect_start(page)
    step_to(page, 1)
    expect(table(page, "Runs").locator("tbody tr")).to_have_count(2)
    present, left = run_names(page)
    expect(page.get_by_text(f"Step or Play goes on with {present}.")).to_be_visible()
    return present, left


def test_the_words_tell_that_a_knob_turned_at_an_earlier_step_begins_a_run(explorer):
    step_to(explorer, 1)
    step_to(explorer, 2)
    button(explorer, "Back").click()
    (first,) = run_names(explorer)
    expect(explorer.get_by_text(f"goes on along {first} as it is stored")).to_be_visible()
    typed = explorer.get_by_role("spinbutton", name="accelerate, value", exact=True)
    typed.fill("2")
    typed.press("Enter")
    promise = "Step or Play begins a new run from iteration 1 with other knobs (accelerate)"
    expect(explorer.get_by_text(promise)).to_be_visible()
    step_to(explorer, 2)
    expect(table(explorer, "Runs").locator("tbody tr")).to_have_count(2)
    expect(cell(explorer, "Runs", run_names(explorer)[0], "accelerate")).to_have_text("2")
    expect(cell(explorer, "Runs", first, "accelerate")).to_have_text("3")

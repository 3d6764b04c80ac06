"""What a person sees of the knobs they turn: marks, counts, and a result that follows at once."""

import re

import pytest
from on_page import button, knobs_at_defaults, open_section, wait_until, words
from pages import without_curves
from playwright.sync_api import expect

from dcrviz import AssembleConfig
from dcrviz.views import explorer_app

pytestmark = pytest.mark.ui

FAST = AssembleConfig(solver="direct", hold_to_template=True)


@pytest.fixture(scope="module")
def shared_page(share, exposures):
    return share(lambda: without_curves(explorer_app(exposures)), knobs_at_defaults)


def test_a_changed_knob_is_marked_counted_and_reset(explorer):
    page = explorer
    mark = page.get_by_role("button", name=re.compile("accelerate: changed from 3.0"))
    expect(mark).to_have_count(0)
    typed = page.get_by_role("spinbutton", name="accelerate, value", exact=True)
    typed.fill("2")
    typed.press("Enter")
    expect(button(page, "Gain (1 changed)")).to_be_visible()
    expect(mark).to_have_attribute("title", re.compile("changed from 3.0"))
    mark.click()
    expect(typed).to_have_value("3")
    expect(mark).to_have_count(0)
    expect(button(page, "Gain")).to_be_visible()


def test_a_number_beyond_its_bounds_is_refused_in_words_and_goes_back(explorer):
    page = explorer
    typed = page.get_by_role("textbox", name="n subfilters")
    open_section(page, "Model", typed)
    typed.fill("50")
    typed.press("Enter")
    told = "n subfilters must be a whole number of at least 1 and at most 20; got 50"
    expect(page.get_by_text(told).first).to_be_visible()
    expect(typed).to_have_value("3")


def test_all_knobs_go_back_at_once(explorer):
    page = explorer
    typed = page.get_by_role("spinbutton", name="accelerate, value", exact=True)
    typed.fill("2")
    typed.press("Enter")
    switch = page.get_by_role("checkbox", name="use progressive gain", exact=True)
    switch.uncheck()
    expect(
        page.get_by_text("Not at their defaults: use progressive gain, accelerate")
    ).to_be_visible()
    button(page, "Reset all knobs").click()
    expect(page.get_by_text("All knobs are at their defaults.")).to_be_visible()
    expect(typed).to_have_value("3")
    expect(switch).to_be_checked()


def test_the_result_follows_a_slider_that_is_dragged(open_page, exposures):
    page = open_page(lambda: without_curves(explorer_app(exposures, FAST)))
    button(page, "Play").click()
    expect(words(page)).to_contain_text("Solved in closed form")
    button(page, "Weights").click()
    slider = page.get_by_role("slider", name="model weights width [px]", exact=True)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    seen = [words(page).inner_text()]
    page.mouse.move(box["x"] + 0.15 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    for part in (0.3, 0.5, 0.7, 0.9):
        page.mouse.move(box["x"] + part * box["width"], box["y"] + box["height"] / 2, steps=10)
        # The button is still down.
        expect(words(page)).not_to_have_text(seen[-1])
        seen.append(words(page).inner_text())
    page.mouse.up()
    assert all("Solved in closed form" in sentence for sentence in seen)
    typed = page.get_by_role("spinbutton", name="model weights width [px], value", exact=True)
    expect(typed).to_have_value(re.compile("^1[6-9]"))
    width = float(typed.input_value())
    wait_until(page, lambda: page.session.problem.config.model_weights_width == width)
    assert len(page.session.branches) == 1


def test_planes_that_are_to_be_sharper_than_the_visits_are_warned_of(open_page):
    blurred, config = "variable-seeing", AssembleConfig(solver="direct")
    page = open_page(lambda: without_curves(explorer_app(blurred, config)))
    button(page, "To end").click()
    expect(words(page)).to_contain_text("Solved in closed form")
    button(page, "Seeing").click()
    width = page.get_by_role("spinbutton", name="model fwhm [px], value", exact=True)
    expect(width).to_have_value("3.15")
    expect(width).to_be_disabled()
    page.get_by_role("checkbox", name="model fwhm [px]: auto", exact=True).uncheck()
    expect(width).to_be_enabled()
    width.fill("1.5")
    width.press("Enter")
    warned = page.get_by_role("button", name="Warning: Planes sharper than the visits")
    expect(warned).to_be_visible()
    warned.click()
    told = page.get_by_role("list", name="Verdicts")
    expect(told).to_contain_text("1.5 px is sharper than the visits tell")
    page.get_by_role("button", name=re.compile("^Try it: Set model_fwhm to auto")).click()
    expect(width).to_have_value("3.15")
    expect(warned).to_have_count(0)

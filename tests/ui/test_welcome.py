"""The first page without visits: what can be looked at is one click away."""

import re

import pytest
from on_page import button, expect_start, open_section, words
from pages import without_curves
from playwright.sync_api import expect

import dcrviz
from dcrviz.config import AssembleConfig
from dcrviz.io.config_link import config_code
from dcrviz.simulate import LIBRARY
from dcrviz.views import explorer_app
from dcrviz.views.serve import WELCOME

pytestmark = pytest.mark.ui


@pytest.fixture(scope="module")
def shared_page(share):
    def go_back(page):
        teacher = button(page, "Teacher")
        if teacher.get_attribute("aria-pressed") == "true":
            teacher.click()
        open_data(page)
        button(page, "Scenes, lessons and files").click()
        expect_welcome(page)

    laptop = {"width": 1280, "height": 800}
    return share(welcoming, go_back, expect_begun=expect_welcome, viewport=laptop)


def welcoming():
    return without_curves(explorer_app(WELCOME, local=True))


def open_data(page):
    open_section(page, "Data", button(page, "Open scene"))


def dialog(page):
    return page.get_by_role("dialog", name="Welcome")


def expect_welcome(page):
    expect(dialog(page)).to_be_visible()


def card(page, title):
    return dialog(page).get_by_role("button", name=re.compile(f"^{title}"))


def test_every_scene_and_lesson_is_offered_and_the_bundled_field_is_one_key_away(explorer):
    for scene in LIBRARY.values():
        expect(card(explorer, scene.title)).to_be_visible()
    for title in ("What refraction does to a star", "Holes and wings", "Gain, ping-pong"):
        expect(card(explorer, title)).to_be_visible()
    explorer.keyboard.press("Enter")
    expect_start(explorer)
    expect(dialog(explorer)).to_be_hidden()
    expect(explorer.locator("[data-key='residual 8']")).to_be_visible()
    open_data(explorer)
    expect(explorer.get_by_text("Bundled field: 9 visits.")).to_be_visible()


def test_a_scene_opens_with_the_knobs_that_it_begins_with(explorer):
    card(explorer, "Gain too high").click()
    expect_start(explorer)
    expect(explorer.get_by_text(re.compile("^Not at their defaults: base gain"))).to_be_visible()


def test_a_lesson_begins_as_a_class_sees_it(explorer):
    card(explorer, "Holes and wings").click()
    expect(explorer.get_by_text("1 of 9")).to_be_visible()
    expect(button(explorer, "Teacher")).to_have_attribute("aria-pressed", "true")
    expect_start(explorer)
    expect(explorer.locator("[data-key='plane 0']")).to_be_visible()


def test_own_files_are_opened_by_their_path(explorer):
    field = dialog(explorer).get_by_role("textbox", name=re.compile("^Files, a folder"))
    field.fill(str(dcrviz.bundled("field")))
    field.press("Enter")
    expect_start(explorer)
    open_data(explorer)
    expect(explorer.get_by_text("Files: 9 visits.")).to_be_visible()


def test_without_a_choice_the_page_says_what_to_do_and_shows_no_empty_pictures(open_page):
    welcomed = open_page(lambda: explorer_app(WELCOME, local=True), expect_welcome)
    welcomed.keyboard.press("Escape")
    expect(welcomed.get_by_text("so there is nothing to see yet")).to_be_visible()
    expect(words(welcomed)).to_have_text("No visits are loaded.")
    for name in ("Play", "Step", "Run N", "To end"):
        expect(button(welcomed, name)).to_be_disabled()
    expect(welcomed.get_by_role("img", name=re.compile("^Metric"))).to_be_hidden()
    expect(welcomed.get_by_role("table", name="Visits")).to_be_hidden()
    button(welcomed, "Choose a scene, a lesson or files").click()
    card(welcomed, "Healthy").click()
    expect_start(welcomed)
    expect(welcomed.get_by_role("img", name=re.compile("^Metric"))).to_be_visible()
    expect(welcomed.get_by_role("table", name="Visits")).to_be_visible()
    expect(button(welcomed, "Play")).to_be_enabled()


def test_links_open_straight_on_what_they_name(watched, serve):
    address = serve(lambda: welcoming().__panel__())
    code = config_code(AssembleConfig(n_subfilters=2))
    for query, told in ((f"cfg={code}", "n subfilters"), ("data=gain-too-high", "base gain")):
        watched.goto(f"{address}/?{query}")
        expect_start(watched)
        expect(dialog(watched)).to_be_hidden()
        expect(watched.get_by_text(re.compile(f"^Not at their defaults: {told}"))).to_be_visible()

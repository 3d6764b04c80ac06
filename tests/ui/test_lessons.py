"""A lesson before a class: picture and words follow Next and Previous."""

import re

import pytest
from on_page import button, expect_start, painted_field, settled, wait_until, words
from playwright.sync_api import expect

from dcrviz.lessons import lesson_from
from dcrviz.views import explorer_app

pytestmark = pytest.mark.ui
TEXT = """
title: A short one
about: A test.
steps:
- {scene: healthy, knobs: {max_iterations: 3, min_iterations: 3}, caption: All alike.}
- {iteration: 2, rows: minus_mean, question: What next?, caption: Colours.}
- {scene: one-angle, iteration: 1, look: [64, 64], caption: One angle.}
"""
SHORT = lesson_from(TEXT.replace("What next?", "'What next?'"), where="test", name="short")


@pytest.fixture(scope="module")
def shared_page(share):
    """A page that begins with a lesson."""

    def go_back(page):
        choice, teacher = lessons(page), button(page, "Teacher")
        if not choice.is_visible():
            teacher.click()
        choice.select_option("No lesson")
        choice.select_option("A short one")
        expect(caption(page, "All alike.")).to_be_visible()
        expect_start(page)

    laptop = {"width": 1280, "height": 800}
    return share(lambda: explorer_app(SHORT), go_back, viewport=laptop)


def lessons(page):
    return page.get_by_role("combobox", name="Lesson")


def caption(page, text):
    return page.get_by_role("region", name="Lesson").get_by_text(text, exact=True)


def painted(page, unlike=None):
    """What is seen, whatever size the panel has."""
    return settled(page, lambda: seen(page), unlike)


def seen(page):
    return tuple(painted_field(page, "minus_mean 0", (128, 128)))


def seen_nothing():
    return ("0,0,0",) * 128**2


def test_next_and_previous_bring_words_and_pictures(explorer):
    page = explorer
    expect(caption(page, "All alike.")).to_be_visible()
    expect(page.get_by_text("1 of 3")).to_be_visible()
    expect(button(page, "Previous")).to_be_disabled()
    # On a busy machine the page may be there long before its first picture.
    expect(page.locator(".wall")).to_have_attribute("data-shown", re.compile("."))
    first = painted(page, unlike=seen_nothing())

    button(page, "Next").click()
    expect(caption(page, "What next?")).to_be_visible()
    expect(caption(page, "Colours.")).to_be_hidden()
    # The picture is still the one that is asked about.
    expect(page.locator("[data-key='plane 0']")).to_be_visible()

    button(page, "Next").click()
    expect(caption(page, "Colours.")).to_be_visible()
    expect(words(page)).to_contain_text("Iteration 2: ")
    expect(page.locator("[data-key='plane 0']")).to_have_count(0)
    second = painted(page, unlike=first)

    page.keyboard.press("n")
    expect(caption(page, "One angle.")).to_be_visible()
    expect(button(page, "Next")).to_be_disabled()
    # A part of the field, closely.
    third = painted(page, unlike=second)

    page.keyboard.press("PageUp")
    expect(caption(page, "Colours.")).to_be_visible()
    expect(words(page)).to_contain_text("Iteration 2: ")
    wait_until(page, lambda: seen(page) == second)
    page.keyboard.press("p")
    page.keyboard.press("p")
    expect(caption(page, "All alike.")).to_be_visible()
    expect(words(page)).to_contain_text("the starting model")
    expect(page.locator("[data-key='plane 0']")).to_be_visible()
    wait_until(page, lambda: seen(page) == first)
    assert third not in (first, second)


def test_a_lesson_is_chosen_in_teacher_mode_and_left_again(explorer):
    page = explorer
    choice = lessons(page)
    choice.select_option("Holes and wings")
    expect(page.get_by_text("1 of 9")).to_be_visible()
    expect(page.get_by_text("all of airmass 1.18")).to_be_visible()
    choice.select_option("No lesson")
    expect(button(page, "Next")).to_be_hidden()
    # Without a lesson the verdicts say what is to be seen.
    expect(page.get_by_text("no source has a colour yet")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_text("1 of 9")).to_be_hidden()
    button(page, "Teacher").click()
    expect(choice).to_be_hidden()
    expect(page.locator("[data-key='residual 0']")).to_be_visible()


def test_the_page_answers_while_a_step_computes(explorer, hold_engine):
    page = explorer
    may_go_on = hold_engine()
    button(page, "Next").click()
    button(page, "Next").click()
    expect(caption(page, "Colours.")).to_be_visible()
    button(page, "Previous").click()
    expect(caption(page, "What next?")).to_be_visible()
    may_go_on.set()
    # What was at hand when it was left does not come on show.
    wait_until(page, lambda: not page.session.busy)
    expect(words(page)).to_contain_text("the starting model")


def test_the_keys_of_a_lesson_are_listed(explorer):
    page = explorer
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog.get_by_text(re.compile("^In a lesson: "))).to_be_visible()
    page.keyboard.press("Escape")

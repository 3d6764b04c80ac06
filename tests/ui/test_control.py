"""A person drives a run: buttons, keys, and what the page says meanwhile."""

import re
import threading
import time

import pytest
from on_page import button, expect_start, settled, slider, wait_until, words
from pages import without_curves
from playwright.sync_api import expect

from dcrviz.config import AssembleConfig
from dcrviz.views import explorer_app

pytestmark = pytest.mark.ui

# Long enough that nobody comes to its end by accident.
LONG = AssembleConfig(min_iterations=400, max_iterations=400)


def at_least(number):
    """Matches words that tell of this iteration or a later one, below 1000."""
    return re.compile(rf"Iteration ({'|'.join(map(str, range(number, 1000)))}): metric")


def iteration(page):
    return int(re.search(r"teration (\d+)", words(page).inner_text()).group(1))


@pytest.fixture(scope="module")
def shared_page(share, exposures):
    return share(lambda: without_curves(explorer_app(exposures, LONG)))


def test_pause_and_stop_are_told_while_the_engine_is_still_at_work(explorer, hold_engine):
    may_go_on = hold_engine()
    button(explorer, "Play").click()
    expect(words(explorer)).to_contain_text("Running.")
    button(explorer, "Pause").click()
    expect(words(explorer)).to_contain_text("Finishing the iteration.")
    expect(button(explorer, "Pause")).to_be_disabled()
    button(explorer, "Stop").click()
    expect(words(explorer)).to_contain_text("Stopped by hand.")
    expect(button(explorer, "Play")).to_be_disabled()
    may_go_on.set()
    explorer.wait_for_timeout(500)
    expect(words(explorer)).to_contain_text("Iteration 0: the starting model")
    expect(words(explorer)).to_contain_text("Stopped by hand.")


@pytest.mark.parametrize(
    ("name", "act", "said", "then"),
    [
        ("Pause", lambda page: button(page, "Pause").click(), "Pausing.", "Paused."),
        ("Pause", lambda page: page.keyboard.press("Space"), "Pausing.", "Paused."),
        ("Stop", lambda page: button(page, "Stop").click(), "Stopping.", "Stopped by hand."),
    ],
    ids=["pause", "space", "stop"],
)
def test_the_page_answers_before_the_server_does(explorer, monkeypatch, name, act, said, then):
    button(explorer, "Play").click()
    expect(words(explorer)).to_contain_text(at_least(1))
    pressed, told = explorer.controls.buttons[name], threading.Event()
    true_act = pressed._act

    def slow():
        assert told.wait(30)
        true_act()

    # The button that was pressed would take the key itself.
    explorer.evaluate("document.activeElement.blur()")
    monkeypatch.setattr(pressed, "_act", slow)
    act(explorer)
    expect(words(explorer)).to_contain_text(said)
    told.set()
    expect(words(explorer)).to_contain_text(then)
    expect(words(explorer)).not_to_contain_text(said)


def test_a_run_that_is_played_while_its_page_is_made_loses_nothing(watched, serve, exposures):
    def page():
        explorer = explorer_app(exposures, AssembleConfig(min_iterations=8, max_iterations=8))
        explorer.session.play()
        # So that first results come now.
        time.sleep(1.0)
        return explorer.__panel__()

    watched.goto(serve(page))
    expect(words(watched)).to_contain_text("Maximum reached")
    expect(words(watched)).to_contain_text("Iteration 10")
    expect(slider(watched)).to_have_attribute("max", "10")


def test_a_pause_keeps_the_iteration_that_a_stop_drops(explorer, hold_engine):
    may_go_on = hold_engine()
    button(explorer, "Play").click()
    button(explorer, "Pause").click()
    may_go_on.set()
    expect(words(explorer)).to_contain_text("Iteration 1: metric")
    expect(words(explorer)).to_contain_text("Paused.")


def test_after_a_stop_a_person_goes_on_from_an_earlier_iteration(explorer):
    button(explorer, "Play").click()
    expect(words(explorer)).to_contain_text(at_least(3))
    button(explorer, "Stop").click()
    expect(words(explorer)).to_contain_text("Stopped by hand.")
    stopped = iteration(explorer)
    button(explorer, "Back").click()
    expect(words(explorer)).to_contain_text(f"Iteration {stopped - 1}: metric")
    button(explorer, "Play").click()
    expect(words(explorer)).to_contain_text(at_least(stopped + 1))
    button(explorer, "Pause").click()


def test_run_n_does_n_iterations_and_the_progress_tells_how_many_of_how_many(explorer):
    field = explorer.get_by_role("spinbutton", name="Iterations of Run N", exact=True)
    field.fill("4")
    field.press("Enter")
    button(explorer, "Run N").click()
    expect(words(explorer)).to_contain_text(re.compile("Iteration 4: .* Paused"))
    bar = explorer.get_by_role("progressbar", name="Progress of the run")
    expect(bar).to_have_attribute(
        "aria-valuetext", re.compile(r"^Iteration 4 of at most 402 · .* it/s")
    )
    assert bar.evaluate("bar => bar.value / bar.max") == pytest.approx(4 / 402)


def test_keys_move_along_the_timeline_wherever_the_focus_is(explorer):
    keys = explorer.keyboard
    for number in (1, 2):
        keys.press("ArrowRight")
        expect(words(explorer)).to_contain_text(f"Iteration {number}: metric")
    keys.press("ArrowLeft")
    expect(words(explorer)).to_contain_text("Iteration 1: metric")
    keys.press("Home")
    expect_start(explorer)
    keys.press("End")
    expect(words(explorer)).to_contain_text("Iteration 2: metric")
    keys.press(" ")
    expect(words(explorer)).to_contain_text("Running.")
    keys.press(" ")
    expect(words(explorer)).to_contain_text("Paused.")


def test_keys_are_left_to_fields_sliders_and_buttons_that_have_the_focus(explorer):
    button(explorer, "Step").click()
    expect(words(explorer)).to_contain_text("Iteration 1: metric")
    field = explorer.get_by_role("spinbutton", name="Iterations of Run N", exact=True)
    field.press("Home")
    field.press("ArrowLeft")
    field.press("?")
    # Space presses the button that has the focus, and does not start to play.
    button(explorer, "Back").press(" ")
    expect_start(explorer)
    assert not explorer.session.playing
    expect(explorer.get_by_role("dialog")).to_have_count(0)


def test_a_question_mark_lists_the_keys_until_escape(explorer):
    dialog = explorer.get_by_role("dialog", name="Keys")
    explorer.keyboard.press("?")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Show the starting model")
    # Nothing moves behind the list.
    explorer.keyboard.press("ArrowRight")
    explorer.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect_start(explorer)
    button(explorer, "Keys").click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()


def test_the_slider_moves_images_curves_and_words_together(explorer):
    field = explorer.get_by_role("spinbutton", name="Iterations of Run N", exact=True)
    field.fill("3")
    field.press("Enter")
    button(explorer, "Run N").click()
    expect(words(explorer)).to_contain_text(re.compile("Iteration 3: .* Paused"))
    panel = explorer.locator("[data-key='plane 0']")
    last = settled(explorer, panel.screenshot)
    slider(explorer).press("Home")
    expect_start(explorer)
    wait_until(explorer, lambda: panel.screenshot() != last)
    slider(explorer).press("End")
    expect(words(explorer)).to_contain_text("Iteration 3: metric")
    wait_until(explorer, lambda: panel.screenshot() == last)


def test_a_full_history_says_so_and_steps_come_back_when_they_are_shown(
    explorer, monkeypatch, hold_engine
):
    monkeypatch.setattr(explorer.session, "history_bytes", 2_000_000)
    button(explorer, "To end").click()
    expect(words(explorer)).to_contain_text(at_least(8))
    expect(explorer.get_by_text(re.compile(r"it/s · .* left at most"))).to_be_visible()
    button(explorer, "Pause").click()
    expect(words(explorer)).to_contain_text("Paused.")
    expect(explorer.get_by_role("note").filter(has_text="The history is full")).to_be_visible()
    lost = next(i for i, moment in enumerate(explorer.session.moments) if i and not moment.kept)
    may_go_on = hold_engine()
    slider(explorer).fill(str(lost))
    expect(words(explorer)).to_contain_text(f"Recomputing iteration {lost}")
    may_go_on.set()
    expect(words(explorer)).to_contain_text(f"Iteration {lost}: metric")

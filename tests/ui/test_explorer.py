"""What a person does in the explorer, and what they see."""

import re
import signal
import subprocess
import sys
import time

import pytest
from on_page import button, expect_start, knobs_at_defaults, slider, to_start, wait_until, words
from pages import without_curves
from playwright.sync_api import expect

from dcrviz.bundled import bundled
from dcrviz.views import explorer_app

pytestmark = pytest.mark.ui


@pytest.fixture(scope="module")
def shared_page(share, exposures):
    def go_back(page):
        knobs_at_defaults(page)
        to_start(page)

    return share(lambda: without_curves(explorer_app(exposures)), go_back)


def test_a_person_steps_goes_back_and_scrubs(explorer):
    button(explorer, "Step").click()
    expect(words(explorer)).to_contain_text("Iteration 1: metric")
    button(explorer, "Step").click()
    expect(words(explorer)).to_contain_text("Iteration 2: metric")
    button(explorer, "Back").click()
    expect(words(explorer)).to_contain_text("Iteration 1: metric")
    expect(slider(explorer)).to_have_attribute("max", "2")
    slider(explorer).press("ArrowLeft")
    expect_start(explorer)
    button(explorer, "Reset").click()
    expect(slider(explorer)).to_be_disabled()


def test_a_run_plays_pauses_and_ends_with_its_outcome_in_words(explorer, hold_engine):
    may_go_on = hold_engine()
    button(explorer, "Play").click()
    expect(words(explorer)).to_contain_text("Running.")
    button(explorer, "Pause").click()
    may_go_on.set()
    expect(words(explorer)).to_contain_text("Paused.")
    paused = words(explorer).inner_text()
    time.sleep(1.0)
    assert words(explorer).inner_text() == paused
    button(explorer, "Play").click()
    expect(words(explorer)).to_contain_text("Maximum reached")
    expect(button(explorer, "Play")).to_be_disabled()


def test_a_solver_knob_takes_effect_at_the_next_step(explorer):
    button(explorer, "Step").click()
    expect(words(explorer)).to_contain_text("Iteration 1: metric")
    as_recommended = words(explorer).inner_text()
    button(explorer, "Back").click()
    expect_start(explorer)
    typed = explorer.get_by_role("spinbutton", name="accelerate, value", exact=True)
    typed.fill("1")
    typed.press("Enter")
    button(explorer, "Step").click()
    expect(words(explorer)).to_contain_text("Iteration 1: metric")
    expect(words(explorer)).not_to_have_text(as_recommended)


def test_a_knob_of_the_problem_starts_anew_with_other_panels(explorer):
    button(explorer, "Step").click()
    expect(words(explorer)).to_contain_text("Iteration 1")
    button(explorer, "Model").click()
    field = explorer.get_by_role("textbox", name="n subfilters")
    field.fill("5")
    field.press("Enter")
    expect_start(explorer)
    expect(explorer.get_by_text("Not at their defaults: n subfilters")).to_be_visible()
    expect(explorer.locator("[data-key='plane 4']")).to_be_visible()
    wait_until(explorer, lambda: explorer.evaluate("document.documentElement.scrollWidth") <= 1280)
    # What the mouse rests on, as the knobs move below it, may explain itself over the button.
    explorer.locator("h1").hover()
    button(explorer, "Step").click()
    expect(words(explorer)).to_contain_text("Iteration 1: metric")


def test_an_impossible_subregion_is_told_and_the_page_lives_on(explorer):
    button(explorer, "Regions").click()
    field = explorer.get_by_role("textbox", name=re.compile("subregion size"))
    field.fill("(2, 2)")
    field.press("Enter")
    expect(words(explorer)).to_contain_text("subregion_size must be at least the buffer")
    expect(explorer.locator(".notyf__toast").first).to_be_visible()
    field.fill("(60, 60)")
    field.press("Enter")
    expect(words(explorer)).to_contain_text("Subregion 1 of 4")


def choose_solver(page, name):
    page.get_by_role("combobox", name="solver", exact=True).select_option(label=name)
    expect_start(page)


@pytest.mark.parametrize(
    ("solver", "ending"),
    [
        ("direct (closed form)", "Solved in closed form"),
        ("pcg (masks and weights exactly)", "Converged: the relative residual"),
    ],
)
def test_a_person_chooses_a_solver_and_plays_it_to_its_end(explorer, solver, ending):
    choose_solver(explorer, solver)
    button(explorer, "Play").click()
    expect(words(explorer)).to_contain_text(ending, timeout=40_000)
    expect(button(explorer, "Play")).to_be_disabled()
    reason = "no effect: the solver takes whole steps"
    expect(explorer.get_by_text(reason).first).to_be_visible()


def test_a_second_session_is_not_blocked_by_the_first(watched, serve, context, exposures):
    address = serve(lambda: without_curves(explorer_app(exposures)).__panel__())
    watched.goto(address)
    expect_start(watched)
    other = context.new_page()
    other.goto(address)
    expect_start(other)
    button(watched, "Play").click()
    button(other, "Step").click()
    expect(words(other)).to_contain_text("Iteration 1: metric")


@pytest.fixture
def command():
    """Run ``dcrviz explore`` and give its process and address."""
    running = []

    def start(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", "dcrviz.cli", "explore", "--no-browser", *arguments],
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        line = process.stdout.readline()
        return process, re.search(r"http://\S+", line).group()

    yield start
    for process in running:
        process.kill()
        process.communicate()


def test_the_command_ends_when_its_last_page_has_closed(watched, command):
    process, address = command(str(bundled("field")))
    watched.goto(address)
    expect_start(watched)
    watched.goto("about:blank")
    assert process.wait(timeout=30) == 0


def test_the_command_ends_soon_after_it_is_told_to(watched, command):
    process, address = command(str(bundled("field")), "--keep")
    watched.goto(address)
    button(watched, "Play").click()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130
    watched.goto("about:blank")
    # The connection was cut under the page: what it says of that is no fault of it.
    watched.complaints.clear()

"""What a person reads beside and on the images: curves, colours, rings, and one source closely."""

import re

import pytest
from on_page import painted_colours, settled, step_to, wait_until
from pages import without_curves
from playwright.sync_api import expect

from dcrviz import AssembleConfig
from dcrviz.diagnostics.source import brightest_pixels
from dcrviz.views.page import Explorer

pytestmark = pytest.mark.ui

# So bold that the second iteration is full of holes.
BOLD = {"accelerate": 8, "clamp_iterations": 0, "clamp_subfilters": 0, "base_gain": 1.0}


@pytest.fixture(scope="module")
def shared_page(share, exposures):
    return share(lambda: Explorer(exposures))


@pytest.fixture
def open_explorer(open_page, exposures):
    def start(*, painter="fastest", **knobs):
        def make():
            explorer = without_curves(Explorer(exposures, AssembleConfig(**knobs)))
            explorer.wall.canvas.painter = painter
            return explorer

        return open_page(make)

    return start


def panel(page, name):
    return page.get_by_role("img", name=name)


def test_a_click_on_a_curve_goes_to_that_iteration(explorer):
    page = explorer
    step_to(page, 1, 2, 3)
    plot = page.get_by_role("img", name=re.compile("^Metric"))
    plot.scroll_into_view_if_needed()
    box = settled(page, plot.bounding_box)
    # The starting model is at the left end of the axis, right of the numbers.
    page.mouse.click(box["x"] + 0.2 * box["width"], box["y"] + box["height"] / 2)
    expect(page.get_by_role("status")).to_contain_text(re.compile("starting model|Iteration 1"))


@pytest.mark.parametrize("painter", ["webgl", "flat"])
def test_the_subfilters_are_shown_in_colour(open_explorer, painter):
    page = open_explorer(painter=painter)
    step_to(page, 1, 2)
    page.get_by_text("Rows", exact=True).click()
    page.get_by_role("checkbox", name="Colours of the subfilters").check()
    expect(panel(page, "Colours of the subfilters: the longest")).to_be_visible()

    def in_colour():
        painted = painted_colours(page, "rgb 0")
        # Many of the stars are red in this band.
        return len(painted) > 300 and any(red > blue + 30 for red, _, blue in painted)

    wait_until(page, in_colour)
    panel(page, "Colours of the subfilters: the longest").hover()
    flux = r"-?[0-9.]+(e[+-][0-9]+)?"
    expect(page.get_by_text(re.compile(f"^R {flux}  G {flux}  B {flux}$"))).to_be_visible()


def test_holes_and_wings_have_rings(open_explorer):
    page = open_explorer(**BOLD)
    page.wait_for_timeout(1000)
    assert (0, 229, 255) not in painted_colours(page, "minus_mean 0", "marks")
    step_to(page, 1, 2)
    keys = [f"minus_mean {subfilter}" for subfilter in range(3)]

    def ringed():
        marks = {colour for key in keys for colour in painted_colours(page, key, "marks")}
        return {(0, 229, 255), (255, 176, 0)} <= marks

    wait_until(page, ringed)


def test_a_click_on_a_source_shows_it_closely_and_keys_go_on_to_the_next(explorer):
    page = explorer
    step_to(page, 1)
    expect(page.get_by_text("Click on a source in a panel")).to_be_attached()
    box = panel(page, re.compile("^Subfilter planes: S1"))
    box.scroll_into_view_if_needed()
    settled(page, box.bounding_box)
    box.click()
    words = page.get_by_text(re.compile("at x [0-9]+, y [0-9]+"))
    expect(words).to_be_attached()
    expect(page.get_by_label("Cut towards the zenith of")).to_be_attached()
    # Keys go on from there, to the next fainter one and back.
    sources, flux = brightest_pixels(page.session.problem)
    order = sources[flux.argsort()[::-1]].tolist()
    place = [int(number) for number in re.findall("[0-9]+", words.inner_text())]
    at = order.index(place) if place in order else -1
    for key, number in (("s", at + 1), ("s", at + 2), ("S", at + 1)):
        x, y = order[number % len(order)]
        page.keyboard.press(key)
        expect(words).to_have_text(f"Source at x {x}, y {y}")
        # As if the pointer were at rest there.
        expect(page.get_by_text(re.compile(rf"^x {x}\s+y {y}\b"))).to_be_visible()
    closely = painted_colours(page, "plane 0")
    page.keyboard.press("w")
    wait_until(page, lambda: painted_colours(page, "plane 0") != closely)

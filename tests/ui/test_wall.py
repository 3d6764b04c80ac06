"""The image wall as a person works it: from what the browser holds, and what the server adds."""

import re

import pytest
from on_page import button, expect_start, painted_sum, settled, slider, to_start, wait_until
from pages import without_curves
from playwright.sync_api import expect

from dcrviz import AssembleConfig
from dcrviz.simulate import random_scene, read_conditions, simulate_exposures
from dcrviz.views.page import Explorer

pytestmark = pytest.mark.ui


CONFIG = AssembleConfig(min_iterations=20, max_iterations=20)


@pytest.fixture(scope="module")
def shared_page(share, exposures):
    def go_back(page):
        page.get_by_label("flux: colours").select_option("cividis")
        page.get_by_label("flux: stretch").select_option("asinh")
        page.get_by_label("flux: find limits").click()
        to_start(page)

    return share(lambda: without_curves(Explorer(exposures, CONFIG)), go_back)


@pytest.fixture
def received(explorer):
    """Every message that comes from the server."""
    messages = []
    session = explorer.context.new_cdp_session(explorer)
    session.on(
        "Network.webSocketFrameReceived",
        lambda frame: messages.append(frame["response"]["payloadData"]),
    )
    session.send("Network.enable")
    yield messages
    session.detach()


def step(page, number):
    """Click Step so often; what was painted for the starting model and each iteration."""
    expect(page.locator(".wall")).to_have_attribute("data-shown", re.compile("."))
    seen = [settled_pixels(page)]
    for done in range(1, number + 1):
        button(page, "Step").click()
        said = re.compile(f"^Iteration {done}:? ")
        expect(page.get_by_role("status")).to_contain_text(said)
        seen.append(settled_pixels(page, unlike=seen[-1]))
    return seen


def painted(page, key="plane 0"):
    return painted_sum(page, key)


def settled_pixels(page, unlike=None):
    """What is painted once it has changed."""
    return settled(page, lambda: painted(page), unlike)


def told(received):
    """What came beside the bare answers to messages of the page, such as where it is scrolled."""
    return [part for part in received if part != "{}" and '"msgtype": "OK"' not in str(part)]


def forget(page, received):
    """Drop what the server sent, once it has sent all."""
    settled(page, lambda: len(received))
    received.clear()


def value(page):
    return page.locator(".panel", has_text="S0").first.locator(".value")


def test_dragging_the_slider_shows_held_iterations_without_the_server(received, explorer):
    page = explorer
    seen = step(page, 3)
    forget(page, received)
    box = slider(page).bounding_box()
    page.mouse.move(box["x"] + box["width"] - 6, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 6, box["y"] + box["height"] / 2, steps=3)
    wait_until(page, lambda: painted(page) == seen[0])
    assert told(received) == []
    page.mouse.up()
    expect_start(page)


def test_the_slider_by_keys_ends_where_it_was_put(explorer):
    page = explorer
    seen = step(page, 3)
    slider(page).focus()
    for key in ("ArrowLeft", "ArrowLeft", "ArrowRight"):
        slider(page).press(key)
    expect(page.get_by_role("status")).to_contain_text("Iteration 2")
    wait_until(page, lambda: painted(page) == seen[2])


def test_looks_and_blinking_need_no_server(received, explorer):
    page = explorer
    before = step(page, 1)[-1]
    forget(page, received)
    page.get_by_label("flux: colours").select_option("grey")
    page.get_by_label("flux: stretch").select_option("linear")
    grey = settled_pixels(page, unlike=before)
    page.get_by_label("flux: high").fill("20")
    page.get_by_label("flux: high").press("Enter")
    settled_pixels(page, unlike=grey)
    page.keyboard.press("Tab")
    page.locator("h1").click()
    page.keyboard.press("1")
    page.get_by_label("compare Subfilter planes: S2").click()
    title = page.locator(".compare .title")
    expect(title).to_contain_text("S2")
    page.keyboard.press("b")
    expect(title).to_contain_text("S0")
    assert told(received) == []


def test_the_readout_is_quantised_at_once_and_exact_soon(received, explorer):
    page = explorer
    step(page, 1)
    page.locator('.box[data-key="plane 0"]').hover()
    # So large that rounding leaves the pointer on its pixel.
    for _ in range(4):
        page.mouse.wheel(0, -250)
    expect(value(page)).to_have_text(re.compile("^-?[0-9]"))
    exact = value(page).inner_text()
    forget(page, received)
    page.mouse.wheel(0, -100)
    page.wait_for_timeout(500)
    # The pointer is still on the same pixel, of which all is known.
    assert value(page).inner_text() == exact
    assert told(received) == []
    page.locator('.box[data-key="plane 0"]').dblclick()
    page.locator("h1").hover()


def test_the_wheel_scrolls_the_page_where_there_is_nothing_to_zoom_out_of(explorer):
    page = explorer
    step(page, 1)
    box = page.locator('.box[data-key="plane 0"]')
    box.hover()
    whole = painted(page)
    top = box.bounding_box()["y"]
    for turn in (200, -200):
        # Close together, as a hand turns it: other panels slide below the pointer meanwhile.
        for _ in range(4):
            page.mouse.wheel(0, turn)
            page.wait_for_timeout(40)
        wait_until(page, lambda turn=turn: (box.bounding_box()["y"] < top) == (turn > 0))
        # Longer than turns that belong together are apart.
        page.locator("h1").hover()
        page.mouse.wheel(0, 1)
        box.hover()
    assert painted(page) == whole
    page.wait_for_timeout(400)
    page.mouse.wheel(0, -200)
    wait_until(page, lambda: painted(page) != whole)
    box.dblclick()
    page.locator("h1").hover()


def test_every_iteration_can_be_read_exactly(explorer):
    page = explorer
    step(page, 4)
    slider(page).press("Home")
    expect_start(page)
    page.locator('.box[data-key="plane 0"]').hover()
    expect(value(page)).to_have_text(re.compile("^-?[0-9]"))


def test_a_deep_zoom_becomes_as_sharp_as_the_data(open_page):
    scene = random_scene(3, shape=(480, 480), n_stars=30, n_galaxies=1, n_quasars=0)
    exposures = simulate_exposures(scene, read_conditions("hits2015")[:4], seed=1)
    page = open_page(lambda: without_curves(Explorer(exposures, CONFIG)))
    step(page, 1)
    wall = page.locator(".wall")
    page.locator('.box[data-key="plane 0"]').hover()
    for _ in range(5):
        page.mouse.wheel(0, -200)
    expect(wall).to_have_attribute("data-sharp", "true")


def test_a_full_browser_lets_go_of_iterations_and_gets_them_again(open_page, exposures):
    def make():
        explorer = without_curves(Explorer(exposures, CONFIG))
        # Room for three iterations of 84 x 80 pixels in about 12 panels.
        explorer.wall.canvas.budget = 300_000
        return explorer

    page = open_page(make)
    seen = step(page, 6)
    expect(page.get_by_text("iterations are kept in this browser")).to_be_visible()
    assert int(page.locator(".wall").get_attribute("data-bytes")) <= 300_000
    for place in range(6):
        slider(page).press("ArrowLeft")
        expect(slider(page)).to_have_js_property("value", str(5 - place))
        if place < 5:
            expect(page.get_by_role("status")).to_contain_text(f"Iteration {5 - place}")
        wait_until(page, lambda was=seen[5 - place]: painted(page) == was)


def test_keys_that_are_typed_into_a_field_are_not_for_the_wall(explorer):
    page = explorer
    page.get_by_label("flux: high").fill("1")
    page.get_by_label("flux: high").press("2")
    expect(page.locator(".compare .title")).to_be_hidden()

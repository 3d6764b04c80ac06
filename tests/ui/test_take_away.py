"""The take-away page: made by the command, opened as a file, with the network off."""

import re
from contextlib import ExitStack
from itertools import pairwise

import pytest
from on_page import painted_field, painted_sum, slider, wait_until
from pages import served, watched_page, without_curves
from playwright.sync_api import expect

import dcrviz
from dcrviz import AssembleConfig, Run, open_run, save_run
from dcrviz.cli import main
from dcrviz.simulate import random_scene, read_conditions, simulate_exposures
from dcrviz.views import explorer_app

pytestmark = pytest.mark.ui
KEYS = ("plane 0", "minus_mean 1", "residual 2", "omega 0")
SHAPE = (44, 48)
LAST = 3


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A saved run of three iterations."""
    sky = random_scene(3, shape=SHAPE, n_stars=4, n_galaxies=0, n_quasars=0)
    exposures = tuple(simulate_exposures(sky, read_conditions("hits2015")[:4], seed=1))
    problem = dcrviz.prepare(exposures, AssembleConfig(max_iterations=6, min_iterations=4))
    steps = [dcrviz.first_step(problem)]
    while len(steps) <= LAST:
        steps.append(dcrviz.advance(problem, steps[-1]))
    folder = tmp_path_factory.mktemp("runs") / "tuesday"
    save_run(folder, Run(problem=problem, exposures=exposures, steps=steps))
    return folder


@pytest.fixture(scope="module")
def address(saved):
    path = saved.parent / "page.html"
    assert main(["export", str(saved), "--html", str(path), "--quiet"]) == 0
    return path.as_uri()


@pytest.fixture
def page(browser, address):
    """The page in a browser without any network."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    page = watched_page(context.new_page())
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    opened(page, address)
    yield page
    assert [url for url in page.asked if not url.startswith(("data:", "file:"))] == []
    assert {url.split("#")[0] for url in page.asked if url.startswith("file:")} == {address}
    assert page.complaints == []
    context.close()


def opened(page, address):
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("data-ready", "true")


def seen(page):
    """What is painted in panels of every kind, pixel by pixel of the field."""
    return {key: painted_field(page, key, SHAPE) for key in KEYS}


def go(page, key, iteration):
    """Press a key, and wait until the wall shows that iteration."""
    page.keyboard.press(key)
    expect(page.get_by_role("status")).to_contain_text(f"Iteration {iteration}: ")
    expect(page.locator(".wall")).to_have_attribute("data-shown", str(iteration))


def marks(page):
    """How far to the right the mark of each curve is, 0 to 1."""
    return page.evaluate(
        "[...document.querySelectorAll('#curves .mark')].map((mark) => "
        "(mark.getAttribute('x1') - mark.dataset.left) / (mark.dataset.right - mark.dataset.left))"
    )


def test_every_iteration_is_painted_as_the_explorer_paints_it(page, browser, saved):
    taken = {LAST: seen(page)}
    for iteration in range(LAST - 1, -1, -1):
        go(page, "ArrowLeft", iteration)
        taken[iteration] = seen(page)
    assert len({tuple(one["minus_mean 1"]) for one in taken.values()}) == LAST + 1

    run = open_run(saved)
    with ExitStack() as stack:
        context = stack.enter_context(browser.new_context(viewport={"width": 1280, "height": 800}))
        explorer = watched_page(context.new_page())

        def made():
            return without_curves(explorer_app(run=(run, run.prepare()))).__panel__()

        explorer.goto(stack.enter_context(served(made, context)))
        for iteration in range(LAST, -1, -1):
            expect(explorer.get_by_role("status")).to_contain_text(f"Iteration {iteration}: ")
            wait_until(explorer, lambda i=iteration: seen(explorer) == taken[i])
            explorer.keyboard.press("ArrowLeft")


def test_slider_keys_and_play_move_images_words_and_marks(page):
    last = painted_sum(page, "minus_mean 1")
    assert marks(page) == [1.0, 1.0, 1.0]
    go(page, "Home", 0)
    first = painted_sum(page, "minus_mean 1")
    assert first != last
    assert marks(page) == [0.0, 0.0, 0.0]
    expect(page.get_by_text("no source has a colour yet")).to_be_visible()
    slider(page).press("ArrowRight")
    expect(page.get_by_role("status")).to_contain_text("Iteration 1: ")
    assert marks(page) == pytest.approx([1 / LAST] * 3)
    expect(page.get_by_text("no source has a colour yet")).to_have_count(0)
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("status")).to_contain_text(f"Iteration {LAST}: ")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    wait_until(page, lambda: painted_sum(page, "minus_mean 1") == last)


def test_a_click_on_a_curve_goes_to_its_iteration(page):
    curve = page.get_by_role("img", name=re.compile("^Metric"))
    size = curve.bounding_box()
    # The curves leave room for their numbers at the left.
    curve.click(position={"x": size["width"] * 60 / 460, "y": size["height"] / 2})
    expect(page.get_by_role("status")).to_contain_text("Iteration 0: ")


def test_rows_looks_and_the_pixel_under_the_pointer_need_no_server(page):
    before = painted_sum(page, "plane 0")
    page.get_by_label("flux: colours").select_option("grey")
    wait_until(page, lambda: painted_sum(page, "plane 0") != before)
    page.locator("summary", has_text="Rows").click()
    page.get_by_role("checkbox", name="Sum of the planes").check()
    expect(page.locator("[data-key='coadd 0']")).to_be_visible()
    wait_until(page, lambda: len(set(painted_field(page, "coadd 0", SHAPE))) > 10)
    page.locator("[data-key='plane 0']").hover()
    expect(page.get_by_role("note")).to_contain_text(re.compile(r"x \d+  y \d+"))
    value = page.locator(".panel", has_text="S0").first.locator(".value")
    expect(value).to_have_text(re.compile(r"~-?\d"))
    page.keyboard.press("1")
    expect(page.locator(".compare .title")).to_contain_text("S0")
    page.keyboard.press("Escape")
    expect(page.locator(".compare")).to_be_hidden()


def test_an_address_with_a_number_opens_at_that_iteration(page, address):
    page.goto("about:blank")
    page.asked.clear()
    opened(page, f"{address}#1")
    expect(page.get_by_role("status")).to_contain_text("Iteration 1: ")


def test_nothing_scrolls_sideways_and_colours_follow_the_system(page):
    for width in (390, 800, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        wait_until(page, lambda w=width: page.evaluate("document.documentElement.scrollWidth") <= w)
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) != light


def test_every_control_has_a_name_and_headings_are_in_order(page):
    tree = page.locator("body").aria_snapshot()
    controls = re.findall(r"- '?(button|slider|combobox|spinbutton|checkbox)(.*)", tree)
    assert len(controls) > 30
    assert [kind for kind, name in controls if '"' not in name] == []
    assert page.locator("html").get_attribute("lang") == "en"
    levels = [int(level) for level in re.findall(r"- heading .*\[level=(\d)\]", tree)]
    assert levels[0] == 1
    assert max(later - earlier for earlier, later in pairwise(levels)) <= 1

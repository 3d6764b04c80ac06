"""How the page looks: sizes, light and dark, for a class, and to those who do not see it."""

import re
from itertools import pairwise

import pytest
from on_page import button, expect_start, settled, step_to, to_start, wait_until
from playwright.sync_api import expect

from dcrviz.views import explorer_app

pytestmark = pytest.mark.ui
SIZES = [(1024, 768), (1280, 800), (1440, 900), (1920, 1080)]
CONTROLS = {
    *("button", "checkbox", "combobox", "ComboBoxSelect", "slider", "spinbutton", "textbox"),
    *("DisclosureTriangle", "link", "listbox", "searchbox", "switch"),
}
TEACHER_BUTTONS = ("Play", "Pause", "Step", "Back")


@pytest.fixture
def address(serve, exposures):
    return serve(lambda: explorer_app(exposures, local=True).__panel__())


@pytest.fixture(scope="module")
def shared_page(share, exposures):
    laptop = {"width": 1280, "height": 800}

    def go_back(page):
        page.set_viewport_size(laptop)
        page.get_by_role("tab", name="Curves").click()
        to_start(page)

    return share(lambda: explorer_app(exposures, local=True), go_back, viewport=laptop)


# Asked by Bokeh with each line and text that it paints, a page works out all of its styles anew.
COUNT_ASKED = """() => {
    const { prototype } = CSSStyleDeclaration;
    const given = prototype.getPropertyValue;
    window.askedByFigures = 0;
    prototype.getPropertyValue = function (name) {
        if (name.startsWith("--bk-")) window.askedByFigures += 1;
        return given.call(this, name);
    };
    const style = window.getComputedStyle;
    window.askedForType = 0;
    window.getComputedStyle = (node, ...others) => {
        if (node.classList.contains("bk-Figure")) window.askedForType += 1;
        return style(node, ...others);
    };
}"""
# Laid out by Bokeh, the page is asked for the place of each of its parts.
COUNT_LAID_OUT = """() => {
    const { prototype } = Bokeh.require("models/layouts/layout_dom").LayoutDOMView;
    const layOut = prototype.after_layout;
    window.laidOut = 0;
    prototype.after_layout = function () {
        if (this.is_root) window.laidOut += 1;
        return layOut.call(this);
    };
}"""

# A widget that stands beside a figure is made, and drawn only when the figure is made as well.
TOLD_BEFORE_DRAWN = """async () => {
    const { build_view } = Bokeh.require("core/build_views");
    const { Select } = Bokeh.require("models/widgets/select");
    const view = await build_view(new Select({ title: "Cut", options: ["visit 1"] }));
    view.model.options = ["visit 2", "visit 3"];
    view.model.title = "Cut towards the zenith of";
    view.render_to(document.body);
    view.r_after_render();
    window.told = view;
}"""


def opened(page, address):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(address)
    expect_start(page)
    return page


def panel(page, key):
    return page.locator(f"[data-key='{key}']")


def ground(page):
    """Brightness of the page's background, 0 to 255, where there is nothing else."""
    colour = page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor")
    return int(re.search(r"\d+", colour)[0])


def accessible(page):
    """What a screen reader knows: role, name and level, in order."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}

    def in_order(node):
        yield node
        for child in node.get("childIds", ()):
            yield from in_order(by_id[child])

    return [
        (node["role"]["value"], node.get("name", {}).get("value", "").strip(), level(node))
        for node in in_order(nodes[0])
        if not node.get("ignored")
    ]


def level(node):
    values = {one["name"]: one["value"].get("value") for one in node.get("properties", ())}
    return values.get("level")


def inside_the_window(page, locator):
    box, size = locator.bounding_box(), page.viewport_size
    return (
        box["x"] >= 0
        and box["y"] >= 0
        and box["x"] + box["width"] <= size["width"]
        and box["y"] + box["height"] <= size["height"]
    )


def test_nothing_scrolls_sideways_at_any_size(explorer):
    for width, height in SIZES:
        explorer.set_viewport_size({"width": width, "height": height})
        laid_out = settled(
            explorer, lambda: explorer.evaluate("() => document.documentElement.scrollWidth")
        )
        assert laid_out <= width


def test_the_looks_of_the_pictures_can_be_reached_in_a_narrow_window(explorer):
    explorer.set_viewport_size({"width": 800, "height": 600})
    locks = explorer.locator(".look input[type=checkbox]")
    expect(locks.first).to_be_visible()
    for lock in locks.all():
        box = lock.bounding_box()
        # What is cut off there can't be scrolled to.
        assert box["x"] + box["width"] <= 800


def test_knobs_and_pictures_lie_one_below_the_other_on_a_telephone(explorer):
    explorer.set_viewport_size({"width": 390, "height": 844})
    preset = explorer.get_by_role("combobox", name="Preset")
    expect(preset).to_be_visible()
    wait_until(explorer, lambda: panel(explorer, "plane 0").bounding_box()["width"] > 130)
    wait_until(explorer, lambda: panel(explorer, "plane 0").bounding_box()["x"] < 60)
    above, below = preset.bounding_box(), panel(explorer, "plane 0").bounding_box()
    assert above["y"] < below["y"]


def test_light_and_dark_are_turned_amid_a_run(explorer, caplog):
    button(explorer, "Run N").click()
    for _ in range(12):
        button(explorer, "Dark").click()
    wait_until(explorer, lambda: not explorer.session.busy)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_control_images_and_metric_are_seen_without_scrolling_at_1280_by_800(explorer):
    expect(panel(explorer, "minus_mean 2")).to_be_visible()
    seen = [
        *(button(explorer, name) for name in ("Play", "Step", "Reset", "Dark", "Teacher")),
        explorer.get_by_role("slider", name="Iteration"),
        explorer.get_by_role("status"),
        *(panel(explorer, f"{row} {plane}") for row in ("plane", "minus_mean") for plane in "012"),
        explorer.get_by_role("img", name=re.compile("^Metric")),
    ]
    for locator in seen:
        expect(locator).to_be_visible()
        assert inside_the_window(explorer, locator), locator


def test_every_control_has_a_name_and_headings_are_in_order(explorer):
    for name in ("Data", "Export", "Make a field", "Model", "Weights", "Inputs"):
        button(explorer, name).click()
    expect(button(explorer, "Save run")).to_be_visible()
    explorer.get_by_role("tab", name="Sweep").click()
    expect(button(explorer, "Start sweep")).to_be_visible()
    found = accessible(explorer)
    # A section's heading has its text a moment after its button.
    for _ in range(20):
        if all(name for role, name, _ in found if role in CONTROLS):
            break
        explorer.wait_for_timeout(250)
        found = accessible(explorer)
    assert len([role for role, _, _ in found if role in CONTROLS]) > 60
    assert [role for role, name, _ in found if role in CONTROLS and not name] == []
    levels = [level for role, _, level in found if role == "heading"]
    assert levels[0] == 1
    assert max(later - earlier for earlier, later in pairwise(levels)) <= 1


def test_figures_are_painted_without_asking_for_stylesheets(explorer):
    figure = explorer.get_by_role("img", name=re.compile("^Metric"))
    before = settled(explorer, figure.screenshot)
    explorer.evaluate(COUNT_ASKED)
    step_to(explorer, 1)
    settled(explorer, figure.screenshot, unlike=before)
    assert explorer.evaluate("() => window.askedByFigures") == 0
    # Once in a while for each of the figures, and not for each number at an axis.
    assert 0 < explorer.evaluate("() => window.askedForType") < 60


def test_parts_of_a_section_that_opens_do_not_have_the_page_laid_out_each_by_itself(explorer):
    heading, knob = button(explorer, "Model"), explorer.get_by_role("textbox", name="n subfilters")
    if knob.is_visible():
        heading.click()
        expect(knob).to_be_hidden()
    explorer.evaluate(COUNT_LAID_OUT)
    heading.click()
    expect(knob).to_be_visible()
    number = settled(explorer, lambda: explorer.evaluate("() => window.laidOut"))
    heading.click()
    assert 0 < number < 10


def test_dark_changes_page_widgets_figures_and_tables_and_is_remembered(watched, address):
    explorer = opened(watched, address)
    text = explorer.get_by_role("table", name="Visits").locator("tbody th").first
    colour = "(node) => Number(getComputedStyle(node).color.match(/\\d+/)[0])"
    metric = explorer.get_by_role("img", name=re.compile("^Metric"))
    light = metric.screenshot()
    assert (ground(explorer) > 200, text.evaluate(colour) < 100) == (True, True)
    button(explorer, "Dark").click()
    expect(button(explorer, "Dark")).to_have_attribute("aria-pressed", "true")
    wait_until(explorer, lambda: ground(explorer) < 60 and text.evaluate(colour) > 200)
    # Figures are drawn anew when the server has changed their colours.
    wait_until(explorer, lambda: metric.screenshot() != light)
    explorer.reload()
    expect(button(explorer, "Dark")).to_have_attribute("aria-pressed", "true")
    wait_until(explorer, lambda: ground(explorer) < 60)


def test_what_a_widget_is_told_before_it_is_drawn_it_shows(explorer):
    explorer.evaluate(TOLD_BEFORE_DRAWN)
    choice = explorer.get_by_role("combobox", name="Cut towards the zenith of")
    expect(choice.get_by_role("option")).to_have_text(["visit 2", "visit 3"])
    explorer.evaluate("() => told.remove()")


def test_knobs_can_be_put_away_and_brought_back(explorer):
    preset = explorer.get_by_role("combobox", name="Preset")
    expect(preset).to_be_visible()
    narrow = panel(explorer, "plane 0").bounding_box()["width"]
    button(explorer, "Knobs").click()
    expect(preset).to_be_hidden()
    wait_until(explorer, lambda: panel(explorer, "plane 0").bounding_box()["x"] < 60)
    button(explorer, "Knobs").click()
    expect(preset).to_be_visible()
    wait_until(explorer, lambda: panel(explorer, "plane 0").bounding_box()["width"] == narrow)


def test_a_class_sees_two_rows_large_type_and_what_they_show(explorer):
    small = button(explorer, "Play").bounding_box()["height"]
    button(explorer, "Teacher").click()
    for gone in ("residual 0", "omega 0"):
        expect(panel(explorer, gone)).to_have_count(0)
    expect(explorer.get_by_role("combobox", name="Preset")).to_be_hidden()
    expect(explorer.get_by_role("table", name="Visits")).to_be_hidden()
    expect(explorer.get_by_text("no source has a colour yet")).to_be_visible()
    wait_until(explorer, lambda: button(explorer, "Play").bounding_box()["height"] > 1.3 * small)
    for name in TEACHER_BUTTONS:
        expect(button(explorer, name)).to_be_visible()
    step_to(explorer, 1)
    expect(explorer.get_by_text("beside a source a plane is darker")).to_be_visible()
    wait_until(explorer, lambda: inside_the_window(explorer, panel(explorer, "minus_mean 2")))
    button(explorer, "Teacher").click()
    expect(explorer.get_by_text("beside a source a plane is darker")).to_be_hidden()
    expect(panel(explorer, "residual 0")).to_have_count(1)


def test_a_page_opens_as_its_link_and_without_a_choice_the_system_ask(watched, address):
    watched.emulate_media(color_scheme="dark")
    opened(watched, f"{address}/?teacher=1")
    expect(button(watched, "Teacher")).to_have_attribute("aria-pressed", "true")
    expect(watched.get_by_text("no source has a colour yet")).to_be_visible()
    expect(panel(watched, "residual 0")).to_have_count(0)
    expect(button(watched, "Dark")).to_have_attribute("aria-pressed", "true")
    watched.emulate_media(color_scheme="light")
    expect(button(watched, "Dark")).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("section", ["Export", "Gain", "Runs"])
def test_a_section_tells_a_screen_reader_whether_it_is_open(explorer, section):
    heading = explorer.get_by_role("button", name=section, exact=True)
    first = expanded(heading)
    for now in (not first, first, not first, first):
        heading.click()
        expect(heading).to_have_attribute("aria-expanded", str(now).lower())


def expanded(heading):
    """Whether the section of a heading is open, as a screen reader is told."""
    expect(heading).to_have_attribute("aria-expanded", re.compile("true|false"))
    return heading.get_attribute("aria-expanded") == "true"

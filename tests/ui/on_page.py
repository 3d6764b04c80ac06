"""Parts of the page as a person finds them, and what is painted there."""

import re
from contextlib import suppress

from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

# Milliseconds until a test gives up, on a machine that has other work.
PATIENCE = 30_000

# The image of a panel's pixels, or of the marks over them, by the panel's key.
PANEL_IMAGE = """([key, layer]) => {
    const find = (root, selector) => {
        const found = root.querySelector(selector);
        if (found) return found;
        for (const node of root.querySelectorAll('*')) {
            const inner = node.shadowRoot && find(node.shadowRoot, selector);
            if (inner) return inner;
        }
        return null;
    };
    const canvas = find(document, `.stage .${layer}`);
    const box = find(document, `.box[data-key="${key}"]`).getBoundingClientRect();
    const stage = canvas.getBoundingClientRect();
    const ratio = canvas.width / stage.width;
    const copy = document.createElement('canvas');
    Object.assign(copy, { width: box.width * ratio, height: box.height * ratio });
    const context = copy.getContext('2d');
    context.drawImage(canvas, (stage.x - box.x) * ratio, (stage.y - box.y) * ratio);
    return context.getImageData(0, 0, copy.width, copy.height);
}"""
SUM = f"""(place) => {{
    let sum = 7;
    for (const byte of ({PANEL_IMAGE})(place).data) sum = (31 * sum + byte) % 1000000007;
    return sum;
}}"""
COLOURS = f"""(place) => {{
    const {{ data }} = ({PANEL_IMAGE})(place);
    const seen = new Set();
    for (let i = 0; i < data.length; i += 4)
        if (data[i + 3] > 200) seen.add([data[i], data[i + 1], data[i + 2]].join());
    return [...seen];
}}"""

# Colours in the middle of each pixel of the field, row by row from the lowest.
FIELD = f"""([key, width, height]) => {{
    const image = ({PANEL_IMAGE})([key, 'pixels']);
    const seen = [];
    for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {{
            const across = Math.floor(((x + 0.5) * image.width) / width);
            const down = Math.floor(((height - y - 0.5) * image.height) / height);
            const at = 4 * (down * image.width + across);
            seen.push([image.data[at], image.data[at + 1], image.data[at + 2]].join());
        }}
    return seen;
}}"""


def button(page, name):
    """A button, or the heading of a section that it opens."""
    return page.get_by_role("button", name=name, exact=True)


def open_section(page, name, shows):
    """Open a section, if it isn't open already: then this is visible."""
    if not shows.is_visible():
        button(page, name).click()
        expect(shows).to_be_visible()


def words(page):
    """What the page says of the run."""
    return page.get_by_role("status")


def slider(page):
    return page.get_by_role("slider", name="Iteration", exact=True)


def wait_until(page, holds):
    """Wait until what is looked at holds, where no expectation of Playwright's tells it."""
    for _ in range(PATIENCE // 100):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come to hold")


def settled(page, look, unlike=None):
    """What a look at the page gives once it has been the same for half a second.

    Until then it may still be what it was before, which it shall be `unlike`.
    """
    seen = [unlike]

    def rests():
        seen.append(look())
        return unlike not in seen[-5:] and all(one == seen[-1] for one in seen[-5:])

    wait_until(page, rests)
    return seen[-1]


def expect_start(page):
    """Wait until the starting model of a run is told."""
    expect(words(page)).to_contain_text("the starting model")


def click_while_enabled(one):
    """Click a button that may go out of use as the page takes in what was done before."""
    if one.is_enabled():
        with suppress(PlaywrightTimeout):
            one.click(timeout=PATIENCE / 10)


def to_start(page):
    """Leave the run for its starting model, and what has the focus or lies over the page."""
    wait_until(page, lambda: not page.session.busy)
    reset = button(page, "Reset")
    click_while_enabled(reset)
    expect_start(page)
    expect(reset).to_be_disabled()
    page.locator("h1").click()
    page.keyboard.press("Escape")


def knobs_at_defaults(page):
    """Put all knobs back."""
    told = page.get_by_text("All knobs are at their defaults.")
    if not told.is_visible():
        click_while_enabled(button(page, "Reset all knobs"))
        expect(told).to_be_visible()


def forget_runs(page):
    """Delete all runs but the one on show."""
    rows = page.get_by_role("table", name="Runs", exact=True).locator("tbody tr")
    for others in range(len(page.session.branches), 0, -1):
        expect(rows).to_have_count(1 + others)
        page.get_by_role("button", name=re.compile("^Delete: ")).first.click()
    expect(rows).to_have_count(1)


def step_to(page, *iterations):
    """Click Step for each of these iterations, and wait until it is told."""
    for iteration in iterations:
        button(page, "Step").click()
        expect(words(page)).to_contain_text(f"Iteration {iteration}: metric")


def painted_sum(page, key):
    """A number that tells what is painted in a panel."""
    return page.evaluate(SUM, [key, "pixels"])


def painted_colours(page, key, layer="pixels"):
    """Different colours that are painted in a panel, (r, g, b) each."""
    return [tuple(map(int, text.split(","))) for text in page.evaluate(COLOURS, [key, layer])]


def painted_field(page, key, shape):
    """The colour of each pixel of a field of this shape, as a panel of any size shows it."""
    return page.evaluate(FIELD, [key, shape[1], shape[0]])

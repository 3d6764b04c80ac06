"""A person opens each scene of the library, sees what its name says, and sees it cured.

What is told here is what the page says and paints; that the numbers behind it are right is for
tests/diagnostics/test_library.py.
"""

import re

import pytest
from on_page import (
    button,
    expect_start,
    forget_runs,
    open_section,
    painted_colours,
    settled,
    to_start,
    wait_until,
    words,
)
from pages import without_curves
from playwright.sync_api import expect

from dcrviz.simulate import LIBRARY
from dcrviz.simulate.library_visits import CROSSED, SHIFTED
from dcrviz.views import explorer_app

pytestmark = pytest.mark.ui

ENDED = re.compile("Maximum reached|Converged|Diverged|Solved")
RINGS = {(0, 229, 255), (255, 176, 0)}
DIVERGED = "Diverged: the metric ended worse than its best value."

# What a person reads first of each scene.
FIRST_CHIP = {
    "healthy": "Good: Passes its tests",
    "one-angle": "Warning: One parallactic angle",
    "narrow-airmass": "Warning: Narrow range of airmass",
    "single-high-airmass": "Warning: All colour from visit 411456",
    "bad-astrometry": f"Warning: Visit {SHIFTED} is shifted",
    "transient": f"Warning: 1 transient in visit {CROSSED}",
    "variable-seeing": "Warning: Seeing varies",
    "saturated-star": "Warning: 1 saturated star",
    "mirrored-angle": "Alarm: Angle mirrored",
    "too-many-subfilters": "Alarm: Ping-pong",
    "gain-too-high": "Alarm: Getting worse",
}


@pytest.fixture(scope="module")
def shared_page(share, exposures):
    def make():
        explorer = without_curves(explorer_app(exposures))
        # Every iteration is painted: of what is looked at here, this row is enough.
        explorer.wall.show_rows("minus_mean")
        return explorer

    def go_back(page):
        to_start(page)
        forget_runs(page)

    return share(make, go_back, viewport={"width": 1280, "height": 1000})


@pytest.fixture
def ill(explorer):
    """Opens a scene, and shows its end; gives what is said of it."""

    def show(name):
        scene = LIBRARY[name]
        open_section(explorer, "Data", button(explorer, "Open scene"))
        explorer.get_by_label("Scene", exact=True).select_option(scene.title)
        expect(explorer.get_by_text(scene.trouble)).to_be_visible()
        button(explorer, "Open scene").click()
        opened = explorer.get_by_text(re.compile(f"^{scene.title}: [0-9]+ visits"))
        expect(opened).to_be_visible()
        expect_start(explorer)
        button(explorer, "To end").click()
        told = ended(explorer)
        chips = explorer.get_by_role("group", name="Verdicts on the step on show").get_by_role(
            "button"
        )
        expect(chips.first).to_have_accessible_name(FIRST_CHIP[name])
        return told

    return show


@pytest.fixture
def cured(explorer):
    """Clicks a cure, and waits until it has been played; gives what is said of it."""

    def show(name):
        cure = LIBRARY[name].cures[0]
        before = words(explorer).inner_text()
        button(explorer, f"Cure: {cure.label[0].lower()}{cure.label[1:]}").click()
        expect(words(explorer)).not_to_have_text(before)
        return ended(explorer)

    return show


def ended(page):
    expect(words(page)).to_contain_text(ENDED)
    return words(page).inner_text()


def metric(told):
    return float(re.search(r"metric ([0-9.]*[0-9])", told)[1])


def rings(page):
    """Which kinds of ring are painted, once the last images have come."""

    def painted():
        keys = ("minus_mean 0", "minus_mean 2")
        return RINGS & {colour for key in keys for colour in painted_colours(page, key, "marks")}

    return settled(page, painted)


def on_the_sky(page):
    """What the map says of each visit."""
    visits = page.get_by_role("group", name=re.compile("^Visits on the sky"))
    # All at once: it may be drawn anew with fewer.
    return visits.get_by_role("button").evaluate_all("(marks) => marks.map((m) => m.ariaLabel)")


def numbers(page, what):
    """The visits' airmasses or parallactic angles, as the map says them."""
    found = [re.search(rf"{what} (-?[0-9.]+)", label) for label in on_the_sky(page)]
    return [float(match[1]) for match in found]


def expect_on_the_sky(page, what, number, is_so):
    """So many visits come to be so on the map, which is drawn after the words are told."""
    wait_until(page, lambda: sum(map(is_so, numbers(page, what))) == number)


def off(page):
    """Visits that the map shows to be off."""
    return {int(label.split()[1].rstrip(":")) for label in on_the_sky(page) if "off" in label}


def test_scenes_whose_visits_are_too_much_alike(explorer, ill, cured):
    assert "Maximum reached" in ill("healthy")
    assert rings(explorer) == set()
    assert not button(explorer, "Show the disease").is_visible()

    assert "Maximum reached" in ill("one-angle")
    assert rings(explorer) == RINGS
    expect_on_the_sky(explorer, "angle", 8, lambda angle: round(angle) in {122, 123})
    assert "Maximum reached" in cured("one-angle")
    expect_on_the_sky(explorer, "angle", 3, lambda angle: angle < 0)

    ill("narrow-airmass")
    assert rings(explorer) == RINGS
    cured("narrow-airmass")
    expect(explorer.get_by_role("button", name="Good: Passes its tests")).to_be_visible()

    ill("single-high-airmass")
    expect_on_the_sky(explorer, "airmass", 1, lambda airmass: airmass > 1.2)
    cured("single-high-airmass")
    expect_on_the_sky(explorer, "airmass", 4, lambda airmass: airmass > 1.2)


def test_scenes_with_bad_visits(explorer, ill, cured):
    dropped = {
        "bad-astrometry": {SHIFTED},
        "transient": set(),
    }
    for name, visits in dropped.items():
        before, after = metric(ill(name)), metric(cured(name))
        assert after < 0.8 * before, name
        wait_until(explorer, lambda visits=visits: off(explorer) == visits)


def test_the_scene_of_variable_seeing_is_cured_by_fitting_it_and_shows_what_each_visit_tells(
    explorer, ill, cured
):
    before = metric(ill("variable-seeing"))
    assert rings(explorer) != set()
    seen = explorer.get_by_role("button", name=FIRST_CHIP["variable-seeing"])
    seen.click()
    first = explorer.get_by_role("list", name="Verdicts").get_by_role("listitem").first
    expect(first).to_contain_text("3.00 to 5.50 px wide: the model has one PSF")
    expect(first).to_contain_text("Solve in closed form, which blurs its planes")

    assert metric(cured("variable-seeing")) < before / 5
    expect(explorer.get_by_role("button", name="Good: Passes its tests")).to_be_visible()
    assert rings(explorer) == set()
    wait_until(explorer, lambda: off(explorer) == set())

    button(explorer, "Seeing of the visits").click()
    expect(explorer.get_by_text("The fit blurs the planes to the seeing of each")).to_be_visible()
    expect(explorer.get_by_text(re.compile("evidence of the visits is e"))).to_be_visible()
    for chart in ("Star width of each visit", "What each visit tells", "Noise of planes"):
        drawn = explorer.get_by_role("img", name=re.compile(f"^{chart}"))
        drawn.scroll_into_view_if_needed()
        expect(drawn).to_be_visible()
    rows = explorer.get_by_role("table", name="Sharpness of each visit").locator("tbody tr")
    expect(rows).to_have_count(10)
    explorer.get_by_role("tab", name="Sweep").click()


def test_scenes_that_are_read_wrongly(explorer, ill, cured):
    assert metric(ill("saturated-star")) > 5 * metric(cured("saturated-star"))
    assert rings(explorer) == set()
    assert metric(ill("mirrored-angle")) > 1.8 * metric(cured("mirrored-angle"))


def test_scenes_with_knobs_turned_too_far(explorer, ill, cured):
    for name in ("too-many-subfilters", "gain-too-high"):
        assert DIVERGED in ill(name), name
        assert "Maximum reached" in cured(name), name
    runs = explorer.get_by_role("table", name="Runs", exact=True)
    expect(runs.locator("tbody tr")).to_have_count(4)

"""Artifacts looked for and read about, as a person does it."""

import pytest
from on_page import button, expect_start
from pages import without_curves
from playwright.sync_api import expect

from dcrviz.simulate import (
    random_scene,
    read_conditions,
    satellite_trail,
    simulate_exposures,
    with_light,
)
from dcrviz.views import explorer_app

pytestmark = pytest.mark.ui


@pytest.fixture(scope="module")
def exposures():
    """A satellite crosses the fourth visit."""
    scene = random_scene(3, shape=(80, 84), n_stars=8, n_galaxies=1, n_quasars=0)
    made = simulate_exposures(scene, read_conditions("hits2015")[:6], seed=1)
    trail = satellite_trail((80, 84), through=(40, 42), angle_deg=30, flux_per_px=900, fwhm_px=4.0)
    return [with_light(e, trail, seed=1) if i == 3 else e for i, e in enumerate(made)]


def test_a_person_finds_the_trail_in_its_visit_and_sees_it_clipped(watched, serve, exposures):
    watched.set_viewport_size({"width": 1280, "height": 1000})
    watched.goto(serve(lambda: without_curves(explorer_app(exposures)).__panel__()))
    expect_start(watched)
    expect(watched.get_by_text("Nobody looked for artifacts")).to_be_attached()
    button(watched, "Artifacts").first.click()
    watched.get_by_role("checkbox", name="find artifacts", exact=True).check()
    table = watched.get_by_role("table", name="Artifacts", exact=True)
    first = table.locator("tbody tr").first
    expect(first).to_contain_text("clipped: it deviates in few visits")
    visit = str(exposures[3].visit.id)
    expect(first).to_contain_text(visit)
    expect(watched.get_by_text("deviations from the static sky are clipped").first).to_be_attached()
    first.locator("th, td").first.click()
    expect(
        watched.locator("figure", has_text=f"\N{BLACK RIGHT-POINTING TRIANGLE} {visit}").first
    ).to_be_attached()
    watched.get_by_text("Rows", exact=True).click()
    watched.get_by_role("checkbox", name="Epoch count").check()
    expect(watched.locator("figure", has_text="epoch count")).to_be_visible()

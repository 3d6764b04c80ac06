"""What a person takes away from the explorer, and how they open other visits."""

import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from astropy.io import fits
from on_page import button, expect_start, knobs_at_defaults, open_section, to_start, words
from pages import without_curves
from playwright.sync_api import expect

import dcrviz
from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.report import report_html
from dcrviz.io.config_link import config_code, config_from_code
from dcrviz.views import explorer_app

pytestmark = pytest.mark.ui


@pytest.fixture(scope="module")
def shared_page(share):
    def go_back(page):
        open_scene(page, "Bundled field")
        expect(page.get_by_text("Bundled field: 9 visits.")).to_be_visible()
        knobs_at_defaults(page)
        to_start(page)

    return share(lambda: without_curves(explorer_app(local=True)), go_back)


def open_data(page):
    open_section(page, "Data", button(page, "Open scene"))


def open_export(page):
    open_section(page, "Export", button(page, "Copy link"))


def open_scene(page, title):
    open_data(page)
    page.get_by_label("Scene", exact=True).select_option(title)
    button(page, "Open scene").click()


def downloaded(page, name, folder):
    """The file that a button hands out."""
    with page.expect_download() as waiting:
        button(page, name).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_pictures_planes_history_and_report_are_handed_out(explorer, tmp_path):
    button(explorer, "Step").click()
    expect(words(explorer)).to_contain_text("Iteration 1: metric")
    open_export(explorer)
    picture = downloaded(explorer, "PNG of the panel", tmp_path)
    assert (picture.name, picture.read_bytes()[:8]) == ("plane_0_step001.png", b"\x89PNG\r\n\x1a\n")
    with fits.open(downloaded(explorer, "FITS of the images", tmp_path)) as hdus:
        assert [hdu.name for hdu in hdus[1:]] == ["PLANE0", "PLANE1", "PLANE2"]
        assert np.isfinite(hdus[1].data).all()
    lines = downloaded(explorer, "History (CSV)", tmp_path).read_text().splitlines()
    assert len(lines) == 3
    report = downloaded(explorer, "Report (HTML)", tmp_path)
    assert "The run goes on." in report.read_text()


def test_the_report_stands_alone(watched, tmp_path):
    problem = dcrviz.prepare(dcrviz.read_exposures(dcrviz.bundled("field")))
    steps = [dcrviz.first_step(problem)]
    steps.append(dcrviz.advance(problem, steps[0]))
    path = tmp_path / "report.html"
    path.write_text(report_html(problem, steps))
    asked = []
    watched.on("request", lambda request: asked.append(request.url))
    watched.route("file:///**/favicon.ico", lambda route: route.abort())
    watched.goto(path.as_uri())
    expect(watched.get_by_role("heading", name="dcrviz: report of a run")).to_be_visible()
    sizes = watched.evaluate("[...document.images].map(image => image.naturalWidth)")
    assert len(sizes) == 16
    assert min(sizes) > 100
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
    # This page is a file: nothing of it came from any host.
    watched.left.clear()


def test_a_link_opens_the_same_knobs_and_visits_in_another_page(explorer):
    # Limits that nobody has locked follow other visits.
    limits = [explorer.get_by_label(f"flux: {end}", exact=True) for end in ("low", "high")]
    before = [limit.input_value() for limit in limits]
    open_scene(explorer, "One parallactic angle")
    expect(explorer.get_by_text("One parallactic angle: 8 visits.")).to_be_visible()
    for limit, value in zip(limits, before, strict=True):
        expect(limit).not_to_have_value(value)
    button(explorer, "Model").click()
    field = explorer.get_by_role("textbox", name="n subfilters")
    field.fill("4")
    field.press("Enter")
    expect(explorer.get_by_text("Not at their defaults: n subfilters")).to_be_visible()
    open_export(explorer)
    button(explorer, "Copy link").click()
    dialog = explorer.get_by_role("dialog", name="Copy link")
    link = dialog.get_by_role("textbox").input_value()
    query = parse_qs(urlsplit(link).query)
    assert query["data"] == ["one-angle"]
    assert config_from_code(query["cfg"][0])[0].changed() == {"n_subfilters": 4}
    button(dialog, "Copy").click()
    expect(dialog.get_by_role("note")).to_have_text(re.compile("Cop"))
    button(dialog, "Close").click()
    expect(dialog).to_be_hidden()
    other = explorer.context.new_page()
    other.goto(link)
    expect(other.get_by_text("Not at their defaults: n subfilters")).to_be_visible()
    expect_start(other)
    open_data(other)
    expect(other.get_by_text("One parallactic angle: 8 visits.")).to_be_visible()
    other.close()


def test_a_field_is_made_with_chosen_seeing(explorer):
    open_data(explorer)
    button(explorer, "Make a field").click()
    for name, value in [
        ("Visits", "5"),
        ('Best seeing ["]', "0.6"),
        ('Worst seeing ["]', "1.2"),
        ("Seeing exponent", "-0.2"),
    ]:
        field = explorer.get_by_role("textbox", name=name, exact=True)
        field.fill(value)
        field.press("Enter")
    explorer.get_by_label("Star profile", exact=True).select_option("moffat")
    button(explorer, "Make field").click()
    expect(explorer.get_by_text("A made field: 5 visits.")).to_be_visible()
    rows = explorer.get_by_role("table", name="Visits", exact=True).locator("tbody tr")
    expect(rows).to_have_count(5)
    seeing = rows.locator("td:nth-child(6)").all_inner_texts()
    assert sorted(seeing) == ["0.60", "0.75", "0.90", "1.05", "1.20"]
    button(explorer, "Make a field").click()


def test_a_link_that_is_refused_in_part_says_which(watched, serve):
    address = serve(lambda: without_curves(explorer_app(local=True)).__panel__())
    good = config_code(AssembleConfig(n_subfilters=2))
    watched.goto(f"{address}/?cfg={good}&data=paths.xx")
    expect(watched.get_by_text("Not at their defaults: n subfilters")).to_be_visible()
    expect(watched.locator(".notyf__toast").first).to_contain_text("link: data")
    expect_start(watched)


def test_a_run_is_saved_and_opened_again(explorer, tmp_path):
    button(explorer, "Step").click()
    expect(words(explorer)).to_contain_text("Iteration 1: metric")
    told = words(explorer).inner_text()
    open_export(explorer)
    explorer.get_by_label("Folder for the run", exact=True).fill(str(tmp_path / "run"))
    explorer.get_by_label("Folder for the run", exact=True).press("Enter")
    button(explorer, "Save run").click()
    expect(explorer.get_by_text(re.compile(r"Saved: \d+ files"))).to_be_visible()
    button(explorer, "Reset").click()
    expect_start(explorer)
    open_data(explorer)
    explorer.get_by_label("Folder of a saved run", exact=True).fill(str(tmp_path / "run"))
    explorer.get_by_label("Folder of a saved run", exact=True).press("Enter")
    button(explorer, "Open run").click()
    expect(explorer.get_by_text("A saved run: 9 visits.")).to_be_visible()
    expect(words(explorer)).to_have_text(told, use_inner_text=True)


def test_files_are_uploaded(explorer):
    open_data(explorer)
    paths = sorted(dcrviz.bundled("field").glob("*.fits"))[:4]
    explorer.locator("input[type=file]").set_input_files(paths)
    expect(explorer.get_by_text("Uploaded: 4 visits.")).to_be_visible()
    button(explorer, "Step").click()
    expect(words(explorer)).to_contain_text("Iteration 1: metric")


def test_a_public_page_has_no_fields_for_paths(watched, serve, exposures):
    watched.goto(serve(lambda: without_curves(explorer_app(exposures)).__panel__()))
    expect_start(watched)
    button(watched, "Data").click()
    expect(button(watched, "Open scene")).to_be_visible()
    button(watched, "Export").click()
    expect(button(watched, "Run (ZIP)")).to_be_visible()
    assert watched.get_by_label("Files, folders or patterns").count() == 0
    assert watched.get_by_label("Folder for the run").count() == 0

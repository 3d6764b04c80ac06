"""What was asked of variable seeing is measured end to end, and the page is made of the results."""

import json
import math
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
import seeing
import seeing_errors
import seeing_fields
import seeing_scores
from seeing_rows import Row, as_text, table_of

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "seeing.md"
MADE = [name for name in seeing.EXPERIMENTS if name != "scores"]
SCORES = {
    "template_rms": 0.3,
    "dipoles": 0,
    "colour_slope": 1.0,
    "colour_rms": 0.02,
    "flux_ratio": 0.998,
}
OF_FIELD = {
    "kind": "seeing",
    "fits": {"direct": {"3": SCORES, "5": SCORES}},
    "others": {"plain coadd": [3.9, 63]},
    "exponent": {"true": 0.0, "found": 0.0, "sentence": ""},
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with page, results and pictures at the smallest size; not to be changed."""
    folder = tmp_path_factory.mktemp("seeing")
    marks = "".join(
        f"<!-- {name} -->\nformer\n<!-- end -->\n"
        for name in ("asked", *MADE)
        if name != "residuals"
    )
    (folder / "page.md").write_text(f"# Title\n{marks}last words\n")
    where = ("--write", "--page", str(folder / "page.md"))
    seeing.main(["--toy", "--only", *MADE, *where])
    return folder


@pytest.fixture
def field():
    return seeing_fields.made(1, size_px=96, n_stars=20, exponent=0.0)


@pytest.fixture(scope="module")
def record(made):
    return seeing.kept(made / "page")


def test_every_experiment_that_needs_no_other_simulator_is_measured(record):
    assert set(record) == set(MADE)


def test_each_number_that_was_asked_for_stands_beside_its_limit(record):
    words = " ".join(row.what for row in seeing.all_rows(record))
    for asked in ("flux within 9 px", "reduction of dipoles", "CPU time", "exponent is found"):
        assert asked in words


def test_tables_replace_what_was_between_their_marks_and_nothing_else(made):
    page = (made / "page.md").read_text()
    assert page.startswith("# Title\n")
    assert page.endswith("last words\n")
    assert "former" not in page
    assert page.count("| --- |") >= len(MADE)


def test_the_pictures_name_their_curves(made):
    for name, word in (("flux", "direct"), ("dipoles", "direct"), ("errors", "all too large")):
        svg = ET.parse(made / "page" / f"{name}.svg").getroot()
        words = " ".join(t.text for t in svg.iter("{http://www.w3.org/2000/svg}text"))
        assert word in words


def test_flux_is_whole_where_the_fit_knows_the_seeing(record):
    ranges = record["flux"]["results"]["ranges"]
    assert len(ranges) == 2
    for found in ranges.values():
        assert found["direct"]["ratio"]["9"] == pytest.approx(1, abs=0.02)


def test_the_page_in_the_docs_has_the_tables_of_the_results_beside_it():
    folder = PAGE.with_suffix("")
    record, text = seeing.kept(folder), PAGE.read_text()
    assert set(record) == set(seeing.EXPERIMENTS)
    assert seeing.filled(text, record) == text
    for name, known in record.items():
        for picture, svg in seeing.EXPERIMENTS[name].pictures(known["results"]).items():
            assert (folder / f"{picture}.svg").read_text() == svg
            assert f"(seeing/{picture}.svg)" in text


def test_a_number_holds_if_it_lies_within_its_limits_by_every_solver():
    assert Row(what="", measured={"direct": 0.4, "pcg": 0.3}, most=0.4).holds
    assert not Row(what="", measured={"direct": 0.3, "pcg": 0.41}, most=0.4).holds
    assert not Row(what="", measured={"direct": 0.94}, least=0.95, most=1.06).holds


def test_where_nothing_was_measured_nothing_holds_or_misses():
    row = Row(what="it", measured={"direct": None, "pcg": None}, least=0.97)
    assert row.holds is None
    assert table_of([row]).endswith("| it | >= 0.97 | - | - | - |")


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"most": 0.4}, "<= 0.4"),
        ({"least": 0.97}, ">= 0.97"),
        ({"least": 0.95, "most": 1.06}, "0.95 to 1.06"),
        ({"least": 0, "most": 0}, "0"),
    ],
)
def test_limits_are_told_in_words(limits, words):
    assert Row(what="", measured={}, **limits).asked == words


def test_a_miss_is_seen_in_the_table_and_ends_the_command_with_1(monkeypatch, capsys):
    rows = [Row(what="it", measured={"direct": 2.0}, most=1.5)]
    assert "| it | <= 1.5 | 2.000 | - | NO |" in table_of(rows)
    assert "NO" in as_text(rows)
    monkeypatch.setattr(seeing, "all_rows", lambda _: rows)
    monkeypatch.setattr(seeing, "measured", lambda *_: {"results": {}})
    assert seeing.main(["--toy", "--only", "time", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["rows"][0]["holds"] is False


def test_colours_of_five_planes_at_variable_seeing_have_no_limit():
    words = [row.what for row in seeing_scores.rows({"field": OF_FIELD})]
    assert any("N = 3: slope of colours" in word for word in words)
    assert not any("N = 5: slope of colours" in word for word in words)
    assert any("N = 5: template rms" in word for word in words)


def test_other_templates_are_listed_before_the_fits():
    lines = seeing_scores.tables({"field": OF_FIELD})["scores"].splitlines()
    assert lines[2] == "| field | plain coadd | 3.90 | 63 | - | - | - |"
    assert lines[3] == "| field | `direct`, N = 3 | 0.300 | 0 | 1.000 | 0.020 | 0.998 |"


def test_stated_widths_are_wrong_by_the_factors_and_images_stay(field):
    factors = np.linspace(0.9, 1.1, len(field.template))
    for told, true, factor in zip(
        seeing_fields.stated(field.template, factors), field.template, factors, strict=True
    ):
        assert told.visit.psf_fwhm_px == pytest.approx(true.visit.psf_fwhm_px * factor)
        assert told.image is true.image


@pytest.mark.parametrize("kind", seeing_errors._KINDS)
def test_an_error_of_nothing_leaves_every_width_as_it_is(field, kind):
    for template, science in seeing_errors._factors(field, kind, 0.0, 3):
        assert np.all(template == 1)
        assert np.all(science == 1)


def test_an_error_of_the_template_visits_leaves_the_science_visits_alone(field):
    ((template, science),) = seeing_errors._factors(field, "fitted visits too large", 0.05, 3)
    assert np.all(template == 1.05)
    assert np.all(science == 1)
    template, science = next(seeing_errors._factors(field, "all at random", 0.05, 1))
    assert math.log(np.std(np.r_[template, science])) == pytest.approx(math.log(0.05), abs=0.7)


def test_the_visits_of_a_field_of_turbulent_seeing_tell_the_same_and_show_another(field):
    turbulent = seeing_fields.made(1, size_px=96, n_stars=20, exponent=-0.2)
    for one, other in zip(field.template, turbulent.template, strict=True):
        assert one.visit.psf_fwhm_px == other.visit.psf_fwhm_px
        assert not np.array_equal(one.image, other.image)

"""The published experiments run end to end, and the page is made of what they measured."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import published
import published_colours
import published_detections
import published_seeing
import pytest
from published_page import Line, chart_svg, table
from published_parts import LABELS, REFERENCE, SOLVERS, Made, Stars, _matched, found

import dcrviz
from dcrviz.simulate import PIXEL_SCALE_ARCSEC, no_dcr_image

ROOT = Path(__file__).parents[1]
STARS = Stars(seed=1, size_px=80, n_stars=12)


def run(folder, *words):
    """The command at its smallest, without the GalSim fields."""
    where = ("--results", str(folder / "results"), "--page", str(folder / "page.md"))
    return published.main(["--toy", "--galsim", str(folder / "none"), *where, *words])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with everything; not to be changed."""
    folder = tmp_path_factory.mktemp("published")
    assert run(folder, "--json", str(folder / "all.json")) == 0
    return folder


@pytest.fixture(scope="module")
def record(made):
    return json.loads((made / "all.json").read_text())


@pytest.mark.parametrize("name", published.EXPERIMENTS)
def test_each_experiment_measures_every_solver_and_what_needs_none(record, name):
    assert set(record[name]["parts"]) == {REFERENCE, *SOLVERS}
    assert set(record[name]["cpu_s"]) == {REFERENCE, *SOLVERS}


def test_detections_are_counted_at_each_elevation(record):
    elevations = record["detections"]["settings"]["elevations"]
    for part in record["detections"]["parts"].values():
        for counts in part["counts"].values():
            assert len(counts) == len(elevations)
            assert all(0 <= dipoles <= detections for detections, dipoles in counts)


def test_two_images_that_differ_in_noise_alone_show_hardly_anything(record):
    floor = record["detections"]["parts"][REFERENCE]["counts"]["floor"]
    assert max(detections for detections, _ in floor) <= 1


def test_the_page_has_their_numbers_beside_those_of_every_solver(made):
    page = (made / "page.md").read_text()
    assert "| 30 | 2.00 | 93 |" in page
    assert "| 80 | 1.02 | 26 |" in page
    assert "| DMTN-037 | 1 % | 8 | 0.34 |" in page
    assert "| 0.945-1 |" in page
    assert all(LABELS.get(name, name) in page for name in SOLVERS)


def test_every_picture_of_the_page_is_there_and_names_its_curves(made):
    page = (made / "page.md").read_text()
    for name in published.EXPERIMENTS:
        assert f"(published/{name}.svg)" in page
        svg = ET.parse(made / "results" / f"{name}.svg").getroot()
        words = [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")]
        assert {LABELS.get(name, name) for name in SOLVERS} <= set(words)
        assert any("DMTN" in word for word in words)


def test_what_is_measured_is_not_measured_again(made, monkeypatch):
    before = (made / "page.md").read_text()
    for module in published.EXPERIMENTS.values():
        monkeypatch.setattr(module, "measure", lambda *_: pytest.fail("measured again"))
    assert run(made) == 0
    assert (made / "page.md").read_text() == before


def test_one_solver_alone_can_be_measured_and_other_sizes_begin_anew(tmp_path, monkeypatch):
    asked = []

    def measure(part, *_):
        asked.append(part)
        return {"airmass": [1.3], "counts": {"0.60": [[1, 1]]}, "galsim": {}}

    monkeypatch.setattr(published_seeing, "measure", measure)
    words = ("--only", "seeing", "--solver", "direct")
    assert run(tmp_path, *words) == 0
    assert asked == [REFERENCE, "direct"]
    monkeypatch.setattr(published_seeing, "TOY", published_seeing.QUICK)
    assert run(tmp_path, *words) == 0
    assert asked == 2 * [REFERENCE, "direct"]


def test_the_page_in_the_docs_is_that_of_the_results_beside_it(tmp_path):
    results = ROOT / "docs" / "published"
    record = {
        name: json.loads((results / f"{name}.json").read_text()) for name in published.EXPERIMENTS
    }
    published.write_page(tmp_path / "page.md", tmp_path, record)
    assert (tmp_path / "page.md").read_text() == (ROOT / "docs" / "published.md").read_text()
    for name in published.EXPERIMENTS:
        drawn = (tmp_path / f"{name}.svg").read_text()
        assert drawn == (results / f"{name}.svg").read_text()


def test_seeing_is_scaled_between_the_best_and_the_worst():
    visits = published_seeing.template_visits(1.29)
    seeing = [visit.psf_fwhm_px * PIXEL_SCALE_ARCSEC for visit in visits]
    assert min(seeing) == pytest.approx(0.60)
    assert max(seeing) == pytest.approx(1.29)
    same = [v.psf_fwhm_px * PIXEL_SCALE_ARCSEC for v in published_seeing.template_visits(0.60)]
    assert same == pytest.approx([0.60] * 8)


def test_a_reduction_is_the_share_of_the_dipoles_that_are_gone():
    plain, ours = [[9, 4], [3, 4], [9, 9]], [[5, 1], [1, 1], [9, 9]]
    chosen = np.array([True, True, False])
    assert published_seeing.reduction(ours, plain, chosen) == pytest.approx(0.75)
    assert published_seeing.reduction(ours, plain, chosen, column=0) == pytest.approx(0.5)
    assert published_seeing.reduction(ours, [[0, 0]] * 3, chosen) is None


def test_a_sharper_image_is_matched_to_what_worse_seeing_would_have_shown():
    sharp, blurred = (no_dcr_image(STARS.scene, fwhm_px=fwhm) for fwhm in (3.0, 4.5))
    image, template = _matched(blurred, sharp, 4.5, (3.0, 3.0))
    np.testing.assert_allclose(image, blurred, atol=1e-3 * blurred.max())
    np.testing.assert_allclose(template, blurred, atol=0.02 * blurred.max())
    same, _ = _matched(sharp, sharp, 3.0, (3.0,))
    np.testing.assert_allclose(same, sharp, atol=1e-5 * sharp.max())


def test_a_star_that_has_moved_is_one_detection_and_a_dipole():
    (visit,) = published_detections.template_visits()[:1]
    (exposure,) = STARS.seen_by([visit], noise=1)
    (again,) = STARS.seen_by([visit], noise=2)
    template = Made.of_visit(again)
    assert found(exposure, template) == [0, 0]
    star = max(STARS.scene.sources, key=lambda source: source.flux)
    rows, columns = (slice(int(place) - 8, int(place) + 9) for place in (star.y, star.x))
    image = np.array(again.image)
    image[rows, columns] = np.roll(image[rows, columns], 1, axis=1)
    moved = Made(image, template.variance, template.fwhm_px)
    assert found(exposure, moved) == [1, 1]


@pytest.mark.parametrize("threshold", [0.3, 0.1])
def test_where_a_threshold_stops_is_where_a_run_with_it_ends(threshold):
    exposures = STARS.seen_by(published_detections.template_visits(), noise=1)
    problem = dcrviz.prepare(exposures, SOLVERS["lsst-2019"])
    steps = [
        list(dcrviz.assemble(problem, problem.config.with_values(convergence_threshold=least)))
        for least in (0.0, threshold)
    ]
    assert steps[1][-1].outcome is dcrviz.Outcome.CONVERGED
    assert (
        published_colours.stop(steps[0][-1].history.metrics, threshold)
        == steps[1][-1].history.iterations
    )


def test_a_chart_leaves_a_gap_where_there_is_no_number():
    lines = [Line(name="a < b", x=[0, 1, 2], y=[1.0, None, 3.0])]
    svg = ET.fromstring(chart_svg("title", lines, x_title="x", y_title="y"))
    curve = [
        p.get("d") for p in svg.iter("{http://www.w3.org/2000/svg}path") if p.get("stroke-width")
    ]
    assert curve[0].count("M") == 2
    assert len(list(svg.iter("{http://www.w3.org/2000/svg}circle"))) == 2


def test_a_table_has_a_dash_where_there_is_no_number():
    assert table(["a", "b"], [[1.23456, None]]) == "| a | b |\n| --- | --- |\n| 1.23 | - |"


def test_counts_are_drawn_by_their_square_roots():
    lines = [Line(name="counts", x=[0, 1, 2], y=[0.0, 25.0, 100.0])]
    svg = ET.fromstring(chart_svg("title", lines, x_title="x", y_title="y", root=True))
    zero, quarter, whole = (
        float(dot.get("cy")) for dot in svg.iter("{http://www.w3.org/2000/svg}circle")
    )
    assert zero - quarter == pytest.approx((zero - whole) / 2, abs=0.2)

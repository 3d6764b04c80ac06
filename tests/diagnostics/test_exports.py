"""Colours, tables, products and the report of a run."""

import csv
import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest

import dcrviz
from dcrviz import AssembleConfig
from dcrviz.config import SolverConfig
from dcrviz.diagnostics.colouring import binned, coloured, limits_of
from dcrviz.diagnostics.history_table import history_csv, history_rows
from dcrviz.diagnostics.products import product_images
from dcrviz.diagnostics.report import report_html
from dcrviz.diagnostics.svg import curve_svg
from dcrviz.simulate import MadeField, made_exposures


@pytest.fixture(scope="module")
def problem():
    exposures = made_exposures(MadeField(n_stars=3, n_visits=4, size_px=44))
    config = AssembleConfig(n_subfilters=2, max_iterations=1, interpolation_order=1)
    return dcrviz.prepare(exposures, config)


@pytest.fixture(scope="module")
def steps(problem):
    return list(dcrviz.assemble(problem))


def knobs(**changes):
    config = AssembleConfig(**changes)
    return {name: getattr(config, name) for name in SolverConfig.knobs()}


def test_zero_is_white_where_both_signs_matter():
    image = np.array([[-50.0, 0.0, 50.0]], np.float32)
    low, middle, high = coloured(image, "sigma")[0].astype(int)
    assert middle.min() > 240
    assert low[2] > low[0]
    assert high[0] > high[2]


def test_the_last_row_is_on_top():
    image = np.zeros((4, 3), np.float32)
    image[0] = 1
    colours = coloured(image, "fraction")
    assert (colours[-1] != colours[0]).any()
    np.testing.assert_array_equal(colours[0], colours[1])


@pytest.mark.parametrize("scale", ["flux", "sigma", "fraction", "count"])
def test_a_pixel_without_value_is_grey(scale):
    image = np.array([[np.nan, 1.0]], np.float32)
    assert coloured(image, scale)[0, 0].tolist() == [119, 119, 119]


@pytest.mark.parametrize("scale", ["flux", "count"])
def test_limits_exist_even_where_there_is_nothing(scale):
    for image in (np.full((3, 3), np.nan, np.float32), np.zeros((3, 3), np.float32)):
        low, high = limits_of([image], scale)
        assert low < high


def test_bins_keep_the_mean():
    image = np.arange(64, dtype=np.float32).reshape(8, 8)
    small = binned(image, side_px=4)
    assert small.shape == (4, 4)
    assert small.mean() == image.mean()
    assert binned(image, side_px=8) is image


def test_residual_and_template_are_the_image(problem, steps):
    residuals = product_images(problem, steps[1], "residuals")
    templates = product_images(problem, steps[1], "templates")
    assert list(residuals) == [f"VISIT_{visit.id}" for visit in problem.visits]
    for visit, name in enumerate(residuals):
        usable = problem.usable[visit]
        total = residuals[name] + templates[name]
        np.testing.assert_allclose(
            total[usable], problem.images[visit][usable], atol=1e-2 * np.abs(total[usable]).max()
        )


def test_an_unknown_product_is_named(problem, steps):
    with pytest.raises(ValueError, match="product must be one of planes, residuals, templates"):
        product_images(problem, steps[0], "plots")


def test_the_table_has_a_row_for_each_step(problem, steps):
    rows = history_rows(problem, steps)
    assert [row["metric"] for row in rows] == [step.metric for step in steps]
    assert rows[0]["gain"] is None
    assert [row["gain"] for row in rows[1:]] == list(steps[-1].history.gains)[: len(rows) - 1]


def test_the_table_says_which_knobs_were_turned(problem, steps):
    courses = [knobs(), *(knobs(base_gain=0.5) for _ in steps[1:])]
    rows = history_rows(problem, steps, courses)
    assert [row["turned"] for row in rows[:3]] == ["", "base_gain=0.5", ""]


def test_numbers_of_the_csv_have_all_digits(problem, steps):
    rows = list(csv.DictReader(io.StringIO(history_csv(problem, steps))))
    assert [float(row["metric"]) for row in rows] == [step.metric for step in steps]
    name = f"metric of {problem.visits[0].id}"
    expected = [metrics[0] for metrics in steps[-1].history.visit_metrics]
    assert [float(row[name]) for row in rows] == expected[: len(rows)]


def test_what_was_not_measured_is_empty(problem):
    config = problem.config.with_values(use_convergence=False)
    steps = [dcrviz.first_step(problem, config)]
    (row,) = csv.DictReader(io.StringIO(history_csv(problem, steps)))
    assert row["metric"] == ""


class Addresses(HTMLParser):
    """Everything that a browser would fetch."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("src", "href", "srcset", "data")]
        assert tag not in ("script", "iframe", "object")


def test_the_report_fetches_nothing(problem, steps):
    text = report_html(problem, steps, provenance={"dcrviz": "1", "command": "<b>&"})
    addresses = Addresses()
    addresses.feed(text)
    assert addresses.found
    assert all(value.startswith("data:") for value in addresses.found)
    assert "url(" not in text
    assert "&lt;b&gt;&amp;" in text


def test_the_report_tells_outcome_warnings_knobs_and_history(problem, steps):
    text = report_html(problem, steps, knobs=[knobs(base_gain=0.5, max_iterations=1)] * len(steps))
    assert steps[-1].outcome.sentence in text
    for name in ("n_subfilters", "base_gain", "max_iterations"):
        assert f"<td>{name}</td>" in text
    assert text.count("<svg") == 2
    assert len(re.findall(r"<figure>", text)) == 2 + 2 + 4 + 1


def test_a_curve_has_a_gap_where_nothing_was_measured():
    curve = curve_svg("metric", [1.0, float("nan"), 0.5, 0.25])
    path = re.search(r'<path d="([^"]+)" fill="none" stroke="#1f4e8c"', curve)[1]
    assert path.count("M") == 2
    assert path.count("L") == 1


@pytest.mark.parametrize("values", [[], [0.0], [float("nan")], [2.0, 2.0], [-1.0, -2.0]])
def test_any_curve_can_be_drawn(values):
    assert "NaN" not in (curve := curve_svg("metric", values))
    assert "nan" not in curve

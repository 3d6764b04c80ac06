"""The tornado plot: what each knob can do to a score."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from dcrviz import Outcome
from dcrviz.diagnostics.ablation import AblationRow
from dcrviz.diagnostics.fit_scores import FitScores
from dcrviz.diagnostics.tornado import LESS, MORE, score_title, tornado, tornado_svg

BASELINE = FitScores(
    outcome=Outcome.CONVERGED,
    iterations=5,
    metric=0.05,
    template_sigma=1.1,
    holes=2,
    wings=0,
    flux=1.02,
    colour_slope=float("nan"),
    colour_error=float("nan"),
    colour_change=0.0,
    planes_change=0.0,
    cpu_s=0.1,
    wall_s=0.1,
)


def row(knob, value, **scores):
    changed = replace(BASELINE, **scores) if scores else None
    return AblationRow(knob=knob, value=value, before=3, meant=3, baseline=BASELINE, scores=changed)


ROWS = [
    row("accelerate", 2.0, metric=0.06),
    row("accelerate", 5.0, metric=0.045),
    row("clamp_width", 1, metric=0.02),
    row("clamp_width", 3, metric=0.09, holes=7),
    row("clamp_width", 4, metric=0.07),
    row("airmass_weight", True, metric=0.05),
    row("subregion_size", (2, 2)),
]


def test_each_knob_is_one_bar_of_its_lowest_and_highest_change_the_longest_first():
    bars = tornado(ROWS, "metric")
    assert [bar.knob for bar in bars] == ["clamp_width", "accelerate"]
    assert [arm.value for arm in bars[0].arms] == ["1", "3"]
    assert [arm.change for arm in bars[0].arms] == pytest.approx([-0.03, 0.04])


def test_a_change_that_would_be_shown_as_zero_is_left_out():
    assert tornado([row("n_threads", 1, metric=0.05 + 1e-6)], "metric") == ()


def test_a_score_has_its_scale():
    (bar,) = tornado([row("weights", "2019", flux=1.05)], "flux")
    assert bar.reach == pytest.approx(3.0)
    assert score_title("flux") == "Flux [% of the coadd's]"


def test_the_order_of_the_rows_does_not_matter():
    assert tornado(ROWS[::-1], "metric") == tornado(ROWS, "metric")


def test_only_so_many_knobs_are_drawn():
    assert [bar.knob for bar in tornado(ROWS, "metric", most=1)] == ["clamp_width"]


def test_an_unknown_score_is_refused():
    with pytest.raises(ValueError, match="unknown score 'metrics'; did you mean 'metric'"):
        tornado(ROWS, "metrics")


def test_the_picture_has_a_bar_to_each_side_of_the_baseline():
    svg = ET.fromstring(tornado_svg(ROWS, "metric"))
    bars = {fill: [] for fill in (LESS, MORE)}
    for rect in svg.iter("{http://www.w3.org/2000/svg}rect"):
        if rect.get("fill") in bars:
            bars[rect.get("fill")].append((float(rect.get("x")), float(rect.get("width"))))
    (line,) = svg.iter("{http://www.w3.org/2000/svg}path")
    baseline = float(line.get("d").split(",")[0][1:])
    assert [x + width for x, width in bars[LESS]] == pytest.approx([baseline] * 2, abs=0.2)
    assert [x for x, _ in bars[MORE]] == pytest.approx([baseline] * 2, abs=0.2)
    # The changes are -0.03 and 0.04.
    assert bars[LESS][0][1] / bars[MORE][0][1] == pytest.approx(0.75, rel=0.01)


def test_the_picture_tells_the_values_and_escapes_them():
    svg = tornado_svg([row("bad_planes", ["<A&B>"], holes=9)], "holes")
    texts = [text.text for text in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]
    assert "<A&B>" in texts
    assert "baseline 2" in texts


def test_without_any_change_the_picture_says_so():
    assert "No knob changes it." in tornado_svg(ROWS, "wings")
    assert "No knob changes it." in tornado_svg([], "metric")

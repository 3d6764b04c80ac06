"""The tornado plot in the browser has the bars of the data."""

import pytest

import dcrviz
from dcrviz import AssembleConfig
from dcrviz.diagnostics.tornado import LESS, MORE, tornado
from dcrviz.simulate import MadeField, made_exposures
from dcrviz.views.figure_colours import paint
from dcrviz.views.tornado import TornadoChart, tornado_figure

KNOBS = ["accelerate", "clamp_subfilters", "n_subfilters", "weights"]


@pytest.fixture(scope="module")
def rows():
    exposures = made_exposures(MadeField(n_stars=3, n_visits=4, size_px=44))
    config = AssembleConfig(max_iterations=1, interpolation_order=1)
    return list(dcrviz.ablation(exposures, config, knobs=KNOBS))


def drawn(chart):
    """Knob and change of every bar."""
    return {
        (knob, change)
        for source in chart.source.values()
        for knob, change in zip(source.data["knob"], source.data["change"], strict=True)
    }


def test_every_arm_is_a_bar_from_the_baseline(rows):
    chart = TornadoChart()
    chart.draw(rows, "metric")
    bars = tornado(rows, "metric")
    assert drawn(chart) == {(bar.knob, arm.change) for bar in bars for arm in bar.arms}
    for source in chart.source.values():
        assert all(
            0 in ends for ends in zip(source.data["left"], source.data["right"], strict=True)
        )


def test_the_knob_that_does_most_is_on_top(rows):
    plot = tornado_figure(rows, "metric")
    assert plot.y_range.factors[-1] == tornado(rows, "metric")[0].knob


def test_another_score_replaces_the_bars_of_the_same_figure(rows):
    chart = TornadoChart()
    chart.draw(rows, "metric")
    before = chart.figure
    chart.draw(rows, "planes_change")
    assert chart.figure is before
    assert not chart.source["less"].data["knob"]
    assert "sky sigma" in chart.figure.title.text


def test_rows_can_be_drawn_as_they_come_and_none_at_first(rows):
    chart = TornadoChart()
    for number in range(len(rows) + 1):
        chart.draw(rows[:number], "planes_change")
    assert len(chart.figure.y_range.factors) == len(tornado(rows, "planes_change"))


def test_on_a_dark_page_the_bars_are_lighter_and_come_back(rows):
    plot = tornado_figure(rows, "metric")
    colours = [bar.glyph.fill_color for bar in plot.renderers]
    assert colours == [LESS, MORE]
    paint(plot, dark=True)
    assert not set(colours) & {bar.glyph.fill_color for bar in plot.renderers}
    paint(plot, dark=False)
    assert [bar.glyph.fill_color for bar in plot.renderers] == colours


def test_an_unknown_score_is_refused(rows):
    with pytest.raises(ValueError, match="unknown score"):
        tornado_figure(rows, "beauty")

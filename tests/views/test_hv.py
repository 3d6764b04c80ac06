"""Every panel of the wall is also a HoloViews object with the same pixels."""

import holoviews as hv
import numpy as np
import pytest
from bokeh.document import Document

from dcrviz.diagnostics.panels import Scene, images, rows_of
from dcrviz.views.hv import hv_course, hv_row

ROWS = [
    *("plane", "minus_mean", "residual", "template", "omega", "change", "since_best", "coadd"),
    *("stack", "count", "clamped"),
]


@pytest.fixture
def run(session):
    session.step()
    session.step()
    return session.problem, session.steps


def test_these_are_all_rows_of_the_wall(run):
    assert {row.name for row in rows_of(run[0])} == {*ROWS, "rgb"}


@pytest.mark.parametrize("row", ROWS)
def test_the_pixels_are_those_of_the_wall(run, row):
    problem, (_, before, step) = run
    (found,) = (one for one in rows_of(problem) if one.name == row)
    made = images(Scene(problem=problem, step=step, before=before), found.panels)
    layout = hv_row(problem, step, row, before=before)
    for image, panel in zip(layout, found.panels, strict=True):
        assert isinstance(image, hv.Image)
        pixels = image.dimension_values(2, flat=False)
        assert np.array_equal(pixels, made[panel.key], equal_nan=True)


def test_the_colours_are_those_of_the_wall(run):
    problem, (*_, step) = run
    (found,) = (one for one in rows_of(problem) if one.name == "rgb")
    made = images(Scene(problem=problem, step=step), found.panels)["rgb 0"]
    (picture,) = hv_row(problem, step, "rgb")
    for channel in range(3):
        pixels = picture.dimension_values(2 + channel, flat=False)
        assert np.array_equal(pixels, made[..., channel])


def test_a_pixel_is_found_at_its_whole_numbers(run):
    problem, (*_, step) = run
    first = next(iter(hv_row(problem, step, "coadd")))
    assert first[30, 12] == pytest.approx(step.planes.sum(axis=0)[12, 30], rel=1e-5)


def test_a_row_that_is_not_there_is_refused(run):
    problem, (*_, step) = run
    with pytest.raises(ValueError, match=r"row must be one of plane, minus_mean, .*; got plains"):
        hv_row(problem, step, "plains")


def test_the_course_has_a_curve_for_each_number(run):
    problem, steps = run
    layout = hv_course(problem, steps)
    assert len(layout) == 6
    (*visits, _best, metric) = layout.Metric.I
    assert len(visits) == len(problem.visits)
    assert list(metric["metric"]) == list(steps[-1].history.metrics)


def test_objects_can_be_composed_and_drawn(run):
    problem, steps = run
    hv.extension("bokeh")
    layout = hv_row(problem, steps[-1], "minus_mean", before=steps[-2]) + hv_course(problem, steps)
    assert len(layout) == 9
    # A document of its own: pages of other tests may still be drawn in theirs.
    hv.renderer("bokeh").get_plot(layout.cols(3), doc=Document())

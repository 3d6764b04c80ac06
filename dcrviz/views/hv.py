"""Images and curves of a run as HoloViews objects, to be laid out and overlaid in a notebook.

Examples
--------
>>> from dcrviz.views import hv as dhv  # doctest: +SKIP
>>> dhv.hv_row(problem, step, "minus_mean") + dhv.hv_course(problem, steps)  # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import holoviews as hv
import holoviews.plotting.bokeh
import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.course import CourseEntry, course_entry
from dcrviz.diagnostics.lines import Line
from dcrviz.diagnostics.panels import Scene, images, rows_of
from dcrviz.engine import Problem, Step
from dcrviz.records import Plane
from dcrviz.sweep import Axis, axes_of, front_steps, objectives

_UNITS = {
    "flux": "flux",
    "sigma": "sigma",
    "fraction": "fraction",
    "count": "visits",
    "sign": "clamped",
}
_COLOURS = {"sigma": "RdBu_r", "sign": "RdBu_r", "flux": "Greys"}
# Of a panel on the screen; more of them make more rows.
_SIDE_PX, _ABREAST = 190, 4
# Sky sigma at which an image about zero has its full colour.
_SIGMA = 10.0
# Share of the pixels that may be brighter than the end of the grey scale.
_BEYOND_PERCENT = 99.7


def hv_row(
    problem: Problem,
    step: Step,
    row: str,
    *,
    before: Step | None = None,
    config: AssembleConfig | None = None,
) -> hv.Layout:
    """The panels of a row of the wall, pixel for pixel, as `hv.Image` or, in colour, `hv.RGB`.

    Parameters
    ----------
    row
        Name of the row, as in `dcrviz.diagnostics.panels.rows_of`.
    before
        The step before, which the rows ``change`` and ``clamped`` compare with.
    config
        Knobs of the iteration; the problem's own if none are given.

    Raises
    ------
    ValueError
        If the problem has no such row.
    """
    rows = {one.name: one for one in rows_of(problem)}
    if row not in rows:
        raise ValueError(f"row must be one of {', '.join(rows)}; got {row}")
    scene = Scene(problem=problem, step=step, before=before, config=config)
    made = images(scene, rows[row].panels)
    limits = _limits(list(made.values()), rows[row].scale)
    pictures = [_image(made[p.key], p.title, rows[row].scale, limits) for p in rows[row].panels]
    return hv.Layout(pictures).cols(_ABREAST).opts(toolbar=None)


def hv_images(images: Mapping[str, Plane], *, unit: str = "flux") -> hv.Layout:
    """Any images side by side on one scale, as `hv.Image`.

    Parameters
    ----------
    images
        (Y, X) each, by their titles.
    unit
        ``sigma`` for what is about zero, in units of the noise: blue below, red above, full at 10;
        ``flux`` for what is dark where it is bright on the sky.
    """
    limits = _limits(list(images.values()), unit)
    pictures = [_image(pixels, title, unit, limits) for title, pixels in images.items()]
    return hv.Layout(pictures).cols(_ABREAST).opts(toolbar=None)


def hv_line(line: Line) -> hv.Layout:
    """What a line of the algorithm has made, and below it what it has changed."""
    made = hv_images(line.images, unit=line.unit)
    if not line.change:
        return made
    changed = {f"change of {name}": image for name, image in line.change.items()}
    return (made + hv_images(changed, unit="sigma")).cols(len(line.images)).opts(toolbar=None)


def hv_course(problem: Problem, steps: Sequence[Step]) -> hv.Layout:
    """Curves of the run of these steps: metric, gain, holes and wings, clamped, flux, change."""
    entries = [
        course_entry(problem, step, before)
        for step, before in zip(steps, [None, *steps[:-1]], strict=False)
    ]
    per_visit = [
        _curve(
            entries, [float(entry.visit_metrics[v]) for entry in entries], "metric", str(visit.id)
        )
        for v, visit in enumerate(problem.visits)
    ]
    metric = _curve(entries, [entry.metric for entry in entries], "metric", "all visits")
    best = _curve(entries, [entry.best for entry in entries], "metric", "best")
    holes = _curve(entries, [entry.hole_fraction for entry in entries], "fraction", "holes")
    wings = _curve(entries, [entry.wing_fraction for entry in entries], "fraction", "wings")
    figures = {
        "Metric": hv.Overlay([*per_visit, best, metric]),
        "Gain": _curve(entries, [entry.gain for entry in entries], "gain"),
        "Holes and wings": hv.Overlay([holes, wings]),
        "Clamped": _curve(entries, [entry.clamped for entry in entries], "clamped"),
        "Flux": _curve(entries, [entry.flux_ratio for entry in entries], "flux_ratio"),
        "Change": _curve(entries, [entry.change_sigma for entry in entries], "change_sigma"),
    }
    return hv.Layout([plot.relabel(group=name) for name, plot in figures.items()])


def hv_sweep(
    rows: Sequence[Mapping[str, Any]], knobs: Sequence[str], *, x: str = "", y: str = ""
) -> hv.Layout:
    """Runs of a sweep: lines over the axes of knobs and scores, and two of these with their front.

    Parameters
    ----------
    rows
        As of `dcrviz.sweep.run_trial` or of ``sweep.json``; those that were refused are left out.
    knobs
        Those that were turned.
    x, y
        Knobs or scores; time and error of colours if none are named.

    Raises
    ------
    ValueError
        If the runs don't differ in one of these.
    """
    rows = [row for row in rows if not row.get("refusal")]
    axes = {axis.key: axis for axis in axes_of(rows, knobs)}
    first, second, _ = objectives(rows)
    pair = (x or first, y or second)
    for name in pair:
        if name not in axes:
            raise ValueError(f"axis must be one of {', '.join(axes)}; got {name}")
    across, up = (axes[name] for name in pair)
    points = {
        int(row["number"]): (across.place(row[across.key]), up.place(row[up.key])) for row in rows
    }
    return hv.Layout([_lines(rows, list(axes.values())), _points(points, across, up)])


def _lines(rows: Sequence[Mapping[str, Any]], axes: Sequence[Axis]) -> hv.NdOverlay:
    """A line for each run; each axis from 0 to 1."""
    titles = [axis.title for axis in axes]
    lines = {}
    for row in rows:
        shares = [(a.place(row.get(a.key)) - a.low) / (a.high - a.low) for a in axes]
        lines[int(row["number"])] = hv.Curve((titles, shares), kdims="axis", vdims="share")
    return hv.NdOverlay(lines, kdims="run")


def _points(places: Mapping[int, tuple[float, float]], across: Axis, up: Axis) -> hv.Overlay:
    names = [across.title, up.title]
    points = hv.Scatter(
        [(*at, number) for number, at in places.items()], names[0], [names[1], "run"]
    )
    return points * hv.Curve(front_steps(places), *names, label="front")


def _limits(images: Sequence[Plane], scale: str) -> tuple[float, float]:
    """Ends of the colours that images share."""
    if scale in ("sigma", "sign"):
        end = _SIGMA if scale == "sigma" else 1.0
        return -end, end
    brightest = max((float(np.nanpercentile(one, _BEYOND_PERCENT)) for one in images), default=0.0)
    return 0.0, brightest or 1.0


def _image(pixels: Plane, title: str, scale: str, limits: tuple[float, float]) -> hv.Image | hv.RGB:
    height, width = pixels.shape[:2]
    # Whole numbers are the middles of pixels, and the first row is the lowest.
    x, y = np.arange(width), np.arange(height)
    size = {"frame_width": _SIDE_PX, "frame_height": round(_SIDE_PX * height / width)}
    looks = {**size, "xaxis": None, "yaxis": None, "toolbar": None, "fontsize": {"title": 9}}
    if scale == "rgb":
        made = hv.RGB((x, y, *np.moveaxis(pixels, -1, 0)), kdims=["x", "y"], label=title)
        return made.opts(**looks)
    image = hv.Image((x, y, pixels), kdims=["x", "y"], vdims=_UNITS[scale], label=title)
    return image.opts(**looks, cmap=_COLOURS.get(scale, "Cividis"), clim=limits)


def _curve(
    entries: Sequence[CourseEntry], values: Sequence[float], name: str, label: str = ""
) -> hv.Curve:
    index = [entry.index for entry in entries]
    return hv.Curve((index, list(values)), kdims="step", vdims=name, label=label)

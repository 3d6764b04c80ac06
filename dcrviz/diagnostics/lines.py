"""One iteration line by line: what each line of LSST's algorithm makes of the planes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.pictures import sky_noise, subfilter_middles_nm, visit_noise
from dcrviz.engine import Outcome, Problem, Step
from dcrviz.engine.correction import visit_residual
from dcrviz.engine.iteration import clamp_noise, iterate, known_correction, proposed
from dcrviz.engine.problem import Tile
from dcrviz.engine.regularize import clamp_change, clamp_spectrum
from dcrviz.engine.template import amplify, template_maker_of
from dcrviz.engine.tile_moves import gain_of
from dcrviz.kernels.planes import blended, mean_plane
from dcrviz.records import Cube, Plane

LINES = (
    "mean",
    "amplified",
    "templates",
    "residuals",
    "corrected",
    "clamped in time",
    "clamped in colour",
    "blended",
    "weighted",
)
"""Names of the lines, in their order."""
_SOLVERS = ("iterative", "anderson")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Line:
    """A line of the algorithm, and what it has made.

    Parameters
    ----------
    name
        One of `LINES`.
    formula
        As section 4 of the algorithm writes it.
    sentence
        What it is for.
    images
        (Y, X) each, by their titles: of subfilters or visits, or the only one.
    change
        What the line has changed in each plane, in sigma of the sky; empty where there is nothing
        to compare with.
    unit
        Of the images: ``flux`` or ``sigma``.
    """

    name: str
    formula: str
    sentence: str
    images: Mapping[str, Plane]
    change: Mapping[str, Plane]
    unit: str = "flux"


def lines_of(problem: Problem, step: Step, config: AssembleConfig | None = None) -> dict[str, Line]:
    """All lines of the iteration that follows a step, by name, in their order.

    Parameters
    ----------
    config
        Knobs of the iteration; the problem's own if none are given.

    Returns
    -------
    dict of Line
        On the tile at which the run is, with its buffer. The planes of the last line are those of
        `dcrviz.advance`.

    Raises
    ------
    ValueError
        If the run has ended, or its solver has no such lines.
    """
    config = config or problem.config
    if problem.config.solver not in _SOLVERS:
        raise ValueError(
            f"lines need a solver among {', '.join(_SOLVERS)}; got {problem.config.solver}"
        )
    running = [i for i, h in enumerate(step.histories) if h.outcome is Outcome.RUNNING]
    if not running or step.histories[running[0]].ending is not None:
        raise ValueError("a run that has ended has no next iteration; take an earlier step")
    tile = problem.tiles[running[0]]
    old = np.ascontiguousarray(step.planes[:, *tile.outer.slices])
    lines = [
        *_outward(problem, old, tile, config),
        *_inward(problem, step, running[0], old, config),
    ]
    return {line.name: line for line in lines}


def _outward(problem: Problem, old: Cube, tile: Tile, config: AssembleConfig) -> list[Line]:
    """From the planes to what is left of the visits."""
    amplified = amplify(old, config.accelerate)
    make = template_maker_of(problem, amplified)
    visits = range(len(problem.visits))
    titles = [str(visit.id) for visit in problem.visits]
    residuals = [
        visit_residual(problem, amplified, v, box=tile.outer)
        / np.float32(visit_noise(problem, v) or sky_noise(problem))
        for v in visits
    ]
    return [
        Line(
            name="mean",
            formula="ref = mean of y_a",
            sentence="The mean of the planes: the sky without its colours.",
            images={"mean of the planes": mean_plane(old)},
            change={},
        ),
        Line(
            name="amplified",
            formula="y^_a = ref + accelerate (y_a - ref)",
            sentence="The planes with their differences enlarged, so that colours grow faster.",
            images=_by_subfilter(problem, amplified),
            change=_change(problem, amplified, old),
        ),
        Line(
            name="templates",
            formula="T_i = sum over a of B(d_ia) y^_a",
            sentence="The planes shifted as the air shifts them in each visit, and added up.",
            images=dict(zip(titles, map(make, visits), strict=True)),
            change={},
        ),
        Line(
            name="residuals",
            formula="r_i = (image_i - T_i) w_i",
            sentence="What the planes can't explain of each visit, in sigma of its sky.",
            images=dict(zip(titles, residuals, strict=True)),
            change={},
            unit="sigma",
        ),
    ]


def _inward(
    problem: Problem, step: Step, index: int, old: Cube, config: AssembleConfig
) -> list[Line]:
    """From what is left of the visits to new planes."""
    tile = problem.tiles[index]
    gain = gain_of(problem, step.histories[index], config)
    known = known_correction(step, index, config)
    corrected = proposed(problem, old, tile, config, correction=known)
    in_time, in_colour = _clamped(problem, corrected, old, tile, config)
    mixed = blended(in_colour, old, gain)
    after, _ = iterate(problem, step.planes, tile, gain, config, correction=known)
    made: list[tuple[str, str, str, Cube, Cube]] = [
        (
            "corrected",
            "new_a = y_a + weight_a * sum over i of B(-d_ia) r_i",
            "The residuals shifted back into each subfilter, averaged, and added to its plane.",
            corrected,
            old,
        ),
        (
            "clamped in time",
            f"y_a / f <= new_a <= f |y_a|,  f = {config.clamp_iterations:g}",
            "No pixel may change by more than a factor since the last iteration.",
            in_time,
            corrected,
        ),
        (
            "clamped in colour",
            f"S / sqrt g <= new_a <= S sqrt g,  g = {config.clamp_subfilters:g}",
            "No pixel may differ too much from the mean of the planes.",
            in_colour,
            in_time,
        ),
        (
            "blended",
            f"new_a = (gain new_a + y_a) / (1 + gain),  gain = {gain:.2f}",
            "A part of the way from the old planes to the new ones.",
            mixed,
            in_colour,
        ),
        (
            "weighted",
            "y_a = omega new_a + (1 - omega) template / N",
            "Far from all sources the planes are held at the template's share.",
            np.ascontiguousarray(after[:, *tile.outer.slices]),
            mixed,
        ),
    ]
    return [
        Line(
            name=name,
            formula=formula,
            sentence=sentence,
            images=_by_subfilter(problem, planes),
            change=_change(problem, planes, before),
        )
        for name, formula, sentence, planes, before in made
    ]


def _clamped(
    problem: Problem, new: Cube, old: Cube, tile: Tile, config: AssembleConfig
) -> tuple[Cube, Cube]:
    """Planes after each of the two clamps; as they were where a clamp is off."""
    radius_px = config.clamp_width
    in_time = in_colour = new
    if config.clamp_iterations:
        in_time = clamp_change(new, old, factor=config.clamp_iterations, radius_px=radius_px).planes
        in_colour = in_time
    if config.clamp_subfilters:
        in_colour = clamp_spectrum(
            in_time,
            mean_plane(old),
            factor=config.clamp_subfilters,
            radius_px=radius_px,
            noise=clamp_noise(problem, in_time, tile, config),
        ).planes
    return in_time, in_colour


def _by_subfilter(problem: Problem, planes: Sequence[Plane] | Cube) -> dict[str, Plane]:
    middles = subfilter_middles_nm(problem)
    return {
        f"S{a}  {middle:.0f} nm": plane
        for a, (middle, plane) in enumerate(zip(middles, planes, strict=True))
    }


def _change(problem: Problem, planes: Cube, before: Cube) -> dict[str, Plane]:
    return _by_subfilter(problem, (planes - before) / np.float32(sky_noise(problem)))

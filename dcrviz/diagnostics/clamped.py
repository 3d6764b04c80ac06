"""Which pixels the clamps changed in the iteration that led to a step."""

from __future__ import annotations

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.engine import Problem, Step
from dcrviz.engine.iteration import clamp_noise, known_correction, proposed
from dcrviz.engine.problem import Tile
from dcrviz.engine.regularize import clamp_change, limit_spectrum
from dcrviz.kernels.planes import mean_plane
from dcrviz.records import Cube


def clamped_pixels(
    problem: Problem, step: Step, before: Step | None, config: AssembleConfig | None = None
) -> Cube:
    """Where the clamps lowered (+1) or raised (-1) the planes, and 0 elsewhere, (S, Y, X).

    The iteration is done again as far as its clamps, since a step keeps only their fractions.

    Parameters
    ----------
    before
        The step that it came from; None for the starting model.
    config
        Knobs of that iteration; the problem's own if none are given.

    Notes
    -----
    All 0 where nothing was clamped: the starting model, a return to the best planes, and the
    solvers without clamps. Where both clamps acted, the second counts. That the clamp between
    subfilters smooths every pixel of the planes is not shown.
    """
    marks = np.zeros(step.planes.shape, np.float32)
    if before is None or step.clamps is None:
        return marks
    tile = problem.tiles[step.tile]
    config = config or problem.config
    old = np.ascontiguousarray(before.planes[:, *tile.outer.slices])
    known = known_correction(before, step.tile, config)
    new = proposed(problem, old, tile, config, correction=known)
    own = tile.inner.within(tile.outer).slices
    marks[:, *tile.inner.slices] = _marks(problem, new, old, tile, config)[:, *own]
    return marks


def _marks(problem: Problem, new: Cube, old: Cube, tile: Tile, config: AssembleConfig) -> Cube:
    width, marks = config.clamp_width, np.zeros(new.shape, np.float32)
    if config.clamp_iterations:
        changed = clamp_change(new, old, factor=config.clamp_iterations, radius_px=width).planes
        marks = np.sign(new - changed)
        new = changed
    if config.clamp_subfilters:
        limited = limit_spectrum(
            new,
            mean_plane(old),
            factor=config.clamp_subfilters,
            radius_px=width,
            noise=clamp_noise(problem, new, tile, config),
        ).planes
        marks = np.where(limited == new, marks, np.sign(new - limited))
    return marks

"""LSST's iteration of one tile: the residuals' correction, the clamps, the blend, the weights."""

from __future__ import annotations

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.config_rules import threads_of
from dcrviz.engine.correction import stacked_residual
from dcrviz.engine.noise import background_noise
from dcrviz.engine.problem import Problem, Tile
from dcrviz.engine.regularize import Clamped, clamp_change, clamp_spectrum
from dcrviz.engine.step import ClampReport, Step
from dcrviz.engine.template import amplify
from dcrviz.kernels.planes import blended, blended_and_held, corrected, mean_plane, plane_sums
from dcrviz.records import Cube

# Distance from the edge of a cut within which the noise of the clamp is not measured.
_NOISE_MARGIN_PX = 5


def iterate(
    problem: Problem,
    planes: Cube,
    tile: Tile,
    gain: float,
    config: AssembleConfig,
    *,
    correction: Cube | None = None,
) -> tuple[Cube, ClampReport]:
    """One iteration on one tile (ALGORITHM.md section 4): the whole field's planes, and the clamps.

    Everything is computed on the tile grown by the buffer and written back on the tile alone.

    Parameters
    ----------
    correction
        (S, Y, X) on the tile with its buffer, if it is known already.
    """
    old = np.ascontiguousarray(planes[:, *tile.outer.slices])
    clamped, report = _clamp(
        problem, proposed(problem, old, tile, config, correction=correction), old, tile, config
    )
    mixed = _mixed(problem, clamped, old, tile, gain, threads=threads_of(config, tile.outer.shape))
    after = mixed if mixed.shape == planes.shape else planes.copy()
    if after is not mixed:
        after[:, *tile.inner.slices] = mixed[:, *tile.inner.within(tile.outer).slices]
    after.flags.writeable = False
    return after, report


def _mixed(
    problem: Problem, new: Cube, old: Cube, tile: Tile, gain: float, *, threads: int
) -> Cube:
    """New and old planes blended by the gain, and by the model weights with the template."""
    if not problem.config.use_model_weights:
        return blended(new, old, gain, threads=threads)
    template = np.ascontiguousarray(problem.template.image[tile.outer.slices])
    return blended_and_held(new, old, gain, template, tile.omega, threads=threads)


def proposed(
    problem: Problem,
    old: Cube,
    tile: Tile,
    config: AssembleConfig,
    *,
    correction: Cube | None = None,
) -> Cube:
    """What the residuals make of the old planes of a tile with its buffer, before any clamp."""
    threads = threads_of(config, tile.outer.shape)
    if correction is None:
        amplified = amplify(old, config.accelerate, threads=threads)
        correction = stacked_residual(problem, amplified, box=tile.outer, threads=threads)
    return corrected(old, correction, threads=threads)


def known_correction(step: Step, index: int, config: AssembleConfig) -> Cube | None:
    """What the pass for the metric has found already; None where it is of other planes or knobs."""
    made = step.correction
    if made is None or (made.tile, made.accelerate) != (index, config.accelerate):
        return None
    return made.planes


def _clamp(
    problem: Problem, new: Cube, old: Cube, tile: Tile, config: AssembleConfig
) -> tuple[Cube, ClampReport]:
    threads = threads_of(config, tile.outer.shape)
    none, flux_before = np.zeros(len(new)), plane_sums(new, threads=threads)
    change = spectrum = Clamped(planes=new, high=none, low=none)
    if config.clamp_iterations:
        change = clamp_change(
            new,
            old,
            factor=config.clamp_iterations,
            radius_px=config.clamp_width,
            threads=threads,
        )
    # On a large field nothing is held that is not needed any more.
    del new
    if config.clamp_subfilters:
        noise = clamp_noise(problem, change.planes, tile, config)
        spectrum = clamp_spectrum(
            change.planes,
            mean_plane(old, threads=threads),
            factor=config.clamp_subfilters,
            radius_px=config.clamp_width,
            noise=noise,
            threads=threads,
        )
    clamped = spectrum.planes if config.clamp_subfilters else change.planes
    report = ClampReport(
        iteration_high=change.high,
        iteration_low=change.low,
        subfilter_high=spectrum.high,
        subfilter_low=spectrum.low,
        flux_before=flux_before,
        flux_after=plane_sums(clamped, threads=threads),
    )
    return clamped, report


def clamp_noise(problem: Problem, planes: Cube, tile: Tile, config: AssembleConfig) -> float:
    """Noise in the level of the clamp between subfilters, for planes of a tile with its buffer."""
    return background_noise(
        planes[0],
        problem.background[tile.outer.slices],
        margin_px=_NOISE_MARGIN_PX,
        estimator=config.noise_estimator,
        threads=threads_of(config, tile.outer.shape),
    )

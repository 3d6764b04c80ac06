"""The one transition of the algorithm, and the generator that repeats it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.config_rules import auto_values
from dcrviz.cores import available_cores
from dcrviz.engine.convergence import Convergence, measure
from dcrviz.engine.correction import stacked_residual
from dcrviz.engine.gain import next_gain
from dcrviz.engine.judge import StoppingRule, judge
from dcrviz.engine.noise import background_noise
from dcrviz.engine.outcome import Outcome, worst
from dcrviz.engine.problem import Problem, Tile
from dcrviz.engine.regularize import Clamped, clamp_change, clamp_spectrum
from dcrviz.engine.step import ClampReport, Correction, History, Step
from dcrviz.engine.template import amplify
from dcrviz.kernels.planes import blended, corrected, hold, mean_plane, plane_sums
from dcrviz.records import Cube, Plane

# Distance from the edge of a cut within which the noise of the clamp is not measured.
_NOISE_MARGIN_PX = 5


def first_step(problem: Problem, config: AssembleConfig | None = None) -> Step:
    """The starting model: the template divided equally among the planes, and its metric."""
    config = config or problem.config
    planes = np.repeat(_share(problem)[None], problem.n_subfilters, axis=0)
    planes.flags.writeable = False
    start = Step(
        index=0,
        tile=0,
        planes=planes,
        histories=tuple(History() for _ in problem.tiles),
        accelerate=config.accelerate,
    )
    return _open_next_tile(problem, start, config)


def advance(problem: Problem, step: Step, config: AssembleConfig | None = None) -> Step:
    """The step after this one; the given one stays as it is.

    Parameters
    ----------
    config
        Knobs of the solver; those that the problem was prepared with if none are given. Knobs that
        act in `prepare` are ignored here.

    Raises
    ------
    ValueError
        If the run has ended.
    """
    if step.outcome is not Outcome.RUNNING:
        raise ValueError(
            f"a run that has ended can't be advanced; its outcome is {step.outcome.name}"
        )
    config = config or problem.config
    index = next(i for i, h in enumerate(step.histories) if h.outcome is Outcome.RUNNING)
    history = step.histories[index]
    if history.ending is not None:
        return _open_next_tile(problem, _return_to_best(problem, step, index), config)
    auto = auto_values(problem.n_subfilters)
    gain = next_gain(
        history.metrics,
        history.gains,
        base=auto["base_gain"] if config.base_gain is None else config.base_gain,
        progressive=config.use_progressive_gain and config.use_convergence,
    )
    planes, clamps = iterate(
        problem,
        step.planes,
        problem.tiles[index],
        gain,
        config,
        correction=_known_correction(step, index, config),
    )
    measured = _measure(problem, planes, index, config)
    history = history.followed_by(gain=gain, metric=measured.metric, per_visit=measured.per_visit)
    history = judge(
        _remember_best(history, planes),
        StoppingRule(
            min_iterations=config.min_iterations or auto["min_iterations"],
            max_iterations=config.max_iterations or auto["max_iterations"],
            threshold=config.convergence_threshold,
            use_convergence=config.use_convergence,
            on_divergence=config.on_divergence,
        ),
    )
    after = replace(
        step,
        index=step.index + 1,
        tile=index,
        planes=planes,
        histories=_with(step.histories, index, history),
        accelerate=config.accelerate,
        clamps=clamps,
        correction=measured.correction,
    )
    return _open_next_tile(problem, after, config)


def assemble(problem: Problem, config: AssembleConfig | None = None) -> Iterator[Step]:
    """Every step of a run, from the starting model to the end."""
    config = (config or problem.config).copy()
    step = first_step(problem, config)
    yield step
    while step.outcome is Outcome.RUNNING:
        step = advance(problem, step, config)
        yield step


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
    if correction is None:
        amplified = amplify(old, config.accelerate, threads=_threads(config))
        correction = stacked_residual(problem, amplified, box=tile.outer, threads=_threads(config))
    new = corrected(old, correction, threads=_threads(config))
    clamped, report = _clamp(problem, new, old, tile, config)
    mixed = blended(clamped, old, gain, threads=_threads(config))
    if problem.config.use_model_weights:
        share = _share(problem)[tile.outer.slices]
        hold(mixed, share, tile.omega, threads=_threads(config))
    after = mixed if mixed.shape == planes.shape else planes.copy()
    if after is not mixed:
        after[:, *tile.inner.slices] = mixed[:, *tile.inner.within(tile.outer).slices]
    after.flags.writeable = False
    return after, report


def _known_correction(step: Step, index: int, config: AssembleConfig) -> Cube | None:
    """What the pass for the metric has found already; None where it is of other planes or knobs."""
    made = step.correction
    if made is None or (made.tile, made.accelerate) != (index, config.accelerate):
        return None
    return made.planes


def _threads(config: AssembleConfig) -> int:
    return config.n_threads or available_cores()


def _clamp(
    problem: Problem, new: Cube, old: Cube, tile: Tile, config: AssembleConfig
) -> tuple[Cube, ClampReport]:
    none = np.zeros(len(new))
    change = spectrum = Clamped(planes=new, high=none, low=none)
    if config.clamp_iterations:
        change = clamp_change(
            new,
            old,
            factor=config.clamp_iterations,
            radius_px=config.clamp_width,
            threads=_threads(config),
        )
    if config.clamp_subfilters:
        noise = background_noise(
            change.planes[0],
            problem.background[tile.outer.slices],
            margin_px=_NOISE_MARGIN_PX,
            estimator=config.noise_estimator,
        )
        spectrum = clamp_spectrum(
            change.planes,
            mean_plane(old),
            factor=config.clamp_subfilters,
            radius_px=config.clamp_width,
            noise=noise,
            threads=_threads(config),
        )
    clamped = spectrum.planes if config.clamp_subfilters else change.planes
    report = ClampReport(
        iteration_high=change.high,
        iteration_low=change.low,
        subfilter_high=spectrum.high,
        subfilter_low=spectrum.low,
        flux_before=plane_sums(new),
        flux_after=plane_sums(clamped),
    )
    return clamped, report


def _open_next_tile(problem: Problem, step: Step, config: AssembleConfig) -> Step:
    """Measure the start of the next tile that can be fitted; settle those that can't."""
    histories, correction = step.histories, step.correction
    for index, tile in enumerate(problem.tiles):
        if histories[index].outcome is not Outcome.RUNNING:
            continue
        if histories[index].begun:
            break
        begun, correction = _begin(problem, step.planes, index, config)
        histories = _with(histories, index, begun)
        if tile.verdict is Outcome.RUNNING:
            break
    outcome = worst(h.outcome for h in histories)
    return replace(step, histories=histories, outcome=outcome, correction=correction)


def _begin(
    problem: Problem, planes: Cube, index: int, config: AssembleConfig
) -> tuple[History, Correction | None]:
    measured = _measure(problem, planes, index, config)
    history = History(
        metrics=(measured.metric,),
        visit_metrics=(measured.per_visit,),
        best_planes=planes,
        outcome=problem.tiles[index].verdict,
    )
    return history, measured.correction


def _measure(problem: Problem, planes: Cube, index: int, config: AssembleConfig) -> Convergence:
    if not config.use_convergence:
        nothing = np.full(len(problem.visits), np.nan)
        return Convergence(metric=float("nan"), per_visit=nothing)
    return measure(
        problem,
        planes,
        index,
        accelerate=config.accelerate,
        estimator=config.noise_estimator,
        empty=config.metric_of_empty_visits,
        threads=_threads(config),
    )


def _remember_best(history: History, planes: Cube) -> History:
    if history.best_iteration == history.iterations:
        return replace(history, best_planes=planes)
    return history


def _return_to_best(problem: Problem, step: Step, index: int) -> Step:
    """The step that takes a diverged tile back to its best iteration."""
    history = step.histories[index]
    assert history.ending is not None
    assert history.best_planes is not None
    inner = problem.tiles[index].inner.slices
    planes = step.planes.copy()
    planes[:, *inner] = history.best_planes[:, *inner]
    planes.flags.writeable = False
    ended = replace(history, outcome=history.ending)
    return replace(
        step,
        index=step.index + 1,
        tile=index,
        planes=planes,
        histories=_with(step.histories, index, ended),
        clamps=None,
        correction=None,
    )


def _share(problem: Problem) -> Plane:
    """Each plane's equal share of the template."""
    return problem.template.image / np.float32(problem.n_subfilters)


def _with(histories: tuple[History, ...], index: int, history: History) -> tuple[History, ...]:
    return (*histories[:index], history, *histories[index + 1 :])

"""The one transition of the algorithm, and the generator that repeats it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.config_rules import auto_values, most_iterations
from dcrviz.cores import available_cores
from dcrviz.engine.anderson import FIRST_MOVES, AndersonMemory, mixed
from dcrviz.engine.convergence import Convergence, measure
from dcrviz.engine.correction import stacked_residual
from dcrviz.engine.fourier_moves import move_by_pcg, move_directly
from dcrviz.engine.gain import next_gain
from dcrviz.engine.judge import StoppingRule, judge, judge_equations
from dcrviz.engine.move import Move
from dcrviz.engine.noise import background_noise
from dcrviz.engine.outcome import Outcome, worst
from dcrviz.engine.problem import Problem, Tile
from dcrviz.engine.regularize import Clamped, clamp_change, clamp_spectrum
from dcrviz.engine.step import ClampReport, Correction, History, Step
from dcrviz.engine.template import amplify, share_of_template
from dcrviz.kernels.planes import blended, corrected, hold, mean_plane, plane_sums
from dcrviz.records import Cube

# Distance from the edge of a cut within which the noise of the clamp is not measured.
_NOISE_MARGIN_PX = 5
# Knobs that make another map of LSST's iteration; the gain is only how far it is followed.
_MAP_KNOBS = (
    "accelerate",
    "clamp_iterations",
    "clamp_subfilters",
    "clamp_width",
    "noise_estimator",
)


def first_step(problem: Problem, config: AssembleConfig | None = None) -> Step:
    """The starting model: the template divided equally among the planes, and its metric."""
    config = config or problem.config
    planes = np.repeat(share_of_template(problem)[None], problem.n_subfilters, axis=0)
    planes.flags.writeable = False
    start = Step(
        index=0,
        tile=0,
        planes=planes,
        histories=tuple(History() for _ in problem.tiles),
        accelerate=_accelerate(problem, config),
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
    move = _MOVES[problem.config.solver](problem, step, index, config)
    measured = move.measured or _measure(problem, move.planes, index, config)
    history = history.followed_by(
        gain=move.gain,
        metric=measured.metric,
        per_visit=measured.per_visit,
        residual=move.residual,
    )
    history = _judged(problem, _remember_best(history, move.planes), config)
    after = replace(
        step,
        index=step.index + 1,
        tile=index,
        planes=move.planes,
        histories=_with(step.histories, index, history),
        accelerate=_accelerate(problem, config),
        clamps=move.clamps,
        correction=measured.correction,
        memory=move.memory,
        covariance=move.covariance,
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
    new = proposed(problem, old, tile, config, correction=correction)
    clamped, report = _clamp(problem, new, old, tile, config)
    mixed = blended(clamped, old, gain, threads=_threads(config))
    if problem.config.use_model_weights:
        share = share_of_template(problem)[tile.outer.slices]
        hold(mixed, share, tile.omega, threads=_threads(config))
    after = mixed if mixed.shape == planes.shape else planes.copy()
    if after is not mixed:
        after[:, *tile.inner.slices] = mixed[:, *tile.inner.within(tile.outer).slices]
    after.flags.writeable = False
    return after, report


def proposed(
    problem: Problem,
    old: Cube,
    tile: Tile,
    config: AssembleConfig,
    *,
    correction: Cube | None = None,
) -> Cube:
    """What the residuals make of the old planes of a tile with its buffer, before any clamp."""
    if correction is None:
        amplified = amplify(old, config.accelerate, threads=_threads(config))
        correction = stacked_residual(problem, amplified, box=tile.outer, threads=_threads(config))
    return corrected(old, correction, threads=_threads(config))


def _iterate_tile(problem: Problem, step: Step, index: int, config: AssembleConfig) -> Move:
    """LSST's iteration with the gain that the history asks for."""
    gain = _gain(problem, step.histories[index], config)
    planes, clamps = iterate(
        problem,
        step.planes,
        problem.tiles[index],
        gain,
        config,
        correction=known_correction(step, index, config),
    )
    return Move(planes=planes, gain=gain, clamps=clamps)


def _accelerate_tile(problem: Problem, step: Step, index: int, config: AssembleConfig) -> Move:
    """LSST's iteration, and from it and the ones before a longer step, if that is no worse."""
    plain = _iterate_tile(problem, step, index, config)
    inner = problem.tiles[index].inner.slices
    before, after = step.planes[:, *inner], plain.planes[:, *inner]
    length = plain.gain / (1 + plain.gain)
    known, knobs = step.memory, tuple(getattr(config, name) for name in _MAP_KNOBS)
    if not isinstance(known, AndersonMemory) or (known.tile, known.knobs) != (index, knobs):
        known = AndersonMemory(tile=index, knobs=knobs)
    whole = (after - before) / np.float32(length)
    whole.flags.writeable = False
    memory = known.with_point(before, whole, evaluations=1)
    if len(memory.planes) < 2 or step.histories[index].iterations < FIRST_MOVES:
        return replace(plain, memory=memory)
    bold = step.planes.copy()
    bold[:, *inner] = mixed(memory, length=length)
    bold.flags.writeable = False
    measured = _measure(problem, bold, index, config)
    if measured.metric > step.metric:
        return replace(
            plain, memory=replace(memory.forgotten(), evaluations=memory.evaluations + 1)
        )
    return replace(plain, planes=bold, memory=memory, measured=measured)


def _gain(problem: Problem, history: History, config: AssembleConfig) -> float:
    base = auto_values(problem.n_subfilters)["base_gain"]
    return next_gain(
        history.metrics,
        history.gains,
        base=base if config.base_gain is None else config.base_gain,
        progressive=config.use_progressive_gain and config.use_convergence,
    )


def _judged(problem: Problem, history: History, config: AssembleConfig) -> History:
    most = most_iterations(config, prepared=problem.config)
    if problem.config.in_fourier_space:
        # The closed form has nothing left to solve, and no residual that says so.
        tolerance = config.tolerance if problem.config.solver == "pcg" else np.inf
        return judge_equations(history, tolerance=tolerance, most_iterations=most)
    auto = auto_values(problem.n_subfilters, problem.config.solver)
    return judge(
        history,
        StoppingRule(
            min_iterations=config.min_iterations or auto["min_iterations"],
            most_iterations=most,
            threshold=config.convergence_threshold,
            use_convergence=config.use_convergence,
            on_divergence=config.on_divergence,
        ),
    )


def _accelerate(problem: Problem, config: AssembleConfig) -> float:
    """The amplification with which planes become templates: none of those that solve for them."""
    return 1.0 if problem.config.in_fourier_space else config.accelerate


def known_correction(step: Step, index: int, config: AssembleConfig) -> Cube | None:
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
        noise = clamp_noise(problem, change.planes, tile, config)
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


def clamp_noise(problem: Problem, planes: Cube, tile: Tile, config: AssembleConfig) -> float:
    """Noise in the level of the clamp between subfilters, for planes of a tile with its buffer."""
    return background_noise(
        planes[0],
        problem.background[tile.outer.slices],
        margin_px=_NOISE_MARGIN_PX,
        estimator=config.noise_estimator,
    )


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
        accelerate=_accelerate(problem, config),
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


def _with(histories: tuple[History, ...], index: int, history: History) -> tuple[History, ...]:
    return (*histories[:index], history, *histories[index + 1 :])


_MOVES = {
    "iterative": _iterate_tile,
    "anderson": _accelerate_tile,
    "direct": move_directly,
    "pcg": move_by_pcg,
}

"""The course of a run as plain values, for ``history.json`` and for the log."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dcrviz.diagnostics.seeing_words import seeing_words
from dcrviz.diagnostics.verdict import Verdict, verdict_record
from dcrviz.engine import Outcome, Problem, Step
from dcrviz.engine.anderson import AndersonMemory
from dcrviz.engine.problem import Tile
from dcrviz.engine.step import ClampReport, History
from dcrviz.finite import finite_or_none
from dcrviz.physics.geometry import airmass_of
from dcrviz.records import Floats, Visit

_log = logging.getLogger(__name__)


def history_record(
    problem: Problem,
    last: Step,
    clamps: Sequence[tuple[int, ClampReport]] = (),
    verdicts: Sequence[Verdict] = (),
) -> dict[str, Any]:
    """Everything about a run but its pixels, ready for JSON; what was not measured is None.

    Parameters
    ----------
    last
        The last step of the run; its histories hold the whole course.
    clamps
        Tile and report of every iteration, in order.
    verdicts
        What was found wrong, or right, with the run.
    """
    solver = problem.config.solver
    return {
        "solver": solver,
        "outcome": last.outcome.name,
        "sentence": last.outcome.sentence_for(solver),
        "plane_sigma": _plane_sigma(last),
        "warnings": list(problem.warnings),
        "seeing": _seeing_record(problem),
        "artifacts": _artifact_record(problem),
        "verdicts": [verdict_record(verdict) for verdict in verdicts],
        "band": {
            "name": problem.band.name,
            "effective_nm": problem.band.effective_nm,
            "min_nm": problem.band.min_nm,
            "max_nm": problem.band.max_nm,
        },
        "visits": [
            _visit_record(problem, index, visit) for index, visit in enumerate(problem.visits)
        ],
        "tiles": [
            _tile_record(problem, tile, history, [r for i, r in clamps if i == index])
            for index, (tile, history) in enumerate(zip(problem.tiles, last.histories, strict=True))
        ],
    }


def log_start(problem: Problem) -> None:
    """Log what is known before the first iteration."""
    for warning in problem.warnings:
        _log.warning("%s", warning)
    airmasses = {visit.id: round(airmass_of(visit), 4) for visit in problem.visits}
    angles = {visit.id: round(_parallactic_deg(visit), 2) for visit in problem.visits}
    _log.info("Selected airmasses: %s", airmasses)
    _log.info("Selected parallactic angles [deg]: %s", angles)
    _log.info("Band %s: %s", problem.band.name, problem.band)
    if problem.config.fits_seeing:
        _log.info("Seeing: %s", " ".join(seeing_words(problem)))
    _log.info("Subregions: %d, with a buffer of %d px", len(problem.tiles), problem.buffer_px)


def log_step(problem: Problem, step: Step, before: Step | None) -> None:
    """Log one iteration as LSST's task does: metrics, improvement, gain, and what ended with it.

    Parameters
    ----------
    before
        The step that this one followed; None for the first.
    """
    history = step.history
    name = f"subregion {step.tile + 1} of {len(problem.tiles)}"
    if step.index and not step.returned:
        measured = dict(
            zip([v.id for v in problem.visits], history.visit_metrics[-1].tolist(), strict=True)
        )
        _log.info("Individual metrics: %s", {key: round(v, 8) for key, v in measured.items()})
        _log.info(
            "%s, iteration %d: convergence metric %.8g, %s",
            name,
            history.iterations,
            step.metric,
            _advance(problem, step),
        )
    if step.returned:
        _log.info("%s: returned to iteration %d", name, step.iteration)
    for tile, ended in enumerate(step.histories):
        running = before is None or before.histories[tile].outcome is Outcome.RUNNING
        if running and ended.outcome is not Outcome.RUNNING:
            level = logging.INFO if ended.outcome is Outcome.CONVERGED else logging.WARNING
            number = f"subregion {tile + 1} of {len(problem.tiles)}"
            _log.log(level, "%s: %s", number, ended.outcome.sentence_for(problem.config.solver))


def _advance(problem: Problem, step: Step) -> str:
    """How far an iteration went, in what its solver goes by."""
    history = step.history
    if problem.config.solver == "direct":
        return "solved in closed form"
    if problem.config.solver == "pcg":
        return f"relative residual {history.residuals[-1]:.3g}"
    how = f"gain: {step.gain:.2f}"
    if isinstance(step.memory, AndersonMemory):
        how += f", evaluations: {step.memory.evaluations}"
    return f"{100 * history.improvement:.4f}% improvement ({how})"


def _plane_sigma(step: Step) -> list[float | None] | None:
    """Posterior standard deviation of each plane in one pixel; None if the solver tells none."""
    if step.covariance is None:
        return None
    variances = np.diag(step.covariance).tolist()
    return [math.sqrt(v) if math.isfinite(v) and v >= 0 else None for v in variances]


def _seeing_record(problem: Problem) -> dict[str, Any] | None:
    """What the fit knows of the seeing, and how; None if it knows nothing."""
    seeing = problem.seeing
    if seeing is None:
        return None
    profile = seeing.planes.profile
    return {
        "planes_fwhm_px": seeing.planes.fwhm_px,
        "profile": profile.profile,
        "moffat_beta": profile.beta,
        "seeing_exponent": profile.seeing_exponent,
        "visits_fwhm_px": seeing.fwhm_px.tolist(),
        "star_images": [star is not None for star in seeing.stars],
        "sentences": list(seeing_words(problem)),
    }


def _artifact_record(problem: Problem) -> dict[str, Any] | None:
    """What deviates from the static sky, and why it was clipped or kept; None if nobody looked."""
    if problem.artifacts is None:
        return None
    return {
        "sentence": problem.artifacts.sentence,
        "candidates": [
            {
                "visit": problem.visits[one.visit].id,
                "x": one.x,
                "y": one.y,
                "pixels": int(one.places.size),
                "peak_sigma": one.peak_sigma,
                "gained": one.gained,
                "epochs": one.epochs,
                "most_epochs": one.most_epochs,
                "fate": one.fate.name,
            }
            for one in problem.artifacts.candidates
        ],
    }


def _visit_record(problem: Problem, index: int, visit: Visit) -> dict[str, Any]:
    return {
        "id": visit.id,
        "airmass": airmass_of(visit),
        "parallactic_deg": _parallactic_deg(visit),
        "weight": float(problem.visit_weights[index]),
        "psf_fwhm_px": visit.psf_fwhm_px,
        "usable_fraction": float(problem.observed[index].mean()),
        "standard_atmosphere": visit.weather is None or visit.weather.assumed,
    }


def _tile_record(
    problem: Problem, tile: Tile, history: History, clamps: Sequence[ClampReport]
) -> dict[str, Any]:
    inner = tile.inner
    return {
        "box": {"x0": inner.x0, "y0": inner.y0, "width": inner.shape[1], "height": inner.shape[0]},
        "outcome": history.outcome.name,
        "sentence": history.outcome.sentence_for(problem.config.solver),
        "lsst_ending": history.lsst_ending,
        "best_iteration": history.best_iteration,
        "iterations": [
            _iteration_record(problem, history, number, clamps)
            for number in range(len(history.metrics))
        ],
    }


def _iteration_record(
    problem: Problem, history: History, number: int, clamps: Sequence[ClampReport]
) -> dict[str, Any]:
    per_visit = zip(problem.visits, history.visit_metrics[number].tolist(), strict=True)
    record: dict[str, Any] = {
        "iteration": number,
        "gain": history.gains[number - 1] if number else None,
        "metric": finite_or_none(history.metrics[number]),
        "residual": finite_or_none(history.residuals[number - 1]) if number else None,
        "visit_metrics": {str(visit.id): finite_or_none(metric) for visit, metric in per_visit},
    }
    if 0 < number <= len(clamps):
        record["clamped"] = _clamp_record(clamps[number - 1])
    return record


def _clamp_record(report: ClampReport) -> dict[str, list[float]]:
    fields: dict[str, Floats] = {
        "iteration_high": report.iteration_high,
        "iteration_low": report.iteration_low,
        "subfilter_high": report.subfilter_high,
        "subfilter_low": report.subfilter_low,
        "flux_before": report.flux_before,
        "flux_after": report.flux_after,
    }
    return {name: values.tolist() for name, values in fields.items()}


def _parallactic_deg(visit: Visit) -> float:
    return math.degrees(visit.parallactic_rad) if visit.parallactic_rad is not None else math.nan

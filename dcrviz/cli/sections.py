"""What ``dcrviz diagnose`` says, section by section."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from dcrviz.bright import BrightObject
from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.course import CourseEntry
from dcrviz.diagnostics.dipoles import find_dipoles
from dcrviz.diagnostics.direction import NOT_TESTED, residual_direction
from dcrviz.diagnostics.holdout import LEAST_VISITS, HeldOut, held_out_sentences
from dcrviz.diagnostics.holes import blemishes_in
from dcrviz.diagnostics.ledger import ledger_of
from dcrviz.diagnostics.leverage import leverage
from dcrviz.diagnostics.pictures import visit_fwhm_px
from dcrviz.diagnostics.planner import leave_one_out
from dcrviz.diagnostics.residuals import noise_of, residual_rms_sigma
from dcrviz.diagnostics.sharpness import sharpness
from dcrviz.diagnostics.truth_scores import TruthScores
from dcrviz.diagnostics.verdict import Verdict, in_order, verdict_record
from dcrviz.engine import Problem, Step
from dcrviz.engine.template import template_maker_of
from dcrviz.finite import finite_or_none
from dcrviz.plurals import counted
from dcrviz.records import Coadd, Cube, Exposure

_FWHM_PX = 4.0


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Case:
    """What is diagnosed.

    Parameters
    ----------
    planes
        (S, Y, X), as they become coadds.
    step
        That the planes are of; None if they were made elsewhere.
    config
        Knobs of the iteration that led to it; None for those the problem was prepared with.
    course
        The steps that led to it, from the starting model.
    template
        That was given to start from.
    truth
        How near the truth the planes are, where it is known.
    """

    exposures: Sequence[Exposure]
    problem: Problem
    planes: Cube
    step: Step | None = None
    config: AssembleConfig | None = None
    course: Sequence[CourseEntry] = ()
    template: Coadd | None = None
    bright_objects: Sequence[BrightObject] = ()
    truth: TruthScores | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One topic: sentences for people, and the values behind them for machines."""

    name: str
    title: str
    sentences: tuple[str, ...]
    values: dict[str, Any]


def before_the_fit(case: Case) -> list[Section]:
    """What the visits alone can tell; of colours nothing where a parallactic angle isn't known."""
    told = [_sharpness(case)]
    if any(visit.parallactic_rad is None for visit in case.problem.visits):
        return told
    found, without = leverage(case.problem), leave_one_out(case.problem)
    visits = [
        {"id": visit.id, "colour_error_without": float(error)}
        for visit, error in zip(without.visits, without.errors, strict=True)
    ]
    colours = Section(
        name="leverage",
        title="What the visits can tell",
        sentences=(found.sentence, without.sentence),
        values=_plain({**found.as_mapping(), "visits": visits}),
    )
    return [colours, *told]


def _sharpness(case: Case) -> Section:
    found = sharpness(case.problem)
    return Section(
        name="sharpness",
        title="Sharpness",
        sentences=found.sentences,
        values=_plain(found.as_mapping()),
    )


def after_the_fit(case: Case) -> list[Section]:
    """All sections for which nothing is fitted anew."""
    sections = [_fit(case), _ledger(case), _direction(case), _truth(case)]
    return [section for section in sections if section is not None]


def _fit(case: Case) -> Section:
    problem = case.problem
    holes = blemishes_in(problem, case.planes)
    counts = {kind: sum(blemish.kind == kind for blemish in holes) for kind in ("hole", "wing")}
    visits = _visit_values(case)
    dipoles = sum(visit["dipoles"] for visit in visits)
    worst = max(visits, key=lambda visit: visit["residual_sigma"] or 0.0)
    solver = problem.config.solver
    ending = [] if case.step is None else [case.step.outcome.sentence_for(solver)]
    sentences = [
        *ending,
        *problem.warnings,
        f"{counted(counts['hole'], 'hole')} and {counted(counts['wing'], 'wing')} beside "
        "sources, which no real colour makes.",
        f"{counted(dipoles, 'dipole')} on the residuals of {len(visits)} visits; the worst fit is "
        f"that of visit {worst['id']}, {worst['residual_sigma'] or 0:.2f} sigma near sources.",
    ]
    return Section(
        name="fit",
        title="Fit",
        sentences=tuple(sentences),
        values={
            "outcome": None if case.step is None else case.step.outcome.name,
            "solver": None if case.step is None else solver,
            "metric": None if case.step is None else finite_or_none(case.step.metric),
            "holes": counts["hole"],
            "wings": counts["wing"],
            "dipoles": dipoles,
            "visits": visits,
        },
    )


def _ledger(case: Case) -> Section | None:
    """The light of every bright source, by the planes and by the plain coadd."""
    ledger = ledger_of(case.problem, case.planes)
    if not ledger.x.size:
        return None
    off = ledger.off
    worst = int(np.argmax(np.abs(off)))
    places = zip(ledger.x.tolist(), ledger.y.tolist(), strict=True)
    return Section(
        name="ledger",
        title="Light of the sources",
        sentences=(
            f"Of {off.size} bright sources the planes together differ from the light of the plain "
            f"coadd by {100 * float(np.median(off)):+.1f} % in the median, and at most by "
            f"{100 * off[worst]:+.1f} %, at x {ledger.x[worst]:.0f}, y {ledger.y[worst]:.0f}.",
        ),
        values=_plain(
            {
                "noise": ledger.noise,
                "sources": [
                    {
                        "x": x,
                        "y": y,
                        "coadd": float(ledger.coadd[i]),
                        "planes": ledger.planes[:, i].tolist(),
                        "off": float(off[i]),
                    }
                    for i, (x, y) in enumerate(places)
                ],
            }
        ),
    )


def _visit_values(case: Case) -> list[dict[str, Any]]:
    problem = case.problem
    templates = map(template_maker_of(problem, case.planes), range(len(problem.visits)))
    values = []
    for v, (exposure, template) in enumerate(zip(case.exposures, templates, strict=True)):
        image = np.where(problem.observed[v], problem.images[v], np.float32(np.nan))
        residual, fwhm_px = image - template, visit_fwhm_px(problem, v) or _FWHM_PX
        dipoles = find_dipoles(residual, sigma=noise_of(exposure), fwhm_px=fwhm_px)
        values.append(
            {
                "id": exposure.visit.id,
                "residual_sigma": finite_or_none(residual_rms_sigma(problem, v, residual)),
                "dipoles": len(dipoles),
            }
        )
    return values


def _direction(case: Case) -> Section:
    title = "Direction of the residuals"
    found = residual_direction(case.problem, case.planes)
    if found is None:
        return Section(name="direction", title=title, sentences=(NOT_TESTED,), values={})
    values = _plain({k: v for k, v in asdict(found).items() if k != "verdicts"})
    for shifted in values["shifted"]:
        shifted["id"] = case.problem.visits[shifted.pop("index")].id
    return Section(
        name="direction",
        title=title,
        sentences=found.sentences,
        values=values | {"healthy": found.healthy},
    )


def _truth(case: Case) -> Section | None:
    if case.truth is None:
        return None
    return Section(
        name="truth",
        title="Truth",
        sentences=case.truth.sentences,
        values=_plain(asdict(case.truth)),
    )


def hold_out_section(case: Case, visits: Sequence[HeldOut]) -> Section:
    """What held-out visits tell; none were where too few visits are on."""
    title, on = "Held-out visits", int(np.count_nonzero(case.problem.factors))
    if on < LEAST_VISITS:
        sentence = f"Holding out a visit needs {LEAST_VISITS} visits or more; got {on}."
        return Section(name="hold_out", title=title, sentences=(sentence,), values={"visits": []})
    judged = [visit for visit in visits if visit.is_judged]
    mean = {
        name: float(np.mean([getattr(visit, name) for visit in judged])) if judged else math.nan
        for name in ("model_sigma", "coadd_sigma", "model_dipoles", "coadd_dipoles")
    }
    better = sum(visit.model_sigma < visit.coadd_sigma for visit in visits)
    rows = [{k: v for k, v in asdict(visit).items() if k != "index"} for visit in visits]
    values = {"mean": mean, "better": better, "visits": rows}
    return Section(
        name="hold_out", title=title, sentences=held_out_sentences(visits), values=_plain(values)
    )


def verdict_sections(verdicts: Sequence[Verdict]) -> list[Section]:
    """One section for the verdicts of each phase."""
    titles = {"before": "The visits", "during": "The fit", "after": "The planes"}
    return [
        Section(
            name=f"verdicts_{when}",
            title=f"Verdicts: {title.lower()}",
            sentences=tuple(line for verdict in told for line in _lines(verdict)),
            values={"verdicts": [_plain(verdict_record(verdict)) for verdict in told]},
        )
        for when, title in titles.items()
        if (told := in_order(verdict for verdict in verdicts if verdict.when == when))
    ]


def _lines(verdict: Verdict) -> list[str]:
    cure = [f"  To do: {verdict.remedies[0].sentence}"] if verdict.remedies else []
    return [f"{verdict.severity}: {verdict.sentence}", *cure]


def _plain(value: Any) -> Any:
    """The same for JSON: numbers that are not finite become None."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return finite_or_none(value) if isinstance(value, float) else value

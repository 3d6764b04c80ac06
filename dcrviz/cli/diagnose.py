"""``dcrviz diagnose``: whether a fit is right, in plain words or as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from dcrviz.cli.measure_seeing import add_measure_seeing
from dcrviz.cli.options import (
    add_inputs,
    add_knobs,
    bright_objects_from,
    config_from,
    exposures_from,
)
from dcrviz.cli.planes import check_on_grid
from dcrviz.cli.progress import progress
from dcrviz.cli.saved_run import names_saved_run, saved_run
from dcrviz.cli.sections import (
    Case,
    Section,
    after_the_fit,
    before_the_fit,
    hold_out_section,
    verdict_sections,
)
from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.after import held_out_verdicts, truth_verdicts
from dcrviz.diagnostics.course import CourseEntry, course_entry
from dcrviz.diagnostics.during import standing_verdicts
from dcrviz.diagnostics.holdout import LEAST_VISITS, HeldOut, held_out
from dcrviz.diagnostics.panels import Scene
from dcrviz.diagnostics.truth_scores import TruthScores, truth_scores
from dcrviz.diagnostics.verdict import Verdict
from dcrviz.diagnostics.verdicts import planes_verdicts, verdicts_on, with_tests
from dcrviz.engine import Problem, Step, assemble, prepare
from dcrviz.io import read_coadds
from dcrviz.physics.geometry import wcs_jacobian
from dcrviz.physics.shifts import dcr_shifts
from dcrviz.psf import PlaneSeeing
from dcrviz.records import Coadds, Cube, Exposure
from dcrviz.simulate import scene_beside
from dcrviz.template_file import read_template


def describe(parser: argparse.ArgumentParser) -> None:
    """Say what the command does, and add its options."""
    parser.description = (
        "Fit the visits, or take a saved run or coadds made elsewhere, and say how well they "
        "fit, whether residuals point to the zenith, how well visits are predicted that were "
        "not fitted, and how near the truth is, where scene.yaml lies beside the visits."
    )
    add_inputs(parser, needed=True)
    add_measure_seeing(parser)
    add_knobs(parser)
    parser.add_argument(
        "--planes", metavar="DIR", help="judge the coadds dcrCoadd_*.fits in DIR; nothing is fitted"
    )
    parser.add_argument(
        "--no-hold-out", action="store_true", help="spare the fits that leave out a visit"
    )
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Find the case, go through the sections, print them."""
    case = _saved(options) if names_saved_run(options) else _case(options)
    options.console.open()
    holds_out = not options.planes and not options.no_hold_out
    held = _held_out(case, quiet=options.quiet) if holds_out else []
    sections = [*verdict_sections(_verdicts(case, held)), *before_the_fit(case)]
    sections += [*after_the_fit(case), *([hold_out_section(case, held)] if holds_out else [])]
    print(_json(sections) if options.json else _text(sections))


def _saved(options: argparse.Namespace) -> Case:
    """A run that was saved, at its last step."""
    saved = saved_run(options)
    problem = saved.prepare()
    last, course = _followed(problem, saved.steps, saved.knobs)
    return Case(
        exposures=saved.exposures,
        problem=problem,
        planes=last.planes,
        step=last.step,
        config=last.config,
        course=course,
        template=saved.template,
        bright_objects=saved.bright_objects,
        truth=_truth(saved.exposures, problem, last.planes),
    )


def _case(options: argparse.Namespace) -> Case:
    """Visits with their fit, or with planes that were made elsewhere."""
    config, bright = config_from(options), bright_objects_from(options)
    exposures = exposures_from(options, measure=options.measure_seeing)
    template = read_template(options.template, exposures[0])
    if options.planes:
        return _judged(exposures, read_coadds(options.planes), config, folder=options.planes)
    problem = prepare(exposures, config, template=template, bright_objects=bright)
    last, course = _followed(problem, assemble(problem))
    return Case(
        exposures=exposures,
        problem=problem,
        planes=last.planes,
        step=last.step,
        course=course,
        template=template,
        bright_objects=bright,
        truth=_truth(exposures, problem, last.planes),
    )


def _followed(
    problem: Problem, steps: Iterable[Step], knobs: Sequence[Mapping[str, Any]] = ()
) -> tuple[Scene, list[CourseEntry]]:
    """The last of the steps, and the course that led to it."""
    course = []
    for scene in Scene.along(problem, steps, knobs):
        course.append(course_entry(problem, scene.step, scene.before, scene.config))
    return scene, course


def _judged(
    exposures: Sequence[Exposure], result: Coadds, config: AssembleConfig, *, folder: str
) -> Case:
    """Coadds as they are, with the forward model that they were made with."""
    first, model = exposures[0], result.model
    check_on_grid(result, exposures, where=folder)
    order = model.interpolation_order
    knobs: dict[str, Any] = (
        {"solver": "direct"} if order is None else {"interpolation_order": order}
    )
    if order is not None and config.in_fourier_space:
        knobs["solver"] = "iterative"
    # The spectrum within slices is the model's own.
    knobs |= {"slice_spectrum": "flat", **_seeing_knobs(model.seeing)}
    problem = prepare(
        exposures,
        config.with_values(n_subfilters=model.n_subfilters, band=model.band, **knobs),
        shifts=dcr_shifts(
            [exposure.visit for exposure in exposures],
            model=model,
            jacobian=wcs_jacobian(first.wcs, first.shape),
        ),
    )
    planes = np.nan_to_num(result.planes)
    truth = _truth(exposures, problem, planes)
    return Case(exposures=exposures, problem=problem, planes=planes, truth=truth)


def _seeing_knobs(planes: PlaneSeeing | None) -> dict[str, Any]:
    """Knobs by which the seeing of planes that are there already is known."""
    if planes is None:
        return {"fit_seeing": "off"}
    return {
        "fit_seeing": "on",
        "model_fwhm": planes.fwhm_px,
        "seeing_exponent": planes.profile.seeing_exponent,
        "seeing_model": planes.profile.profile,
        "moffat_beta": planes.profile.beta,
    }


def _truth(exposures: Sequence[Exposure], problem: Problem, planes: Cube) -> TruthScores | None:
    """The scores of planes where the truth lies beside their visits."""
    scene = scene_beside(exposures)
    return None if scene is None else truth_scores(scene, problem, planes)


def _verdicts(case: Case, held: Sequence[HeldOut]) -> tuple[Verdict, ...]:
    """All that is told of a fit, or of planes as they are; with truth and held-out visits."""
    problem = case.problem
    told = list(verdicts_on(problem, case.course, case.step, case.config))
    if case.step is None:
        told += standing_verdicts(problem, case.planes)
        told += planes_verdicts(problem, case.planes)
    added = [*held_out_verdicts(problem, held), *truth_verdicts(case.truth)]
    return with_tests(told, added, case.config or problem.config)


def _held_out(case: Case, *, quiet: bool) -> list[HeldOut]:
    """All visits held out in turn, with a progress bar on a terminal; none where too few are on."""
    if np.count_nonzero(case.problem.factors) < LEAST_VISITS:
        return []
    each = held_out(
        case.exposures,
        case.config or case.problem.config,
        template=case.template,
        bright_objects=case.bright_objects,
    )
    total = int(np.count_nonzero(case.problem.factors))
    with progress(each, told="hold out", unit="visits", quiet=quiet, total=total) as bar:
        return list(bar)


def _text(sections: Sequence[Section]) -> str:
    return "\n\n".join(
        "\n".join([section.title, *(f"  {sentence}" for sentence in section.sentences)])
        for section in sections
    )


def _json(sections: Sequence[Section]) -> str:
    record = {s.name: s.values | {"sentences": list(s.sentences)} for s in sections}
    return json.dumps(record, indent=1, allow_nan=False)

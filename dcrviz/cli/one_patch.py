"""One patch from its warped visits to its subfilter coadds."""

from __future__ import annotations

import argparse
import logging
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

from dcrviz.cli.options import (
    bright_objects_from,
    config_from,
    exposures_from,
)
from dcrviz.cli.planes import planes_from
from dcrviz.cli.progress import progress
from dcrviz.diagnostics.course import course_entry
from dcrviz.diagnostics.verdicts import verdicts_on
from dcrviz.engine import Problem, Step, assemble, prepare, start_from
from dcrviz.engine.reuse import Reuse
from dcrviz.io.atomic import output_directory
from dcrviz.io.exposure_files import files_of
from dcrviz.products import write_products
from dcrviz.run_log import log_start, log_step
from dcrviz.runs.checkpoint import Checkpoint, Progress, identity
from dcrviz.scratch import Room, Scratch
from dcrviz.template_file import read_template

_log = logging.getLogger(__name__)


def assemble_patch(options: argparse.Namespace) -> None:
    """Read, fit and write, as the options of ``dcrviz assemble`` say."""
    # First, so that nobody waits for a fit that can't be written.
    with output_directory(options.out) as folder:
        problem, files = _problem(options, Scratch(options.scratch or folder))
        checkpoint = Checkpoint(folder, identity(problem, files), every_s=options.checkpoint_every)
        start = checkpoint.read() if options.resume else None
        options.console.open()
        log_start(problem)
        if start is not None:
            _log.info("The run goes on from step %d", start.step.index)
        end = _iterate(problem, checkpoint, start, quiet=options.quiet)
        verdicts = verdicts_on(problem, end.course, end.step)
        write_products(problem, end.step, folder, clamps=end.clamps, verdicts=verdicts)
        checkpoint.remove()


def _problem(options: argparse.Namespace, room: Room) -> tuple[Problem, list[Path]]:
    """The problem, and the files that it was made of."""
    config = config_from(options)
    bright = bright_objects_from(options)
    if config.mask_bright_objects and options.bright_objects is None:
        raise ValueError("the knob mask_bright_objects needs a catalogue: --bright-objects FILE")
    exposures = exposures_from(options, measure=options.measure_seeing)
    template = read_template(options.template, exposures[0])
    planes, of_planes = planes_from(options.planes, exposures[0])
    beside = [options.table, options.template, options.bright_objects]
    files = [path for exposure in exposures for path in files_of(exposure)]
    files += [*(Path(name).expanduser() for name in beside if name), *of_planes]
    problem = prepare(
        exposures, config, template=template, bright_objects=bright, reuse=Reuse(room)
    )
    if planes is not None:
        problem = start_from(problem, planes)
    return problem, files


def _iterate(
    problem: Problem, checkpoint: Checkpoint, start: Progress | None, *, quiet: bool
) -> Progress:
    """Run to the end with a progress bar on a terminal; keep only what the history needs."""
    clamps, course = (list(start.clamps), list(start.course)) if start else ([], [])
    with progress(told="assemble", unit="iterations", quiet=quiet) as bar:
        before: Step | None = None
        for step in assemble(problem, start=start.step if start else None):
            if start is None or step is not start.step:
                if step.clamps is not None:
                    clamps.append((step.tile, step.clamps))
                log_step(problem, step, before)
                course.append(course_entry(problem, step, before))
                checkpoint.keep(_progress(step, clamps, course))
            if step.index:
                bar.update()
            bar.set_postfix(_shown(step))
            # What it has beside its planes is of use to the next iteration alone.
            before = replace(step, correction=None, memory=None)
    return _progress(step, clamps, course)


def _progress(step: Step, clamps: list[Any], course: list[Any]) -> Progress:
    return Progress(step=step, clamps=tuple(clamps), course=tuple(course))


def _shown(step: Step) -> dict[str, Any]:
    """What the bar tells of a step: the residual, too, where the solver has one to bring down."""
    shown: dict[str, Any] = {}
    if not math.isnan(step.metric):
        shown["metric"] = f"{step.metric:.5f}"
    residuals = step.history.residuals
    if residuals and residuals[-1] > 0:
        shown["residual"] = f"{residuals[-1]:.1e}"
    return shown | {"subregion": step.tile + 1}

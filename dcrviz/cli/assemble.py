"""``dcrviz assemble``: from warped visits to subfilter coadds."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from shutil import get_terminal_size
from typing import Any

from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from dcrviz.cli.console import LOGS
from dcrviz.cli.options import (
    add_inputs,
    add_knobs,
    bright_objects_from,
    config_from,
    exposures_from,
    template_from,
)
from dcrviz.diagnostics.course import CourseEntry, course_entry
from dcrviz.diagnostics.verdicts import verdicts_on
from dcrviz.engine import Problem, Step, assemble, coadds, prepare
from dcrviz.engine.step import ClampReport
from dcrviz.io import write_coadds
from dcrviz.io.atomic import output_directory
from dcrviz.io.config_files import config_text
from dcrviz.run_log import history_record, log_start, log_step
from dcrviz.scratch import Room, Scratch


def add_parser(commands: Any) -> None:
    """Describe the command's options."""
    parser = commands.add_parser(
        "assemble",
        help="fit the subfilter planes and write them as coadds",
        description=(
            "Fit the subfilter planes to warped visits and write dcrCoadd_0.fits and so on, "
            "coadd.fits, nImage.fits, config.yaml and history.json."
        ),
    )
    add_inputs(parser, needed=True)
    add_knobs(parser)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the products")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Read, fit, write."""
    # First, so that nobody waits for a fit that can't be written.
    with output_directory(options.out) as folder:
        problem = _problem(options, Scratch(folder))
        options.console.open()
        log_start(problem)
        last, clamps, course = _iterate(problem, quiet=options.quiet)
        told = verdicts_on(problem, course, last)
        history = history_record(problem, last, clamps, told)
        write_coadds(
            coadds(problem, last),
            folder,
            texts={
                "config.yaml": config_text(problem.config),
                "history.json": json.dumps(history, indent=1, allow_nan=False),
            },
        )


def _problem(options: argparse.Namespace, room: Room) -> Problem:
    config = config_from(options)
    bright = bright_objects_from(options)
    if config.mask_bright_objects and not bright:
        raise ValueError("the knob mask_bright_objects needs a catalogue: --bright-objects FILE")
    exposures = exposures_from(options)
    template = template_from(options, exposures[0])
    return prepare(exposures, config, template=template, bright_objects=bright, room=room)


def _iterate(
    problem: Problem, *, quiet: bool
) -> tuple[Step, list[tuple[int, ClampReport]], list[CourseEntry]]:
    """Run to the end with a progress bar on a terminal; keep only what the history needs."""
    course: list[CourseEntry] = []
    clamps: list[tuple[int, ClampReport]] = []
    # A terminal that does not tell its size gets a bar too, by the size that this falls back to.
    columns, lines = get_terminal_size()
    # None: only on a terminal.
    hidden = True if quiet else None
    bar = tqdm(desc="assemble", unit=" iterations", disable=hidden, ncols=columns, nrows=lines)
    with logging_redirect_tqdm(LOGS), bar:
        before: Step | None = None
        for step in assemble(problem):
            if step.clamps is not None:
                clamps.append((step.tile, step.clamps))
            if step.index:
                bar.update()
            bar.set_postfix(_shown(step))
            log_step(problem, step, before)
            course.append(course_entry(problem, step, before))
            # What it has beside its planes is of use to the next iteration alone.
            before = replace(step, correction=None, memory=None)
    return step, clamps, course


def _shown(step: Step) -> dict[str, Any]:
    """What the bar tells of a step: the residual, too, where the solver has one to bring down."""
    shown: dict[str, Any] = {"metric": f"{step.metric:.5f}"}
    residuals = step.history.residuals
    if residuals and residuals[-1] > 0:
        shown["residual"] = f"{residuals[-1]:.1e}"
    return shown | {"subregion": step.tile + 1}

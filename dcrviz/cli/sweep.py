"""``dcrviz sweep``: many configurations of one set of visits, and a table of what each comes to."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from dcrviz.cli.numbers import whole
from dcrviz.cli.options import (
    add_inputs,
    add_knobs,
    bright_objects_from,
    config_from,
    exposures_from,
)
from dcrviz.cli.spreading import add_where, do_all
from dcrviz.diagnostics.fit_scores import SCORES
from dcrviz.engine import prepare
from dcrviz.io.atomic import output_directory
from dcrviz.io.knob_values import in_words, plain
from dcrviz.records import Exposure
from dcrviz.sweep import (
    Inputs,
    SweepPlan,
    SweepTable,
    Trial,
    parse_choices,
    parse_range,
    run_trial,
)
from dcrviz.sweep.folder import trial_folder
from dcrviz.sweep.table import TABLE_NAME, best_first, described
from dcrviz.template_file import read_template

_log = logging.getLogger(__name__)
_Turned = TypeVar("_Turned")
_SHOWN = 5
_NOT_OF_A_SWEEP = ("n_threads",)


def describe(parser: argparse.ArgumentParser) -> None:
    """Say what the command does, and add its options."""
    parser.description = (
        "Fit the visits with every combination of knobs of a grid, or with some drawn at "
        "random, and write a table of scores and the coadds of each. Done again with the same "
        "words it goes on where it was stopped."
    )
    add_inputs(parser, needed=True)
    add_knobs(parser)
    plan = parser.add_argument_group("what is tried; the knobs above are those that all share")
    plan.add_argument(
        "--grid",
        action="append",
        default=[],
        metavar="KNOB=A,B,C",
        help="values of a knob; may be repeated (between lists write |)",
    )
    plan.add_argument(
        "--range",
        dest="ranges",
        action="append",
        default=[],
        metavar="KNOB=LOW:HIGH",
        help="a knob that --random draws; may be repeated",
    )
    plan.add_argument(
        "--random",
        type=whole(1, 10_000),
        metavar="N",
        help="draw N trials; all of the grid without",
    )
    plan.add_argument(
        "--seed", type=whole(0, 2**31), default=0, metavar="N", help="of what is drawn"
    )
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for table and coadds")
    parser.add_argument("--no-coadds", action="store_true", help="write the table only")
    add_where(parser, what="trials")
    parser.add_argument(
        "--best",
        default="template_sigma",
        choices=tuple(SCORES),
        metavar="SCORE",
        help=f"by which the table that is printed is sorted: {', '.join(SCORES)}",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Plan, try what is not yet in the table, tell the best."""
    plan = SweepPlan(
        choices=_by_knob(map(parse_choices, options.grid)),
        ranges=_by_knob(map(parse_range, options.ranges)),
        n_random=options.random,
        seed=options.seed,
    )
    config = config_from(options)
    exposures = exposures_from(options)
    # What is wrong with the visits or the shared knobs is told before any worker begins.
    template = read_template(options.template, exposures[0])
    prepare(exposures, config, template=template, bright_objects=bright_objects_from(options))
    base = {k: plain(v) for k, v in config.changed().items() if k not in _NOT_OF_A_SWEEP}
    inputs = _inputs(options, exposures)
    with output_directory(options.out) as folder:
        table = SweepTable(
            folder=folder,
            plan=described(plan.settings(), base, inputs.paths),
            knobs=tuple(plan.knobs),
            inputs=inputs,
        )
        rows = table.rows()
        trials = _trials(plan, base, inputs, folder, coadds=not options.no_coadds)
        left = [trial for trial in trials if trial.number not in rows]
        if rows:
            _log.info("%d of %d trials are in the table already", len(rows), len(trials))
        _try(left, rows, table, options)
    print(_best(list(rows.values()), plan.knobs, options.best))


def _by_knob(turned: Iterable[tuple[str, _Turned]]) -> dict[str, _Turned]:
    """What each knob is turned to; raises a ValueError if one is named twice."""
    found: dict[str, _Turned] = {}
    for name, values in turned:
        if name in found:
            raise ValueError(f"knob {name} must be turned by one option; got two")
        found[name] = values
    return found


def _try(
    left: Sequence[Trial],
    rows: dict[int, dict[str, Any]],
    table: SweepTable,
    options: argparse.Namespace,
) -> None:
    """Try what is left, and keep each row as it comes."""

    def take(trial: Trial, row: dict[str, Any]) -> None:
        rows[trial.number] = row
        table.write(rows)

    do_all(run_trial, left, take, options, unit="fits", folder=table.folder)


def _inputs(options: argparse.Namespace, exposures: Sequence[Exposure]) -> Inputs:
    """The same visits by their absolute paths."""

    def absolute(path: str | None) -> str | None:
        return None if path is None else str(Path(path).expanduser().absolute())

    return Inputs(
        paths=tuple(str(Path(exposure.source).absolute()) for exposure in exposures),
        table=absolute(options.table),
        template=absolute(options.template),
        bright_objects=absolute(options.bright_objects),
        band=exposures[0].visit.band,
    )


def _trials(
    plan: SweepPlan, base: Mapping[str, Any], inputs: Inputs, folder: Path, *, coadds: bool
) -> list[Trial]:
    """Each trial with its folder."""
    settings = plan.settings()
    return [
        Trial(
            number=number,
            inputs=inputs,
            base=base,
            knobs=knobs,
            out=str(trial_folder(folder, number, of=len(settings)).absolute()) if coadds else None,
        )
        for number, knobs in enumerate(settings)
    ]


def _best(rows: Sequence[Mapping[str, Any]], knobs: Sequence[str], score: str) -> str:
    """The best trials in words, and where all are."""
    refused = sum(bool(row.get("refusal")) for row in rows)
    lines = [f"{len(rows)} trials, {refused} refused; all are in {TABLE_NAME}."]
    for row in best_first([row for row in rows if not row.get("refusal")], score)[:_SHOWN]:
        turned = ", ".join(f"{knob} {in_words(row[knob])}" for knob in knobs)
        value = row.get(score)
        told = "-" if value is None else f"{SCORES[score].scale * value:.4g}"
        lines.append(f"  {score} {told}: {turned} (trial {row['number']})")
    return "\n".join(lines)

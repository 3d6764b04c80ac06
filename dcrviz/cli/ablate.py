"""``dcrviz ablate``: each knob at its neighbours, and what that changes."""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
import textwrap
from collections.abc import Sequence

from dcrviz.cli.measure_seeing import add_measure_seeing
from dcrviz.cli.options import (
    add_inputs,
    add_knobs,
    bright_objects_from,
    config_from,
    exposures_from,
)
from dcrviz.cli.progress import progress
from dcrviz.diagnostics.ablation import Ablation, AblationRow, ablation, by_effect, entry_of
from dcrviz.diagnostics.fit_scores import SCORES, FitScores
from dcrviz.diagnostics.tornado import tornado_svg
from dcrviz.io import AtomicFiles
from dcrviz.io.knob_values import in_words
from dcrviz.simulate import scene_beside
from dcrviz.template_file import read_template

_SHOWN = (
    *("planes_change", "colour_change", "metric", "template_sigma", "holes", "wings"),
    *("colour_slope", "colour_error", "flux", "iterations", "cpu_s"),
)
_OF_TRUTH = ("colour_slope", "colour_error")
# Columns of the table that hold words: knob, value and outcome.
_N_WORDS = 3


def describe(parser: argparse.ArgumentParser) -> None:
    """Say what the command does, and add its options."""
    parser.description = (
        "Fit the visits, then once more with each knob at each of its neighbours, one at a "
        "time: what changes in planes, colours, metric, holes and time; against the truth, "
        "too, where scene.yaml lies beside the visits."
    )
    add_inputs(parser, needed=True)
    add_measure_seeing(parser)
    add_knobs(parser)
    parser.add_argument("--knobs", metavar="A,B", help="only these; all without it")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="for machines")
    how.add_argument("--csv", metavar="FILE", help="the table as a file, too")
    parser.add_argument("--svg", metavar="FILE", help="a tornado plot")
    parser.add_argument(
        "--score",
        default="template_sigma",
        choices=tuple(SCORES),
        metavar="NAME",
        help=f"what the plot shows: {', '.join(SCORES)}; template_sigma",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Fit, turn the knobs, print and write."""
    found = _ablation(options)
    options.console.open()
    with progress(found, told="ablate", unit="fits", quiet=options.quiet) as bar:
        rows = by_effect(bar)
    with AtomicFiles() as files:
        if options.csv:
            files.add(options.csv).write_text(_csv(rows), encoding="utf-8")
        if options.svg:
            files.add(options.svg).write_text(tornado_svg(rows, options.score), encoding="utf-8")
    print(_json(found, rows) if options.json else _text(found, rows))


def _ablation(options: argparse.Namespace) -> Ablation:
    config, bright = config_from(options), bright_objects_from(options)
    exposures = exposures_from(options, measure=options.measure_seeing)
    asked = None if options.knobs is None else [n.strip() for n in options.knobs.split(",")]
    return ablation(
        exposures,
        config,
        knobs=asked,
        template=read_template(options.template, exposures[0]),
        bright_objects=bright,
        scene=scene_beside(exposures),
    )


def _text(found: Ablation, rows: Sequence[AblationRow]) -> str:
    """The table by effect, then what was refused and what was not tried."""
    known = math.isfinite(found.baseline.colour_slope)
    names = [name for name in _SHOWN if known or name not in _OF_TRUTH]
    table = [
        ["knob", "value", "outcome", *names],
        ["baseline", "", *_cells(found.baseline, names)],
        *(
            [row.knob, in_words(row.value), *_cells(row.scores, names)]
            for row in rows
            if row.scores is not None and row.has_effect
        ),
    ]
    idle = [
        f"{row.knob} {in_words(row.value)}" for row in rows if row.scores and not row.has_effect
    ]
    refused = [row.sentence for row in rows if row.refusal]
    skipped = [f"{knob}: {reason}" for knob, reason in found.skipped.items()]
    parts = [_aligned(table)]
    parts += [["", "Without effect on these visits:", *_listed(idle)]] if idle else []
    parts += [["", "Refused:", *(f"  {line}" for line in refused)]] if refused else []
    parts += [["", "Not tried:", *(f"  {line}" for line in skipped)]] if skipped else []
    return "\n".join(line for part in parts for line in part)


def _listed(names: Sequence[str]) -> list[str]:
    return textwrap.wrap("; ".join(names), initial_indent="  ", subsequent_indent="  ")


def _cells(scores: FitScores, names: Sequence[str]) -> list[str]:
    return [scores.outcome.name.lower(), *(_number(name, getattr(scores, name)) for name in names)]


def _number(name: str, value: float) -> str:
    shown = SCORES[name]
    return f"{shown.scale * value:.{shown.digits}f}" if math.isfinite(value) else "-"


def _aligned(table: Sequence[Sequence[str]]) -> list[str]:
    """Words to the left, numbers to the right, two spaces between."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place < _N_WORDS else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in table
    ]


def _json(found: Ablation, rows: Sequence[AblationRow]) -> str:
    record = {
        "baseline": entry_of(found.baseline),
        "rows": [row.entry() for row in rows],
        "skipped": dict(found.skipped),
    }
    return json.dumps(record, indent=1, allow_nan=False)


def _csv(rows: Sequence[AblationRow]) -> str:
    """Values of knobs in words; an empty cell where there is no number."""
    text = io.StringIO()
    entries = [
        row.entry() | {"value": in_words(row.value), "before": in_words(row.before)} for row in rows
    ]
    writer = csv.DictWriter(text, fieldnames=list(entries[0]) if entries else [])
    writer.writeheader()
    writer.writerows(entries)
    return text.getvalue()

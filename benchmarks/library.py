"""The scene library by its numbers: what each scene shows, before and after each cure.

``python benchmarks/library.py [--json | --verdicts]``

Every scene is fitted to its end with the knobs it begins with, and with those and the visits of
each cure. Colours, planes and templates are compared with the truth, which a made field knows.
With ``--verdicts`` it tells what the page says of each scene at its end, and what to turn.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import dcrviz
from dcrviz.diagnostics.holes import blemishes_of
from dcrviz.diagnostics.leverage import leverage
from dcrviz.diagnostics.pictures import shown_planes
from dcrviz.diagnostics.planner import leave_one_out
from dcrviz.diagnostics.truth_scores import truth_scores
from dcrviz.diagnostics.verdict import in_order
from dcrviz.simulate.library import LIBRARY, cured_knobs, cured_word, library_exposures

_COLUMNS = {
    "iterations": "it.",
    "outcome": "outcome",
    "metric": "metric",
    "colour_slope": "colour slope",
    "plane_sigma": "planes [sigma]",
    "template_sigma": "templates [sigma]",
    "holes": "holes",
    "wings": "wings",
    "expected": "error expected",
    "hangs": "without one visit",
}


def row(word, sky, knobs):
    """The numbers of one run to its end."""
    start = time.perf_counter()
    problem = dcrviz.prepare(library_exposures(word), dcrviz.AssembleConfig(**knobs))
    *_, last = dcrviz.assemble(problem)
    seconds = time.perf_counter() - start
    scores = truth_scores(sky, problem, shown_planes(last))
    found = blemishes_of(problem, last)
    return {
        "seconds": seconds,
        "iterations": len(last.history.gains),
        "outcome": last.outcome.name,
        "metric": last.metric,
        "colour_slope": scores.colour_slope,
        "colour_scatter": scores.colour_scatter,
        "plane_sigma": max(scores.plane_sigma),
        "template_sigma": scores.template_sigma,
        "holes": sum(blemish.kind == "hole" for blemish in found),
        "wings": sum(blemish.kind == "wing" for blemish in found),
        "expected": leverage(problem).colour_error,
        "hangs": float(max(leave_one_out(problem).errors)),
    }


def rows():
    """By scene and what was done about it."""
    return {
        (name, label): row(word, scene.sky(), knobs)
        for name, scene in LIBRARY.items()
        for label, word, knobs in [
            ("", name, scene.knobs),
            *((c.label, cured_word(name, c), cured_knobs(scene, c)) for c in scene.cures),
        ]
    }


def table(found):
    """As Markdown."""
    yield f"| scene | cure | {' | '.join(_COLUMNS.values())} |"
    yield f"|---|---|{'---|' * len(_COLUMNS)}"
    for (name, label), numbers in found.items():
        cells = [_cell(numbers[key]) for key in _COLUMNS]
        yield f"| {'' if label else name} | {label} | {' | '.join(cells)} |"


def what_the_page_says():
    """As Markdown: the chips of each scene at its end, and the first remedy of each."""
    yield "| scene | chips | what they say to turn |"
    yield "|---|---|---|"
    for name, scene in LIBRARY.items():
        problem = dcrviz.prepare(library_exposures(name), dcrviz.AssembleConfig(**scene.knobs))
        found = dcrviz.verdicts(problem, list(dcrviz.assemble(problem)))
        told = [v for v in in_order(found) if v.severity in ("alarm", "warning")]
        chips = "; ".join(v.title for v in told) or "Healthy"
        cures = dict.fromkeys(v.remedies[0].sentence for v in told if v.remedies)
        yield f"| {name} | {chips} | {' '.join(cures)} |"


def _cell(value):
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def main(arguments=None):
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true")
    how.add_argument("--verdicts", action="store_true", help="what the page says of each scene")
    options = parser.parse_args(arguments)
    if options.verdicts:
        print("\n".join(what_the_page_says()))
        return 0
    found = rows()
    if options.json:
        print(json.dumps([{"scene": n, "cure": c, **r} for (n, c), r in found.items()]))
    else:
        print("\n".join(table(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

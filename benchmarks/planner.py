"""What `dcrviz.plan_next` and `dcrviz.leave_one_out` advise, against real fits.

``python benchmarks/planner.py --json``

A ninth visit: eight visits of made fields of stars are fitted by `direct` with each of ten
candidates added, over several fields and noises; Spearman's rank correlation between predicted and
measured error of their colours, and of their slopes alone. Leave one out: the same with each of
eight visits taken away. Both of one seeing; and of several, from 0.6 to 1.3 arcseconds, where
candidates differ in theirs as well, and planes are held at 3.5 pixels. The prediction knows the
visits and, of the pixels, how much light the template has. Noise is the same for the same visit, so
that fits differ by the visits alone.

`repeatable` is how well the measurement itself would repeat on as many other fields: the mean rank
correlation r between halves of the fields, as 2 r / (1 + r) of the whole (Spearman and Brown).
Below .95 more fields and noises are wanted before a prediction is judged.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import numpy as np
from visit_sets import (
    FWHM_PX,
    QUARTER,
    Sky,
    colour_errors_of,
    fitted,
    rank_correlation,
    varied_seeing,
    visit_sets,
    visits_of,
)

import dcrviz
from dcrviz.diagnostics.planner import leave_one_out, plan_next

CANDIDATES = {
    "the same again": (1.3, 0.6),
    "zenith": (1.01, 0.6),
    "lower, same angle": (1.5, 0.6),
    "1.7, same angle": (1.7, 0.6),
    "a little turned": (1.3, 0.6 + QUARTER / 4),
    "half a quarter turned": (1.3, 0.6 + QUARTER / 2),
    "a quarter turned": (1.3, 0.6 + QUARTER),
    "opposite": (1.3, 0.6 + 2 * QUARTER),
    "1.7, a quarter turned": (1.7, 0.6 + QUARTER),
    "1.7, opposite": (1.7, 0.6 + 2 * QUARTER),
}
SEEN = {
    f"{name}, {arcsec} arcsec": (*CANDIDATES[name], arcsec / 0.2)
    for name, arcsec in (
        ("zenith", 0.6),
        ("lower, same angle", 0.7),
        ("lower, same angle", 1.3),
        ("a quarter turned", 0.6),
        ("a quarter turned", 1.3),
        ("opposite", 0.6),
        ("opposite", 1.0),
        ("opposite", 1.6),
        ("1.7, opposite", 0.8),
        ("1.7, opposite", 1.6),
    )
}
BASES = ("nearly the same", "one angle")
THINNED = ("spread", "one angle", "random 1")
KNOBS = {"solver": "direct", "model_fwhm": FWHM_PX}
CONFIG = dcrviz.AssembleConfig(**KNOBS)


def measured_errors(visits, skies, noises):
    """(fields, 2) errors of all colour and of the slope in real fits, the mean over noises."""
    errors = [
        [
            colour_errors_of(fitted(sky.exposures(visits, noise=noise), **KNOBS), true)
            for noise in range(noises)
        ]
        for sky, true in skies
    ]
    return np.mean(errors, axis=1)


def problems_of(visits, skies):
    """The visits of every field, prepared."""
    return [dcrviz.prepare(sky.exposures(visits, noise=0), CONFIG) for sky, _ in skies]


def ninth_visit(base, skies, noises):
    """Predicted and measured error with each candidate added."""
    circumstances = visit_sets()[base]
    both = visits_of([*circumstances, *CANDIDATES.values()])
    visits, added = both[: len(circumstances)], both[len(circumstances) :]
    plans = [plan_next(problem, added) for problem in problems_of(visits, skies)]
    return compared(
        CANDIDATES,
        plans,
        [measured_errors([*visits, visit], skies, noises) for visit in added],
    )


def ninth_of_several(base, skies, noises):
    """The same where the visits and the candidates differ in their seeing."""
    circumstances = visit_sets()[base]
    both = visits_of(
        [*circumstances, *(seen[:2] for seen in SEEN.values())],
        [*varied_seeing(len(circumstances)), *(seen[2] for seen in SEEN.values())],
    )
    visits, added = both[: len(circumstances)], both[len(circumstances) :]
    plans = [plan_next(problem, added) for problem in problems_of(visits, skies)]
    return compared(
        SEEN, plans, [measured_errors([*visits, visit], skies, noises) for visit in added]
    )


def without_each(name, skies, noises, *, varied=False):
    """Predicted and measured error without each of the visits."""
    circumstances = visit_sets()[name]
    visits = visits_of(circumstances, varied_seeing(len(circumstances)) if varied else None)
    verdicts = [leave_one_out(problem) for problem in problems_of(visits, skies)]
    return compared(
        [f"visit {v.id}, airmass {v.airmass:.2f}, {v.psf_fwhm_px / 5:.2f} arcsec" for v in visits],
        verdicts,
        [
            measured_errors([other for other in visits if other is not visit], skies, noises)
            for visit in visits
        ],
    )


def compared(names, advice, measured):
    """Errors of every choice, of all colour and of the slope alone, and how their orders agree."""
    predicted = {
        "all": np.mean([one.errors for one in advice], axis=0),
        "slope": np.mean([one.term_errors[:, 0] for one in advice], axis=0),
    }
    report = {}
    for place, (term, errors) in enumerate(predicted.items()):
        fields = np.array(measured)[..., place]
        means = fields.mean(axis=1)
        report[term] = {
            "predicted": dict(zip(names, errors.tolist(), strict=True)),
            "measured": dict(zip(names, means.tolist(), strict=True)),
            "spearman": rank_correlation(errors, means),
            "repeatable": repeatability(fields),
        }
    return report


def repeatability(fields, splits=200):
    """Of the mean over fields, from (choices, fields) by halves."""
    rng, number = np.random.default_rng(0), fields.shape[1]
    halves = [np.array_split(rng.permutation(number), 2) for _ in range(splits)]
    half = np.mean(
        [
            rank_correlation(fields[:, one].mean(axis=1), fields[:, other].mean(axis=1))
            for one, other in halves
        ]
    )
    return float(2 * half / (1 + half))


def main(arguments=None):
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--skies", type=int, default=16, help="made fields")
    parser.add_argument("--noises", type=int, default=4, help="noises of each field")
    parser.add_argument("--only", choices=("ninth", "leave_one_out"))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    skies = [(sky, sky.truth(3)) for sky in map(Sky, range(1, options.skies + 1))]
    report = {}
    if options.only != "leave_one_out":
        report["ninth"] = {base: ninth_visit(base, skies, options.noises) for base in BASES}
        report["ninth, seeing 0.6 to 1.6"] = {
            base: ninth_of_several(base, skies, options.noises) for base in BASES
        }
    if options.only != "ninth":
        report["leave_one_out"] = {
            name: without_each(name, skies, options.noises) for name in THINNED
        }
        report["leave_one_out, seeing 0.6 to 1.3"] = {
            name: without_each(name, skies, options.noises, varied=True) for name in THINNED
        }
    report["seconds"] = time.perf_counter() - start
    print(json.dumps(report) if options.json else json.dumps(report, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What `dcrviz.leverage` predicts, against noise images and real fits.

``python benchmarks/leverage.py --json``

Noise: images of nothing but noise go through the solver `direct`, its prior held at the expected
one; rms of every plane and of every term of the spectrum, 32 pixels from the edges, over the
predicted one. Colour: made fields of stars are fitted by `direct`, with the prior that it learns,
and by `iterative`; Spearman's rank correlation between the predicted and the measured error of
their colours, and of their slopes alone, over all sets of visits. The prediction knows the visits
and no pixel.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace

import numpy as np
from visit_sets import (
    BAND,
    FWHM_PX,
    Sky,
    colour_errors_of,
    fitted,
    rank_correlation,
    varied_seeing,
    visit_sets,
    visits_of,
)

import dcrviz
from dcrviz.config import FOURIER_SOLVERS
from dcrviz.diagnostics.expected_sky import sky_of
from dcrviz.diagnostics.leverage import leverage, leverage_of
from dcrviz.diagnostics.posterior import posterior_of
from dcrviz.diagnostics.visit_system import system_of
from dcrviz.engine.direct import closed_form, solve_directly
from dcrviz.mask_planes import USUAL_PLANES
from dcrviz.psf import TABLE_FREQUENCY
from dcrviz.simulate import Scene

EDGE_PX = 32


def noise_exposures(visits, *, size, seed):
    """Visits of an empty sky; a visit of weight w has the variance 1 / w."""
    rng, shape = np.random.default_rng(seed), (size, size)
    wcs = Scene(sources=(), band=BAND, shape=shape).wcs
    return [
        dcrviz.Exposure(
            image=(rng.normal(size=shape) / np.sqrt(visit.weight)).astype(np.float32),
            mask=np.zeros(shape, np.int32),
            variance=np.full(shape, 1 / visit.weight, np.float32),
            planes=USUAL_PLANES,
            wcs=wcs,
            visit=replace(visit, weight=1.0),
        )
        for visit in visits
    ]


def solved_noise(visits, predicted, config, *, size, seed):
    """Planes that the solver makes of noise under the prior that was predicted."""
    problem = dcrviz.prepare(noise_exposures(visits, size=size, seed=seed), config)
    # What it would learn of a sky without light means nothing.
    prior = closed_form(problem).prior
    sky, mean = predicted.sky, np.zeros(config.n_subfilters - 1)
    whitening = replace(
        prior.whitening, amplitudes=sky.allowed * size, profile=sky.profile * trusted(sky)
    )
    prior = replace(prior, whitening=whitening, basis=predicted.system.basis, mean=mean)
    return solve_directly(closed_form(problem, prior=prior))


def trusted(sky):
    """(T,), what the profile is multiplied by where the visits are trusted less."""
    return np.sqrt(sky.trust(TABLE_FREQUENCY))


def noise_row(visits, options, n_subfilters):
    """Measured over predicted noise of each plane and term."""
    config = dcrviz.AssembleConfig(
        solver="direct", n_subfilters=n_subfilters, slice_spectrum="flat", seeing_exponent=0.0
    )
    system = system_of(visits, config)
    posterior = posterior_of(system, sky_of(visits, system))
    predicted = leverage_of(posterior)
    power_planes, power_terms = np.zeros((2, n_subfilters))
    for seed in range(options.repeat):
        planes = solved_noise(visits, posterior, config, size=options.size, seed=seed)[
            :, EDGE_PX:-EDGE_PX, EDGE_PX:-EDGE_PX
        ].astype(float)
        terms = np.tensordot(np.linalg.inv(system.basis), planes, axes=1)
        power_planes += (planes**2).mean(axis=(1, 2)) / options.repeat
        power_terms += (terms**2).mean(axis=(1, 2)) / options.repeat
    return {
        "predicted_planes": predicted.plane_noise.tolist(),
        "planes": (np.sqrt(power_planes) / predicted.plane_noise).tolist(),
        "terms": (np.sqrt(power_terms) / predicted.term_noise).tolist(),
    }


def weighed(visits, weights):
    """The visits with these weights."""
    return [replace(v, weight=float(w)) for v, w in zip(visits, weights, strict=True)]


def noise_table(options):
    """All sets at one seeing and at several, with three subfilters; two of them otherwise."""
    sets, rows = visit_sets(n_random=3), {}
    for name, circumstances in sets.items():
        rows[name] = noise_row(visits_of(circumstances), options, 3)
        varied = visits_of(circumstances, varied_seeing(len(circumstances)))
        rows[f"{name}, seeing 0.6 to 1.3"] = noise_row(varied, options, 3)
    visits = visits_of(sets["spread"])
    uneven = np.random.default_rng(1).permutation(np.geomspace(0.3, 3, len(visits)))
    rows["spread, weights 0.3 to 3"] = noise_row(
        weighed(visits, uneven / np.median(uneven)), options, 3
    )
    rows["spread, 5 subfilters"] = noise_row(visits, options, 5)
    return rows


def colour_table(options, solvers, *, varied=False):
    """Predicted and measured errors of the colours of every set, of one seeing or of several."""
    skies = [Sky(seed) for seed in range(1, options.skies + 1)]
    truths = [sky.truth(3) for sky in skies]
    rows = {}
    for name, circumstances in visit_sets().items():
        visits = visits_of(circumstances, varied_seeing(len(circumstances)) if varied else None)
        predicted = leverage(visits, dcrviz.AssembleConfig(solver="direct", model_fwhm=FWHM_PX))
        row = {
            "predicted": predicted.colour_error,
            "predicted_slope": float(predicted.errors[0]),
            "lever_px": list(predicted.lever_px),
        }
        for solver in solvers:
            knobs = {"solver": solver, "model_fwhm": FWHM_PX}
            errors = [
                colour_errors_of(fitted(sky.exposures(visits, noise=1), **knobs), true)
                for sky, true in zip(skies, truths, strict=True)
            ]
            row[solver], row[f"{solver}_slope"] = np.mean(errors, axis=0).tolist()
        rows[name] = row
    return rows


def correlations(table, solvers):
    """Rank correlations of predicted and measured errors, of all colour and of the slope."""
    rows = table.values()
    return {
        solver + term: rank_correlation(
            [row["predicted" + term] for row in rows], [row[solver + term] for row in rows]
        )
        for solver in solvers
        for term in ("", "_slope")
    }


def seconds():
    """Of one prediction for 8 visits and three subfilters."""
    visits = visits_of(visit_sets()["spread"])
    config = dcrviz.AssembleConfig(solver="direct")
    leverage(visits, config)
    took = []
    for _ in range(20):
        start = time.perf_counter()
        leverage(visits, config)
        took.append(time.perf_counter() - start)
    return float(np.median(took))


def main(arguments=None):
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=256, help="side of the noise images")
    parser.add_argument("--repeat", type=int, default=8, help="noise images of each visit")
    parser.add_argument("--skies", type=int, default=2, help="made fields")
    parser.add_argument("--solvers", nargs="+", default=["direct", "iterative"])
    parser.add_argument("--only", choices=("noise", "colour"))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    report = {"band": BAND.name, "seconds": seconds()}
    if options.only != "colour":
        report["noise"] = noise_table(options)
        ratios = [r for row in report["noise"].values() for r in row["planes"] + row["terms"]]
        report["worst_noise_ratio"] = float(max(ratios, key=lambda ratio: abs(np.log(ratio))))
    if options.only != "noise":
        report["colour"] = colour_table(options, options.solvers)
        report["spearman"] = correlations(report["colour"], options.solvers)
        # Of the others none fits the seeing by itself.
        knowing = [solver for solver in options.solvers if solver in FOURIER_SOLVERS]
        varied = colour_table(options, knowing, varied=True)
        report["colour, seeing 0.6 to 1.3"] = varied
        report["spearman, seeing 0.6 to 1.3"] = correlations(varied, knowing)
    print(json.dumps(report) if options.json else json.dumps(report, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())

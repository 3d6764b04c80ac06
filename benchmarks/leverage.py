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
from visit_sets import BAND, Sky, colour_errors_of, fitted, rank_correlation, visit_sets, visits_of

import dcrviz
from dcrviz.diagnostics.expected_sky import sky_of
from dcrviz.diagnostics.leverage import leverage, leverage_of
from dcrviz.diagnostics.posterior import posterior_of
from dcrviz.diagnostics.visit_system import system_of
from dcrviz.engine.direct import closed_form, solve_directly
from dcrviz.engine.sky_power import STEP
from dcrviz.kernels.mode_solve import Whitening
from dcrviz.mask_planes import USUAL_PLANES
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
            # Without a seeing: a sky without light would contradict it.
            visit=replace(visit, weight=1.0, psf_fwhm_px=None),
        )
        for visit in visits
    ]


def solved_noise(visits, sky, *, size, seed, n_subfilters):
    """Planes that the solver makes of noise under the prior of this sky."""
    config = dcrviz.AssembleConfig(solver="direct", n_subfilters=n_subfilters)
    system = closed_form(dcrviz.prepare(noise_exposures(visits, size=size, seed=seed), config))
    frequency_y, frequency_x = system.grid.frequencies
    whitening = Whitening(
        amplitudes=sky.amplitudes * size,
        profile=sky.profile,
        step=STEP,
        frequency_y=frequency_y,
        frequency_x=frequency_x,
    )
    return solve_directly(replace(system, prior=replace(system.prior, whitening=whitening)))


def noise_row(circumstances, weights, options, n_subfilters):
    """Measured over predicted noise of each plane and term."""
    visits = [
        replace(visit, weight=float(weight))
        for visit, weight in zip(visits_of(circumstances), weights, strict=True)
    ]
    config = dcrviz.AssembleConfig(solver="direct", n_subfilters=n_subfilters)
    system = system_of(visits, config)
    sky = sky_of(visits, system)
    predicted = leverage_of(posterior_of(system, sky))
    power_planes, power_terms = np.zeros((2, n_subfilters))
    for seed in range(options.repeat):
        planes = solved_noise(visits, sky, size=options.size, seed=seed, n_subfilters=n_subfilters)[
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


def noise_table(options):
    """All sets with equal weights and three subfilters; two of them otherwise."""
    sets, rows = visit_sets(n_random=3), {}
    for name, circumstances in sets.items():
        rows[name] = noise_row(circumstances, np.ones(len(circumstances)), options, 3)
    uneven = np.random.default_rng(1).permutation(np.geomspace(0.3, 3, len(sets["spread"])))
    rows["spread, weights 0.3 to 3"] = noise_row(
        sets["spread"], uneven / np.median(uneven), options, 3
    )
    rows["spread, 5 subfilters"] = noise_row(sets["spread"], np.ones(len(uneven)), options, 5)
    return rows


def colour_table(options):
    """Predicted and measured errors of the colours of every set."""
    skies = [Sky(seed) for seed in range(1, options.skies + 1)]
    truths = [sky.truth(3) for sky in skies]
    rows = {}
    for name, circumstances in visit_sets().items():
        visits = visits_of(circumstances)
        predicted = leverage(visits, dcrviz.AssembleConfig(solver="direct"))
        row = {
            "predicted": predicted.colour_error,
            "predicted_slope": float(predicted.errors[0]),
            "lever_px": list(predicted.lever_px),
        }
        for solver in options.solvers:
            errors = [
                colour_errors_of(fitted(sky.exposures(visits, noise=1), solver=solver), true)
                for sky, true in zip(skies, truths, strict=True)
            ]
            row[solver], row[f"{solver}_slope"] = np.mean(errors, axis=0).tolist()
        rows[name] = row
    return rows


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
        report["colour"] = colour_table(options)
        rows = report["colour"].values()
        report["spearman"] = {
            solver + term: rank_correlation(
                [row["predicted" + term] for row in rows], [row[solver + term] for row in rows]
            )
            for solver in options.solvers
            for term in ("", "_slope")
        }
    print(json.dumps(report) if options.json else json.dumps(report, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())

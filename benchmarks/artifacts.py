"""Which artifacts are found, what is taken for one, and what it does to a fit.

``python benchmarks/artifacts.py --seeds 3``

Made fields with satellites' trails, cosmic rays, an asteroid, variable stars and stars of all
colours at the airmasses of real visits, of one seeing and of several. Told of each: the part of the
artifacts' light above 5 sigma of the sky that is clipped, outside sources and inside; the part of
the pixels that refraction changes by more than 5 sigma that is clipped, though no artifact is
there; how many variable stars are reported, and how many clipped; and with and without the search,
rms of the templates about what is true, in sigma of the sky, and the number of holes and wings.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace

import numpy as np

import dcrviz
from dcrviz.diagnostics.holes import blemishes_of
from dcrviz.diagnostics.pictures import shown_planes
from dcrviz.engine.candidates import Fate
from dcrviz.engine.template import template_maker_of
from dcrviz.simulate import (
    cosmic_rays,
    points_of_light,
    random_scene,
    read_conditions,
    render_visit,
    satellite_trail,
    simulate_variable,
    spread_visits,
    with_light,
)

ABOVE = 5.0
SEEING_PX = {"one seeing": (4.0, 4.0), "several": (3.2, 5.4)}
RAYS, RAY_FLUX = 10, 2500.0
TRAIL_FLUX = (300.0, 2000.0)
ASTEROID_FLUX = 9000.0
VARIATION = 0.4
N_VARIABLE = 3


def field(seed, seeing, *, size, n_visits):
    """Exposures with what spoils them, the light of that, the scene and its variable stars."""
    rng = np.random.default_rng(seed)
    scene = random_scene(seed, shape=(size, size), n_stars=size**2 // 900)
    low, high = SEEING_PX[seeing]
    visits = [
        replace(visit, psf_fwhm_px=float(width))
        for visit, width in zip(
            spread_visits(read_conditions("hits2015"), n_visits),
            rng.permutation(np.linspace(low, high, n_visits)),
            strict=True,
        )
    ]
    variable = np.argsort([-source.flux for source in scene.sources])[4 : 4 + N_VARIABLE]
    phases = rng.uniform(0, 2 * np.pi, (N_VARIABLE, 1))
    swing = 1 + VARIATION * np.sin(phases + 2.4 * np.arange(n_visits))
    factors = {int(one): curve for one, curve in zip(variable, swing, strict=True)}
    exposures = simulate_variable(scene, visits, factors, seed=seed)
    light = [spoiling(rng, number, visit, size) for number, visit in enumerate(visits)]
    spoilt = [
        with_light(exposure, some, seed=seed)
        for exposure, some in zip(exposures, light, strict=True)
    ]
    return spoilt, np.stack(light), scene, factors


def spoiling(rng, number, visit, size):
    """The light of everything that spoils one visit."""
    shape = (size, size)
    light = cosmic_rays(shape, number=RAYS, flux=RAY_FLUX, seed=int(rng.integers(1e9)))
    # Moves by more than its width from visit to visit.
    place = (0.05 + 0.09 * number) * size, (0.15 + 0.07 * number) * size
    light = light + points_of_light(shape, [place], flux=ASTEROID_FLUX, fwhm_px=visit.psf_fwhm_px)
    if number % 4 == 1:
        light = light + satellite_trail(
            shape,
            through=tuple(rng.uniform(0.2 * size, 0.8 * size, 2)),
            angle_deg=float(rng.uniform(0, 180)),
            flux_per_px=float(rng.uniform(*TRAIL_FLUX)),
            fwhm_px=visit.psf_fwhm_px,
        )
    return np.clip(light, 0, None)


def near(scene, numbers, *, radius_px):
    """Pixels about some sources, (Y, X)."""
    y, x = np.mgrid[: scene.shape[0], : scene.shape[1]]
    flags = np.zeros(scene.shape, dtype=bool)
    for number in numbers:
        source = scene.sources[number]
        flags |= np.hypot(y - source.y, x - source.x) < radius_px
    return flags


def refraction_changes(scene, exposures, *, fwhm_px):
    """(V, Y, X) pixels that refraction alone changes by more than 5 sigma at one seeing."""
    seen = np.stack([render_visit(scene, replace(e.visit, psf_fwhm_px=fwhm_px)) for e in exposures])
    return np.abs(seen - seen.mean(axis=0)) > ABOVE * np.sqrt(scene.sky_variance)


def scores_of_search(problem, exposures, light, scene, factors):
    """How much of what should be clipped is, and of what should not."""
    artifacts, sky_sigma = problem.artifacts, np.sqrt(scene.sky_variance)
    clipped = ~problem.usable
    bright = np.where(light > ABOVE * sky_sigma, light, 0)
    outside, inside = bright * ~artifacts.sources, bright * artifacts.sources
    alone = (light < sky_sigma) & ~near(scene, factors, radius_px=3 * artifacts.fwhm_px)
    chromatic = refraction_changes(scene, exposures, fwhm_px=artifacts.fwhm_px) & alone
    reported, lost = 0, 0
    for number in factors:
        star = scene.sources[number]
        about = [
            one
            for one in artifacts.candidates
            if np.hypot(one.x - star.x, one.y - star.y) < artifacts.fwhm_px
        ]
        reported += any(one.fate is Fate.VARIABLE for one in about)
        lost += any(
            one.fate is Fate.CLIPPED and light[one.visit].ravel()[one.places].max() < sky_sigma
            for one in about
        )
    return {
        "removed": float((outside * clipped).sum() / outside.sum()),
        "removed_inside": float((inside * clipped).sum() / inside.sum()),
        "chromatic_clipped": float(clipped[chromatic].mean()),
        "sky_clipped": float((clipped & (light < 0.1 * sky_sigma)).mean()),
        "variable": f"{reported} of {len(factors)}",
        "variable_clipped": lost,
    }


def scores_of_fit(problem, exposures, scene, factors):
    """Rms of the templates about what is true, and holes and wings, off the variable stars."""
    *_, last = dcrviz.assemble(problem)
    away = ~near(scene, factors, radius_px=20) & (problem.stack_weight > 0).all(axis=0)
    templates = map(template_maker_of(problem, shown_planes(last)), range(len(exposures)))
    squares = [
        np.mean((template - render_visit(scene, exposure.visit))[away] ** 2)
        for template, exposure in zip(templates, exposures, strict=True)
    ]
    return {
        "rms": float(np.sqrt(np.mean(squares) / scene.sky_variance)),
        "holes": len(blemishes_of(problem, last)),
    }


def measured(seed, seeing, options):
    """All scores of one field."""
    made = field(seed, seeing, size=options.size, n_visits=options.visits)
    exposures, light, scene, factors = made
    row = {"seeing": seeing, "seed": seed}
    for name, searched in (("without", False), ("with", True)):
        config = dcrviz.AssembleConfig(solver=options.solver, find_artifacts=searched)
        dcrviz.prepare(exposures, config)
        start = time.perf_counter()
        problem = dcrviz.prepare(exposures, config)
        row[f"prepare_s_{name}"] = time.perf_counter() - start
        if searched:
            row |= scores_of_search(problem, exposures, light, scene, factors)
        scores = scores_of_fit(problem, exposures, scene, factors)
        row |= {f"{score}_{name}": value for score, value in scores.items()}
    return row


def main(arguments=None):
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--visits", type=int, default=10)
    parser.add_argument("--solver", default="iterative")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    rows = [
        measured(seed, seeing, options)
        for seeing in SEEING_PX
        for seed in range(1, 1 + options.seeds)
    ]
    if options.json:
        print(json.dumps(rows))
        return 0
    print(" ".join(f"{name:>18}" for name in rows[0]))
    for row in rows:
        shown = (f"{v:.4f}" if isinstance(v, float) else str(v) for v in row.values())
        print(" ".join(f"{value:>18}" for value in shown))
    return 0


if __name__ == "__main__":
    sys.exit(main())

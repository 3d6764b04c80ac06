"""How many holes are found that were made, and how many that were not.

``python benchmarks/holes.py --json``

Fields of stars, galaxies and quasars, seen by visits of the HiTS survey, are fitted by `direct` and
by `iterative`. What is found in these planes is counted by sources: `warned` are those of which a
verdict warns, `false` those where the true planes have it, too, by half as much or more: there the
sky deceives the rule. Then a dent of the PSF's shape is made beside one source after another, in
one plane, with and without its light put into the others, 1 to 3 FWHM away at any angle, at a depth
of 8 to 14 sigma after the matched filter. Sigma is that of noise alone: of the plane's scatter
beside sources, or of the plain coadd's sky if that is more. With ``--sigma rule`` it is that of the
rule, which allows for a share of the light, too.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import numpy as np

import dcrviz
from dcrviz.diagnostics.blemish_verdicts import warned_of
from dcrviz.diagnostics.colour_residual import colour_residual
from dcrviz.diagnostics.holes import find_holes, near_pixels, sky_levels
from dcrviz.diagnostics.peaks import known_peaks
from dcrviz.diagnostics.pictures import shown_planes, sky_noise, source_pixels, typical_fwhm_px
from dcrviz.simulate import random_scene, read_conditions, simulate, spread_visits

FWHM_PER_SIGMA = 2.3548
SOLVERS = ("direct", "iterative")
DISTANCES_FWHM = (1.0, 1.5, 2.0, 3.0)
DEPTHS_SIGMA = (8.0, 14.0)
# Part of a blemish that the true planes have, from which it is no fault of the fit.
IN_THE_SKY = 0.5


def healthy(seed, solver, *, size, n_visits=8):
    """A fitted field, its planes, and the true ones."""
    area = (size / 192) ** 2
    scene = random_scene(
        seed,
        shape=(size, size),
        n_stars=round(40 * area),
        n_galaxies=max(1, round(5 * area)),
        n_quasars=max(1, round(2 * area)),
    )
    visits = spread_visits(read_conditions("hits2015"), n_visits)
    field = simulate(scene, visits, seed=seed)
    problem = dcrviz.prepare(field.exposures, dcrviz.AssembleConfig(solver=solver))
    *_, step = dcrviz.assemble(problem)
    return problem, shown_planes(step), np.asarray(field.truth, np.float32)


def holes_of(problem, planes):
    """What is found in these planes."""
    return find_holes(
        planes,
        noise=sky_noise(problem),
        detected=source_pixels(problem),
        fwhm_px=typical_fwhm_px(problem),
    )


def alarms_of(problem, planes, truth):
    """The sources that have holes, that have wings, that are warned of, and falsely told ones."""
    told, true = residual_of(problem, planes).flux, residual_of(problem, truth).flux
    counts = {"holes": set(), "wings": set(), "warned": set(), "false": set()}
    for kind in ("hole", "wing"):
        found = [one for one in holes_of(problem, planes) if one.kind == kind]
        warned = found if warned_of(problem, found) else []
        places = [(one.subfilter, round(one.y), round(one.x)) for one in found]
        false = [
            one
            for one, place in zip(found, places, strict=True)
            if true[place] / told[place] > IN_THE_SKY
        ]
        for name, some in ((f"{kind}s", found), ("warned", warned), ("false", false)):
            counts[name].update((one.source_x, one.source_y) for one in some)
    return counts


def residual_of(problem, planes):
    """What is left of the planes without the sources' colours."""
    detected = source_pixels(problem)
    level = sky_levels(planes, detected).astype(np.float32)[:, None, None]
    return colour_residual(
        planes - level,
        beside=near_pixels(problem) & ~detected,
        sky_noise=sky_noise(problem),
        fwhm_px=typical_fwhm_px(problem),
    )


def dents(problem, planes, rng, *, sigma_of):
    """Places and depths of dents: plane, x, y, light taken away."""
    fwhm_px, detected = typical_fwhm_px(problem), source_pixels(problem)
    rest = residual_of(problem, planes)
    peaks, (height, width) = known_peaks(problem), problem.shape
    for source_x, source_y in zip(peaks.x, peaks.y, strict=True):
        for distance in DISTANCES_FWHM:
            angle, depth = rng.uniform(0, 2 * np.pi), rng.uniform(*DEPTHS_SIGMA)
            x = source_x + distance * fwhm_px * np.cos(angle)
            y = source_y + distance * fwhm_px * np.sin(angle)
            if not (6 <= x < width - 6 and 6 <= y < height - 6):
                continue
            others = np.hypot(peaks.x - x, peaks.y - y).min()
            if others < 0.99 * fwhm_px:
                continue
            plane, row, column = int(rng.integers(len(planes))), round(y), round(x)
            sigma = (
                rest.flux[plane, row, column] / rest.sigma[plane, row, column]
                if sigma_of == "rule"
                else rest.noise[plane]
            )
            yield {
                "plane": plane,
                "x": x,
                "y": y,
                "distance": distance,
                "light": depth * abs(sigma),
                "on_footprint": bool(detected[row, column]),
                "compensated": bool(rng.integers(2)),
            }


def dented(planes, dent, *, fwhm_px):
    """The planes with a dent whose matched-filtered depth against their mean is as asked for."""
    width_px, number = fwhm_px / FWHM_PER_SIGMA, len(planes)
    rows, columns = np.indices(planes.shape[1:])
    away = (rows - dent["y"]) ** 2 + (columns - dent["x"]) ** 2
    # A filter of the same width halves the height of a Gaussian.
    profile = 2 * dent["light"] * np.exp(-away / (2 * width_px**2))
    out = planes.astype(np.float64)
    if dent["compensated"]:
        out += profile / (number - 1)
        out[dent["plane"]] -= profile * number / (number - 1)
    else:
        out[dent["plane"]] -= profile * number / (number - 1)
    return out.astype(np.float32)


def is_found(problem, planes, dent):
    """Whether there is a hole in this plane within the FWHM of the dent."""
    fwhm_px = typical_fwhm_px(problem)
    return any(
        one.kind == "hole"
        and one.subfilter == dent["plane"]
        and np.hypot(one.x - dent["x"], one.y - dent["y"]) < max(fwhm_px, one.radius_px)
        for one in holes_of(problem, dented(planes, dent, fwhm_px=fwhm_px))
    )


def solver_row(solver, options):
    """Alarms and found dents of one solver, over all scenes."""
    row = {"solver": solver, "sources": 0, "holes": 0, "wings": 0, "warned": 0, "false": 0}
    made = []
    for seed in range(options.first, options.first + options.scenes):
        problem, planes, truth = healthy(seed, solver, size=options.size)
        row["sources"] += len(known_peaks(problem).x)
        for name, sources in alarms_of(problem, planes, truth).items():
            row[name] += len(sources)
        rng = np.random.default_rng([seed, 1])
        made += [
            (dent, is_found(problem, planes, dent))
            for dent in dents(problem, planes, rng, sigma_of=options.sigma)
        ]
    for name, chosen in (
        ("on_footprints", lambda dent: dent["on_footprint"]),
        ("beside_footprints", lambda dent: not dent["on_footprint"]),
        ("compensated", lambda dent: dent["compensated"]),
        ("uncompensated", lambda dent: not dent["compensated"]),
        *((f"at_{d:g}_fwhm", lambda dent, d=d: dent["distance"] == d) for d in DISTANCES_FWHM),
        ("all", lambda _: True),
    ):
        told = [found for dent, found in made if chosen(dent)]
        row[name] = {"made": len(told), "found": sum(told)}
    return row


def main(arguments=None):
    """Run the benchmark; print a table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", type=int, default=6)
    parser.add_argument("--first", type=int, default=0, help="seed of the first field")
    parser.add_argument("--sigma", choices=("noise", "rule"), default="noise")
    parser.add_argument("--size", type=int, default=192, help="side of a field in pixels")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    begun = time.perf_counter()
    rows = [solver_row(solver, options) for solver in SOLVERS]
    if options.json:
        record = {"rows": rows, "seconds": round(time.perf_counter() - begun, 1)}
        json.dump(record, sys.stdout, indent=1)
        return
    for row in rows:
        sys.stdout.write(f"{row['solver']}:\n")
        for name, told in row.items():
            if isinstance(told, dict):
                sys.stdout.write(f"  {name:18} {told['found']} of {told['made']}\n")
            elif name in ("holes", "wings", "warned", "false"):
                sys.stdout.write(f"  {name:18} at {told} of {row['sources']} sources\n")


if __name__ == "__main__":
    main()

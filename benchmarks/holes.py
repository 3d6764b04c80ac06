"""How many holes are found that were made, and how many that were not.

``python benchmarks/holes.py --json``

Fields of stars, galaxies and quasars, seen by visits of the HiTS survey, are fitted by `direct` and
by `iterative`. What is found in these planes is a false alarm, counted by sources. Then a dent of
the PSF's shape is made beside one source after another, in one plane, with and without its light
put into the others, 1 to 3 FWHM away at any angle, at a depth of 8 to 14 sigma after the matched
filter. Sigma is that of the rule: the plane's scatter beside sources, and a share of the light.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import numpy as np

import dcrviz
from dcrviz.diagnostics.colour_residual import colour_residual
from dcrviz.diagnostics.holes import find_holes, known_peaks, near_pixels, sky_levels
from dcrviz.diagnostics.pictures import shown_planes, sky_noise, source_pixels, typical_fwhm_px
from dcrviz.simulate import random_scene, read_conditions, simulate_exposures, spread_visits

SOLVERS = ("direct", "iterative")
DISTANCES_FWHM = (1.0, 1.5, 2.0, 3.0)
DEPTHS_SIGMA = (8.0, 14.0)


def healthy(seed, solver, *, size, n_visits=8):
    """A fitted field, and its planes."""
    area = (size / 192) ** 2
    scene = random_scene(
        seed,
        shape=(size, size),
        n_stars=round(40 * area),
        n_galaxies=max(1, round(5 * area)),
        n_quasars=max(1, round(2 * area)),
    )
    visits = spread_visits(read_conditions("hits2015"), n_visits)
    exposures = simulate_exposures(scene, visits, seed=seed)
    problem = dcrviz.prepare(exposures, dcrviz.AssembleConfig(solver=solver))
    *_, step = dcrviz.assemble(problem)
    return problem, shown_planes(step)


def holes_of(problem, planes):
    """What is found in these planes."""
    return find_holes(
        planes,
        noise=sky_noise(problem),
        detected=source_pixels(problem),
        fwhm_px=typical_fwhm_px(problem),
    )


def alarmed_sources(blemishes, *, kind):
    """How many sources have one."""
    return len({(one.source_x, one.source_y) for one in blemishes if one.kind == kind})


def dents(problem, planes, rng):
    """Places and depths of dents: plane, x, y, light taken away."""
    fwhm_px, detected = typical_fwhm_px(problem), source_pixels(problem)
    beside = near_pixels(problem) & ~detected
    level = sky_levels(planes, detected).astype(np.float32)[:, None, None]
    rest = colour_residual(
        planes - level, beside=beside, sky_noise=sky_noise(problem), fwhm_px=fwhm_px
    )
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
            sigma = rest.flux[plane, row, column] / rest.sigma[plane, row, column]
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
    width_px, number = fwhm_px / 2.3548, len(planes)
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


def solver_row(solver, *, scenes, size):
    """False alarms and found dents of one solver, over all scenes."""
    row = {"solver": solver, "sources": 0, "false_holes": 0, "false_wings": 0}
    made = []
    for seed in range(scenes):
        problem, planes = healthy(seed, solver, size=size)
        found, peaks = holes_of(problem, planes), known_peaks(problem)
        row["sources"] += len(peaks.x)
        row["false_holes"] += alarmed_sources(found, kind="hole")
        row["false_wings"] += alarmed_sources(found, kind="wing")
        rng = np.random.default_rng([seed, 1])
        made += [(dent, is_found(problem, planes, dent)) for dent in dents(problem, planes, rng)]
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
    parser.add_argument("--size", type=int, default=192, help="side of a field in pixels")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    begun = time.perf_counter()
    rows = [solver_row(s, scenes=options.scenes, size=options.size) for s in SOLVERS]
    if options.json:
        record = {"rows": rows, "seconds": round(time.perf_counter() - begun, 1)}
        json.dump(record, sys.stdout, indent=1)
        return
    for row in rows:
        false = (
            f"{row['false_holes']} holes, {row['false_wings']} wings on {row['sources']} sources"
        )
        sys.stdout.write(f"{row['solver']}: false alarms {false}\n")
        for name, told in row.items():
            if isinstance(told, dict):
                sys.stdout.write(f"  {name:18} {told['found']} of {told['made']}\n")


if __name__ == "__main__":
    main()

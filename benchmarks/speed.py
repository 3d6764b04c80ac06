"""How fast the engine is against a plain reading: CPU time, one process, one thread.

``python benchmarks/speed.py --size 512 --visits 8 --subfilters 3 --order 3 --json``
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time

import numpy as np
from plain import Plain

import dcrviz
from dcrviz.simulate import random_scene, read_conditions, simulate_exposures


def make_problem(options):
    """A made field with spread visits, prepared as LSST's task has its knobs."""
    shape = (options.size, options.size)
    stars = max(6, options.size**2 // 2500)
    scene = random_scene(1, shape=shape, n_stars=stars, n_galaxies=stars // 8, n_quasars=1)
    visits = read_conditions("hits2015")
    places = np.linspace(0, len(visits) - 1, options.visits).round().astype(int)
    exposures = simulate_exposures(scene, [visits[place] for place in places], seed=1)
    config = dcrviz.AssembleConfig.preset("lsst-2019").with_values(
        n_subfilters=options.subfilters,
        interpolation_order=options.order,
        n_threads=options.threads,
        subregion_size=shape,
        max_iterations=1000,
        min_iterations=1000,
    )
    return dcrviz.prepare(exposures, config)


def plain_of(problem):
    """The same problem for the plain reading."""
    return Plain(
        images=np.where(problem.usable, np.stack(problem.images), np.float32(0)),
        usable=problem.usable,
        detected=problem.detected,
        midpoint=problem.shifts.midpoint,
        split=problem.shifts.split,
        template=problem.template.image,
        omega=problem.tiles[0].omega,
        background=problem.background,
        stack_weight=problem.stack_weight,
        order=problem.order,
        buffer_px=problem.buffer_px,
    )


def time_iterations(options):
    """Seconds of CPU and wall per iteration, ours and plain; and how far the results are apart."""
    problem = make_problem(options)
    plain = plain_of(problem)
    step = dcrviz.advance(problem, dcrviz.first_step(problem))
    planes, ratios, walls, ours, theirs = step.planes, [], [], [], []
    for _ in range(options.repeat):
        plain.calls.clear()
        start = (time.process_time(), time.perf_counter())
        reference, metric = plain.iterate(planes, problem_gain(step, problem))
        middle = (time.process_time(), time.perf_counter())
        after = step
        for _ in range(options.inner):
            after = dcrviz.advance(problem, step)
        end = (time.process_time(), time.perf_counter())
        theirs.append(middle[0] - start[0])
        ours.append((end[0] - middle[0]) / options.inner)
        ratios.append(theirs[-1] / ours[-1])
        walls.append((middle[1] - start[1]) / ((end[1] - middle[1]) / options.inner))
    return {
        "ratio": float(np.median(ratios)),
        "wall_ratio": float(np.median(walls)),
        "seconds": float(np.median(ours)),
        "plain_seconds": float(np.median(theirs)),
        "plain_calls": dict(plain.calls),
        "worst_plane": float(np.abs(after.planes - reference).max() / np.abs(reference).max()),
        "worst_metric": float(abs(after.metric / metric - 1)),
    }


def problem_gain(step, problem):
    """The gain that `advance` will take: the base gain in the first iterations."""
    assert step.iteration < 2
    return 1 / (problem.n_subfilters - 1)


def main(arguments=None):
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--visits", type=int, default=8)
    parser.add_argument("--subfilters", type=int, default=3)
    parser.add_argument("--order", type=int, default=3)
    parser.add_argument("--solver", default="iterative")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3, help="pairs of which the median is taken")
    parser.add_argument("--inner", type=int, default=5, help="our iterations for each plain one")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    report = {**vars(options), "machine": platform.processor() or platform.machine()}
    report |= time_iterations(options)
    if options.json:
        print(json.dumps(report))
    else:
        for name, value in report.items():
            print(f"{name:>14}  {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

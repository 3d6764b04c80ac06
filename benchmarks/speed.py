"""How fast the engine is against a plain reading: CPU time, one process, one thread.

``python benchmarks/speed.py --size 512 --visits 8 --subfilters 3 --order 3 --json``

With ``--solver direct`` the whole solution, from images to planes, is timed against the 3 N + 2
plain iterations that LSST's task would make; with the other solvers one iteration against one.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from pathlib import Path

import numpy as np
from plain import Plain

import dcrviz
from dcrviz.config import FOURIER_SOLVERS
from dcrviz.engine.direct import closed_form, solve_directly
from dcrviz.simulate import random_scene, read_conditions, simulate_exposures


def make_problem(options, solver):
    """A made field with spread visits, prepared as LSST's task has its knobs."""
    shape = (options.size, options.size)
    stars = max(6, options.size**2 // 2500)
    scene = random_scene(1, shape=shape, n_stars=stars, n_galaxies=stars // 8, n_quasars=1)
    visits = read_conditions("hits2015")
    places = np.linspace(0, len(visits) - 1, options.visits).round().astype(int)
    exposures = simulate_exposures(scene, [visits[place] for place in places], seed=1)
    config = dcrviz.AssembleConfig.preset("lsst-2019").with_values(
        solver=solver,
        n_subfilters=options.subfilters,
        wavelengths_per_subfilter=options.wavelengths if solver in FOURIER_SOLVERS else None,
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
    problem = make_problem(options, options.solver)
    plain = plain_of(make_problem(options, "iterative"))
    step = dcrviz.advance(problem, dcrviz.first_step(problem))
    report, (reference, metric), after = in_pairs(
        options,
        lambda: plain.iterate(step.planes, base_gain(problem)),
        lambda: dcrviz.advance(problem, step),
    )
    report["plain_calls"] = {name: n // options.repeat for name, n in plain.calls.items()}
    if options.solver == "iterative":
        off = np.abs(after.planes - reference).max() / np.abs(reference).max()
        report |= {"worst_plane": float(off), "worst_metric": float(abs(after.metric / metric - 1))}
    return report


def time_closed_form(options):
    """Seconds of CPU and wall for the whole solution, and for the plain iterations it replaces."""
    plain_problem = make_problem(options, "iterative")
    problem = make_problem(options, "direct")
    plain = plain_of(plain_problem)
    planes = dcrviz.first_step(plain_problem).planes
    iterations = 3 * options.subfilters + 2

    def solve():
        return solve_directly(
            closed_form(problem, threads=options.threads), threads=options.threads
        )

    solve()
    report, _, _ = in_pairs(
        options,
        lambda: plain.iterate(planes, base_gain(plain_problem)),
        solve,
        iterations=iterations,
    )
    report["plain_iterations"] = iterations
    report["plain_calls"] = {name: n // options.repeat for name, n in plain.calls.items()}
    return report


def in_pairs(options, plain, ours, *, iterations=1):
    """Seconds of CPU and wall of one of ours and of so many plain ones, and the last results."""
    rows = []
    for _ in range(options.repeat):
        start = (time.process_time(), time.perf_counter())
        reference = plain()
        middle = (time.process_time(), time.perf_counter())
        for _ in range(options.inner):
            found = ours()
        end = (time.process_time(), time.perf_counter())
        theirs = [iterations * (late - early) for early, late in zip(start, middle, strict=True)]
        own = [(late - early) / options.inner for early, late in zip(middle, end, strict=True)]
        rows.append((theirs[0] / own[0], theirs[1] / own[1], own[0], theirs[0]))
    names = ("ratio", "wall_ratio", "seconds", "plain_seconds")
    return dict(zip(names, np.median(rows, axis=0).tolist(), strict=True)), reference, found


def base_gain(problem):
    """The gain that `advance` takes in the first iterations: the base gain."""
    return 1 / max(1, problem.n_subfilters - 1)


def parsed(arguments=None):
    """The options of one case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--visits", type=int, default=8)
    parser.add_argument("--subfilters", type=int, default=3)
    parser.add_argument("--order", type=int, default=3)
    parser.add_argument(
        "--solver", default="iterative", choices=("iterative", "anderson", "direct", "pcg")
    )
    parser.add_argument("--wavelengths", type=int, default=8, help="per subfilter, for direct")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3, help="pairs of which the median is taken")
    parser.add_argument("--inner", type=int, default=5, help="our iterations for each plain one")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def report_of(options):
    """What is measured of a case, beside its options."""
    timed = time_closed_form if options.solver == "direct" else time_iterations
    return {**vars(options), "machine": machine(), **timed(options)}


def machine():
    """Name of the processor, as far as the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def main(arguments=None):
    """Measure and print."""
    options = parsed(arguments)
    report = report_of(options)
    if options.json:
        print(json.dumps(report))
    else:
        for name, value in report.items():
            print(f"{name:>14}  {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

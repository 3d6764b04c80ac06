"""A whole patch from files to files: seconds, and the memory that the command holds.

``python benchmarks/patch.py --solver iterative direct --visits 12 40``

A made field of 512 x 512 pixels, repeated to fill the patch, lies on the disk as uncompressed
exposures; ``dcrviz assemble`` fits it as a process of its own. Told of each: wall and CPU seconds
from start to end; the most anonymous memory (RssAnon), which is what the system can't take back,
and the most of all (RssFile and RssShmem with it), as samples find them. Artifacts are not searched
for.

``python benchmarks/patch.py --flat --size 512 1024 2048 4096`` tells CPU seconds for each million
pixels of a visit, after a first run in the same process: without its start, and with the loops
compiled.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dcrviz.cores import available_cores
from dcrviz.io import visit_header, write_exposure
from dcrviz.simulate import random_scene, read_conditions, simulate_exposures, spread_visits

TILE_PX = 512
STARS = 105
ITERATIONS = 11
SAMPLE_S = 0.02
# Of a patch of 4096 x 4096 pixels with 3 subfilters, on two cores: seconds of wall, GB by visits.
MOST_S = {"iterative": 90.0, "direct": 30.0}
MOST_GB = {12: 3.0, 40: 4.0}
FLAT = 0.15
# As large as those that more than one thread computes, whose loops are others.
SMALL_PX = 512
# Two commands in one process; the CPU seconds of the second.
TIMED = """
import json, sys, time
from dcrviz.cli import main

first, second = map(json.loads, sys.argv[1:])
assert main(first) == 0
began = time.process_time()
assert main(second) == 0
print(time.process_time() - began)
"""
_MEMORY = re.compile(r"Rss(Anon|File|Shmem):\s+(\d+) kB")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One run of the command."""

    size: int
    visits: int
    solver: str


def main(arguments=None):
    """Measure, print, and say what is beyond its limit."""
    options = _options(arguments)
    cases = [
        Case(size=size, visits=visits, solver=solver)
        for size in options.size
        for visits in options.visits
        for solver in options.solver
    ]
    rows = []
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for case in cases:
            visits = exposures_of(case, Path(folder))
            rows.append(measured(case, visits, Path(folder) / "out", options))
            if options.flat:
                small = exposures_of(replace(case, size=SMALL_PX), Path(folder))
                rows[-1] |= cost(case, visits, small, Path(folder) / "out", options)
            if not options.json:
                print(line_of(rows[-1]), flush=True)
    report = {
        "machine": platform.processor() or platform.machine(),
        "cores": available_cores(),
        "rows": rows,
        "beyond": beyond(rows),
    }
    print(json.dumps(report) if options.json else "\n".join(report["beyond"] or ["within limits"]))
    return 1 if report["beyond"] else 0


def exposures_of(case, folder):
    """The folder with the exposures of a case, made if need be."""
    goal = folder / f"{case.size}_{case.visits}"
    if goal.exists():
        return goal
    scene = random_scene(1, shape=(TILE_PX, TILE_PX), n_stars=STARS, n_galaxies=13, n_quasars=2)
    visits = spread_visits(read_conditions("hits2015"), case.visits)
    times = -(-case.size // TILE_PX)
    for visit in visits:
        (exposure,) = simulate_exposures(scene, [visit], seed=1)
        image, mask, variance = (
            np.tile(plane, (times, times))[: case.size, : case.size]
            for plane in (exposure.image, exposure.mask, exposure.variance)
        )
        write_exposure(
            goal / f"warp_{visit.id}.fits",
            image=image,
            mask=mask,
            variance=variance,
            planes=exposure.planes,
            wcs=exposure.wcs,
            header=visit_header(exposure.visit),
        )
    return goal


def words_of(case, visits, out, options):
    """What the command is told."""
    words = ["assemble", str(visits), "--out", str(out), "--quiet"]
    words += ["--set", f"solver={case.solver}", f"subregion_mode={options.mode}"]
    words += ["find_artifacts=false", f"n_subfilters={options.subfilters}"]
    words += [f"n_threads={options.threads}"] if options.threads else []
    if case.solver in ("iterative", "anderson"):
        # The limits count as LSST's task does.
        words += [f"min_iterations={ITERATIONS - 1}", f"max_iterations={ITERATIONS - 2}"]
        words += ["on_divergence=last"]
    return words


def measured(case, visits, out, options):
    """Run the command on the exposures; what it took."""
    shutil.rmtree(out, ignore_errors=True)
    words = [sys.executable, "-m", "dcrviz.cli", *words_of(case, visits, out, options)]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    process = subprocess.Popen(words)
    anonymous, resident = peaks_of(process)
    wall_s = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise SystemExit(f"the command ended with {process.returncode}")
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    history = json.loads((out / "history.json").read_text())
    tile = history["tiles"][0]
    return {
        "size": case.size,
        "visits": case.visits,
        "solver": case.solver,
        "iterations": len(tile["iterations"]) - 1,
        "wall_s": wall_s,
        "cpu_s": cpu_s,
        "anonymous_gb": anonymous / 1e9,
        "resident_gb": resident / 1e9,
    }


def cost(case, visits, small, out, options):
    """CPU seconds for each million pixels of a visit, without the start of the process."""
    runs = [words_of(case, folder, out, options) for folder in (small, visits)]
    done = subprocess.run(
        [sys.executable, "-c", TIMED, *map(json.dumps, runs)],
        check=True,
        capture_output=True,
        text=True,
    )
    return {"cpu_s_per_megapixel": 1e6 * float(done.stdout) / (case.size**2 * case.visits)}


def peaks_of(process):
    """Most anonymous and most resident bytes of a process until it ends."""
    status, anonymous, resident = Path(f"/proc/{process.pid}/status"), 0, 0
    while process.poll() is None:
        try:
            found = {kind: 1024 * int(kb) for kind, kb in _MEMORY.findall(status.read_text())}
        except OSError:
            break
        anonymous = max(anonymous, found.get("Anon", 0))
        resident = max(resident, sum(found.values()))
        time.sleep(SAMPLE_S)
    process.wait()
    return anonymous, resident


def beyond(rows):
    """What is beyond its limit, in words."""
    told = []
    for row in rows:
        name = f"{row['solver']}, {row['size']} px, {row['visits']} visits"
        if row["size"] == 4096 and row["visits"] == 12 and row["solver"] in MOST_S:
            told += _above(name, "wall_s", row, MOST_S[row["solver"]])
        if row["size"] == 4096 and row["visits"] in MOST_GB:
            told += _above(name, "anonymous_gb", row, MOST_GB[row["visits"]])
    for solver in {row["solver"] for row in rows if "cpu_s_per_megapixel" in row}:
        costs = [row["cpu_s_per_megapixel"] for row in rows if row["solver"] == solver]
        if max(costs) > (1 + FLAT) * min(costs):
            told.append(f"{solver}: {min(costs):.3f} to {max(costs):.3f} s/Mpx/visit is not flat")
    return told


def _above(name, key, row, limit):
    return [f"{name}: {key} {row[key]:.1f} is beyond {limit:g}"] if row[key] > limit else []


def line_of(row):
    """A row as text."""
    return (
        f"{row['size']:5} px {row['visits']:3} visits {row['solver']:10} {row['iterations']:3} it "
        f"{row['wall_s']:7.1f} s wall {row['cpu_s']:7.1f} s CPU  "
        f"anonymous {row['anonymous_gb']:5.2f} GB, resident {row['resident_gb']:5.2f} GB  "
        + (f"{cost:6.3f} s/Mpx/visit" if (cost := row.get("cpu_s_per_megapixel")) else "")
    )


def _options(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, nargs="+", default=[4096])
    parser.add_argument("--visits", type=int, nargs="+", default=[12])
    parser.add_argument("--solver", nargs="+", default=["iterative", "direct"])
    parser.add_argument("--subfilters", type=int, default=3)
    parser.add_argument("--mode", default="seamless", choices=("seamless", "sequential"))
    parser.add_argument("--threads", type=int, help="as many as there are cores if not said")
    parser.add_argument("--folder", default=os.environ.get("TMPDIR"), help="for the exposures")
    parser.add_argument("--flat", action="store_true", help="the cost of a pixel, too")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

"""The cases of the performance page, each measured by `speed.py` and kept as JSON.

``python benchmarks/speed_table.py [--only NAME ...]``

Run it where nothing else does: the load of the machine is kept with the numbers, and the page tells
it. The documentation makes its table from `docs/performance`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from speed import parsed, report_of

RESULTS = Path(__file__).parents[1] / "docs" / "performance"
CASES = {
    "iteration-512": "--size 512",
    "iteration-1024": "--size 1024",
    "linear-512": "--size 512 --order 1",
    "many-512": "--size 512 --visits 30 --subfilters 5",
    "threads-1024": "--size 1024 --threads 2",
    "direct-2-512": "--size 512 --solver direct --wavelengths 2",
    "direct-8-512": "--size 512 --solver direct --wavelengths 8",
}
"""Words of `speed.py` by the name of the case."""


def measured(name):
    """The numbers of a case, with what the machine had to do beside it."""
    load = os.getloadavg()[0]
    return {**report_of(parsed(CASES[name].split())), "load": round(load, 2)}


def main(arguments=None):
    """Measure one case after the other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", default=list(CASES), choices=list(CASES))
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="DIR")
    options = parser.parse_args(arguments)
    options.results.mkdir(parents=True, exist_ok=True)
    for name in options.only:
        report = measured(name)
        text = json.dumps(report, indent=1) + "\n"
        (options.results / f"{name}.json").write_text(text, encoding="utf-8")
        # Threads spend no less CPU time; what they save is wall time.
        ratio = report["wall_ratio" if report["threads"] > 1 else "ratio"]
        print(f"{name}: {ratio:.0f} times, {report['seconds']:.3g} s of CPU")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""How live the explorer is, in a real browser that paints: updates, latency, traffic, memory.

``python benchmarks/live.py --json`` measures every case; ``--case live256 --case scrub`` some.

Each number comes with what it must reach. A server in a process of its own shows steps that it has
made before, so that its processor time is that of painting; pixels are read back in the browser, so
that what counts as painted has been painted. Times are the best of ``--repeat`` runs, as the
machine may be shared; ``load`` tells how busy it was.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys

from live_browser import chromium
from live_cases import CASES
from live_limits import judged, show


def main(arguments=None):
    """Measure and print; the exit code tells whether everything was reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--case", action="append", choices=CASES, help="may be repeated")
    parser.add_argument("--repeat", type=int, default=3, help="runs of which the best is taken")
    parser.add_argument("--updates", type=int, default=60, help="in each run of the live cases")
    parser.add_argument("--more", type=int, default=500, help="updates after the budget is full")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    report = {"machine": platform.processor() or platform.machine(), "cores": os.cpu_count()}
    reached = True
    with chromium() as browser:
        for name in options.case or CASES:
            numbers = judged(name, CASES[name](browser, options))
            load_now = round(os.getloadavg()[0], 1)
            report[name] = numbers | {"load": {"value": load_now}}
            reached &= all(number.get("reached", True) for number in numbers.values())
            if not options.json:
                show(name, report[name])
    if options.json:
        print(json.dumps(report, indent=1))
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())

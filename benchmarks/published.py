"""What DMTN-037 and DMTN-121 measured, measured again with every solver, beside their numbers.

``python benchmarks/published.py [--quick] [--only NAME] [--solver NAME ...] [--json FILE]``

Each experiment is a module. What has been measured is kept as JSON in the folder of results, part
by part, and is not measured again; the page and its pictures are made from it.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

import published_colours
import published_detections
import published_seeing
from published_page import paragraph
from published_parts import REFERENCE, SOLVERS, rounded

ROOT = Path(__file__).parents[1]
EXPERIMENTS = {
    module.NAME: module for module in (published_detections, published_colours, published_seeing)
}
_TITLE = "# Against the published numbers"
_HEAD = """The notes that the algorithm is from measured it on simulations:
[DMTN-037](https://dmtn-037.lsst.io) and [DMTN-121](https://dmtn-121.lsst.io). Here the
same is measured with every solver, on fields of `dcrviz.simulate` and on fields that
GalSim rendered, beside their numbers. The fields differ, and each section says how:
compare ratios, not counts. Made by `python benchmarks/published.py`; the numbers behind
the pictures lie in `docs/published`."""


def measured(name, settings, options):
    """Results of an experiment, those that are there already taken as they are."""
    path = options.results / f"{name}.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    now = json.loads(json.dumps(asdict(settings)))
    if known.get("settings") != now:
        known = {"settings": now, "parts": {}, "cpu_s": {}}
    for part in (REFERENCE, *options.solver):
        if part in known["parts"] and not options.again:
            continue
        start = time.process_time()
        known["parts"][part] = rounded(EXPERIMENTS[name].measure(part, settings, options.galsim))
        known["cpu_s"][part] = round(time.process_time() - start, 1)
        print(f"{name}: {part} in {known['cpu_s'][part]} s of CPU time", file=sys.stderr)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    return known


def kept(name, options):
    """Results of an experiment that were measured earlier; none if it never was."""
    path = options.results / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def write_page(page, results, record):
    """The page, and its pictures in the folder of results."""
    sections = []
    for name, known in record.items():
        text, pictures = EXPERIMENTS[name].page(known["settings"], known["parts"])
        sections.append(text)
        for picture, svg in pictures.items():
            (results / f"{picture}.svg").write_text(svg, encoding="utf-8")
    seconds = sum(sum(known["cpu_s"].values()) for known in record.values())
    foot = f"All of it took {seconds / 60:.0f} minutes of CPU time on one machine."
    page.write_text(
        "\n\n".join([_TITLE, paragraph(_HEAD), *sections, foot]) + "\n", encoding="utf-8"
    )


def main(arguments=None):
    """Measure what isn't there, write the page, print or write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small fields, into another folder")
    parser.add_argument("--toy", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--only", nargs="+", choices=EXPERIMENTS, default=list(EXPERIMENTS))
    parser.add_argument("--solver", nargs="+", choices=SOLVERS, default=list(SOLVERS))
    parser.add_argument("--again", action="store_true", help="measure also what is there")
    parser.add_argument("--json", type=Path, metavar="FILE", help="all results in one file")
    parser.add_argument("--page", type=Path, metavar="FILE", help="docs/published.md")
    parser.add_argument("--results", type=Path, metavar="DIR", help="docs/published")
    parser.add_argument(
        "--galsim", type=Path, default=ROOT.parent / "shared" / "data" / "galsim", metavar="DIR"
    )
    options = parser.parse_args(arguments)
    base = ROOT / ("build" if options.quick or options.toy else "docs")
    options.page = options.page or base / "published.md"
    options.results = options.results or base / "published"
    size = "TOY" if options.toy else "QUICK" if options.quick else "FULL"
    found = {
        name: measured(name, getattr(module, size), options)
        if name in options.only
        else kept(name, options)
        for name, module in EXPERIMENTS.items()
    }
    record = {name: known for name, known in found.items() if known is not None}
    write_page(options.page, options.results, record)
    if options.json:
        options.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

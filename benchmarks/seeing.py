"""Everything that was asked of variable seeing, measured: one table, each number beside its limit.

``python benchmarks/seeing.py [FIELD.npz ...] [--quick] [--only NAME ...] [--json] [--write]``

The fields are GalSim's, of any seeing; without any those in the folder of shared data are taken.
With ``--write`` the results go to `docs/seeing`, with the pictures, and the tables into
`docs/seeing.md`. Ends with 1 if a number misses its limit.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from dataclasses import asdict
from pathlib import Path

import seeing_dipoles
import seeing_errors
import seeing_exponent
import seeing_flux
import seeing_residuals
import seeing_scores
import seeing_time
from published_parts import GALSIM, rounded
from seeing_rows import as_text, table_of

ROOT = Path(__file__).parents[1]
_SHARED = ROOT.parent / "shared" / "data" / "galsim"
EXPERIMENTS = {
    module.NAME: module
    for module in (
        seeing_scores,
        seeing_flux,
        seeing_dipoles,
        seeing_residuals,
        seeing_time,
        seeing_errors,
        seeing_exponent,
    )
}


def measured(name, size, fields):
    """Results of an experiment, with its settings and the CPU time it took."""
    module, start = EXPERIMENTS[name], time.process_time()
    settings = getattr(module, size)
    results = rounded(module.measure(settings, fields))
    seconds = round(time.process_time() - start, 1)
    print(f"{name} in {seconds} s of CPU time", file=sys.stderr)
    return {"settings": rounded(asdict(settings)), "results": results, "cpu_s": seconds}


def all_rows(record):
    """What was asked, of all experiments in their order."""
    return [
        row
        for name, module in EXPERIMENTS.items()
        if name in record
        for row in module.rows(record[name]["results"])
    ]


def filled(text, record):
    """A page with the tables of these results between its marks; others stay."""
    tables = {"asked": table_of(all_rows(record))}
    for name, known in record.items():
        tables |= EXPERIMENTS[name].tables(known["results"])
    for name, table in tables.items():
        mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = mark.sub(lambda found, table=table: f"{found[1]}\n{table}\n\n{found[2]}", text)
    return text


def write(record, page, folder):
    """Results, pictures and tables where the page has them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, known in record.items():
        (folder / f"{name}.json").write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
        for picture, svg in EXPERIMENTS[name].pictures(known["results"]).items():
            (folder / f"{picture}.svg").write_text(svg, encoding="utf-8")
    page.write_text(filled(page.read_text(encoding="utf-8"), kept(folder)), encoding="utf-8")


def kept(folder):
    """Results that lie in a folder."""
    paths = {name: folder / f"{name}.json" for name in EXPERIMENTS}
    return {
        name: json.loads(path.read_text(encoding="utf-8"))
        for name, path in paths.items()
        if path.exists()
    }


def main(arguments=None):
    """Measure, print the table, and write the page if asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("fields", nargs="*", type=Path, metavar="FIELD.npz")
    parser.add_argument("--quick", action="store_true", help="small fields, few of them")
    parser.add_argument("--toy", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--only", nargs="+", choices=EXPERIMENTS, default=list(EXPERIMENTS))
    parser.add_argument("--json", action="store_true", help="rows and all results as JSON")
    parser.add_argument("--write", action="store_true", help="into the page and its folder")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "seeing.md", metavar="FILE")
    options = parser.parse_args(arguments)
    usual = [] if options.toy else [_SHARED / file for file in GALSIM.values()]
    fields = options.fields or [path for path in usual if path.exists()]
    size = "TOY" if options.toy else "QUICK" if options.quick else "FULL"
    record = {name: measured(name, size, fields) for name in options.only}
    found = all_rows(record)
    if options.json:
        print(json.dumps({"rows": [row.record for row in found], **record}, indent=1))
    else:
        print(as_text(found))
        for name, known in record.items():
            for table in EXPERIMENTS[name].tables(known["results"]).values():
                print(f"\n{name}\n{table}")
    if options.write:
        write(record, options.page, options.page.with_suffix(""))
    return int(any(row.holds is False for row in found))


if __name__ == "__main__":
    sys.exit(main())

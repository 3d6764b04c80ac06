"""A band in which refraction is too weak to be seen: the fit must add nothing to it.

``python benchmarks/control.py EXPOSURE.fits ... --table visits.csv``

The exposures become warps through the command line. Each visit in turn is held out and predicted by
the fit of the others: its difference must not have more dipoles than that of the plain coadd. The
light of bright sources must be the same in the bluest and the reddest plane, but for the noise of
the sky, real colours within the band (a few per cent in i) and what seeing makes of neighbours.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np

import dcrviz as library
from dcrviz.cli import main as dcrviz
from dcrviz.diagnostics.holdout import held_out
from dcrviz.diagnostics.ledger import ledger_of
from dcrviz.diagnostics.pictures import shown_planes

MOST_COLOUR = 0.05
"""Root mean square of (blue - red) / sum that bright sources may have."""


def control(warps, solver):
    """Dipoles on held-out visits of the model and of the coadd, and the colours of a fit of all."""
    exposures = library.read_exposures(warps)
    config = library.AssembleConfig(solver=solver)
    held = list(held_out(exposures, config))
    problem = library.prepare(exposures, config)
    *_, step = library.assemble(problem)
    ledger = ledger_of(problem, shown_planes(step))
    colour = (ledger.planes[0] - ledger.planes[-1]) / ledger.planes.sum(axis=0)
    return {
        "model_dipoles": sum(visit.model_dipoles for visit in held),
        "coadd_dipoles": sum(visit.coadd_dipoles for visit in held),
        "model_sigma": float(np.mean([visit.model_sigma for visit in held])),
        "coadd_sigma": float(np.mean([visit.coadd_sigma for visit in held])),
        "sources": len(colour),
        "colour_rms": float(np.sqrt(np.mean(colour**2))),
        "outcome": step.outcome.name,
    }


def main(arguments=None):
    """Measure and print; the exit code tells whether the fit added nothing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("exposures", nargs="+", type=Path, metavar="FITS")
    parser.add_argument("--table", type=Path, metavar="CSV")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    report, clean = {}, True
    with tempfile.TemporaryDirectory() as folder:
        table = [] if options.table is None else ["--table", options.table]
        words = ["warp", *options.exposures, *table, "--out", folder, "--quiet"]
        if code := dcrviz([str(word) for word in words]):
            return code
        for solver in ("iterative", "anderson", "direct", "pcg"):
            found = report[solver] = control(sorted(Path(folder).glob("*.fits")), solver)
            clean &= found["model_dipoles"] <= found["coadd_dipoles"]
            clean &= found["colour_rms"] <= MOST_COLOUR
            if not options.json:
                numbers = [f"{k} {v:.3g}" for k, v in found.items() if k != "outcome"]
                print(f"{solver:10} {', '.join(numbers)}, {found['outcome']}")
    if options.json:
        print(json.dumps(report, indent=1))
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())

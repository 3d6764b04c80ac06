"""How true the planes of a made field are: through the command line, scored against the truth.

``python benchmarks/field.py FIELD.npz --solver direct --subfilters 3``

The field is written as warps; ``dcrviz assemble`` fits the template visits, ``dcrviz template``
predicts the science visits that the fit never saw; the scores are those of ``tools/score.py`` in a
folder above the field: rms of the templates in sky sigma, dipoles in the differences, colours and
flux of the planes. The throughput is that of the file beside the field, if one is there.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import io
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from astropy.io import fits

from dcrviz.cli import main as dcrviz


def tool(field, name):
    """A tool that lies in a folder `tools` above the field."""
    for folder in field.resolve().parents:
        path = folder / "tools" / f"{name}.py"
        if path.exists():
            spec = importlib.util.spec_from_file_location(name, path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module
    raise SystemExit(f"{field}: needs tools/{name}.py in a folder above it")


def throughput_of(field):
    """The curve beside the field."""
    found = sorted(field.parent.glob("*throughput*.csv"))
    return found[0] if found else None


def masked(path, fraction, rng):
    """Set BAD on random pixels of a warp."""
    with fits.open(path, mode="update") as hdus:
        bad = 1 << hdus["MASK"].header["MP_BAD"]
        hdus["MASK"].data[rng.random(hdus["MASK"].data.shape) < fraction] |= bad


def run(*words):
    """One command, which must succeed."""
    code = dcrviz([str(word) for word in words])
    if code:
        raise SystemExit(f"dcrviz {' '.join(map(str, words))}: exit code {code}")


def score(options, folder):
    """Fit, predict, score."""
    field, truth = options.field, np.load(options.field)
    with contextlib.redirect_stdout(io.StringIO()):
        tool(field, "to_warps").convert(str(field), str(folder))
    rng = np.random.default_rng(0)
    for path in sorted((folder / "template").glob("*.fits")) if options.masked else []:
        masked(path, options.masked, rng)
    knobs = [f"solver={options.solver}", f"n_subfilters={options.subfilters}", *options.set]
    words = ["--preset", options.preset, *(word for knob in knobs for word in ("--set", knob))]
    curve = options.throughput or throughput_of(field)
    if options.solver in ("direct", "pcg") and curve:
        words += ["--throughput", curve]
    start = time.perf_counter()
    run("assemble", folder / "template", *words, "--out", folder / "out", "--quiet")
    seconds = time.perf_counter() - start
    templates = {}
    for path in sorted((folder / "science").glob("*.fits")):
        run("template", folder / "out", path, "--out", folder / "t.fits", "--quiet")
        visit = int(path.stem.split("_")[1])
        templates[int(np.flatnonzero(truth["exposure"] == visit)[0])] = fits.getdata(
            folder / "t.fits", "IMAGE"
        ).astype(float)
    planes = np.stack(
        [
            fits.getdata(folder / "out" / f"dcrCoadd_{plane}.fits", "IMAGE").astype(float)
            for plane in range(options.subfilters)
        ]
    )
    scorer = tool(field, "score")
    found = scorer.score_templates(truth, templates)
    colours = scorer.colours(planes, truth)
    history = json.loads((folder / "out" / "history.json").read_text())
    return {
        "template_rms": found["mean"],
        "dipoles": found["dipoles"],
        "colour_slope": colours["slope"],
        "colour_scatter": colours["scatter"],
        "colour_rms": colours["rms"],
        "flux_ratio": float(planes.sum() / truth[f"planes{options.subfilters}"].sum()),
        "outcome": history["outcome"],
        "seconds": seconds,
    }


def main(arguments=None):
    """Score and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("field", type=Path, metavar="FIELD.npz")
    parser.add_argument("--solver", default="iterative")
    parser.add_argument("--subfilters", type=int, default=3)
    parser.add_argument("--preset", default="default")
    parser.add_argument("--set", action="append", default=[], metavar="KNOB=VALUE")
    parser.add_argument("--throughput", type=Path, metavar="CSV")
    parser.add_argument("--masked", type=float, default=0, help="fraction of pixels marked BAD")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        scores = score(options, Path(folder))
    if options.json:
        print(json.dumps(scores))
    else:
        for name, value in scores.items():
            print(
                f"{name:>15}  {value:.4f}" if isinstance(value, float) else f"{name:>15}  {value}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())

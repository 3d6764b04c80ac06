"""Replay recorded runs of LSST's task: ``python benchmarks/replay.py TRACE.npz ...``.

Prints one JSON line for each trace and exits 1 if anything differs: planes of every iteration,
numbers of iterations, endings, gains, metrics, weights, counts, masks, variances and coadds.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from astropy.wcs import WCS

import dcrviz
from dcrviz.engine.masks import merge_flags
from dcrviz.records import Coadd, Exposure, Shifts, Site, Visit, Weather

PLANES_TOLERANCE = 1e-5
# Without clamps and with a gain near one, the gain of P6 amplifies rounding.
AMPLIFYING = {"P6": 5e-5}


@dataclass(frozen=True, eq=False)
class Trace:
    """A recorded run: its input in our records, and the file with what it computed."""

    name: str
    exposures: list[Exposure]
    template: Coadd
    shifts: Shifts
    config: dcrviz.AssembleConfig
    recorded: dict[str, Any]

    @property
    def summary(self) -> dict[str, Any]:
        """Subregions and endings."""
        return json.loads(str(self.recorded["summary_json"]))


def read_trace(path: Path) -> Trace:
    """Input and output of a recorded run."""
    with np.load(path) as archive:
        data = {name: archive[name] for name in archive.files}
    planes = json.loads(str(data["planes_json"]))
    return Trace(
        name=path.stem,
        exposures=[_exposure(data, index, planes) for index in range(len(data["in_images"]))],
        template=Coadd(
            image=data["in_template"],
            mask=data["in_template_mask"],
            variance=data["in_template_var"],
            planes=planes,
        ),
        shifts=Shifts(midpoint=data["dcr_unsplit"], split=data["dcr_split"]),
        config=_config(json.loads(str(data["config_json"])), data["in_lambdas"]),
        recorded=data,
    )


def replay(trace: Trace) -> tuple[dcrviz.Problem, list[dcrviz.Step]]:
    """The problem with the recorded shifts injected, and our run of it."""
    problem = dcrviz.prepare(
        trace.exposures, trace.config, template=trace.template, shifts=trace.shifts
    )
    return problem, list(dcrviz.assemble(problem))


def compare(trace: Trace) -> dict[str, Any]:
    """How far our run is from the recorded one."""
    problem, steps = replay(trace)
    data, regions = trace.recorded, trace.summary["subregions"]
    peak = float(np.nanmax(np.abs(data["in_template"])))
    worst = {"plane": 0.0, "gain": 0.0, "metric": 0.0}
    for tile, region in enumerate(regions):
        inner = problem.tiles[tile].inner.slices
        own = [steps[0], *(step for step in steps if step.index and step.tile == tile)]
        recorded = data[f"sub{tile}_planes"]
        for ours, theirs in zip(own, recorded, strict=False):
            worst["plane"] = _worse(worst["plane"], ours.planes[:, *inner], theirs, peak)
        history = steps[-1].histories[tile]
        worst["gain"] = _worse_relative(worst["gain"], history.gains, region["gainList"])
        worst["metric"] = _worse_relative(worst["metric"], history.metrics, region["metrics"])
    last = steps[-1]
    return {
        "trace": trace.name,
        "worst_plane": worst["plane"],
        "iterations": [
            [h.iterations, region["iterations"]]
            for h, region in zip(last.histories, regions, strict=True)
        ],
        "outcomes": [
            [h.lsst_ending, stop]
            for h, stop in zip(last.histories, trace.summary["stop"], strict=True)
        ],
        "ours": [h.outcome.name for h in last.histories],
        "worst_gain": worst["gain"],
        "worst_metric": worst["metric"],
        "products": _products(trace, problem, last, peak),
    }


def misses(report: dict[str, Any], tolerance: float | None = None) -> list[str]:
    """What differs by more than it may, named."""
    limit = tolerance or AMPLIFYING.get(report["trace"], PLANES_TOLERANCE)
    amplified = limit > PLANES_TOLERANCE
    checks = {
        "planes": report["worst_plane"] <= limit,
        "iterations": all(ours == theirs for ours, theirs in report["iterations"]),
        "outcomes": all(ours == theirs for ours, theirs in report["outcomes"]),
        "gain": report["worst_gain"] <= (5e-3 if amplified else 1e-3),
        "metric": report["worst_metric"] <= (1e-3 if amplified else 1e-4),
        "coadds": report["products"]["coadds"] <= 3 * limit,
        "variances": report["products"]["variances"] <= 1e-6,
        "model weights": report["products"]["model_weights"] <= 1e-6,
        **{name: report["products"][name] == 0 for name in ("weights", "counts", "masks")},
    }
    return [name for name, passed in checks.items() if not passed]


def _products(
    trace: Trace, problem: dcrviz.Problem, last: dcrviz.Step, peak: float
) -> dict[str, float]:
    data = trace.recorded
    result = dcrviz.coadds(problem, last)
    ours_weights = problem.stack_weight
    omegas = [
        float(np.abs(tile.omega - data[f"sub{index}_modelWeights"]).max())
        for index, tile in enumerate(problem.tiles)
        if f"sub{index}_modelWeights" in data and problem.config.use_model_weights
    ]
    assert result.n_images is not None
    return {
        "coadds": max(
            _worse(0.0, result.planes, data["dcrCoadds"], peak),
            _worse(0.0, result.corrected.image, data["coadd"], peak),
        ),
        "variances": max(
            _relative(result.variance, data["dcrCoadds_var"]),
            _relative(result.corrected.variance, data["coadd_var"]),
        ),
        "masks": int((result.mask != data["dcrCoadds_mask"]).sum())
        + int((result.corrected.mask != data["coadd_mask"]).sum()),
        "counts": int((result.n_images != data["dcrNImages"]).sum())
        + int((result.n_images.sum(axis=0) != data["nImage"]).sum()),
        "weights": int((~np.isclose(ours_weights, data["dcrWeights"], rtol=1e-6, atol=0)).sum()),
        "model_weights": max(omegas, default=0.0),
    }


def _exposure(data: dict[str, Any], index: int, planes: dict[str, int]) -> Exposure:
    x0, y0 = (int(v) for v in data["in_xy0"])
    temperature_c, pressure_pa, humidity = (float(v) for v in data["in_weather"])
    longitude, latitude, height = (float(v) for v in data["in_site"])
    exposure = Exposure(
        image=data["in_images"][index],
        mask=data["in_masks"][index],
        variance=data["in_variances"][index],
        planes=planes,
        wcs=_wcs(data["in_cd"], data["in_images"].shape[1:]),
        xy0=(x0, y0),
        visit=Visit(
            id=100 + index,
            airmass=float(data["in_airmass"][index]),
            zenith_rad=float(np.pi / 2 - data["in_elevation_rad"][index]),
            parallactic_rad=float(np.radians(data["in_parangle_deg"][index])),
            site=Site(longitude_deg=longitude, latitude_deg=latitude, height_m=height),
            weather=Weather(
                temperature_c=temperature_c, pressure_pa=pressure_pa, humidity_percent=humidity
            ),
            weight=float(data["in_weights"][index]),
            scale=float(data["in_scales"][index]),
        ),
    )
    if data["in_alt_none"][index]:
        return exposure
    artifacts = {name: data[f"in_alt_{name}"][index] for name in ("CLIPPED", "NO_DATA")}
    return merge_flags(exposure, artifacts)


def _wcs(cd: Any, shape: tuple[int, int]) -> WCS:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval = [0.0, 0.0]
    wcs.wcs.crpix = [shape[1] / 2, shape[0] / 2]
    wcs.wcs.cd = cd
    return wcs


def _config(lsst: dict[str, Any], lambdas_nm: Any) -> dcrviz.AssembleConfig:
    knobs = {knob.lsst: name for name, knob in dcrviz.AssembleConfig.knobs().items() if knob.lsst}
    values = {knobs[field]: value for field, value in lsst.items() if field in knobs}
    values["subregion_size"] = tuple(values["subregion_size"])
    effective_nm, min_nm, max_nm = (float(v) for v in lambdas_nm)
    band = dcrviz.Band(name="g", effective_nm=effective_nm, min_nm=min_nm, max_nm=max_nm)
    return dcrviz.AssembleConfig.preset("lsst-2019").with_values(**values, band=band)


def _worse(so_far: float, ours: Any, theirs: Any, peak: float) -> float:
    worst = float(np.abs(ours - theirs).max()) / peak
    # Of NaN nothing is larger: it must not pass for a perfect match.
    return max(so_far, worst) if np.isfinite(worst) else float("inf")


def _relative(ours: Any, theirs: Any) -> float:
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    with np.errstate(invalid="ignore", divide="ignore"):
        worst = float(np.max(np.where(same, 0, np.abs(ours / theirs - 1))))
    return worst if np.isfinite(worst) else float("inf")


def _worse_relative(so_far: float, ours: Any, theirs: Any) -> float:
    if len(ours) != len(theirs):
        return float("inf")
    return max(so_far, _relative(np.asarray(ours), np.asarray(theirs)))


def main(arguments: list[str] | None = None) -> int:
    """Replay each trace; 1 if any misses."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("traces", nargs="+", type=Path, metavar="TRACE.npz")
    parser.add_argument("--tolerance", type=float, help="largest difference / peak of any plane")
    options = parser.parse_args(arguments)
    missed = False
    for path in options.traces:
        report = compare(read_trace(path))
        wrong = misses(report, options.tolerance)
        print(json.dumps(report | {"misses": wrong}))
        missed = missed or bool(wrong)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())

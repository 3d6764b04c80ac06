"""What the residual direction test finds: right conventions, wrong ones, and visits that lie off.

``python benchmarks/direction.py --json``

Made fields of 12 to 50 stars, seen in g or r at 0.6 to 1.1 arcsec by eight visits: spread over the
airmasses, at one angle, at one airmass, or drawn from HiTS. Healthy: how often the test says so.
Angles: the same pixels under headers with another convention; found, if anything is said to be
wrong, named, if by what would mend it, and silent, if the field is called healthy and nothing is
said of a doubt. `promised` is by what the residuals are said to shrink, `kept` by what offsets of
the templates do when the angle is mended and all is fitted anew. Shifted: one visit's sky is moved;
measured over true shift along its direction.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import re
import sys
import time
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

import dcrviz
from dcrviz.diagnostics.direction import residual_direction
from dcrviz.diagnostics.pictures import shown_planes
from dcrviz.simulate import (
    MadeField,
    made_scene,
    made_visits,
    read_conditions,
    simulate_exposures,
)

FITS = {
    "iterative, lsst-2019": dcrviz.AssembleConfig.preset("lsst-2019"),
    "iterative": dcrviz.AssembleConfig(solver="iterative"),
    "direct": dcrviz.AssembleConfig(solver="direct"),
}
VISITS = ("spread", "one angle", "narrow airmass", "HiTS")
BANDS = ("g", "r")
SEEING_ARCSEC = (0.6, 0.8, 1.1)
STARS = (12, 25, 50)
SIZE_PX = 160
PIXEL_SCALE_ARCSEC = 0.2
N_VISITS = 8
SHIFTS_PX = (0.1, 0.2, 0.3, 0.5, 1.0)
# A named turn is right if it is as near as this.
NEAR_DEG = 5


@dataclass(frozen=True, eq=False, kw_only=True)
class Case:
    """A field with its visits."""

    seed: int
    kind: str
    band: str
    stars: int
    seeing_arcsec: float

    def scene(self):
        """The stars."""
        field = MadeField(seed=self.seed, n_stars=self.stars, size_px=SIZE_PX)
        return replace(made_scene(field), band=dcrviz.Band.lsst(self.band))

    def visits(self):
        """Their circumstances."""
        if self.kind == "HiTS":
            known = read_conditions("hits2015")
            chosen = np.random.default_rng(self.seed).choice(len(known), N_VISITS, replace=False)
            visits = [known[place] for place in chosen]
        else:
            visits = made_visits(MadeField(n_visits=N_VISITS, visits=self.kind))
        fwhm_px = self.seeing_arcsec / PIXEL_SCALE_ARCSEC
        return [replace(visit, psf_fwhm_px=fwhm_px) for visit in visits]

    def exposures(self):
        """What is seen."""
        return simulate_exposures(self.scene(), self.visits(), seed=self.seed)


def cases(number, first=0):
    """So many cases; all kinds of visits and both bands are among any eight."""
    return [
        Case(
            seed=first + k + 1,
            kind=VISITS[k % 4],
            band=BANDS[(k // 4) % 2],
            stars=STARS[(k // 4 + k // 8) % 3],
            seeing_arcsec=SEEING_ARCSEC[(k // 2 + k // 12) % 3],
        )
        for k in range(number)
    ]


def told(exposures, angle):
    """The same pixels under headers that tell another parallactic angle."""
    return [
        replace(e, visit=replace(e.visit, parallactic_rad=angle(e.visit.parallactic_rad)))
        for e in exposures
    ]


def turned(degrees):
    """Headers whose angles are off by so much."""
    return partial(told, angle=lambda q: q + math.radians(degrees))


def flipped(exposures):
    """Headers with east on the wrong side."""
    wcs = exposures[0].wcs.deepcopy()
    wcs.wcs.cd = wcs.wcs.cd * np.array([-1, 1])
    wcs.wcs.set()
    return [replace(e, wcs=wcs) for e in exposures]


# By name what is done to the headers, and what would mend it.
WRONG = {
    "mirrored": (partial(told, angle=lambda q: -q), "mirrored"),
    "flipped WCS": (flipped, "mirrored"),
    "off by 180 deg": (turned(180), "turned by 180 deg"),
    "off by 90 deg": (turned(90), "turned by -90 deg"),
    "off by 30 deg": (turned(30), "turned by -30 deg"),
    "off by 20 deg": (turned(20), "turned by -20 deg"),
    "off by 10 deg": (turned(10), "turned by -10 deg"),
}


def direction_of(exposures, fit):
    """The test's verdict on a whole run."""
    problem = dcrviz.prepare(exposures, FITS[fit].with_values(n_subfilters=3))
    *_, step = dcrviz.assemble(problem)
    return residual_direction(problem, shown_planes(step))


def is_named(found, right):
    """Whether a name means the same as the right one."""
    pattern = r"(?:(mirrored)(?: and )?)?(?:turned by (-?\d+) deg)?"
    (mirrored, degrees), (mirror, wanted) = (
        re.fullmatch(pattern, name).groups(default="") for name in (found, right)
    )
    off = math.remainder(float(degrees or 0) - float(wanted or 0), 360)
    return mirrored == mirror and abs(off) <= NEAR_DEG


def healthy_row(case, fit):
    """Whether the test finds nothing wrong where nothing is."""
    found = direction_of(case.exposures(), fit)
    if found is None:
        return {"told": False}
    return {
        "told": True,
        "healthy": found.healthy,
        "best": found.best,
        "shifted": len(found.shifted),
        "undecided": list(found.undecided),
        "off_px": math.hypot(found.along_px, found.across_px),
    }


def angle_row(case, fit, wrong, off_px):
    """What the test says of a wrong convention; `off_px` is of the right one."""
    bend, right = WRONG[wrong]
    found = direction_of(bend(case.exposures()), fit)
    names = [found.best, *found.undecided]
    shrink = {one.name: one.shrink for one in found.hypotheses}
    return {
        "found": found.best != "as given",
        "named": is_named(found.best, right) if found.best != "as given" else False,
        "among": any(is_named(name, right) for name in names if name != "as given"),
        "doubt": bool(found.undecided),
        "best": found.best,
        "undecided": list(found.undecided),
        "promised": shrink[found.best],
        "kept": math.hypot(found.along_px, found.across_px) / off_px,
    }


def shift_row(case, fit, size_px):
    """What the test says of a visit whose sky is moved by so much."""
    rng = np.random.default_rng([case.seed, round(1000 * size_px)])
    visit, angle = int(rng.integers(N_VISITS)), rng.uniform(0, 2 * np.pi)
    x_px, y_px = size_px * np.cos(angle), size_px * np.sin(angle)
    scene, exposures = case.scene(), case.exposures()
    sources = [replace(s, x=s.x + x_px, y=s.y + y_px) for s in scene.sources]
    (moved,) = simulate_exposures(
        replace(scene, sources=tuple(sources)), [case.visits()[visit]], seed=case.seed
    )
    exposures[visit] = replace(moved, mask=exposures[visit].mask)
    found = direction_of(exposures, fit)
    off = next((one for one in found.shifted if one.index == visit), None)
    along = (off.x_px * x_px + off.y_px * y_px) / size_px**2 if off else None
    return {
        "found": off is not None,
        "others": sum(one.index != visit for one in found.shifted),
        "best": found.best,
        "ratio": along,
    }


def part(rows, key):
    """Which part of the rows have it."""
    return float(np.mean([row[key] for row in rows])) if rows else None


def median(rows, key):
    """Median of a number over those rows that have it."""
    values = [row[key] for row in rows if row[key] is not None]
    return float(np.median(values)) if values else None


def summary_of_angles(rows):
    """Of one wrong convention."""
    found = [row for row in rows if row["found"]]
    return {
        "fields": len(rows),
        "named": part(rows, "named"),
        "named_or_in_doubt": part(rows, "among"),
        "wrong_name": float(np.mean([row["found"] and not row["among"] for row in rows])),
        "silent": float(np.mean([not row["found"] and not row["doubt"] for row in rows])),
        "promised": median(found, "promised"),
        "kept": median(found, "kept"),
    }


def summary_of_shifts(rows):
    """Of shifts of one size."""
    ratios = [row["ratio"] for row in rows if row["found"]]
    return {
        "fields": len(rows),
        "found": part(rows, "found"),
        "false": float(np.mean([row["others"] > 0 or row["best"] != "as given" for row in rows])),
        "measured_over_true": float(np.mean(ratios)) if ratios else None,
        "scatter": float(np.std(ratios)) if ratios else None,
    }


def report_of(fit, options):
    """All three questions for one kind of fit."""
    healthy, angles, shifts = [], {w: [] for w in WRONG}, {s: [] for s in SHIFTS_PX}
    for number, case in enumerate(cases(options.healthy, options.first)):
        row = healthy_row(case, fit)
        healthy.append({"kind": case.kind, "band": case.band, **row})
        if not row["told"]:
            continue
        for wrong in WRONG if number < options.angles else ():
            angles[wrong].append(
                {"kind": case.kind, "band": case.band} | angle_row(case, fit, wrong, row["off_px"])
            )
        for size_px in SHIFTS_PX if number < options.shifts else ():
            shifts[size_px].append(shift_row(case, fit, size_px))
    told = [row for row in healthy if row["told"]]
    return {
        "healthy": {"fields": len(told), "false_alarms": 1 - part(told, "healthy")},
        "angles": {wrong: summary_of_angles(rows) for wrong, rows in angles.items() if rows},
        "angles of g, spread and HiTS": {
            wrong: summary_of_angles(
                [row for row in rows if row["band"] == "g" and row["kind"] in ("spread", "HiTS")]
            )
            for wrong, rows in angles.items()
            if any(row["band"] == "g" for row in rows)
        },
        "shifted": {str(size): summary_of_shifts(rows) for size, rows in shifts.items() if rows},
        "rows": {
            "healthy": healthy,
            "angles": angles,
            "shifted": {str(k): v for k, v in shifts.items()},
        },
    }


def main(arguments=None):
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fits", nargs="+", default=list(FITS), choices=list(FITS))
    parser.add_argument("--first", type=int, default=0, help="how many seeds to pass over")
    parser.add_argument("--healthy", type=int, default=240, help="fields left as they are")
    parser.add_argument("--angles", type=int, default=48, help="of these with wrong angles")
    parser.add_argument("--shifts", type=int, default=48, help="of these with a visit moved")
    parser.add_argument("--json", action="store_true", help="with the row of every field")
    options = parser.parse_args(arguments)
    # What the fits warn of is what is tested.
    logging.disable(logging.WARNING)
    start = time.perf_counter()
    report = {fit: report_of(fit, options) for fit in options.fits}
    if not options.json:
        report = {fit: {k: v for k, v in one.items() if k != "rows"} for fit, one in report.items()}
    report["seconds"] = time.perf_counter() - start
    print(json.dumps(report) if options.json else json.dumps(report, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())

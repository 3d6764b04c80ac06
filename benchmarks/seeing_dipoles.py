"""DMTN-121's experiment by airmass: its two last figures, with the seeing fitted and without."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import published_seeing
from published_page import COLOURS, Line, chart_svg, table
from published_parts import REFERENCE
from published_seeing import HIGH_AIRMASS, reduction
from seeing_rows import Row

NAME = "dipoles"
PUBLISHED = "0.79-0.85"
"""At the widest range, above airmass 1.26."""
_SOLVERS = ("lsst-2019", "direct", "pcg")
_EDGES = (1.0, 1.05, 1.1, 1.15, HIGH_AIRMASS, 1.6, 3.0)


@dataclass(frozen=True)
class Settings:
    """How large the experiment is: as the published one."""

    size_px: int = published_seeing.FULL.size_px
    n_stars: int = published_seeing.FULL.n_stars
    seed: int = published_seeing.FULL.seed
    highest_arcsec: tuple = (0.60, 0.88, 1.06, 1.29)
    most_science: int = published_seeing.FULL.most_science


FULL, QUICK = Settings(), Settings(highest_arcsec=(1.29,), most_science=4)
TOY = Settings(size_px=64, n_stars=10, highest_arcsec=(0.60, 1.29), most_science=2)


def measure(settings, _):
    """{part: counts of each science visit at each range}, as `published_seeing` has them."""
    return {part: published_seeing.measure(part, settings, None) for part in (REFERENCE, *_SOLVERS)}


def rows(results):
    """The reduction that was asked for."""
    widest, high = _ranges(results)[-1], _airmass(results) >= HIGH_AIRMASS
    return [
        Row(
            what=f'reduction of dipoles, 0.60-{widest}", airmass {HIGH_AIRMASS} and above',
            measured={n: _reduced(results, n, widest, high) for n in ("direct", "pcg")},
            least=0.97,
        )
    ]


def tables(results):
    """Reduction of dipoles and of all detections at high airmass, by the range of seeing."""
    high = _airmass(results) >= HIGH_AIRMASS
    lines = []
    for highest in _ranges(results):
        cells = [
            " / ".join(
                "-" if value is None else f"{value:.2f}"
                for value in (
                    _reduced(results, name, highest, high, column=column) for column in (1, 0)
                )
            )
            for name in _SOLVERS
        ]
        published = PUBLISHED if float(highest) == 1.29 else None
        lines.append([f'0.60-{highest}"', published, *cells])
    return {NAME: table(["seeing", "DMTN-121, dipoles", *_SOLVERS], lines)}


def pictures(results):
    """Reduction by airmass at the widest range and at none."""
    airmass, ranges = _airmass(results), _ranges(results)
    groups = [(airmass >= low) & (airmass < high) for low, high in itertools.pairwise(_EDGES)]
    groups = [group for group in groups if group.any()]
    x = [float(airmass[group].mean()) for group in groups]

    def lines(column):
        for name in _SOLVERS[:2]:
            for highest, dash in zip((ranges[0], ranges[-1]), ("", "6 4"), strict=True):
                yield Line(
                    name=f'{name}, 0.60-{highest}"',
                    x=x,
                    y=[_reduced(results, name, highest, group, column=column) for group in groups],
                    colour=COLOURS[name],
                    dash=dash,
                )

    return {
        name: chart_svg(
            f"{word} fewer than with the plain coadd",
            list(lines(column)),
            x_title="airmass of the science visits (means of groups)",
            y_title="reduction",
        )
        for name, word, column in (("dipoles", "Dipoles", 1), ("detections", "False detections", 0))
    }


def _ranges(results):
    return list(results[REFERENCE]["counts"])


def _airmass(results):
    return np.array(results[REFERENCE]["airmass"])


def _reduced(results, name, highest, chosen, *, column=1):
    counts, plain = (results[part]["counts"][highest] for part in (name, REFERENCE))
    return reduction(counts, plain, chosen, column=column)

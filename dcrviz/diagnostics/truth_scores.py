"""Scores of subfilter planes against the truth of a made field."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dcrviz.diagnostics.pictures import sky_noise
from dcrviz.diagnostics.residuals import residual_rms_sigma
from dcrviz.diagnostics.source import APERTURE_PX
from dcrviz.diagnostics.truth import true_planes
from dcrviz.engine import Problem
from dcrviz.engine.template import template_maker_of
from dcrviz.plurals import counted
from dcrviz.records import Cube, Floats, Plane, Visit
from dcrviz.simulate import Scene, Source, render_visit

_EDGE_PX = 8
_LONELY_PX = 10.0
_NEIGHBOUR_SHARE = 0.1
_BRIGHTER_SHARE = 0.6
_LEAST_STARS = 3
# Visits without noise that are kept: every fit of a made field is scored by the same ones.
_RENDERED = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class TruthScores:
    """How near the truth is.

    Parameters
    ----------
    n_stars
        Bright and lonely ones, by which colours are scored.
    colour_slope
        Of the colours found against the true ones, (blue - red) / sum: 1 if right, less if colours
        are washed out, below 0 if reversed; NaN with fewer than three stars.
    colour_scatter
        Standard deviation about that line.
    plane_sigma
        (S,) root mean square of each plane minus the true one, in sigma of the coadd's sky.
    template_sigma, floor_sigma
        Mean over the visits, on and near sources, of the matched templates' distance to the visits
        without noise; and that of the true planes' templates, below which no fit of so many
        subfilters can be expected to come.
    """

    n_stars: int
    colour_slope: float
    colour_scatter: float
    plane_sigma: tuple[float, ...]
    template_sigma: float
    floor_sigma: float

    @property
    def sentences(self) -> tuple[str, ...]:
        """The scores in words; without colours where they are not scored."""
        planes = ", ".join(f"{sigma:.2f}" for sigma in self.plane_sigma)
        stars = counted(self.n_stars, "star")
        colour = (
            f"Colours of {stars}: slope {self.colour_slope:.2f} against the true ones (1 is "
            f"right), scatter {self.colour_scatter:.3f}."
        )
        return (
            *([colour] if math.isfinite(self.colour_slope) else []),
            f"Planes are off the true ones by {planes} sky sigma.",
            f"Templates are off the visits without noise by {self.template_sigma:.2f} sigma near "
            f"sources; those of the true planes by {self.floor_sigma:.2f}, the floor.",
        )


def truth_scores(scene: Scene, problem: Problem, planes: Cube) -> TruthScores | None:
    """Scores of planes as they become coadds, (S, Y, X); None where `true_planes` has none.

    Notes
    -----
    Of stars more than 8 px from the edge those of the brighter 60 % count that have no neighbour
    of a tenth of their flux within 10 px. The slope is Theil and Sen's. The visits' stars
    are of the scene's PSF, and their circumstances those that they tell; the truth is drawn at the
    seeing of the planes.
    """
    true = true_planes(scene, problem)
    if true is None:
        return None
    planes = np.nan_to_num(planes)
    found_colours, true_colours = _star_colours(scene, planes, true)
    slope, scatter = colour_line(found_colours, true_colours)
    errors = np.sqrt(((planes - true).astype(np.float64) ** 2).mean(axis=(1, 2)))
    template_sigma, floor_sigma = _template_sigmas(scene, problem, (planes, true))
    return TruthScores(
        n_stars=len(true_colours),
        colour_slope=slope,
        colour_scatter=scatter,
        plane_sigma=tuple((errors / sky_noise(problem)).tolist()),
        template_sigma=template_sigma,
        floor_sigma=floor_sigma,
    )


def star_colours(scene: Scene, problem: Problem, planes: Cube) -> tuple[Floats, Floats]:
    """(N,) colours of the stars that `truth_scores` counts, as found and as they truly are.

    Empty where `true_planes` has no truth, or there is but one plane.
    """
    true = true_planes(scene, problem)
    if true is None:
        return np.empty(0), np.empty(0)
    return _star_colours(scene, np.nan_to_num(planes), true)


def _star_colours(scene: Scene, planes: Cube, true: Cube) -> tuple[Floats, Floats]:
    stars = _lonely_stars(scene) if len(planes) > 1 else []
    return _colours(planes, stars), _colours(true, stars)


def _template_sigmas(scene: Scene, problem: Problem, several: Sequence[Cube]) -> list[float]:
    """Of each of several planes, the mean distance of their templates to visits without noise."""
    visits = [v for v, visit in enumerate(problem.visits) if visit.psf_fwhm_px is not None]
    templates = [map(template_maker_of(problem, planes), visits) for planes in several]
    distances = []
    for v, *seen in zip(visits, *templates, strict=True):
        image = _without_noise(scene, problem.visits[v])
        distances.append([residual_rms_sigma(problem, v, image - template) for template in seen])
    return [float(np.mean(each)) for each in zip(*distances, strict=True)]


@lru_cache(maxsize=_RENDERED)
def _without_noise(scene: Scene, visit: Visit) -> Plane:
    image = render_visit(scene, visit)
    image.flags.writeable = False
    return image


def _lonely_stars(scene: Scene) -> list[Source]:
    stars = [source for source in scene.sources if source.kind == "star"]
    if not stars:
        return []
    faintest = np.quantile([star.flux for star in stars], 1 - _BRIGHTER_SHARE)
    height, width = scene.shape
    return [
        star
        for star in stars
        if star.flux >= faintest
        and _EDGE_PX <= star.x < width - _EDGE_PX
        and _EDGE_PX <= star.y < height - _EDGE_PX
        and not any(_disturbs(other, star) for other in scene.sources)
    ]


def _disturbs(other: Source, star: Source) -> bool:
    near = math.hypot(other.x - star.x, other.y - star.y) < _LONELY_PX
    return other is not star and near and other.flux > _NEIGHBOUR_SHARE * star.flux


def _colours(planes: Cube, stars: list[Source]) -> Floats:
    """(N,) blue minus red over the sum, within 4 px of each star."""
    fluxes = [_flux_within(planes, star) for star in stars]
    return np.array([(flux[0] - flux[-1]) / flux.sum() for flux in fluxes], dtype=np.float64)


def _flux_within(planes: Cube, star: Source) -> Floats:
    """(S,) sum of the pixels within 4 px of a star that is not at the edge."""
    reach = math.ceil(APERTURE_PX)
    rows, columns = (
        slice(round(place) - reach, round(place) + reach + 1) for place in (star.y, star.x)
    )
    y, x = np.mgrid[rows, columns]
    inside = np.hypot(y - star.y, x - star.x) < APERTURE_PX
    flux: Floats = planes[:, rows, columns][:, inside].sum(axis=1)
    return flux


def colour_line(found: Floats, true: Floats) -> tuple[float, float]:
    """Theil and Sen's slope of the colours found against the true ones, and the scatter about it.

    NaN with fewer than three.
    """
    if len(true) < _LEAST_STARS or np.ptp(true) == 0:
        return math.nan, math.nan
    between = np.subtract.outer(true, true)
    apart = between > 0
    slope = float(np.median(np.subtract.outer(found, found)[apart] / between[apart]))
    off = found - slope * true
    return slope, float(np.std(off))

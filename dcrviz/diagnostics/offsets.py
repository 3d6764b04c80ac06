"""How far each source lies from its place in the coadd, in each visit and in its template."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

import numpy as np

from dcrviz.config_rules import threads_of
from dcrviz.diagnostics.moving import Moving
from dcrviz.diagnostics.pictures import sky_noise, typical_fwhm_px, visit_noise
from dcrviz.diagnostics.smears import Smear
from dcrviz.diagnostics.source import brightest_pixels
from dcrviz.diagnostics.stamps import Smearing, cut_stamps
from dcrviz.engine import Problem
from dcrviz.engine.psf_match import convolved
from dcrviz.engine.seeing import kernel_of
from dcrviz.engine.template import TemplateMaker
from dcrviz.frozen import Frozen
from dcrviz.kernels.moving import SPLINE_PX
from dcrviz.kernels.pool import run_all
from dcrviz.records import Bools, Cube, Floats, Ints, Plane

_REACH_FWHM = 1.5
_REACH_PX = 6
# Offsets are not sought beyond.
_FARTHEST_PX = 4
# A place is wanted better than this from one visit, else the source tells nothing.
_LARGEST_SIGMA_PX = 0.15
# Pixels and neighbours move the place of a bright source by so much, whatever its noise.
_FLOOR_PX = 0.015
_MOST_SOURCES = 80
_NEIGHBOUR_SHARE = 0.1
_LEAST_USABLE = 0.9
_LEAST_VISITS = 3


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Offsets(Frozen):
    """Places of N sources in V visits, relative to the template coadd.

    Parameters
    ----------
    x, y
        (N,), where they are in the coadd.
    seen
        (N, V, 2), ``(y, x)`` in pixels, in the visits.
    predicted
        (N, V, 2), the same in the visits' matched templates.
    colourless
        (H, N, V, 2), the same of a sky without colours that is smeared in H ways.
    weight
        (N, V), one over the squared error of each component of `seen`; 0 where it isn't known.
    """

    x: Floats
    y: Floats
    seen: Floats
    predicted: Floats
    colourless: Floats
    weight: Floats


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Stamps(Frozen):
    """N bright and lonely sources of the template coadd, as each of V visits shows them.

    Parameters
    ----------
    sources
        (N, 2), their pixels in x and y.
    reach
        Pixels from the middle of a stamp to its edge.
    images, templates, usable
        (V, N, Y, X).
    """

    sources: Ints
    reach: int
    images: Cube
    templates: Cube
    usable: Bools


class StampCutter:
    """Cuts stamps of the bright and lonely sources of a problem out of its visits' templates.

    A template is much to compute: those that are made for something else are cut on their way.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem, self._reach = problem, _reach_px(problem)
        self._sources = _lonely_sources(problem, self._reach)
        self._cut = partial(cut_stamps, places=self._sources, reach=self._reach)
        self._templates: dict[int, Cube] = {}

    def beside(self, template: TemplateMaker) -> TemplateMaker:
        """The same templates, each of which is cut when it is made."""

        def noted(visit: int) -> Plane:
            image = template(visit)
            self._templates[visit] = self._cut(image)
            return image

        return noted

    def stamps(self, template: TemplateMaker) -> Stamps:
        """What offsets are measured on; visits of which no template came along are made here."""
        problem, noted = self._problem, self.beside(template)
        visits = range(len(problem.visits))
        lacking = [partial(noted, visit) for visit in visits if visit not in self._templates]
        run_all(lacking, threads=threads_of(problem.config, problem.shape))
        return Stamps(
            sources=self._sources,
            reach=self._reach,
            images=np.stack([self._cut(problem.images[visit]) for visit in visits]),
            templates=np.stack([self._templates[visit] for visit in visits]),
            usable=np.stack([self._cut(problem.observed[visit]) for visit in visits]),
        )


def measure_offsets(
    problem: Problem, planes: Cube, stamps: Stamps, smears: Sequence[Smear]
) -> Offsets:
    """Offsets of the bright and lonely sources of the template coadd.

    Parameters
    ----------
    planes, stamps
        (S, Y, X), as they become coadds, and what a `StampCutter` has of their templates.
    smears
        By which the sum of the planes is seen in the visits, if it has no colours.
    """
    reach, farthest = stamps.reach, max(smear.reach_px for smear in smears)
    margin = SPLINE_PX + max(_FARTHEST_PX, math.ceil(farthest))
    sources, visits = stamps.sources, range(len(problem.visits))
    around = partial(cut_stamps, places=sources, reach=reach + margin)
    at_rest = planes.sum(axis=0)
    moving = Moving(around(problem.template.image), margin=margin)
    smeared = Smearing(around(at_rest).astype(np.float64), margin=margin)
    offsets = np.zeros((2 + len(smears), len(sources), len(visits), 2))
    weight = np.zeros(offsets.shape[1:3])
    for visit in visits:
        if problem.seeing is not None and not problem.seeing.is_alike:
            # Of another width than its reference a source seems to lie aside.
            blurred = around(convolved(at_rest, kernel_of(problem.seeing, visit)))
            moving = Moving(blurred, margin=margin)
            smeared = Smearing(blurred.astype(np.float64), margin=margin)
        usable = stamps.usable[visit]
        seen = [each[visit].astype(np.float64) for each in (stamps.images, stamps.templates)]
        seen += [smeared(smear.places[visit], smear.weight) for smear in smears]
        offsets[:, :, visit], error = moving.offsets(np.stack(seen), usable)
        noise = visit_noise(problem, visit) or sky_noise(problem)
        told = (noise * error < _LARGEST_SIGMA_PX) & (usable.mean(axis=(1, 2)) >= _LEAST_USABLE)
        weight[told, visit] = 1 / ((noise * error[told]) ** 2 + _FLOOR_PX**2)
    told = (weight > 0).sum(axis=1) >= min(_LEAST_VISITS, len(visits))
    seen, predicted, *colourless = offsets[:, told]
    return Offsets(
        x=sources[told, 0].astype(np.float64),
        y=sources[told, 1].astype(np.float64),
        seen=seen,
        predicted=predicted,
        colourless=np.stack(colourless),
        weight=weight[told],
    )


def _lonely_sources(problem: Problem, reach: int) -> Ints:
    """(N, 2), x and y of sources with no bright neighbour in their stamp, the brightest first."""
    (places, peak), (height, width) = brightest_pixels(problem), problem.shape
    fits = (places >= reach) & (places < np.array([width, height]) - reach)
    inside: Bools = fits[:, 0] & fits[:, 1]
    brightest = (one for one in np.argsort(-peak) if inside[one])
    # One by one, as of a large field most need not be looked at.
    lonely = (one for one in brightest if not _is_disturbed(one, places, peak, reach))
    return places[list(islice(lonely, _MOST_SOURCES))]


def _is_disturbed(one: int, places: Ints, peak: Floats, reach: int) -> bool:
    """Whether a source has a bright neighbour in its stamp."""
    apart = np.abs(places - places[one]).max(axis=-1)
    disturbs = (apart <= reach + reach // 2) & (peak > _NEIGHBOUR_SHARE * peak[one])
    return int(disturbs.sum()) > 1


def _reach_px(problem: Problem) -> int:
    fwhm_px = typical_fwhm_px(problem)
    return _REACH_PX if fwhm_px is None else max(3, math.ceil(_REACH_FWHM * fwhm_px))

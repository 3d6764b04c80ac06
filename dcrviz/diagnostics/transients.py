"""What a single visit has and no other: trails, moving and variable objects, artifacts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dcrviz.config_rules import threads_of
from dcrviz.diagnostics.pictures import visit_fwhm_px
from dcrviz.engine import Problem
from dcrviz.engine.detect import FWHM_PER_SIGMA
from dcrviz.engine.noise import robust_sigma
from dcrviz.engine.template import TemplateMaker
from dcrviz.kernels import grow_flags
from dcrviz.kernels.gauss import smooth
from dcrviz.kernels.matched import in_units_of_error, residual_and_light
from dcrviz.kernels.patches import find_patches
from dcrviz.kernels.pool import row_bands, run_all
from dcrviz.kernels.ranks import Ranks
from dcrviz.records import Bools, Plane

LEAST_SIGMA = 8.0
"""Of a residual that is matched-filtered by the PSF."""
OTHERS_SHARE = 1 / 3
"""Of it that no other visit may have, with the same sign."""
# Photometry, seeing and colours leave so much of a source's light, whatever the noise.
_ALLOWED_SHARE = 0.1
# An opposite lobe beside it of more than this is a dipole: a shift, and no light of its own.
_LOBE_SHARE = 0.4
_LEAST_PIXELS = 3
# Of more pixels only evenly spaced ones are sorted for the noise.
_ENOUGH = 500_000
_USUAL_FWHM_PX = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Transient:
    """A patch of light, or of lacking light, in one visit.

    Parameters
    ----------
    visit
        Index.
    x, y
        Its centre.
    sigma
        Height of the matched-filtered residual; negative where light lacks.
    pixels
        How many are beyond the threshold.
    """

    visit: int
    x: float
    y: float
    sigma: float
    pixels: int


def find_transients(problem: Problem, template: TemplateMaker) -> tuple[Transient, ...]:
    """What one of three visits or more has on its residual and the others have not, largest first.

    Nothing within the FWHM of what the search for artifacts has clipped: that is known.

    Parameters
    ----------
    template
        That of the planes as they become coadds; threads call it, for a few visits twice.
    """
    visits = np.flatnonzero((problem.factors > 0) & problem.observed.any(axis=(1, 2))).tolist()
    if len(visits) < 3:
        return ()
    threads = threads_of(problem.config, problem.shape)
    begun = run_all([partial(Ranks.empty, problem.shape)] * 2, threads=threads)
    ranks = dict(zip((1, -1), begun, strict=True))
    for few in _residuals(problem, visits, template, threads=threads):
        for visit, residual in few:
            tasks = [partial(rank.take, residual, visit, sign=sign) for sign, rank in ranks.items()]
            run_all(tasks, threads=threads)
    some = set().union(*(_keep_alone(rank, threads=threads) for rank in ranks.values()))
    alone = [rank.which for rank in ranks.values()]
    owners = [visit for visit in visits if visit in some]
    found: list[Transient] = []
    for few in _residuals(problem, owners, template, threads=threads):
        for own in run_all([partial(_own, problem, alone, *one) for one in few], threads=threads):
            found += own
    return tuple(sorted(found, key=lambda one: -abs(one.sigma)))


def _residuals(
    problem: Problem, visits: Sequence[int], template: TemplateMaker, *, threads: int
) -> Iterator[list[tuple[int, Plane]]]:
    """Visits with their filtered residuals, as many at a time as there are threads.

    Those of all visits of a large field are too much to hold.
    """
    for start in range(0, len(visits), threads):
        few = visits[start : start + threads]
        tasks = [partial(_filtered, problem, visit, template) for visit in few]
        yield list(zip(few, run_all(tasks, threads=threads), strict=True))


def _own(
    problem: Problem, alone: Sequence[NDArray[np.int32]], visit: int, residual: Plane
) -> list[Transient]:
    """What a visit has alone, above and below its template."""
    fwhm_px = _fwhm_px(problem, visit)
    found: list[Transient] = []
    for owner in alone:
        pixels = _unknown(problem, owner == visit, visit=visit, fwhm_px=fwhm_px)
        found += _patches(pixels, residual, visit=visit, reach_px=3 * fwhm_px / FWHM_PER_SIGMA)
    return found


def _fwhm_px(problem: Problem, visit: int) -> float:
    return visit_fwhm_px(problem, visit) or _USUAL_FWHM_PX


def _unknown(problem: Problem, own: Bools, *, visit: int, fwhm_px: float) -> Bools:
    """Those of a visit's pixels that the search for artifacts has not clipped, or none beside."""
    if problem.artifacts is None or not own.any():
        return own
    return own & ~grow_flags(problem.artifacts.clipped(visit), fwhm_px)


def _keep_alone(rank: Ranks, *, threads: int) -> set[int]:
    """Leave in `which` the visit that has something which no other has, or -1; all of them."""

    def keep(rows: slice) -> set[int]:
        first, second, which = rank.first[rows], rank.second[rows], rank.which[rows]
        alone = (first > LEAST_SIGMA) & (second < OTHERS_SHARE * first)
        which[~alone] = -1
        return set(np.unique(which[alone]).tolist())

    tasks = [partial(keep, rows) for rows in row_bands(rank.which.shape)]
    return set().union(*run_all(tasks, threads=threads))


def _filtered(problem: Problem, visit: int, template: TemplateMaker) -> Plane:
    """The residual after the matched filter, in units of its own noise and what is allowed."""
    usable, width_px = problem.observed[visit], _fwhm_px(problem, visit) / FWHM_PER_SIGMA
    residual, light = (
        smooth(image, width_px, mode="constant")
        for image in residual_and_light(problem.images[visit], template(visit), usable)
    )
    noise = _scatter(residual, problem.background, usable)
    return in_units_of_error(residual, light, noise=noise, share=_ALLOWED_SHARE)


def _scatter(image: Plane, *counted: Bools) -> float:
    """Of the pixels that count by all of these, or of all if none does."""
    step = max(1, image.size // _ENOUGH)
    pixels = image.ravel()[::step]
    flags = np.logical_and.reduce([one.ravel()[::step] for one in counted])
    values = pixels[flags] if flags.any() else pixels
    return robust_sigma(values) or 1.0


def _patches(own: Bools, filtered: Plane, *, visit: int, reach_px: float) -> list[Transient]:
    patches = find_patches(own, filtered)
    height, width = filtered.shape
    found = []
    for i in np.flatnonzero(patches.pixels >= _LEAST_PIXELS):
        x, y, peak = float(patches.x[i]), float(patches.y[i]), float(patches.peak[i])
        reach = reach_px + float(patches.radius_px[i])
        rows = slice(max(0, int(y - reach)), min(height, int(y + reach) + 1))
        columns = slice(max(0, int(x - reach)), min(width, int(x + reach) + 1))
        if (-np.sign(peak) * filtered[rows, columns]).max() > _LOBE_SHARE * abs(peak):
            continue
        pixels = int(patches.pixels[i])
        found.append(Transient(visit=visit, x=x, y=y, sigma=peak, pixels=pixels))
    return found

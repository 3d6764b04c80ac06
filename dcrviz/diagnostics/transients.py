"""What a single visit has and no other: trails, moving and variable objects, artifacts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dcrviz.config_rules import threads_of
from dcrviz.diagnostics.pictures import visit_fwhm_px
from dcrviz.engine import Problem
from dcrviz.engine.detect import FWHM_PER_SIGMA
from dcrviz.engine.template import TemplateMaker
from dcrviz.kernels import grow_flags
from dcrviz.kernels.gauss import smooth
from dcrviz.kernels.patches import find_patches
from dcrviz.kernels.pool import run_all
from dcrviz.kernels.ranks import Ranks
from dcrviz.records import Bools, Plane
from dcrviz.rooms import fresh_like

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
_FWHM_PX = 4.0
_MAD_TO_SIGMA = 1.4826


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
    fwhm_px = {visit: visit_fwhm_px(problem, visit) or _FWHM_PX for visit in visits}
    threads = threads_of(problem.config, problem.shape)

    def filtered(visits: Sequence[int]) -> list[Plane]:
        tasks = [
            partial(
                _filtered, problem, v, partial(template, v), width_px=fwhm_px[v] / FWHM_PER_SIGMA
            )
            for v in visits
        ]
        return run_all(tasks, threads=threads)

    ranks = {1: Ranks.empty(problem.shape), -1: Ranks.empty(problem.shape)}
    # A few at a time, as those of all visits of a large field are too much to hold.
    for start in range(0, len(visits), threads):
        few = visits[start : start + threads]
        for visit, image in zip(few, filtered(few), strict=True):
            tasks = [partial(rank.take, image, visit, sign=sign) for sign, rank in ranks.items()]
            run_all(tasks, threads=threads)
    alone = {sign: _alone(rank) for sign, rank in ranks.items()}
    found: list[Transient] = []
    for visit in sorted(
        {int(visit) for owner in alone.values() for visit in np.unique(owner)} - {-1}
    ):
        (image,) = filtered([visit])
        for owner in alone.values():
            own = _unknown(problem, owner == visit, visit=visit, fwhm_px=fwhm_px[visit])
            reach_px = 3 * fwhm_px[visit] / FWHM_PER_SIGMA
            found += _patches(own, image, visit=visit, reach_px=reach_px)
    return tuple(sorted(found, key=lambda one: -abs(one.sigma)))


def _unknown(problem: Problem, own: Bools, *, visit: int, fwhm_px: float) -> Bools:
    """Those of a visit's pixels that the search for artifacts has not clipped, or none beside."""
    if problem.artifacts is None or not own.any():
        return own
    return own & ~grow_flags(problem.artifacts.clipped(visit), fwhm_px)


def _alone(rank: Ranks) -> NDArray[np.int32]:
    """(Y, X), the visit that has something there which no other has; -1 where none has."""
    alone = (rank.first > LEAST_SIGMA) & (rank.second < OTHERS_SHARE * rank.first)
    return np.where(alone, rank.which, np.int32(-1))


def _filtered(
    problem: Problem, visit: int, template_of: Callable[[], Plane], *, width_px: float
) -> Plane:
    """The residual after the matched filter, in units of its own noise and what is allowed."""
    usable, template = problem.observed[visit], template_of()
    residual = fresh_like(template)
    residual[:] = 0
    np.subtract(problem.images[visit], template, out=residual, where=usable)
    residual = smooth(_finite(residual), width_px, mode="constant")
    light = smooth(_finite(np.abs(template, out=template)), width_px, mode="constant")
    noise = _scatter(residual, problem.background & usable)
    light *= np.float32(_ALLOWED_SHARE)
    return np.divide(residual, np.hypot(np.float32(noise), light, out=light), out=residual)


def _finite(image: Plane) -> Plane:
    return np.nan_to_num(image, copy=False)


def _scatter(image: Plane, counted: Bools) -> float:
    step = max(1, image.size // _ENOUGH)
    pixels, flags = image.ravel()[::step], counted.ravel()[::step]
    values = pixels[flags] if flags.any() else pixels
    scatter = _MAD_TO_SIGMA * float(np.median(np.abs(values - np.median(values))))
    return scatter if scatter > 0 else 1.0


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

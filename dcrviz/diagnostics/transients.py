"""What a single visit has and no other: trails, moving and variable objects, artifacts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dcrviz.diagnostics.pictures import typical_fwhm_px
from dcrviz.engine import Problem
from dcrviz.engine.detect import FWHM_PER_SIGMA
from dcrviz.engine.template import visit_templates
from dcrviz.kernels import grow_flags
from dcrviz.kernels.gauss import smooth
from dcrviz.kernels.patches import find_patches
from dcrviz.records import Bools, Cube, Plane

LEAST_SIGMA = 8.0
"""Of a residual that is matched-filtered by the PSF."""
OTHERS_SHARE = 1 / 3
"""Of it that no other visit may have, with the same sign."""
# Photometry, seeing and colours leave so much of a source's light, whatever the noise.
_ALLOWED_SHARE = 0.1
# An opposite lobe beside it of more than this is a dipole: a shift, and no light of its own.
_LOBE_SHARE = 0.4
_LEAST_PIXELS = 3
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


def find_transients(problem: Problem, planes: Cube) -> tuple[Transient, ...]:
    """What one of three visits or more has on its residual and the others have not, largest first.

    Nothing within the FWHM of what the search for artifacts has clipped: that is known.

    Parameters
    ----------
    planes
        (S, Y, X), as they become coadds.
    """
    visits = np.flatnonzero((problem.factors > 0) & problem.observed.any(axis=(1, 2))).tolist()
    if len(visits) < 3:
        return ()
    fwhm_px = typical_fwhm_px(problem) or _FWHM_PX
    width_px = fwhm_px / FWHM_PER_SIGMA
    templates = visit_templates(planes, problem.shifts, visits, order=problem.template_order)
    filtered = np.stack(
        [
            _filtered(problem, visit, template, width_px=width_px)
            for visit, template in zip(visits, templates, strict=True)
        ]
    )
    found: list[Transient] = []
    for sign in (1, -1):
        signed = sign * filtered
        ranked = np.partition(signed, -2, axis=0)
        alone = (ranked[-1] > LEAST_SIGMA) & (ranked[-2] < OTHERS_SHARE * ranked[-1])
        for place, visit in enumerate(visits):
            own = alone & (signed[place] == ranked[-1])
            if problem.artifacts is not None and own.any():
                own &= ~grow_flags(problem.artifacts.clipped(visit), fwhm_px)
            found += _patches(own, filtered[place], visit=visit, reach_px=3 * width_px)
    return tuple(sorted(found, key=lambda one: -abs(one.sigma)))


def _filtered(problem: Problem, visit: int, template: Plane, *, width_px: float) -> Plane:
    """The residual after the matched filter, in units of its own noise and what is allowed."""
    usable = problem.observed[visit]
    residual = np.where(usable, problem.images[visit] - template, 0).astype(np.float32)
    residual = smooth(np.nan_to_num(residual), width_px, mode="constant")
    light = smooth(np.abs(np.nan_to_num(template)), width_px, mode="constant")
    sky = problem.background & usable
    noise = _scatter(residual, sky)
    return np.asarray(residual / np.hypot(noise, _ALLOWED_SHARE * light), np.float32)


def _scatter(image: Plane, counted: Bools) -> float:
    values = image[counted] if counted.any() else image.ravel()
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

"""Images brought to one seeing, so that like is compared with like."""

from __future__ import annotations

import numpy as np

from dcrviz.diagnostics.remembered import remembered
from dcrviz.engine import Problem
from dcrviz.engine.psf_match import convolved, matching_kernel, ratio_kernel
from dcrviz.engine.sky_power import at_radius
from dcrviz.psf import Psf
from dcrviz.records import Cube, Plane

# Beyond this many widths a kernel has next to nothing of the light that it spreads.
_REACH_FWHM = 1.5


def brought_to(planes: Cube, *, fwhm_px: float, target_px: float, psf: Psf) -> Cube:
    """Planes whose stars have one width with stars of another, if that is broader."""
    kernel = matching_kernel(fwhm_px, target_px=target_px, psf=psf)
    if kernel.size == 1:
        return planes
    return np.stack([convolved(np.ascontiguousarray(plane), kernel) for plane in planes])


@remembered
def kernel_to_coadd(problem: Problem) -> Plane:
    """(K, K) with odd sides, what makes of the planes' stars those of the template coadd.

    A single pixel where the fit does not know the seeing of the visits, whose mean both show then.
    """
    seeing = problem.seeing
    reference = None if seeing is None else seeing.against_coadd(problem.precision).reference
    if seeing is None or reference is None:
        return np.ones((1, 1), dtype=np.float32)
    planes, broadest = seeing.planes, float(seeing.fwhm_px.max())
    return ratio_kernel(
        lambda frequency: at_radius(reference, frequency),
        lambda frequency: planes.profile.transfer(frequency, fwhm_px=planes.fwhm_px),
        reach=int(np.ceil(_REACH_FWHM * broadest)),
    )

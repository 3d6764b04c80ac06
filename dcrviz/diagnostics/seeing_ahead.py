"""The seeing of visits to come: as they tell it, or as the atmosphere's depth has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dcrviz.diagnostics.visit_system import VisitSystem
from dcrviz.engine.seeing import VisitSeeing
from dcrviz.physics.geometry import airmass_of
from dcrviz.records import Floats, Visit

AIRMASS_EXPONENT = 0.6
"""FWHM grows as airmass to this power through Kolmogorov turbulence: Fried 1966, JOSA 56, 1372."""


def seeing_ahead(system: VisitSystem, candidates: Sequence[Visit]) -> VisitSeeing | None:
    """Star images of candidates against those of the planes; None where the fit knows no seeing.

    A candidate that tells its FWHM has that one. The others have the median of the visits that are
    on, each brought from its own airmass to that of the candidate.
    """
    known = system.seeing
    if known is None:
        return None
    zenith_px = zenith_fwhm_px(system, known)
    fwhm_px = [
        visit.psf_fwhm_px or zenith_px * airmass_of(visit) ** AIRMASS_EXPONENT
        for visit in candidates
    ]
    return _with_widths(known, np.array(fwhm_px, dtype=float))


def at_one_seeing(seeing: VisitSeeing) -> VisitSeeing:
    """The same candidates, were they as sharp as each other."""
    return _with_widths(seeing, np.full_like(seeing.fwhm_px, np.median(seeing.fwhm_px)))


def zenith_fwhm_px(system: VisitSystem, seeing: VisitSeeing) -> float:
    """Median FWHM of the visits that are on, or of all if none is, brought to the zenith."""
    counted = system.on if system.on.any() else np.ones(len(system.visits), bool)
    airmass = np.array([airmass_of(visit) for visit in system.visits])
    return float(np.median((seeing.fwhm_px / airmass**AIRMASS_EXPONENT)[counted]))


def _with_widths(seeing: VisitSeeing, fwhm_px: Floats) -> VisitSeeing:
    return replace(seeing, fwhm_px=fwhm_px, stars=(None,) * len(fwhm_px))

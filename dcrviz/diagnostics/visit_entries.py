"""The numbers of each visit: how it was taken, what it counts, how well it fits."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dcrviz.engine import Problem, Step
from dcrviz.finite import finite_or_none
from dcrviz.physics.geometry import airmass_of, wcs_jacobian


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitEntry:
    """One visit; None where nobody gave a number.

    Parameters
    ----------
    time
        UTC as the visit tells it, to the second; empty if it does not.
    metric
        Of the visit at a step, on the subregion that the step advanced; None without one.
    share
        Part of all visits' statistical weight, 0 to 1.
    factor
        By which its weight is multiplied; 0 if it is off.
    """

    id: str
    airmass: float
    parallactic_deg: float | None
    seeing_arcsec: float | None
    time: str
    metric: float | None
    share: float
    factor: float

    @property
    def tan_z(self) -> float:
        """Tangent of the zenith angle, to which refraction is proportional."""
        return tan_z(self.airmass)


def tan_z(airmass: float) -> float:
    """Tangent of the zenith angle at an airmass, in an atmosphere that is flat."""
    return math.sqrt(max(airmass**2 - 1, 0.0))


def visit_entries(problem: Problem, step: Step | None = None) -> tuple[VisitEntry, ...]:
    """All visits in the problem's order, with their metrics at a step."""
    total = problem.precision.sum()
    shares = problem.precision / total if total else np.zeros(len(problem.visits))
    arcsec_per_px = _arcsec_per_px(problem)
    return tuple(
        VisitEntry(
            id=str(visit.id),
            airmass=airmass_of(visit),
            parallactic_deg=_degrees(visit.parallactic_rad),
            seeing_arcsec=_seeing_arcsec(problem, index, arcsec_per_px),
            time=visit.time[:19].replace("T", " "),
            metric=_metric(step, index),
            share=float(shares[index]),
            factor=float(problem.factors[index]),
        )
        for index, visit in enumerate(problem.visits)
    )


def _metric(step: Step | None, visit: int) -> float | None:
    if step is None or not step.history.visit_metrics:
        return None
    return finite_or_none(step.history.visit_metrics[step.iteration][visit])


def _degrees(angle_rad: float | None) -> float | None:
    return None if angle_rad is None else math.degrees(angle_rad)


def _seeing_arcsec(problem: Problem, visit: int, arcsec_per_px: float | None) -> float | None:
    """As the fit knows it, which may be from a star image, or as the visit tells it."""
    known = problem.seeing
    fwhm_px = problem.visits[visit].psf_fwhm_px if known is None else float(known.fwhm_px[visit])
    return None if fwhm_px is None or arcsec_per_px is None else fwhm_px * arcsec_per_px


def _arcsec_per_px(problem: Problem) -> float | None:
    """Side of a pixel, were it square."""
    if problem.wcs is None:
        return None
    jacobian = wcs_jacobian(problem.wcs, problem.shape)
    return float(abs(np.linalg.det(jacobian)) ** -0.5)

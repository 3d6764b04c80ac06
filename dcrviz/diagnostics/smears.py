"""Where refraction puts the light of a source without colour, were the angles other than given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dcrviz.engine import Problem
from dcrviz.frozen import Frozen
from dcrviz.physics.geometry import wcs_jacobian
from dcrviz.physics.shifts import displacement_px, subfilter_wavelengths
from dcrviz.records import Floats, Visit

AS_GIVEN = "as given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bend:
    """What the parallactic angle might be, made of what it is said to be.

    Parameters
    ----------
    mirrored
        Whether its sign is the other one.
    turned_rad
        What is added then.
    """

    mirrored: bool = False
    turned_rad: float = 0.0

    @property
    def name(self) -> str:
        """In words."""
        degrees = round(math.degrees(math.remainder(self.turned_rad, 2 * math.pi)))
        degrees = 180 if degrees == -180 else degrees
        words = ["mirrored"] * self.mirrored + [f"turned by {degrees} deg"] * (degrees != 0)
        return " and ".join(words) or AS_GIVEN

    def __call__(self, angle_rad: float) -> float:
        """The angle in radians."""
        return (-angle_rad if self.mirrored else angle_rad) + self.turned_rad


QUARTERS = tuple(
    Bend(mirrored=mirrored, turned_rad=turned)
    for turned in (0.0, math.pi, math.pi / 2, -math.pi / 2)
    for mirrored in (False, True)
)
"""All that flips and swaps of the axes of images can do; the angle as given is the first."""
_WAVELENGTHS = 24


def any_of(names: Sequence[str]) -> str:
    """Several bends as one phrase."""
    if len(names) >= len(QUARTERS) - 1:
        return "mirrored or turned by any quarter"
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Smear(Frozen):
    """Where the light of a band lies in V visits.

    Parameters
    ----------
    places
        (V, K, 2), ``(y, x)`` in pixels, at K wavelengths.
    weight
        (K,), the part of the light at each.
    span
        (V, 2), the way from the red end of the band to its blue end.
    """

    places: Floats
    weight: Floats
    span: Floats

    @property
    def reach_px(self) -> float:
        """The farthest that any light is moved, in either direction."""
        return float(np.abs(self.places).max(initial=0.0))


def smear_of(problem: Problem, bend: Bend) -> Smear:
    """The smear if the parallactic angles were bent so; all of them and the WCS must be known."""
    assert problem.wcs is not None
    jacobian, band = wcs_jacobian(problem.wcs, problem.shape), problem.band
    wavelength_nm, weight = subfilter_wavelengths(
        band, 1, n_wavelengths=_WAVELENGTHS, throughput=problem.config.throughput
    )
    asked = np.r_[band.min_nm, wavelength_nm[0], band.max_nm]
    places = np.stack(
        [
            displacement_px(asked, _bent(visit, bend), band=band, jacobian=jacobian)
            for visit in problem.visits
        ]
    )
    return Smear(places=places[:, 1:-1], weight=weight[0], span=places[:, 0] - places[:, -1])


def _bent(visit: Visit, bend: Bend) -> Visit:
    assert visit.parallactic_rad is not None
    return replace(visit, parallactic_rad=bend(visit.parallactic_rad))

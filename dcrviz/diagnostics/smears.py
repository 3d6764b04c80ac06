"""Where refraction puts the light of a source without colour, were the angles other than given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dcrviz.engine import Problem
from dcrviz.frozen import Frozen
from dcrviz.physics.geometry import wcs_jacobian, zenith_direction_px
from dcrviz.physics.shifts import differential_arcsec, subfilter_wavelengths
from dcrviz.records import Floats

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

    def __call__(self, angle_rad: Floats) -> Floats:
        """The angles in radians."""
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


def smears_of(problem: Problem, bends: Sequence[Bend]) -> list[Smear]:
    """The smears if the parallactic angles were bent so; all of them and the WCS must be known."""
    assert problem.wcs is not None
    jacobian, band = wcs_jacobian(problem.wcs, problem.shape), problem.band
    wavelength_nm, weight = subfilter_wavelengths(
        band, 1, n_wavelengths=_WAVELENGTHS, throughput=problem.config.throughput
    )
    asked = np.r_[band.min_nm, wavelength_nm[0], band.max_nm]
    lifted = np.stack([differential_arcsec(asked, visit, band=band) for visit in problem.visits])
    angles = np.array([visit.parallactic_rad for visit in problem.visits], np.float64)

    def bent(bend: Bend) -> Smear:
        zenith = zenith_direction_px(bend(angles), jacobian=jacobian)
        places = lifted[..., None] * zenith[:, None]
        return Smear(places=places[:, 1:-1], weight=weight[0], span=places[:, 0] - places[:, -1])

    return [bent(bend) for bend in bends]

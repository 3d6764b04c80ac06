"""Which deviations are artifacts: what comes and goes, and not what refraction moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from dcrviz.engine.deviations import Footprint
from dcrviz.frozen import Frozen
from dcrviz.records import Bools, Ints, Plane

# Refraction only moves light: from this part of it gained or lost, well above the noise, a source
# is said to vary.
_VARIABLE = 0.1
_VARIABLE_SIGMA = 5.0


class Fate(Enum):
    """What becomes of a candidate, and why."""

    CLIPPED = "clipped: it deviates in few visits"
    MANY_VISITS = "kept: it deviates in many visits"
    IN_SOURCE = "kept: it may be refraction, inside a source"
    VARIABLE = "kept: light comes or goes, the source may vary"
    MASKED = "dropped: hardly a good pixel in it"


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Candidate(Frozen):
    """A deviation of one visit from the static sky, and what became of it.

    Parameters
    ----------
    visit
        Index of the visit.
    places
        (P,) flat indices of its pixels, in order.
    excess
        (P,) by how much the visit is brighter there than the static sky.
    x, y
        Centre.
    peak_sigma
        Largest deviation, with its sign, in units of the noise.
    gained
        Part by which there is more light than in the static sky; 0 where light only moved.
    epochs
        Median number of visits that deviate there, this one included.
    most_epochs
        How many may deviate at an artifact.
    n_visits
        Mean number of visits with data there.
    """

    visit: int
    places: Ints
    excess: Plane
    x: float
    y: float
    peak_sigma: float
    gained: float
    epochs: int
    most_epochs: int
    n_visits: float
    fate: Fate


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """By what candidates are judged.

    Parameters
    ----------
    max_epochs, fraction_low, fraction_high
        The broken line M = int(min(low n, max + high n)) over the number n of visits.
    spatial_threshold
        Part of the pixels above which they must deviate in 1 to M visits.
    preserve_contained
        Whether what lies wholly inside a source is kept.
    """

    max_epochs: int
    fraction_low: float
    fraction_high: float
    spatial_threshold: float
    preserve_contained: bool

    def most_epochs(self, n_visits: float) -> int:
        """How many of so many visits may deviate at an artifact.

        Notes
        -----
        ALGORITHM.md section 7.
        """
        return int(
            min(self.fraction_low * n_visits, self.max_epochs + self.fraction_high * n_visits)
        )


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Found:
    """A footprint in a visit, not yet judged; `is_good` says that enough of its pixels are good."""

    visit: int
    footprint: Footprint
    excess: Plane
    is_good: bool


def epoch_counts(found: Sequence[Found], shape: tuple[int, int]) -> NDArray[np.uint16]:
    """(Y, X), how many visits deviate at each pixel; those on masked pixels don't count."""
    counts = np.zeros(shape, dtype=np.uint16)
    for one in found:
        if one.is_good:
            # A visit's footprints don't overlap, so that none is counted twice.
            counts.ravel()[one.footprint.places] += 1
    return counts


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Surroundings:
    """What candidates are judged by, (Y, X) each.

    Parameters
    ----------
    epochs, n_visits
        How many visits deviate at a pixel, and how many have data there.
    sources
        What is inside a source.
    """

    epochs: NDArray[np.uint16]
    n_visits: NDArray[np.uint16]
    sources: Bools


def judged(one: Found, around: Surroundings, rules: Rules) -> Candidate:
    """The candidate with its fate."""
    mark = one.footprint
    here = around.epochs.ravel()[mark.places]
    number = float(around.n_visits.ravel()[mark.places].mean())
    most = rules.most_epochs(number)
    is_rare = ((here >= 1) & (here <= most)).mean() > rules.spatial_threshold
    inside = around.sources.ravel()[mark.places]
    if not one.is_good:
        fate = Fate.MASKED
    elif is_rare and not (rules.preserve_contained and inside.all()):
        fate = Fate.CLIPPED
    elif inside.any() and _varies(mark):
        fate = Fate.VARIABLE
    else:
        fate = Fate.IN_SOURCE if is_rare else Fate.MANY_VISITS
    return Candidate(
        visit=one.visit,
        places=mark.places,
        excess=one.excess,
        x=mark.x,
        y=mark.y,
        peak_sigma=mark.peak_sigma,
        gained=mark.gained,
        epochs=int(np.sort(here)[here.size // 2]),
        most_epochs=most,
        n_visits=number,
        fate=fate,
    )


def _varies(mark: Footprint) -> bool:
    return abs(mark.gained) > _VARIABLE and abs(mark.gained_sigma) > _VARIABLE_SIGMA

"""What is kept of a trial to be looked at: its row, its course, and a stamp of its planes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dcrviz.diagnostics.fit_scores import Fit
from dcrviz.diagnostics.pictures import shown_planes, sky_noise, source_pixels
from dcrviz.engine import Problem
from dcrviz.frozen import Frozen
from dcrviz.records import Cube, Plane

STAMP_PX = 64


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Found(Frozen):
    """A trial that is done.

    Parameters
    ----------
    row
        As `dcrviz.sweep.run_trial` gives it.
    curve
        Metric of the starting model and after each iteration.
    stamp
        (S, y, x), planes minus their mean around the brightest source, in sigma of the sky; None
        if the trial has no planes, or they were not kept.
    """

    row: Mapping[str, Any]
    curve: tuple[float, ...] = ()
    stamp: Cube | None = None

    @property
    def number(self) -> int:
        """Of the trial in its sweep."""
        return int(self.row["number"])

    @property
    def refused(self) -> bool:
        """Whether a value was refused, so that there are no scores."""
        return bool(self.row.get("refusal"))


@dataclass(frozen=True, slots=True, kw_only=True)
class StampPlace:
    """Where the stamps of all trials are from, and the noise in which they are told."""

    x: int
    y: int
    noise: float

    @classmethod
    def of(cls, problem: Problem) -> StampPlace:
        """The place of the brightest source of a problem's template."""
        image = np.where(source_pixels(problem), problem.template.image, -np.inf)
        x, y = brightest(image if np.isfinite(image).any() else problem.template.image)
        return cls(x=x, y=y, noise=sky_noise(problem))

    def stamp(self, planes: Cube) -> Cube:
        """(S, y, x), planes minus their mean, in sigma, as small numbers.

        Parameters
        ----------
        planes
            (S, Y, X)
        """
        height, width = planes.shape[1:]
        rows, columns = _around(self.y, height), _around(self.x, width)
        cut = planes[:, rows, columns].astype(np.float32)
        stamp: Cube = ((cut - cut.mean(axis=0)) / self.noise).astype(np.float16)
        return stamp


def found_of(row: Mapping[str, Any], fit: Fit | None, place: StampPlace) -> Found:
    """What is kept of a fit; of a trial that was refused, its row."""
    if fit is None:
        return Found(row=row)
    return Found(
        row=row,
        curve=mean_course([history.metrics for history in fit.step.histories]),
        stamp=place.stamp(shown_planes(fit.step)),
    )


def mean_course(metrics: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """Mean over the subregions after each iteration; one that has ended keeps its last."""
    begun = [course for course in metrics if len(course)]
    longest = max((len(course) for course in begun), default=0)
    return tuple(
        float(np.mean([course[min(number, len(course) - 1)] for course in begun]))
        for number in range(longest)
    )


def brightest(image: Plane) -> tuple[int, int]:
    """``(x, y)`` of the brightest pixel that has a value."""
    filled = np.where(np.isnan(image), -math.inf, image)
    y, x = np.unravel_index(int(np.argmax(filled)), image.shape)
    return int(x), int(y)


def _around(middle: int, length: int) -> slice:
    """A stamp's side about a pixel, moved inwards at the edges."""
    first = max(0, min(middle - STAMP_PX // 2, length - STAMP_PX))
    return slice(first, first + STAMP_PX)

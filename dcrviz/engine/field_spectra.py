"""The visits of a field as its Fourier solvers see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from dcrviz.engine.fourier import visit_phases
from dcrviz.engine.grid import Grid
from dcrviz.engine.problem import Problem
from dcrviz.engine.seeing import VisitSeeing
from dcrviz.kernels.modes import Phases, Spectrum
from dcrviz.records import Plane

_ENOUGH_PIXELS = 60_000


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class FieldSpectra:
    """Transforms of the visits above the level of the sky, and what the visits do to the planes.

    Parameters
    ----------
    level
        Brightness of the empty sky.
    seeing
        Of the visits against that of the planes.
    of_white
        Of the visits against that of the template.
    """

    problem: Problem
    level: float
    seeing: VisitSeeing | None
    of_white: VisitSeeing | None

    @classmethod
    def of(cls, problem: Problem, *, seeing: VisitSeeing | None) -> Self:
        """The visits of a problem, with this seeing."""
        return cls(
            problem=problem,
            level=sky_level(problem),
            seeing=seeing,
            of_white=None if seeing is None else seeing.against_coadd(problem.visit_weights),
        )

    @property
    def grid(self) -> Grid:
        """On which the field is transformed."""
        return self.problem.grid

    def visit(self, visit: int, *, threads: int = 1) -> Spectrum:
        """Of a visit, with the template where it is not usable."""
        image = filled_image(self.problem, visit, self.level)
        return self.grid.spectrum(image, threads=threads)

    def white(self, *, threads: int = 1) -> Spectrum:
        """Of the template: the sky as if it had one spectrum everywhere."""
        template = self.problem.template.image
        return self.grid.spectrum(template - np.float32(self.level), threads=threads)

    def phases(self, visit: int) -> Phases:
        """What a visit does to the planes."""
        return visit_phases(self.problem.shifts, visit, self.grid, seeing=self.seeing)

    def phases_of_white(self, visit: int) -> Phases:
        """What it does to the white sky, which the template shows at the seeing of all visits."""
        return visit_phases(self.problem.shifts, visit, self.grid, seeing=self.of_white)


def filled_image(problem: Problem, visit: int, level: float) -> Plane:
    """A visit above the level of the sky, with the template where it is not usable."""
    image, usable = problem.images[visit], problem.usable[visit]
    if not usable.all():
        image = np.where(usable, image, problem.template.image)
    return image - np.float32(level) if level else image


def sky_level(problem: Problem) -> float:
    """Median of the template off the sources, or of all of it where there is no such pixel."""
    step = max(1, problem.background.size // _ENOUGH_PIXELS)
    image = problem.template.image.ravel()[::step]
    # A sky that nobody subtracted is DETECTED everywhere.
    sky = image[problem.background.ravel()[::step]]
    return float(np.median(sky if sky.size else image))

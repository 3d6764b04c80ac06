"""The visits of a field as its Fourier solvers see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from dcrviz.engine.fourier import visit_phases
from dcrviz.engine.grid import Grid
from dcrviz.engine.problem import Problem
from dcrviz.engine.seeing import VisitSeeing, blur_of
from dcrviz.engine.window import in_planes
from dcrviz.kernels.modes import Phases, Spectra, Spectrum, empty_spectra, matched_spectrum
from dcrviz.kernels.pool import run_row_bands
from dcrviz.records import Floats, Ints, Plane
from dcrviz.rooms import fresh_like

# Visits that are transformed together: so memory does not grow with their number.
_AT_ONCE = 8
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
    white
        Transform of the template: the sky as if it had one spectrum everywhere.
    shares
        (S,), part of its light in each plane.
    """

    problem: Problem
    level: float
    seeing: VisitSeeing | None
    of_white: VisitSeeing | None
    white: Spectrum
    shares: Floats

    @classmethod
    def of(
        cls, problem: Problem, *, seeing: VisitSeeing | None, shares: Floats, threads: int = 1
    ) -> Self:
        """The visits of a problem, with this seeing."""
        level = sky_level(problem)
        template = problem.template.image - np.float32(level)
        return cls(
            problem=problem,
            level=level,
            white=problem.grid.spectrum(template, threads=threads),
            shares=shares,
            seeing=seeing,
            of_white=None if seeing is None else seeing.against_coadd(problem.precision),
        )

    @property
    def grid(self) -> Grid:
        """On which the field is transformed."""
        return self.problem.grid

    def batches(self, *, threads: int = 1) -> Iterator[tuple[Ints, Spectra]]:
        """Numbers and transforms of the visits that have a usable pixel, a few at a time.

        The next few are written over the transforms before.
        """
        seen = np.flatnonzero(self.problem.precision > 0)
        if not seen.size:
            return
        # As even as they can be, groups take the least room.
        groups = np.array_split(seen, -(-len(seen) // _AT_ONCE))
        room = empty_spectra(len(groups[0]), self.grid.half)
        for few in groups:
            spectra = room[: len(few)]
            for spectrum, visit in zip(spectra, few, strict=True):
                above = self._above(int(visit), threads=threads)
                self.grid.spectrum(above, out=spectrum, threads=threads)
            yield few, spectra

    def _above(self, visit: int, *, threads: int) -> Plane:
        """A visit above the sky; where it is not usable, what the template lets expect."""
        image, usable = self.problem.images[visit], self.problem.usable[visit]
        if not self.level and usable.all():
            return image
        above, level = fresh_like(image), np.float32(self.level)
        expected = None if usable.all() else self._expected(visit, threads=threads)

        def subtract(rows: slice) -> None:
            np.subtract(image[rows], level, out=above[rows])
            if expected is not None:
                np.subtract(expected[rows], level, out=above[rows], where=~usable[rows])

        run_row_bands(subtract, above.shape, threads=threads)
        return above

    def _expected(self, visit: int, *, threads: int) -> Plane:
        """The template, at the seeing of the visit and moved as it moves white light."""
        if self.of_white is None or self.of_white.is_alike:
            return self.problem.template.image
        planes = in_planes(self.white, self.shares)
        phases = self.phases_of_white(visit, self.phases(visit))
        spectrum = matched_spectrum(planes, phases, threads=threads)
        expected = self.grid.image(spectrum, spent=True, threads=threads)
        expected += np.float32(self.level)
        return expected

    def phases(self, visit: int) -> Phases:
        """What a visit does to the planes."""
        return visit_phases(self.problem.shifts, visit, self.grid, seeing=self.seeing)

    def phases_of_white(self, visit: int, phases: Phases) -> Phases:
        """What it does to the white sky, which the template shows at the seeing of all visits."""
        return replace(phases, blur=blur_of(self.of_white, visit, self.grid))


def sky_level(problem: Problem) -> float:
    """Median of the template off the sources, or of all of it where there is no such pixel."""
    step = max(1, problem.background.size // _ENOUGH_PIXELS)
    image = problem.template.image.ravel()[::step]
    # A sky that nobody subtracted is DETECTED everywhere.
    sky = image[problem.background.ravel()[::step]]
    return float(np.median(sky if sky.size else image))

"""Where in the Fourier plane visits tell the subfilters apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.frequencies import regular_frequencies
from dcrviz.diagnostics.visit_system import (
    PIXEL_SCALE_ARCSEC,
    blurs,
    responses,
    singular_values,
    system_of,
)
from dcrviz.engine import Problem
from dcrviz.frozen import Frozen
from dcrviz.records import Floats, Visit


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ConditionMap(Frozen):
    """Where in the Fourier plane the visits tell the planes apart.

    Parameters
    ----------
    values
        (S, Y, X), singular values, the largest first, from 0 to 1; zero frequency in the middle.
    frequency
        (Y,) and (X,) alike, cycles per pixel.
    """

    values: Floats
    frequency: Floats

    @property
    def conditioning(self) -> Floats:
        """(Y, X), smallest singular value over the largest: 1 at best, 0 where a colour is lost."""
        largest = self.values[0]
        return np.asarray(
            np.divide(self.values[-1], largest, out=np.zeros_like(largest), where=largest > 0)
        )

    @property
    def by_frequency(self) -> tuple[Floats, Floats]:
        """(F,) spatial frequencies, and (S, F) root mean square singular values on their circles.

        Each circle is as wide as a cell; those that the map cuts are left out.
        """
        width = float(self.frequency[1] - self.frequency[0])
        ring = (np.hypot(*np.meshgrid(self.frequency, self.frequency)) / width).astype(int)
        number = np.bincount(ring.ravel())
        sums = [np.bincount(ring.ravel(), weights=values.ravel() ** 2) for values in self.values]
        whole = np.flatnonzero(number)[: len(self.frequency) // 2]
        means = np.array(sums)[:, whole] / number[whole]
        return np.asarray((whole + 0.5) * width), np.asarray(np.sqrt(means))


def condition_map(
    source: Problem | Sequence[Visit],
    config: AssembleConfig | None = None,
    *,
    pixel_scale_arcsec: float = PIXEL_SCALE_ARCSEC,
    size: int = 64,
    highest: float = 0.25,
) -> ConditionMap:
    """Singular values of the system of visits and planes in the Fourier plane.

    Parameters
    ----------
    source, config, pixel_scale_arcsec
        As in `leverage`.
    size
        Cells on a side of the map.
    highest
        Cycles per pixel; beyond 1 / FWHM stars have next to no light.
    """
    system = system_of(source, config, pixel_scale_arcsec=pixel_scale_arcsec)
    frequencies = regular_frequencies(size, highest=highest)
    on = np.flatnonzero(system.on)
    blur = blurs(system, on, frequencies)
    moved = responses(system.shifts.of(on), frequencies, blur)
    values = singular_values(moved, system.precision[on], blur)
    return ConditionMap(
        values=values.T.reshape(-1, size, size), frequency=frequencies.x[:size].copy()
    )

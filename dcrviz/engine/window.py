"""Spectra of a field seen through a window that fades towards its edges.

A source that the edge of a field cuts is no source of the model: what its cut adds to the spectra
would pass for colour. Where only some modes are wanted, the window costs next to nothing: it is a
sum of few harmonics, and so every mode a sum of few neighbours.

But what refraction moves is not moved with the window: a source has another brightness in each
visit, and that would pass for curvature of its spectrum. Most of it is known, as most of the light
is white.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dcrviz.engine.grid import Grid
from dcrviz.frozen import Frozen
from dcrviz.kernels.modes import Phases, Spectra, Spectrum, matched_spectrum
from dcrviz.kernels.neighbours import Taps, sum_neighbours
from dcrviz.records import Floats, Ints

_HARMONICS = 3
_OFFSETS = np.arange(-_HARMONICS, _HARMONICS + 1)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Window(Frozen):
    """A window of a padded field, and the modes that are looked at through it.

    Parameters
    ----------
    rows
        (R,), rows of the half spectrum.
    columns
        The first column and one past the last: those whose neighbours the half spectrum has.
    along_y, along_x
        Harmonics of the window: what the neighbours of a mode add to it.
    energy
        Sum of the window's squares over the field: of that many pixels is the noise.
    """

    rows: Ints
    columns: tuple[int, int]
    along_y: Taps
    along_x: Taps
    energy: float

    def through(self, spectrum: Spectrum) -> Spectrum:
        """The modes of an image seen through the window, (R, columns), from all modes of it."""
        return self._through(spectrum, self.rows)

    def _through(self, spectrum: Spectrum, rows: Ints) -> Spectrum:
        return sum_neighbours(spectrum, rows, self.columns, self.along_y, self.along_x)

    def carried(self, white: Spectrum, phases: Phases, shares: Floats) -> Spectrum:
        """What a visit would show more, had its sky been seen through the window and then moved.

        Parameters
        ----------
        white
            Transform of a sky with one spectrum everywhere.
        shares
            (S,), part of its light in each plane.
        """
        if len(phases.blur.tables) <= 1:
            # What blurs all planes alike moves them as one.
            phases, shares = _as_one(phases, shares), np.ones(1)
        rows = np.unique((self.rows[:, None] - _OFFSETS) % len(white))
        near = replace(
            phases,
            along_y=np.ascontiguousarray(phases.along_y[:, :, rows]),
            blur=phases.blur.of(rows),
        )
        moved = matched_spectrum(in_planes(white[rows], shares), near)
        through = in_planes(self.through(white), shares)
        # All neighbours of a row that is looked at are there, and follow each other as before.
        seen = self._through(moved, np.searchsorted(rows, self.rows))
        return np.asarray(matched_spectrum(through, self.phases(phases)) - seen)

    def phases(self, phases: Phases) -> Phases:
        """The phases of these modes alone."""
        first, last = self.columns
        return Phases(
            along_y=np.ascontiguousarray(phases.along_y[:, :, self.rows]),
            along_x=np.ascontiguousarray(phases.along_x[:, :, first:last]),
            sources=phases.sources,
            blur=phases.blur.of(self.rows, slice(first, last)),
        )

    def frequencies(self, grid: Grid) -> tuple[Floats, Floats]:
        """(R,) and (columns,), cycles per pixel."""
        frequency_y, frequency_x = grid.frequencies
        return frequency_y[self.rows], frequency_x[slice(*self.columns)]


def _as_one(phases: Phases, shares: Floats) -> Phases:
    """Phases by which a sky with one spectrum moves as a single plane."""
    return replace(
        phases,
        along_y=phases.along_y * shares[phases.sources, None, None].astype(np.float32),
        sources=np.zeros_like(phases.sources),
    )


def in_planes(white: Spectrum, shares: Floats) -> Spectra:
    """A sky with one spectrum, plane by plane."""
    return shares.astype(np.float32)[:, None, None] * white


def window_for(grid: Grid, *, modes: int) -> Window:
    """A window of a field, and evenly spaced rows with about so many modes."""
    (height, width), half = grid.shape, grid.half[1]
    # Of the lowest frequencies along x the neighbours are in the half that is not kept.
    columns = (min(_HARMONICS, half // 2), max(half - _HARMONICS, half // 2 + 1))
    wanted = max(1, modes // max(1, columns[1] - columns[0]))
    rows = np.arange(0, height, max(1, height // wanted))
    along_y, energy_y = _taps(height, grid.field[0])
    along_x, energy_x = _taps(width, grid.field[1])
    return Window(
        rows=rows, columns=columns, along_y=along_y, along_x=along_x, energy=energy_y * energy_x
    )


def _taps(length: int, field: int) -> tuple[Taps, float]:
    """Harmonics of a window of period `length` about the middle of the field, and its energy there.

    Notes
    -----
    h^2 (3 - 2 h) with h = (1 + cos) / 2: flat in the middle and at both ends.
    """
    angle = 2 * np.pi * (np.arange(length) - (field - 1) / 2) / length
    wave = (1 + np.cos(angle)) / 2
    window = wave**2 * (3 - 2 * wave)
    harmonics = np.fft.fft(window)[_OFFSETS % length] / length
    return harmonics.astype(np.complex64), float((window[:field] ** 2).sum())

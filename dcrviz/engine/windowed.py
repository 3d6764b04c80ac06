"""The modes from which a prior is learnt: few, seen through a window that fades at the edges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dcrviz.engine.grid import Grid
from dcrviz.engine.prior import Prior, learn_prior
from dcrviz.engine.window import window_for
from dcrviz.kernels.modes import NormalEquations, Phases, Spectrum, add_visits
from dcrviz.psf import Psf
from dcrviz.records import Floats

# Modes from which the prior is learnt.
_ENOUGH_MODES = 16_000


class Windowed:
    """Normal equations of a field seen through a window; they grow visit by visit.

    Parameters
    ----------
    white
        Transform of the sky as if it had one spectrum everywhere.
    shares
        (S,), part of its light in each plane.
    basis
        (S, S), planes in terms of the unknowns.
    """

    def __init__(self, grid: Grid, white: Spectrum, shares: Floats, basis: Floats) -> None:
        self.grid, self.window = grid, window_for(grid, modes=_ENOUGH_MODES)
        self._white, self._shares, self._basis = white, shares, basis
        first, last = self.window.columns
        shape = (len(self.window.rows), last - first)
        self.equations = NormalEquations.empty(len(basis), shape)
        self.visits = 0

    def seen(self, spectrum: Spectrum, of_white: Phases) -> Spectrum:
        """A visit as it would be seen, had its sky been seen through the window and then moved.

        Parameters
        ----------
        of_white
            What the visit does to the white sky, whose seeing may be another than the planes'.
        """
        carried = self.window.carried(self._white, of_white, self._shares)
        return np.asarray(self.window.through(spectrum) + carried)

    def add(
        self,
        modes: Sequence[Spectrum],
        phases: Sequence[Phases],
        precision: Floats,
        *,
        threads: int = 1,
    ) -> None:
        """Add a few visits.

        Parameters
        ----------
        modes
            Of B visits, from `seen`.
        precision
            (B,), one over the variance of a pixel of each.
        """
        window = self.window
        add_visits(
            self.equations,
            modes,
            [window.phases(phase) for phase in phases],
            self._basis,
            precision / window.energy,
            threads=threads,
        )
        self.visits += len(modes)

    def learn(self, *, fwhm_px: float | None, psf: Psf, told: bool) -> Prior:
        """The prior under which the visits are most probable; see `learn_prior`."""
        return learn_prior(
            self.equations,
            self.window,
            self.grid,
            visits=self.visits,
            basis=self._basis,
            fwhm_px=fwhm_px,
            psf=psf,
            told=told,
        )

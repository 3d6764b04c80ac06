"""The modes from which a prior is learnt: few, seen through a window that fades at the edges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dcrviz.engine.field_spectra import FieldSpectra
from dcrviz.engine.prior import Prior, learn_prior
from dcrviz.engine.window import window_for
from dcrviz.kernels.modes import NormalEquations, Phases, Spectra, add_visits
from dcrviz.psf import Psf
from dcrviz.records import Floats, Ints

# Modes that are looked at: light may reach a quarter of them where stars are 4 px wide.
_ENOUGH_MODES = 10_000


class Windowed:
    """Normal equations of a field seen through a window; they grow visit by visit.

    Parameters
    ----------
    basis
        (S, S), planes in terms of the unknowns.
    """

    def __init__(self, field: FieldSpectra, basis: Floats) -> None:
        self.window = window_for(field.grid, modes=_ENOUGH_MODES)
        self._field, self._basis = field, basis
        first, last = self.window.columns
        self._shape = (len(self.window.rows), last - first)
        self.equations = NormalEquations.empty(len(basis), self._shape)
        self.visits = 0

    def add(
        self, visits: Ints, spectra: Spectra, phases: Sequence[Phases], *, threads: int = 1
    ) -> None:
        """Add a few visits as they would be seen, had their sky been windowed and then moved.

        Parameters
        ----------
        visits
            (B,), their numbers.
        spectra, phases
            Of all modes, as the field has them.
        """
        window, field = self.window, self._field
        modes = np.empty((len(visits), *self._shape), np.complex64)
        for seen, visit, spectrum, own in zip(modes, visits, spectra, phases, strict=True):
            # What a visit does to the white sky, whose seeing may be another than the planes'.
            of_white = field.phases_of_white(int(visit), own)
            seen[:] = window.through(spectrum)
            seen += window.carried(field.white, of_white, field.shares)
        add_visits(
            self.equations,
            modes,
            [window.phases(own) for own in phases],
            self._basis,
            field.problem.precision[visits] / window.energy,
            threads=threads,
        )
        self.visits += len(visits)

    def learn(self, *, fwhm_px: float | None, psf: Psf, told: bool) -> Prior:
        """The prior under which the visits are most probable; see `learn_prior`."""
        return learn_prior(
            self.equations,
            self.window,
            self._field.grid,
            visits=self.visits,
            basis=self._basis,
            fwhm_px=fwhm_px,
            psf=psf,
            told=told,
        )

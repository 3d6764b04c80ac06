"""The linear system of a set of visits: V equations for N planes in every spatial frequency."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dcrviz.bands import Band
from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.frequencies import Frequencies
from dcrviz.engine import Problem
from dcrviz.engine.check import factors_of
from dcrviz.engine.direct import spectrum_of, usual_spectrum
from dcrviz.engine.fitted_seeing import told_seeing
from dcrviz.engine.forward_model import forward_model
from dcrviz.engine.prior import ends_apart_px
from dcrviz.engine.seeing import Transfer, VisitSeeing
from dcrviz.engine.weights import visit_weights
from dcrviz.frozen import Frozen
from dcrviz.physics.geometry import wcs_jacobian
from dcrviz.physics.shifts import dcr_shifts
from dcrviz.psf import Psf
from dcrviz.records import Floats, ForwardModel, Ints, Shifts, Visit

PIXEL_SCALE_ARCSEC = 0.2
"""Of visits that are not on a grid yet: Rubin's."""

Responses = NDArray[np.complex128]
"""(V, M, S), by what each plane is multiplied on its way into each visit."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class VisitSystem(Frozen):
    """What the geometry, the weights and the noise of visits say before any pixel is looked at.

    Parameters
    ----------
    precision
        (V,), one over the variance of a pixel; 0 for a visit that is off.
    basis
        (S, S), planes in terms of total flux, slope, curvature, ... of the spectrum; of a problem
        what the spectrum differs by from the mean one of the field.
    shares
        (S,), part of a flat spectrum's light in each plane.
    model
        What moves the planes in a visit that is still to come.
    seeing
        Star images of the visits and of the planes; None where the fit does not know them.
    stars
        Profile of the stars, but for their width.
    jacobian
        (2, 2), pixels per arcsecond to the east and north; None where nobody knows it.
    """

    visits: tuple[Visit, ...]
    shifts: Shifts
    precision: Floats
    basis: Floats
    shares: Floats
    model: ForwardModel
    seeing: VisitSeeing | None
    stars: Psf
    jacobian: Floats | None

    @property
    def on(self) -> NDArray[np.bool_]:
        """(V,), visits that count."""
        return self.precision > 0

    @property
    def typical(self) -> float:
        """Median precision of the visits that count; 1 without any."""
        return float(np.median(self.precision[self.on])) if self.on.any() else 1.0

    @property
    def n_subfilters(self) -> int:
        """Number of planes."""
        return len(self.basis)


def system_of(
    source: Problem | Sequence[Visit],
    config: AssembleConfig | None = None,
    *,
    pixel_scale_arcsec: float = PIXEL_SCALE_ARCSEC,
) -> VisitSystem:
    """The system of a problem, or of visits that need not have been taken.

    Parameters
    ----------
    source
        A problem, which has its own config; or visits, whose pixels are taken to have one variance
        each divided by the visit's weight, so that a typical one has variance 1.
    config
        The knobs; those of the model and of the weights count.
    pixel_scale_arcsec
        Of visits, north up; of a problem the WCS is read.

    Raises
    ------
    ValueError
        If there is no visit, none is left on, their band is unknown, or one lacks its airmass,
        parallactic angle or site.
    """
    if isinstance(source, Problem):
        return _of_problem(source)
    if not 0 < pixel_scale_arcsec < math.inf:
        raise ValueError(f"pixel_scale_arcsec must be finite and above 0; got {pixel_scale_arcsec}")
    visits, config = tuple(source), config or AssembleConfig()
    return _of_visits(visits, config, jacobian=np.diag([-1.0, 1.0]) / pixel_scale_arcsec)


def _of_problem(problem: Problem) -> VisitSystem:
    config = problem.config
    flux, _ = usual_spectrum(problem.band, problem.n_subfilters, throughput=config.throughput)
    _, basis = spectrum_of(problem)
    return VisitSystem(
        visits=problem.visits,
        shifts=problem.shifts,
        precision=problem.precision,
        basis=basis,
        shares=flux.sum(axis=1),
        model=problem.forward_model,
        seeing=problem.seeing,
        stars=config.star_profile,
        jacobian=None if problem.wcs is None else wcs_jacobian(problem.wcs, problem.shape),
    )


def _of_visits(
    visits: tuple[Visit, ...], config: AssembleConfig, *, jacobian: Floats
) -> VisitSystem:
    band = _band_of(visits, config)
    model = forward_model(config, band)
    weights = factors_of(visits, config.visit_factors) * visit_weights(
        visits, by_airmass=config.airmass_weight
    )
    precision = weights / np.median(weights[weights > 0]) if weights.any() else weights
    flux, basis = usual_spectrum(band, config.n_subfilters, throughput=config.throughput)
    return VisitSystem(
        visits=visits,
        shifts=dcr_shifts(visits, model=model, jacobian=jacobian),
        precision=precision,
        basis=basis,
        shares=flux.sum(axis=1),
        model=model,
        seeing=told_seeing(visits, precision, model, config)[0],
        stars=config.star_profile,
        jacobian=jacobian,
    )


def blurs(system: VisitSystem, visits: Ints, frequencies: Frequencies) -> Transfer:
    """(V, M, S or 1), what the seeing of these visits leaves of the light of each plane."""
    seeing = None if system.seeing is None else system.seeing.of(visits.tolist())
    return blurs_of(seeing, frequencies)


def blurs_of(seeing: VisitSeeing | None, frequencies: Frequencies) -> Transfer:
    """(V, M, S or 1), what the seeing of visits leaves of the light of each plane.

    (1, M, 1) of ones where none differs from the planes'.
    """
    if seeing is None or seeing.is_alike:
        return np.ones((1, frequencies.area.size, 1), np.complex128)
    each = [
        seeing.transfer(visit, frequencies.y, frequencies.x) for visit in range(len(seeing.stars))
    ]
    return np.stack(each).swapaxes(1, 2)


def responses(shifts: Shifts, frequencies: Frequencies, blur: Transfer) -> Responses:
    """(V, M, S), by what the light of each plane is multiplied: phases by which it moves, and blur.

    Parameters
    ----------
    blur
        From `blurs`.

    Notes
    -----
    The transform of f(x - d) is exp(-2 pi i k d) times that of f.
    """
    n_visits, n_subfilters = shifts.midpoint.shape[:2]
    found = np.empty((n_visits, frequencies.area.size, n_subfilters), np.complex128)
    for visit in range(n_visits):
        for subfilter in range(n_subfilters):
            moved, weights = shifts.forward(visit, subfilter)
            turns = moved[:, :1] * frequencies.y + moved[:, 1:] * frequencies.x
            # As a sum: matrices so small are handed to threads that wait for each other.
            phases = weights[:, None] * np.exp(-2j * np.pi * turns)
            found[visit, :, subfilter] = phases.sum(axis=0)
    return found * blur


def singular_values(moved: Responses, precision: Floats, blur: Transfer) -> Floats:
    """(M, S) singular values of the weighted system in every frequency, the largest first.

    In units of the largest that there could be, that of planes which no visit moves: where the
    visits tell nothing of the differences between planes, all but the first are 0, as are those
    beyond the number of visits. A visit that leaves no light there counts for nothing.

    Parameters
    ----------
    moved
        From `responses`, with this blur.
    precision
        (V,), one over the variance of each visit; only ratios matter.
    """
    n_visits, n_frequencies, n_subfilters = moved.shape
    values = np.zeros((n_frequencies, n_subfilters))
    left = np.broadcast_to((np.abs(blur) ** 2).mean(axis=-1), (n_visits, n_frequencies))
    most = n_subfilters * (precision @ left)
    if not (most > 0).any():
        return values
    scale = np.sqrt(precision[:, None] / np.maximum(most, np.finfo(float).tiny))
    stacked = np.moveaxis(moved * scale[..., None], 0, 1)
    values[:, : min(n_visits, n_subfilters)] = np.linalg.svd(stacked, compute_uv=False)
    return values


def lever_px(system: VisitSystem) -> tuple[float, float]:
    """How differently the visits move the two ends of the band apart: (most, least), pixels.

    Standard deviations over the visits, along the direction in which they differ most and across
    it. Where both are 0 no colour is told from a shift of the source; where the second is 0 none is
    told across that direction.
    """
    weights = system.precision[system.on]
    if not weights.size:
        return 0.0, 0.0
    apart = ends_apart_px(system.shifts)[system.on]
    weights = weights / weights.sum()
    off = apart - weights @ apart
    variances = np.linalg.eigvalsh((weights[:, None] * off).T @ off)
    least, most = np.sqrt(np.maximum(variances, 0))
    return float(most), float(least)


def _band_of(visits: Sequence[Visit], config: AssembleConfig) -> Band:
    bands = list(dict.fromkeys(visit.band for visit in visits if visit.band is not None))
    if config.band is not None:
        return config.band
    if len(bands) != 1:
        names = ", ".join(band.name for band in bands) or "none"
        raise ValueError(f"visits must be in one band, or the config must have one; got {names}")
    return bands[0]

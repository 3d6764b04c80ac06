"""The forward model that a configuration asks for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dcrviz.bands import Band
from dcrviz.config import ProblemConfig
from dcrviz.config_rules import auto_values
from dcrviz.physics.shifts import subfilter_wavelengths
from dcrviz.records import Floats, ForwardModel

_LSST_SPLIT = 2
# Of a spectrum that its slope would carry below zero.
_DIMMEST = 0.05


def forward_model(
    config: ProblemConfig, band: Band, *, spectrum: tuple[float, ...] = ()
) -> ForwardModel:
    """How subfilter planes of this band become the template of a visit.

    Two wavelengths without a throughput are LSST's split, which interpolates between the shifts at
    the edges of a subfilter where any others are those of their own refraction.

    Parameters
    ----------
    spectrum
        Slope, curvature, ... of the light within each subfilter; flat without.

    Raises
    ------
    ValueError
        If the throughput is zero in a subfilter.
    """
    model = ForwardModel(
        band=band,
        n_subfilters=config.n_subfilters,
        split_subfilters=config.split_subfilters,
        split_threshold_px=0.0 if config.in_fourier_space else config.split_threshold,
        interpolation_order=None if config.in_fourier_space else config.interpolation_order,
    )
    automatic = int(auto_values(config.n_subfilters, config.solver)["wavelengths_per_subfilter"])
    number = config.wavelengths_per_subfilter or automatic
    is_lssts = number == _LSST_SPLIT and config.throughput is None
    if is_lssts or not config.split_subfilters:
        return model
    wavelength_nm, weights = subfilter_wavelengths(
        band, config.n_subfilters, n_wavelengths=number, throughput=config.throughput
    )
    weights = weights * brightness(spectrum, wavelength_nm, band=band)
    weights = weights / weights.sum(axis=1, keepdims=True)
    return replace(
        model,
        wavelength_nm=tuple(map(tuple, wavelength_nm.tolist())),
        weights=tuple(map(tuple, weights.tolist())),
    )


def spectral_terms(wavelength_nm: Floats, *, band: Band, number: int) -> Floats:
    """(..., J), terms of smooth spectra: Legendre polynomials over the band, of mean square 1."""
    places = (2 * wavelength_nm - band.min_nm - band.max_nm) / (band.max_nm - band.min_nm)
    terms = np.polynomial.legendre.legvander(places, number - 1)
    return np.asarray(terms * np.sqrt(2 * np.arange(number) + 1))


def brightness(spectrum: tuple[float, ...], wavelength_nm: Floats, *, band: Band) -> Floats:
    """A spectrum with this slope, curvature, ... relative to a flat one of the same total flux."""
    terms = spectral_terms(wavelength_nm, band=band, number=len(spectrum) + 1)
    return np.asarray(np.maximum(terms @ np.array([1.0, *spectrum]), _DIMMEST))

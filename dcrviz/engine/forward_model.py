"""The forward model that a configuration asks for."""

from __future__ import annotations

from dataclasses import replace

from dcrviz.bands import Band
from dcrviz.config import ProblemConfig
from dcrviz.config_rules import auto_values
from dcrviz.physics.shifts import subfilter_wavelengths
from dcrviz.records import ForwardModel

_LSST_SPLIT = 2


def forward_model(config: ProblemConfig, band: Band) -> ForwardModel:
    """How subfilter planes of this band become the template of a visit.

    Two wavelengths without a throughput are LSST's split, which interpolates between the shifts at
    the edges of a subfilter where any others are those of their own refraction.

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
    return replace(
        model,
        wavelength_nm=tuple(map(tuple, wavelength_nm.tolist())),
        weights=tuple(map(tuple, weights.tolist())),
    )

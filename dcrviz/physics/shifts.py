"""Shift of every visit in every subfilter, in pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from dcrviz.bands import Band
from dcrviz.physics.geometry import zenith_direction_px, zenith_from_airmass_rad
from dcrviz.physics.refraction import refraction_arcsec, standard_atmosphere
from dcrviz.records import Floats, ForwardModel, Shifts, Site, Visit
from dcrviz.throughput import Throughput


def subfilter_edges_nm(band: Band, n_subfilters: int) -> Floats:
    """(S + 1,) wavelengths that divide the band into equal slices.

    Raises
    ------
    ValueError
        If there is less than one subfilter.
    """
    if n_subfilters < 1:
        raise ValueError(f"n_subfilters must be 1 or more; got {n_subfilters}")
    return np.linspace(band.min_nm, band.max_nm, n_subfilters + 1)


def subfilter_wavelengths(
    band: Band, n_subfilters: int, *, n_wavelengths: int, throughput: Throughput | None = None
) -> tuple[Floats, Floats]:
    """Where the smear of each subfilter is summed, and what each wavelength counts.

    Parameters
    ----------
    n_wavelengths
        Equal parts of each subfilter, K; the wavelengths are their middles.
    throughput
        Weighs the wavelengths. Where it reaches beyond the band, the outer subfilters go along.

    Returns
    -------
    wavelength_nm, weights : (S, K)
        The weights of a subfilter add up to 1; they are equal without a throughput.

    Raises
    ------
    ValueError
        If there is less than one subfilter or wavelength, or no light passes in a subfilter.

    Notes
    -----
    DMTN-037, the finite bandwidth of a subfilter: the integral over its wavelengths of throughput
    times the shifted plane, by the midpoint rule.
    """
    if n_wavelengths < 1:
        raise ValueError(f"n_wavelengths must be 1 or more; got {n_wavelengths}")
    edges_nm = subfilter_edges_nm(band, n_subfilters)
    if throughput is not None:
        low, high = throughput.ends_nm
        edges_nm[0], edges_nm[-1] = min(edges_nm[0], low), max(edges_nm[-1], high)
    parts = (np.arange(n_wavelengths) + 0.5) / n_wavelengths
    wavelength_nm = edges_nm[:-1, None] + np.diff(edges_nm)[:, None] * parts
    if throughput is None:
        return wavelength_nm, np.full_like(wavelength_nm, 1 / n_wavelengths)
    transmission = throughput.at(wavelength_nm)
    total = transmission.sum(axis=1, keepdims=True)
    dark = np.flatnonzero(total == 0)
    if dark.size:
        low, high = edges_nm[dark[0] : dark[0] + 2]
        raise ValueError(
            f"throughput {throughput.name} must be above 0 somewhere in every subfilter; it is 0 "
            f"at all wavelengths ({n_wavelengths}) of subfilter {dark[0]}, {low:g} to {high:g} nm"
        )
    return wavelength_nm, transmission / total


def dcr_shifts(visits: Sequence[Visit], *, model: ForwardModel, jacobian: Floats) -> Shifts:
    """Shifts by refraction relative to the band's effective wavelength.

    Parameters
    ----------
    model
        Its wavelengths, or LSST's two where it has none; whether subfilters are split, and the
        largest distance between a subfilter's shifts, in their larger component, below which all
        are their mean.
    jacobian : (2, 2)
        Pixels (x, y) per arcsecond to the east and north, from `wcs_jacobian`.

    Returns
    -------
    Shifts
        `split` shifts and their weighted mean, the `midpoint`, which they equal where the subfilter
        is not split. A visit without weather is given the standard atmosphere at its site's height.

    Raises
    ------
    ValueError
        If there is no visit, or a visit lacks its zenith angle, parallactic angle or site, or has
        impossible ones; names the visit.
    """
    if not visits:
        raise ValueError("shifts need at least one visit; got none")
    sample = _weighed if model.wavelength_nm else _quarters
    samples = [sample(visit, model, jacobian) for visit in visits]
    midpoint, split = (np.stack(arrays) for arrays in zip(*samples, strict=True))
    weights = np.array(model.weights or np.full(split.shape[1:3], 0.5))
    # What has no weight smears nothing.
    seen = np.where((weights > 0)[..., None], split, midpoint[:, :, None])
    smear_px = np.ptp(seen, axis=2).max(axis=-1)
    is_split = model.split_subfilters & (smear_px >= model.split_threshold_px)
    return Shifts(
        midpoint=midpoint,
        split=np.where(is_split[..., None, None], split, midpoint[:, :, None]),
        weights=weights,
    )


def _quarters(visit: Visit, model: ForwardModel, jacobian: Floats) -> tuple[Floats, Floats]:
    """(S, 2) midpoint and (S, 2, 2) split of LSST's task, between the displacements at the edges.

    Notes
    -----
    ALGORITHM.md section 1.
    """
    edges_nm = subfilter_edges_nm(model.band, model.n_subfilters)
    at_edges = displacement_px(edges_nm, visit, band=model.band, jacobian=jacobian)
    low, high = at_edges[:-1], at_edges[1:]
    quarters = np.stack([0.75 * low + 0.25 * high, 0.25 * low + 0.75 * high], axis=1)
    return (low + high) / 2, quarters


def _weighed(visit: Visit, model: ForwardModel, jacobian: Floats) -> tuple[Floats, Floats]:
    """(S, 2) midpoint and (S, K, 2) split at the wavelengths of the model."""
    split = displacement_px(
        np.array(model.wavelength_nm), visit, band=model.band, jacobian=jacobian
    )
    return (np.array(model.weights)[..., None] * split).sum(axis=1), split


def buffer_px(shifts: Shifts) -> int:
    """Margin that keeps the pixels which the midpoint shifts bring in, plus one."""
    return math.ceil(float(np.abs(shifts.midpoint).max())) + 1


def displacement_px(wavelength_nm: Floats, visit: Visit, *, band: Band, jacobian: Floats) -> Floats:
    """How far refraction moves light, relative to that of the band's effective wavelength.

    Parameters
    ----------
    wavelength_nm : (...)
    jacobian : (2, 2)
        Pixels (x, y) per arcsecond to the east and north, from `wcs_jacobian`.

    Returns
    -------
    (..., 2)
        Pixels, ``(y, x)``.

    Raises
    ------
    ValueError
        If the visit lacks its zenith angle, parallactic angle or site, or has impossible ones;
        names the visit.
    """
    lifted = differential_arcsec(wavelength_nm, visit, band=band)
    assert visit.parallactic_rad is not None
    direction = zenith_direction_px(visit.parallactic_rad, jacobian=jacobian)
    moved: Floats = lifted[..., None] * direction
    if not np.isfinite(moved).all():
        raise ValueError(
            f"visit {visit.id}: parallactic angle and site must be finite numbers; got "
            f"{visit.parallactic_rad:g} rad, {visit.site}"
        )
    return moved


def differential_arcsec(wavelength_nm: Floats, visit: Visit, *, band: Band) -> Floats:
    """(...), by how much more refraction lifts light than that of the band's effective wavelength.

    Raises
    ------
    ValueError
        As `displacement_px`, but for infinite numbers.
    """
    try:
        zenith_rad, _, site = _circumstances(visit)
        weather = visit.weather or standard_atmosphere(site.height_m)
        lift = partial(refraction_arcsec, zenith_rad=zenith_rad, weather=weather, site=site)
        return np.asarray(lift(wavelength_nm) - lift(np.float64(band.effective_nm)))
    except ValueError as error:
        raise ValueError(f"visit {visit.id}: {error}") from error


def _circumstances(visit: Visit) -> tuple[float, float, Site]:
    """Zenith angle, parallactic angle and site of a visit that has them all."""
    zenith_rad = visit.zenith_rad
    if zenith_rad is None and visit.airmass is not None:
        zenith_rad = zenith_from_airmass_rad(visit.airmass)
    if zenith_rad is not None and visit.parallactic_rad is not None and visit.site is not None:
        return zenith_rad, visit.parallactic_rad, visit.site
    needed = {
        "the zenith angle or airmass": zenith_rad,
        "the parallactic angle": visit.parallactic_rad,
        "the site": visit.site,
    }
    lacking = ", ".join(name for name, value in needed.items() if value is None)
    source = f" ({'; '.join(visit.missing)})" if visit.missing else ""
    raise ValueError(f"its shift needs {lacking}, which nobody gave{source}")

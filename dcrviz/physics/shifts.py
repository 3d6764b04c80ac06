"""Shift of every visit in every subfilter, in pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from dcrviz.bands import Band
from dcrviz.physics.geometry import zenith_direction_px, zenith_from_airmass_rad
from dcrviz.physics.refraction import refraction_arcsec, standard_atmosphere
from dcrviz.records import Floats, Shifts, Site, Visit


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


def dcr_shifts(
    visits: Sequence[Visit],
    *,
    band: Band,
    n_subfilters: int,
    jacobian: Floats,
    split: bool,
    split_threshold_px: float,
) -> Shifts:
    """Shifts by refraction relative to the band's effective wavelength.

    Parameters
    ----------
    jacobian : (2, 2)
        Pixels (x, y) per arcsecond to the east and north, from `wcs_jacobian`.
    split
        Whether a subfilter's forward shifts are two, at a quarter of the way from either edge.
    split_threshold_px
        Where the two differ by less in their larger component, both are their mean.

    Returns
    -------
    Shifts
        `midpoint` and two `split` shifts, which equal it where the subfilter is not split. A visit
        without weather is given the standard atmosphere at its site's height.

    Raises
    ------
    ValueError
        If there is no visit, or a visit lacks its zenith angle, parallactic angle or site, or has
        impossible ones; names the visit.
    """
    if not visits:
        raise ValueError("shifts need at least one visit; got none")
    edges_nm = subfilter_edges_nm(band, n_subfilters)
    at_edges = np.stack(
        [displacement_px(edges_nm, visit, band=band, jacobian=jacobian) for visit in visits]
    )
    low, high = at_edges[:, :-1], at_edges[:, 1:]
    midpoint = (low + high) / 2
    quarters = np.stack([0.75 * low + 0.25 * high, 0.25 * low + 0.75 * high], axis=2)
    smear_px = np.abs(high - low).max(axis=-1) / 2
    is_split = split & (smear_px >= split_threshold_px)
    return Shifts(
        midpoint=midpoint,
        split=np.where(is_split[..., None, None], quarters, midpoint[:, :, None]),
    )


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
    try:
        zenith_rad, parallactic_rad, site = _circumstances(visit)
        weather = visit.weather or standard_atmosphere(site.height_m)
        lift = partial(refraction_arcsec, zenith_rad=zenith_rad, weather=weather, site=site)
        differential = lift(wavelength_nm) - lift(np.float64(band.effective_nm))
    except ValueError as error:
        raise ValueError(f"visit {visit.id}: {error}") from error
    direction = zenith_direction_px(parallactic_rad, jacobian=jacobian)
    moved: Floats = np.asarray(differential)[..., None] * direction
    if not np.isfinite(moved).all():
        raise ValueError(
            f"visit {visit.id}: parallactic angle and site must be finite numbers; got "
            f"{parallactic_rad:g} rad, {site}"
        )
    return moved


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

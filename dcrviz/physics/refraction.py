"""How far the atmosphere lifts an image towards the zenith, by wavelength."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from dcrviz.bands import WAVELENGTH_RANGE_NM
from dcrviz.records import Floats, Site, Weather

_KELVIN = 273.15
_ARCSEC_PER_RAD = math.degrees(1) * 3600


def refraction_arcsec(
    wavelength_nm: ArrayLike, zenith_rad: ArrayLike, *, weather: Weather, site: Site
) -> Floats:
    """Refraction at each wavelength: how much nearer to the zenith the image appears.

    Parameters
    ----------
    wavelength_nm
        Any shape; broadcast against `zenith_rad`.
    zenith_rad
        Apparent (refracted) zenith angle.

    Raises
    ------
    ValueError
        If a wavelength is outside `WAVELENGTH_RANGE_NM`, a zenith angle is not from 0 to below
        90 deg, or the weather is impossible.

    Notes
    -----
    Stone 1996, PASP 108, 1051. LSST's task of 2019 added the cubic term instead of subtracting it.
    """
    zenith = np.asarray(zenith_rad, dtype=float)
    if not np.all((zenith >= 0) & (zenith < math.pi / 2)):
        raise ValueError(
            "zenith angle must be at least 0 and less than 90 deg for refraction; got "
            f"{_listed(np.degrees(zenith))} deg"
        )
    n_minus_1 = refractivity(wavelength_nm, weather=weather)
    beta = 4.5908e-6 * (weather.temperature_c + _KELVIN)
    tan = np.tan(zenith)
    linear = n_minus_1 * (1 - beta) * tan
    cubic = n_minus_1 * (beta - n_minus_1 / 2) * tan**3
    lift: Floats = _ARCSEC_PER_RAD * gravity_ratio(site) * (linear - cubic)
    return lift


def refractivity(wavelength_nm: ArrayLike, *, weather: Weather) -> Floats:
    """Refractive index of the air at the telescope, less 1.

    Parameters
    ----------
    wavelength_nm
        Any shape.

    Raises
    ------
    ValueError
        If a wavelength is outside `WAVELENGTH_RANGE_NM` or the weather is impossible.

    Notes
    -----
    Owens 1967, Appl. Opt. 6, 51, as quoted by Stone 1996, with 7.75141e4 in the wet term where
    LSST's task has 7.75141e-4.
    """
    wavelength = np.asarray(wavelength_nm, dtype=float)
    low, high = WAVELENGTH_RANGE_NM
    if not np.all((wavelength >= low) & (wavelength <= high)):
        raise ValueError(
            f"wavelength must be from {low} to {high} nm, where the refraction formula holds; got "
            f"{_listed(wavelength)} nm"
        )
    _check(weather)
    s2 = (1000 / wavelength) ** 2
    dry, wet = _density_factors(weather)
    n_minus_1: Floats = 1e-8 * (
        (2371.34 + 683939.7 / (130 - s2) + 4547.3 / (38.9 - s2)) * dry
        + (6487.31 + 58.058 * s2 - 0.71150 * s2**2 + 0.08851 * s2**3) * wet
    )
    return n_minus_1


def water_vapour_pressure_hpa(temperature_c: float, humidity_percent: float) -> float:
    """Partial pressure of water vapour, by way of the dew point; 0 in dry air.

    Notes
    -----
    Stone 1996, equations 18 and 20. Below a dew point of about -43 deg C the polynomial of
    equation 20 turns negative, where the true pressure is under 0.2 hPa: taken as 0.
    """
    if humidity_percent <= 0:
        return 0.0
    x = math.log(humidity_percent / 100) + 17.2694 * temperature_c / (238.3 + temperature_c)
    dew_point_c = 238.3 * x / (17.2694 - x)
    mm_of_mercury = np.polynomial.polynomial.polyval(
        dew_point_c, [4.50874, 0.341724, 0.0106778, 0.184889e-3, 0.238294e-5, 0.203447e-7]
    )
    return max(0.0, 1.3332239 * float(mm_of_mercury))


def gravity_ratio(site: Site) -> float:
    """Gravity at the site over that at sea level on the equator: Stone's kappa."""
    latitude = math.radians(site.latitude_deg)
    return (
        1
        + 5.302e-3 * math.sin(latitude) ** 2
        - 5.83e-6 * math.sin(2 * latitude) ** 2
        - 3.15e-7 * site.height_m
    )


def standard_atmosphere(height_m: float) -> Weather:
    """Weather to assume at a height above sea level where no reading is at hand."""
    temperature_c = 19 - 6.5e-3 * height_m
    gravity, molar_mass, gas_constant = 9.80665, 0.0289644, 8.31447
    exponent = gravity * molar_mass * height_m / (gas_constant * (temperature_c + _KELVIN))
    return Weather(
        temperature_c=temperature_c,
        pressure_pa=101325 * math.exp(-exponent),
        humidity_percent=40.0,
        assumed=True,
    )


def _density_factors(weather: Weather) -> tuple[float, float]:
    kelvin = weather.temperature_c + _KELVIN
    wet_hpa = water_vapour_pressure_hpa(weather.temperature_c, weather.humidity_percent)
    dry_hpa = weather.pressure_pa / 100 - wet_hpa
    dry = 1 + dry_hpa * (57.90e-8 - 9.3250e-4 / kelvin + 0.25844 / kelvin**2)
    wet = 1 + wet_hpa * (1 + 3.7e-4 * wet_hpa) * (
        -2.37321e-3 + 2.23366 / kelvin - 710.792 / kelvin**2 + 7.75141e4 / kelvin**3
    )
    return dry * dry_hpa / kelvin, wet * wet_hpa / kelvin


def _check(weather: Weather) -> None:
    """Raise where a reading is impossible; written so that NaN fails too."""
    if not 0 <= weather.humidity_percent <= 100:
        raise ValueError(f"humidity must be from 0 to 100 %; got {weather.humidity_percent:g} %")
    if not 0 < weather.pressure_pa < math.inf:
        raise ValueError(f"air pressure must be more than 0 Pa; got {weather.pressure_pa:g} Pa")
    # The range of weather on Earth: a reading in kelvin is outside it.
    if not -100 <= weather.temperature_c <= 60:
        raise ValueError(
            f"air temperature must be from -100 to 60 deg C; got {weather.temperature_c:g} deg C"
        )


def _listed(values: Floats) -> str:
    """One value, or the ends of the range of several."""
    low, high = float(np.min(values)), float(np.max(values))
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"

"""Spectra of made sources: black bodies, quasars with emission lines, tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dcrviz.records import Floats
from dcrviz.simulate.curve import Curve

_GRID_NM = np.arange(300.0, 1100.5, 0.5)
_HC_OVER_K_NM_K = 1.438776877e7

_QUASAR_SLOPE = -1.56
"""Exponent of the continuum in flux per wavelength (Vanden Berk et al. 2001, AJ 122, 549)."""
_QUASAR_LINES = {
    "Lya": (121.6, 9.29, 1.95),
    "CIV": (154.9, 2.38, 1.43),
    "CIII]": (190.8, 2.12, 2.36),
    "MgII": (280.0, 3.23, 3.50),
    "Hbeta": (486.2, 4.62, 4.04),
    "Halpha": (656.5, 19.45, 4.74),
}
"""Rest wavelength, equivalent width and Gaussian sigma in nm (same paper, table 2)."""


def blackbody(temperature_k: float) -> Curve:
    """Photons of a black body, the plain model of a star.

    Raises
    ------
    ValueError
        If the temperature is not positive.
    """
    if not temperature_k > 0:
        raise ValueError(f"temperature must be positive [K]; got {temperature_k:g}")
    exponent = _HC_OVER_K_NM_K / temperature_k
    # Relative to the value at the red end, so that cool bodies do not underflow.
    excess = np.exp(-exponent * (1 / _GRID_NM - 1 / _GRID_NM[-1]))
    photons = _GRID_NM**-4.0 * excess / -np.expm1(-exponent / _GRID_NM)
    return Curve(name=f"blackbody {_word(temperature_k)}", wavelength_nm=_GRID_NM, value=photons)


def quasar(redshift: float) -> Curve:
    """Photons of a quasar: a power law with broad emission lines.

    Parameters
    ----------
    redshift
        At 2.1 the line CIV stands in the middle of the g band, at 1.5 CIII].

    Raises
    ------
    ValueError
        If the redshift is negative.

    Notes
    -----
    Slope and lines of the composite spectrum of Vanden Berk et al. 2001, AJ 122, 549.
    """
    if not redshift >= 0:
        raise ValueError(f"redshift must not be negative; got {redshift:g}")
    rest = _GRID_NM / (1 + redshift)
    lines = np.zeros_like(rest)
    for centre, width, sigma in _QUASAR_LINES.values():
        profile = np.exp(-0.5 * ((rest - centre) / sigma) ** 2) / (sigma * np.sqrt(2 * np.pi))
        lines += width * profile
    photons = rest ** (_QUASAR_SLOPE + 1) * (1 + lines)
    return Curve(name=f"quasar {_word(redshift)}", wavelength_nm=_GRID_NM, value=photons)


def flat() -> Curve:
    """As many photons at every wavelength."""
    return Curve(name="flat", wavelength_nm=_GRID_NM[[0, -1]], value=np.ones(2))


def line(wavelength_nm: float, width_nm: float = 0.1) -> Curve:
    """Photons of one narrow range only, all at the same rate.

    Raises
    ------
    ValueError
        If the width is not positive.
    """
    if not width_nm > 0:
        raise ValueError(f"width of the line must be positive [nm]; got {width_nm:g}")
    edges = wavelength_nm + np.array([-0.5, 0.5]) * width_nm
    return Curve(
        name=f"line {_word(wavelength_nm)} {_word(width_nm)}", wavelength_nm=edges, value=np.ones(2)
    )


def table(path: Path | str) -> Curve:
    """A curve from a CSV file: wavelength in nm and value, with one line of column names.

    Raises
    ------
    ValueError
        If the file is not such a table; the message names it.
    """
    if not Path(path).is_file():
        raise ValueError(f"table {path}: must be a CSV file; there is none")
    try:
        columns: Floats = np.loadtxt(path, delimiter=",", skiprows=1, ndmin=2, comments="#")
    except ValueError as error:
        raise ValueError(
            f"table {path}: must hold numbers below one line of names; {error}"
        ) from None
    if columns.shape[1] < 2:
        raise ValueError(
            f"table {path}: must have the columns wavelength_nm and value; got {columns.shape[1]}"
        )
    return Curve(name=f"table {path}", wavelength_nm=columns[:, 0], value=columns[:, 1])


_BUILT_IN: dict[str, Callable[..., Curve]] = {
    "blackbody": blackbody,
    "quasar": quasar,
    "flat": flat,
    "line": line,
}
_N_NUMBERS = {"blackbody": (1,), "quasar": (1,), "flat": (0,), "line": (1, 2)}


_COLUMNS = ("wavelength_nm", "value")


def spectrum(given: str | Mapping[str, Any]) -> Curve:
    """Curve from its name or its table, as scene files write it.

    Parameters
    ----------
    given
        ``"blackbody 5800"`` (kelvin), ``"quasar 2.1"`` (redshift), ``"flat"``, ``"line 450 1"``
        (centre and width in nm), ``"table star.csv"``; or a mapping with the lists
        ``wavelength_nm`` and ``value``.

    Raises
    ------
    ValueError
        If it is none of these.
    """
    if isinstance(given, Mapping):
        return _inline(given)
    kind, _, rest = given.partition(" ")
    if kind == "table":
        return table(rest)
    numbers = _numbers(rest)
    if kind not in _BUILT_IN or numbers is None or len(numbers) not in _N_NUMBERS[kind]:
        raise ValueError(
            f"spectrum must be one of {', '.join([*_BUILT_IN, 'table'])} with its numbers, such as "
            f"'blackbody 5800'; got {given!r}"
        )
    return _BUILT_IN[kind](*numbers)


def spectrum_words(curve: Curve) -> str | dict[str, Any]:
    """The name of a built-in curve, else its table: what `spectrum` makes the same curve from."""
    if curve.name.partition(" ")[0] in _BUILT_IN:
        named = spectrum(curve.name)
        # Somebody may have called a table of their own by the name of a built-in one.
        if all(np.array_equal(getattr(named, n), getattr(curve, n)) for n in _COLUMNS):
            return curve.name
    return {
        "name": curve.name,
        "wavelength_nm": curve.wavelength_nm.tolist(),
        "value": curve.value.tolist(),
    }


def _inline(given: Mapping[str, Any]) -> Curve:
    if not {*_COLUMNS} <= set(given) <= {"name", *_COLUMNS}:
        raise ValueError(
            "spectrum table must have the lists wavelength_nm and value, and may have a name; got "
            f"{', '.join(map(str, given))}"
        )
    return Curve(
        name=str(given.get("name", "table")),
        wavelength_nm=np.asarray(given["wavelength_nm"], dtype=float),
        value=np.asarray(given["value"], dtype=float),
    )


def _numbers(words: str) -> list[float] | None:
    try:
        return [float(word) for word in words.split()]
    except ValueError:
        return None


def _word(number: float) -> str:
    """The shortest word that reads as the same number."""
    return repr(float(number)).removesuffix(".0")

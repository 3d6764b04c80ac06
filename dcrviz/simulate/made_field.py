"""Small fields of stars under chosen conditions: what a person asks for in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from dcrviz.psf import PROFILES, Psf
from dcrviz.records import Exposure, Visit
from dcrviz.simulate.conditions import read_conditions, spread_visits, with_seeing
from dcrviz.simulate.observe import simulate_exposures
from dcrviz.simulate.random_scene import random_scene
from dcrviz.simulate.scene import PIXEL_SCALE_ARCSEC, Scene
from dcrviz.simulate.spectra import blackbody

CONDITIONS = "hits2015"
VISITS = ("spread", "narrow airmass", "one angle")
LIMITS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "n_stars": (1, 200),
        "coolest_k": (2000, 20000),
        "hottest_k": (2000, 20000),
        "n_visits": (2, 40),
        "seed": (0, 999_999),
        "size_px": (32, 512),
    }
)
"""Lowest and highest value of each whole number of a `MadeField`."""
REAL_LIMITS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "best_arcsec": (0.2, 5.0),
        "worst_arcsec": (0.2, 5.0),
        "seeing_exponent": (-1.0, 1.0),
    }
)
"""The same of its other numbers."""
_RANGES = (("coolest_k", "hottest_k"), ("best_arcsec", "worst_arcsec"))
_WORDS = {"visits": VISITS, "profile": PROFILES}


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeField:
    """A field of stars as it would be seen in g by visits of the HiTS survey.

    Parameters
    ----------
    n_stars
        Number of stars.
    coolest_k, hottest_k
        Range of their temperatures: black bodies.
    n_visits
        How many visits see it.
    visits
        Which: ``spread`` evenly over the airmasses, of nearly one airmass (``narrow airmass``), or
        of nearly one parallactic angle (``one angle``).
    best_arcsec, worst_arcsec
        Range of the visits' seeing, FWHM, which has nothing to do with their airmass.
    profile, seeing_exponent
        Of the stars, as `Psf` has them.
    seed
        Of places, fluxes, temperatures, noise, and of which visit has which seeing.
    size_px
        Side of the field.

    Raises
    ------
    ValueError
        If a number is outside `LIMITS` or `REAL_LIMITS`, a range is reversed, or visits or profile
        are unknown.
    """

    n_stars: int = 20
    coolest_k: int = 2900
    hottest_k: int = 10000
    n_visits: int = 8
    visits: str = "spread"
    seed: int = 1
    size_px: int = 128
    best_arcsec: float = 0.7
    worst_arcsec: float = 0.7
    profile: str = "kolmogorov"
    seeing_exponent: float = 0.0

    def __post_init__(self) -> None:
        for name in LIMITS:
            _check_whole(name, getattr(self, name))
        for name in REAL_LIMITS:
            _check_real(name, getattr(self, name))
        for least, most in _RANGES:
            low, high = getattr(self, least), getattr(self, most)
            if low > high:
                raise ValueError(
                    f"{least} of a field must be at most {most}, {high:g}; got {low:g}"
                )
        for name, known in _WORDS.items():
            word = getattr(self, name)
            if word not in known:
                raise ValueError(
                    f"{name} of a field must be one of {', '.join(known)}; got {word!r}"
                )


def made_exposures(field: MadeField) -> list[Exposure]:
    """The visits of such a field; the same field gives the same pixels."""
    return simulate_exposures(made_scene(field), made_visits(field), seed=field.seed)


def made_scene(field: MadeField) -> Scene:
    """The stars of such a field."""
    side = field.size_px
    scene = random_scene(
        field.seed, shape=(side, side), n_stars=field.n_stars, n_galaxies=0, n_quasars=0
    )
    rng = np.random.default_rng([field.seed, field.coolest_k, field.hottest_k])
    kelvin = rng.integers(field.coolest_k, field.hottest_k, field.n_stars, endpoint=True)
    stars = [
        replace(star, spectrum=blackbody(float(t)))
        for star, t in zip(scene.sources, kelvin, strict=True)
    ]
    psf = Psf(profile=field.profile, seeing_exponent=field.seeing_exponent)
    return replace(scene, sources=tuple(stars), psf=psf)


def made_visits(field: MadeField) -> list[Visit]:
    """The circumstances under which such a field is seen, the lowest airmass first."""
    return with_seeing(
        _seen(field),
        best_px=field.best_arcsec / PIXEL_SCALE_ARCSEC,
        worst_px=field.worst_arcsec / PIXEL_SCALE_ARCSEC,
        seed=field.seed,
    )


def _seen(field: MadeField) -> list[Visit]:
    visits = sorted(read_conditions(CONDITIONS), key=lambda visit: visit.airmass or 0.0)
    number = field.n_visits
    if field.visits == "spread":
        return spread_visits(visits, number)
    if field.visits == "narrow airmass":
        return _closest(visits, [visit.airmass or 0.0 for visit in visits], number)
    chosen = _closest(visits, [visit.parallactic_rad or 0.0 for visit in visits], number)
    return sorted(chosen, key=lambda visit: visit.airmass or 0.0)


def _closest(visits: Sequence[Visit], values: Sequence[float], number: int) -> list[Visit]:
    """The visits whose values lie closest together; of several such groups the highest."""
    order = np.argsort(values, kind="stable")
    ranked = np.asarray(values)[order]
    extent = ranked[number - 1 :] - ranked[: len(ranked) - number + 1]
    first = int(np.flatnonzero(extent <= extent.min() + 1e-9)[-1])
    return [visits[place] for place in order[first : first + number]]


def _check_whole(name: str, value: Any) -> None:
    low, high = LIMITS[name]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(
            f"{name} of a field must be a whole number from {low} to {high}; got {value!r}"
        )


def _check_real(name: str, value: Any) -> None:
    low, high = REAL_LIMITS[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(
            f"{name} of a field must be a number from {low:g} to {high:g}; got {value!r}"
        )

"""The neighbours of a knob: the values next to its own, as its declaration has them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from dcrviz.bands import Band
from dcrviz.config import AssembleConfig
from dcrviz.config_rules import auto_values
from dcrviz.engine import Problem
from dcrviz.knobs import (
    Choice,
    Factor,
    Fractions,
    Integer,
    Names,
    Number,
    Pair,
    Record,
    Switch,
    VisitFactors,
)
from dcrviz.psf import PlaneSeeing

# Small whole numbers are turned by one, greater ones as real numbers are.
_SMALL = 4
_PART = 0.1
# What auto stands for where the visits decide, if the fit knows their seeing.
_OF_THE_SEEING: Mapping[str, Callable[[PlaneSeeing], float]] = {
    "model_fwhm": lambda planes: planes.fwhm_px,
    "seeing_exponent": lambda planes: planes.profile.seeing_exponent,
}


def neighbours(name: str, problem: Problem) -> tuple[Any, ...]:
    """Values of a knob next to the one that it has, each of which means something else.

    Parameters
    ----------
    name
        Of the knob.
    problem
        Whose knobs they are; it tells what auto stands for.

    Returns
    -------
    tuple
        Empty if the knob has no neighbour. A switch is flipped, a choice is each other one. A
        number is half and double its distance from its lowest value; a whole number of 4 or less is
        one less and one more; at the lowest value itself it is the default, or a tenth of its range
        if that is the same. A limit is also off. A list lacks one of its elements, but for its
        last; a fraction is half, double and gone. A band is a tenth narrower and wider, a visit is
        off. What auto stands for must be known: without seeing in the fit that of a seeing is not.
    """
    knob, value = AssembleConfig.knobs()[name], getattr(problem.config, name)
    present = meaning(name, value, problem)
    if isinstance(knob, VisitFactors):
        return _visit_factors(value, [str(visit.id) for visit in problem.visits])
    if isinstance(knob, Number) and present is None:
        return ()
    others = _BY_TYPE[type(knob)](knob, present)
    if isinstance(knob, Record) and value is not None:
        others = (*others, None)
    return tuple(other for other in others if meaning(name, other, problem) != present)


def meaning(name: str, value: Any, problem: Problem) -> Any:
    """The value of a knob, or what it stands for where that is known, as of auto."""
    config = problem.config
    if name == "weights":
        return config.with_values(weights=value).pixel_weights
    if name == "fit_seeing":
        return config.with_values(fit_seeing=value).fits_seeing
    if name == "subregion_size":
        height, width = problem.shape
        return min(value[0], width), min(value[1], height)
    if name == "band" and config.band is None:
        return value or problem.band
    if name in _OF_THE_SEEING:
        planes = None if problem.seeing is None else problem.seeing.planes
        return planes and _OF_THE_SEEING[name](planes) if value is None else value
    # LSST's 0 is automatic where None may be.
    if not value and AssembleConfig.knobs()[name].allow_None:
        return auto_values(config.n_subfilters, config.solver).get(name)
    return value


def _switch(_: Any, value: bool) -> tuple[Any, ...]:
    return (not value,)


def _choice(knob: Any, _: Any) -> tuple[Any, ...]:
    return tuple(knob.objects)


def _number(knob: Any, value: float) -> tuple[Any, ...]:
    lowest = knob.bounds[0]
    if value > lowest:
        away = value - lowest
        return tuple(v for v in (lowest + away / 2, lowest + 2 * away) if _within(v, knob))
    if knob.default > lowest:
        return (knob.default,)
    return (lowest + _PART * (knob.softbounds[1] - lowest),)


def _factor(knob: Any, value: float) -> tuple[Any, ...]:
    """A limit of 1 allows no change at all; 0 is none."""
    if value <= 1:
        return (knob.default, 0.0)
    return 1 + (value - 1) / 2, 1 + 2 * (value - 1), 0.0


def _integer(knob: Any, value: int) -> tuple[Any, ...]:
    small = value <= _SMALL
    others = (value - 1, value + 1) if small else (math.ceil(value / 2), 2 * value)
    lowest = 1 if knob.allow_None else -math.inf
    return tuple(v for v in others if v >= lowest and _within(v, knob))


def _within(value: float, knob: Any) -> bool:
    low, high = (limit if limit is not None else value for limit in knob.bounds)
    low_included, high_included = knob.inclusive_bounds
    above = value > low or (value == low and low_included)
    return bool(above and (value < high or (value == high and high_included)))


def _pair(_: Any, value: tuple[int, int]) -> tuple[Any, ...]:
    width, height = value
    return (math.ceil(width / 2), math.ceil(height / 2)), (2 * width, 2 * height)


def _names(knob: Any, value: list[str]) -> tuple[Any, ...]:
    if not value:
        return (knob.default,)
    kept = [[name for name in value if name != dropped] for dropped in value]
    return tuple(names for names in kept if names)


def _fractions(knob: Any, value: Mapping[str, float]) -> tuple[Any, ...]:
    if not value:
        return (knob.default,)
    changes = [
        {**value, plane: changed}
        for plane, fraction in value.items()
        for changed in (fraction / 2, min(1.0, 2 * fraction))
    ]
    dropped = [{p: f for p, f in value.items() if p != plane} for plane in value]
    return (*changes, *dropped)


def _visit_factors(value: Mapping[str, float], visits: list[str]) -> tuple[Any, ...]:
    """Each visit off, or back on if it is off."""
    return tuple({**value, visit: float(value.get(visit, 1.0) == 0)} for visit in visits)


def _record(_: Any, value: Any) -> tuple[Any, ...]:
    """Nobody can guess another throughput."""
    parts = (-_PART, _PART) if isinstance(value, Band) else ()
    return tuple(_scaled(value, 1 + part) for part in parts)


def _scaled(band: Band, factor: float) -> Band:
    """A band as wide as this, about the wavelength that isn't shifted."""
    middle = band.effective_nm
    return replace(
        band,
        name=f"{band.name} x {factor:g}",
        min_nm=middle + factor * (band.min_nm - middle),
        max_nm=middle + factor * (band.max_nm - middle),
    )


_BY_TYPE: dict[type, Callable[[Any, Any], tuple[Any, ...]]] = {
    Switch: _switch,
    Choice: _choice,
    Number: _number,
    Factor: _factor,
    Integer: _integer,
    Pair: _pair,
    Names: _names,
    Fractions: _fractions,
    Record: _record,
}

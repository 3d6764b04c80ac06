"""From exposures to a problem: everything that is computed once per run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from dcrviz.bright import BrightObject
from dcrviz.config import AssembleConfig
from dcrviz.engine.bright_mask import mask_bright
from dcrviz.engine.check import check_exposures, common_band, factors_of, label, pointing_warnings
from dcrviz.engine.fill import fill_holes
from dcrviz.engine.forward_model import forward_model
from dcrviz.engine.fourier import grid_for
from dcrviz.engine.masks import flagged
from dcrviz.engine.prior import spread_px, tell_colours
from dcrviz.engine.problem import Problem
from dcrviz.engine.reuse import Reuse
from dcrviz.engine.static_sky import static_sky
from dcrviz.engine.tiles import make_tiles
from dcrviz.engine.weights import pixel_weights, stack_weights, visit_weights
from dcrviz.physics.geometry import wcs_jacobian
from dcrviz.physics.shifts import buffer_px, dcr_shifts
from dcrviz.records import Bools, Coadd, Cube, Exposure, Floats, Plane, Shifts

# Variance hardly changes over a visit: of more pixels only some rows are sorted.
_ENOUGH_PIXELS = 60_000
_Array = TypeVar("_Array", bound=NDArray[Any])


def prepare(
    exposures: Sequence[Exposure],
    config: AssembleConfig | None = None,
    *,
    template: Coadd | None = None,
    shifts: Shifts | None = None,
    bright_objects: Sequence[BrightObject] = (),
    reuse: Reuse | None = None,
) -> Problem:
    """Check the exposures and compute all that does not change between iterations.

    Parameters
    ----------
    exposures
        Visits on one pixel grid and in one band.
    config
        The knobs; the default preset if none are given.
    template
        Coadd to start from; made from the visits if none is given.
    shifts
        Shifts to use instead of refraction's, for replaying recorded runs.
    bright_objects
        Stars around which BRIGHT_OBJECT is set, if the knob says so.
    reuse
        What earlier calls have made: what is made of the same is taken again, to the last bit.

    Raises
    ------
    ValueError
        If the exposures don't fit together or lack what is needed, if the band is unknown, if a
        subfilter lies where the throughput is zero, or if a subregion is smaller than the buffer.
    """
    config, reuse = (config or AssembleConfig()).copy(), reuse or Reuse()
    check_exposures(exposures)
    factors = factors_of([exposure.visit for exposure in exposures], config.visit_factors)
    band = common_band(exposures, config.band)
    first = exposures[0]
    if shifts is None:
        shifts = dcr_shifts(
            [exposure.visit for exposure in exposures],
            model=forward_model(config, band),
            jacobian=wcs_jacobian(first.wcs, first.shape),
        )
    _check_shifts(shifts, len(exposures), config.n_subfilters)
    on = factors.tobytes()
    pixels = reuse.part(
        "pixels",
        (*exposures, on, config.bad_planes),
        lambda: _read_pixels(exposures, factors, config),
    )
    visits_weights = factors * visit_weights(
        [exposure.visit for exposure in exposures], by_airmass=config.airmass_weight
    )
    template = template or reuse.part(
        "template",
        (*exposures, pixels, on, visits_weights.tobytes(), *_stacking_knobs(config)),
        lambda: _own_template(exposures, pixels, visits_weights, factors, config),
    )
    _check_template(template, first)
    given = np.isfinite(template.image)
    filled = replace(template, image=fill_holes(template.image, ~given))
    if config.mask_bright_objects:
        filled = mask_bright(filled, bright_objects, wcs=first.wcs)
    sources = flagged(filled.mask, filled.planes, config.convergence_planes)
    detected, borrowed = reuse.part(
        "detected",
        (*exposures, sources.tobytes(), config.convergence_planes),
        lambda: _detected(exposures, sources, config),
    )
    weights = reuse.part(
        "weights",
        (*exposures, pixels, detected, on, visits_weights.tobytes(), config.pixel_weights),
        lambda: _weights(exposures, pixels.usable, detected, (visits_weights, factors), config),
    )
    order = config.interpolation_order
    stack, counts = reuse.part(
        "stack",
        (pixels, weights, shifts.midpoint.tobytes(), order),
        lambda: stack_weights(weights.pixels, pixels.usable, shifts, order=order),
    )
    # Of the visits that are off nothing depends.
    reaching = shifts if factors.all() else shifts.of(np.flatnonzero(factors))
    margin = buffer_px(reaching)
    return Problem(
        visits=tuple(exposure.visit for exposure in exposures),
        band=band,
        wcs=first.wcs,
        xy0=first.xy0,
        images=pixels.images,
        observed=_frozen(pixels.observed),
        usable=_frozen(pixels.usable),
        detected=_frozen(detected),
        weights=None if weights.pixels is None else _frozen(weights.pixels),
        shifts=shifts,
        template=filled,
        stack_weight=_frozen(stack),
        counts=_frozen(counts) if config.count_images else None,
        covered=_frozen(given | (stack > 0).all(axis=0)),
        background=_frozen(
            ~(sources | flagged(filled.mask, filled.planes, config.bad_planes)),
        ),
        tiles=make_tiles(sources, stack, config=config, buffer_px=margin),
        buffer_px=margin,
        grid=grid_for(reaching, first.shape),
        factors=factors,
        precision=weights.precision,
        unit_weight=weights.unit,
        visit_weights=visits_weights,
        config=config,
        warnings=(
            *pointing_warnings(exposures),
            *pixels.warnings,
            *borrowed,
            *_weather_warnings(exposures),
            *_source_warnings(sources),
            *_degeneracy_warnings(shifts, weights.precision > 0, config),
        ),
    )


def _stacking_knobs(config: AssembleConfig) -> list[Any]:
    """All that the stacking of a template might read; more than it does costs a stack too many."""
    groups = ("Inputs", "Template coadd")
    values = config.values()
    return [values[name] for name, knob in config.knobs().items() if knob.group in groups]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class _Pixels:
    images: tuple[Plane, ...]
    observed: Bools
    usable: Bools
    warnings: tuple[str, ...]


def _read_pixels(exposures: Sequence[Exposure], factors: Floats, config: AssembleConfig) -> _Pixels:
    """Scaled images, shared with the exposures where they can be, and their usable pixels."""
    observed = np.zeros((len(exposures), *exposures[0].shape), dtype=np.bool_)
    images, warnings = [], []
    for index, exposure in enumerate(exposures):
        image = np.ascontiguousarray(exposure.image, dtype=np.float32)
        clean = ~flagged(exposure.mask, exposure.planes, config.bad_planes)
        missing = clean & ~np.isfinite(image)
        if missing.any():
            number = int(missing.sum())
            warnings.append(
                f"{label(exposure)}: {number} pixel{'s are' * (number > 1) or ' is'} NaN without a "
                "mask plane that says so; counted as NO_DATA"
            )
        observed[index] = clean & ~missing
        if not observed[index].any():
            warnings.append(f"{label(exposure)}: no usable pixel; the visit is left out")
        scale = exposure.visit.scale
        images.append(_frozen(image if scale == 1 else image * np.float32(scale)))
    return _Pixels(
        images=tuple(images),
        observed=observed,
        usable=observed if factors.all() else observed & (factors > 0)[:, None, None],
        warnings=tuple(warnings),
    )


def _own_template(
    exposures: Sequence[Exposure],
    pixels: _Pixels,
    weights: Floats,
    factors: Floats,
    config: AssembleConfig,
) -> Coadd:
    """Template coadd of the visits that are on."""
    if factors.all():
        return static_sky(exposures, pixels.images, pixels.usable, weights, config)
    on = [int(visit) for visit in np.flatnonzero(factors)]
    return static_sky(
        [exposures[visit] for visit in on],
        [pixels.images[visit] for visit in on],
        pixels.usable[on],
        weights[on],
        config,
    )


def _check_template(template: Coadd, first: Exposure) -> None:
    for name in ("image", "mask", "variance"):
        shape = getattr(template, name).shape
        if shape != first.shape:
            raise ValueError(
                f"the template must have the shape of the visits, {first.shape}; "
                f"its {name} has {shape}"
            )


def _check_shifts(shifts: Shifts, n_visits: int, n_subfilters: int) -> None:
    got_visits, got_subfilters = shifts.midpoint.shape[:2]
    if got_visits != n_visits:
        raise ValueError(f"shifts must be given for all {n_visits} visits; got {got_visits}")
    if got_subfilters != n_subfilters:
        raise ValueError(
            f"shifts must be given for all {n_subfilters} subfilters; got {got_subfilters}"
        )


def _detected(
    exposures: Sequence[Exposure], sources: Bools, config: AssembleConfig
) -> tuple[Bools, list[str]]:
    """Source pixels by each visit's own mask, or the template's where a visit has no such plane."""
    detected = np.empty((len(exposures), *sources.shape), dtype=np.bool_)
    borrowed = []
    for index, exposure in enumerate(exposures):
        if any(name in exposure.planes for name in config.convergence_planes):
            detected[index] = flagged(exposure.mask, exposure.planes, config.convergence_planes)
        else:
            detected[index] = sources
            names = ", ".join(config.convergence_planes)
            borrowed.append(f"{label(exposure)}: no mask plane {names}; the template's is used")
    return detected, borrowed


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class _Weights:
    pixels: Cube | None
    unit: float
    precision: Floats


def _weights(
    exposures: Sequence[Exposure],
    usable: Bools,
    detected: Bools,
    visits: tuple[Floats, Floats],
    config: AssembleConfig,
) -> _Weights:
    """What pixels and visits count: all alike in 2019's way, or by their variance and weight.

    The visits have their whole weights, and the factors in them, by which alone they differ in
    2019's way.

    Sources carry noise of their own, and counting their pixels less gives every star a profile by
    its brightness; of the background's variance they count as the sky around them.
    """
    weights, factors = visits
    typical = np.array([_typical_variance(e, usable[i]) for i, e in enumerate(exposures)])
    known = np.isfinite(typical)
    mean = float(typical[known].mean()) if known.any() else 1.0
    if config.pixel_weights == "2019":
        alike = np.isin(factors, (0, 1)).all()
        return _Weights(
            pixels=None if alike else usable * factors.astype(np.float32)[:, None, None],
            unit=1 / mean,
            precision=np.where(known, factors / mean, 0.0),
        )
    inverse = np.empty(usable.shape, dtype=np.float32)
    for index, exposure in enumerate(exposures):
        variance = np.asarray(exposure.variance, dtype=np.float32)
        scale = np.float32(exposure.visit.scale**2)
        if config.pixel_weights == "background":
            sky = np.float32(typical[index] / scale)
            # A source adds to the variance, a worn-out pixel or a vignetted corner does not go.
            variance = np.where(detected[index], np.minimum(variance, sky), variance)
        inverse[index] = pixel_weights(variance * scale, usable[index], weights[index])
    positive = inverse[inverse > 0]
    # Only ratios matter; about 1 they stay clear of the limits of float32.
    unit = float(np.median(positive)) if positive.size else 1.0
    return _Weights(
        pixels=inverse / np.float32(unit),
        unit=unit,
        precision=np.where(known, weights / np.where(known, typical, 1), 0.0),
    )


def _typical_variance(exposure: Exposure, usable: Bools) -> float:
    """Median variance of the usable pixels, of a few rows if there are many; NaN without any."""
    step = max(1, usable.size // _ENOUGH_PIXELS)
    variance, counts = np.asarray(exposure.variance)[::step], usable[::step]
    if not counts.any():
        variance, counts = np.asarray(exposure.variance), usable
    good = variance[counts & np.isfinite(variance) & (variance > 0)]
    return float(np.median(good)) * exposure.visit.scale**2 if good.size else float("nan")


def _weather_warnings(exposures: Sequence[Exposure]) -> list[str]:
    lacking = [
        str(exposure.visit.id)
        for exposure in exposures
        if exposure.visit.weather is None or exposure.visit.weather.assumed
    ]
    if not lacking:
        return []
    return [
        f"no weather in the record of {len(lacking)} of {len(exposures)} visits "
        f"({', '.join(lacking)}); the standard atmosphere at the site's height is used"
    ]


def _source_warnings(sources: Bools) -> list[str]:
    if sources.all():
        return [
            "every pixel of the template is DETECTED: the noise is taken from the whole area by a "
            "robust estimator"
        ]
    if not sources.any():
        return ["no pixel of the template is DETECTED: the model weights are zero everywhere"]
    return []


def _degeneracy_warnings(shifts: Shifts, seen: Bools, config: AssembleConfig) -> list[str]:
    if not config.in_fourier_space or config.n_subfilters == 1 or tell_colours(shifts, seen):
        return []
    return [
        f"the visits' refraction differs by only {spread_px(shifts, seen):.3g} px: they can't tell "
        "the subfilters apart; a small ridge keeps the planes near a flat spectrum"
    ]


def _frozen(array: _Array) -> _Array:
    array.flags.writeable = False
    return array

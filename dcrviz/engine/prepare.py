"""From exposures to a problem: everything that is computed once per run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from dcrviz.bright import BrightObject
from dcrviz.config import AssembleConfig
from dcrviz.config_rules import threads_of
from dcrviz.engine.artifacts import Artifacts
from dcrviz.engine.bright_mask import mask_bright
from dcrviz.engine.candidates import Fate
from dcrviz.engine.check import (
    band_warnings,
    check_exposures,
    check_overlap,
    checked_config,
    common_band,
    factors_of,
    plane_warnings,
    pointing_warnings,
)
from dcrviz.engine.clean import Clean, clean
from dcrviz.engine.field_grid import field_grid
from dcrviz.engine.fill import fill_holes
from dcrviz.engine.first_look import with_first_look
from dcrviz.engine.fitted_seeing import blurring_px, fitted_seeing
from dcrviz.engine.forward_model import forward_model
from dcrviz.engine.masks import flagged, with_plane
from dcrviz.engine.pixel_weights import weights_of
from dcrviz.engine.pixels import detected_pixels, frozen, read_pixels, unpacked
from dcrviz.engine.prior import lever_px, tell_colours
from dcrviz.engine.problem import Problem
from dcrviz.engine.reuse import Reuse
from dcrviz.engine.seeing import VisitSeeing
from dcrviz.engine.star_images import mean_star_image, star_of
from dcrviz.engine.static_sky import static_sky
from dcrviz.engine.tiles import make_tiles
from dcrviz.engine.weights import stack_weights, visit_weights
from dcrviz.physics.geometry import wcs_jacobian
from dcrviz.physics.shifts import buffer_px, dcr_shifts
from dcrviz.records import Bools, Coadd, Exposure, Floats, Plane, Shifts


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
        What earlier calls have made: what is made of the same is taken again, to the last bit. It
        says, too, where images, flags and weights of the visits are kept.

    Raises
    ------
    ValueError
        If the exposures don't fit together, overlap or have what is needed, the band is unknown, a
        subfilter lies where the throughput is zero, or if a subregion is smaller than the buffer.
    """
    config = (AssembleConfig() if config is None else checked_config(config)).copy()
    reuse = reuse or Reuse()
    room = reuse.room
    exposures = check_exposures(exposures)
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
    exposures = reuse.part("unpacked", tuple(exposures), lambda: unpacked(exposures, config, room))
    pixels = reuse.part(
        "pixels",
        (*exposures, factors.tobytes(), config.bad_planes, config.pixel_weights),
        lambda: read_pixels(exposures, factors, config, room),
    )
    check_overlap(exposures, pixels.usable)
    visits_weights = factors * visit_weights(
        [exposure.visit for exposure in exposures], by_airmass=config.airmass_weight
    )
    cleaned = clean(
        exposures, pixels, weights=visits_weights, shifts=shifts, config=config, reuse=reuse
    )
    exposures, pixels = cleaned.exposures, cleaned.pixels
    template = template or reuse.part(
        "template",
        (
            *exposures,
            cleaned.stacked,
            factors.tobytes(),
            visits_weights.tobytes(),
            *_stacking_knobs(config),
        ),
        lambda: _own_template(cleaned, visits_weights, factors, config),
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
        lambda: detected_pixels(exposures, sources, config, room),
    )
    weights = reuse.part(
        "weights",
        (
            *exposures,
            pixels,
            detected,
            factors.tobytes(),
            visits_weights.tobytes(),
            config.pixel_weights,
            config.solver == "direct",
        ),
        lambda: weights_of(
            exposures, pixels.usable, detected, (visits_weights, factors), config, room
        ),
    )
    stack, counts = reuse.part(
        "stack",
        (pixels, weights, shifts.midpoint.tobytes(), config.interpolation_order),
        lambda: stack_weights(
            weights.of_rows,
            pixels.usable,
            shifts,
            order=config.interpolation_order,
            room=room,
            threads=threads_of(config, first.shape),
        ),
    )
    seeing, of_seeing = fitted_seeing(
        exposures, weights.precision, forward_model(config, band), config
    )
    # Of the visits that are off nothing depends.
    on = np.flatnonzero(factors)
    margin = buffer_px(shifts.of(on)) + blurring_px(seeing, on.tolist(), config)
    return with_first_look(
        Problem(
            visits=tuple(exposure.visit for exposure in exposures),
            band=band,
            wcs=first.wcs,
            xy0=first.xy0,
            images=pixels.images,
            observed=frozen(pixels.observed),
            usable=frozen(pixels.usable),
            detected=frozen(detected),
            weights=None if weights.pixels is None else frozen(weights.pixels),
            shifts=shifts,
            template=filled,
            stack_weight=frozen(stack),
            counts=frozen(counts) if config.count_images else None,
            covered=frozen(given | (stack > 0).all(axis=0)),
            background=frozen(
                ~(sources | flagged(filled.mask, filled.planes, config.bad_planes)),
            ),
            tiles=make_tiles(sources, stack, config=config, buffer_px=margin),
            buffer_px=margin,
            grid=field_grid(shifts, seeing, factors, first.shape),
            factors=factors,
            precision=weights.precision,
            unit_weight=weights.unit,
            visit_weights=visits_weights,
            config=config,
            warnings=(
                *pointing_warnings(exposures),
                *band_warnings(exposures, band),
                *plane_warnings(exposures, config),
                *pixels.warnings,
                *_artifact_warnings(cleaned.artifacts),
                *_bright_warnings(bright_objects, config),
                *borrowed,
                *_weather_warnings(exposures),
                *_source_warnings(sources, config.convergence_planes),
                *_degeneracy_warnings(shifts, weights.precision > 0, config),
                *of_seeing,
            ),
            psf=_star_of_planes(exposures, weights.precision, config, seeing),
            seeing=seeing,
            artifacts=cleaned.artifacts,
        )
    )


def _star_of_planes(
    exposures: Sequence[Exposure],
    precision: Floats,
    config: AssembleConfig,
    seeing: VisitSeeing | None,
) -> Plane | None:
    """What a star looks like in the planes."""
    if seeing is None:
        return mean_star_image(exposures, precision, psf=config.star_profile)
    return star_of(seeing.planes.fwhm_px, psf=config.star_profile)


def _stacking_knobs(config: AssembleConfig) -> list[Any]:
    """All that the stacking of a template might read; more than it does costs a stack too many."""
    groups = ("Inputs", "Template coadd")
    values = config.values()
    return [values[name] for name, knob in config.knobs().items() if knob.group in groups]


def _own_template(
    cleaned: Clean, weights: Floats, factors: Floats, config: AssembleConfig
) -> Coadd:
    """Template coadd of the visits that are on, with CLIPPED where an artifact was left out."""
    exposures, pixels = cleaned.exposures, cleaned.stacked
    if not factors.all():
        on = [int(visit) for visit in np.flatnonzero(factors)]
        exposures, weights = [exposures[visit] for visit in on], weights[on]
        images = tuple(pixels.images[visit] for visit in on)
        pixels = replace(pixels, images=images, usable=pixels.usable[on])
    template = static_sky(exposures, pixels.images, pixels.usable, weights, config)
    if cleaned.clipped is None:
        return template
    planes = with_plane(template.planes, "CLIPPED")
    mask = template.mask.copy()
    mask[cleaned.clipped] |= np.int32(1 << planes["CLIPPED"])
    return replace(template, mask=mask, planes=planes)


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


def _artifact_warnings(artifacts: Artifacts | None) -> list[str]:
    """What was clipped or may vary, in one sentence."""
    if artifacts is None:
        return []
    told = any(one.fate in (Fate.CLIPPED, Fate.VARIABLE) for one in artifacts.candidates)
    return [*artifacts.warnings, *([artifacts.sentence] if told else [])]


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


def _bright_warnings(objects: Sequence[BrightObject], config: AssembleConfig) -> list[str]:
    if objects or not config.mask_bright_objects:
        return []
    return ["mask_bright_objects is on, and there are no bright objects: nothing is marked"]


def _source_warnings(sources: Bools, planes: Sequence[str]) -> list[str]:
    if not planes:
        return ["convergence_planes names no mask plane: the model weights are zero everywhere"]
    names = " or ".join(planes)
    if sources.all():
        return [
            f"every pixel of the template is {names}: the noise is taken from the whole area by a "
            "robust estimator"
        ]
    if not sources.any():
        return [f"no pixel of the template is {names}: the model weights are zero everywhere"]
    return []


def _degeneracy_warnings(shifts: Shifts, seen: Bools, config: AssembleConfig) -> list[str]:
    if not config.in_fourier_space or config.n_subfilters == 1 or tell_colours(shifts, seen):
        return []
    return [
        f"the visits' refraction differs by only {lever_px(shifts, seen):.3g} px over the band: "
        "errors of position would pass for colours, so the planes are kept at a flat spectrum"
    ]

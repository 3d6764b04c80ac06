"""The visits' pixels without the artifacts in them, if they are searched for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dcrviz.artifact_config import ArtifactConfig
from dcrviz.config import AssembleConfig
from dcrviz.config_rules import threads_of
from dcrviz.engine.artifact_marks import marked, places_to_clip, refraction_offsets
from dcrviz.engine.artifacts import Artifacts, find_artifacts
from dcrviz.engine.masks import flagged
from dcrviz.engine.pixels import Pixels
from dcrviz.engine.reuse import Reuse
from dcrviz.engine.static_sky import mean_variances
from dcrviz.records import Bools, Exposure, Floats, Ints, Shifts

# Planes that the search itself sets.
_MARKS = {"CLIPPED", "EDGE"}


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Clean:
    """Visits as they are fitted.

    Parameters
    ----------
    exposures
        With the marks of artifacts in their masks.
    pixels
        For the fit.
    stacked
        For the template coadd, without what is CLIPPED.
    clipped
        (Y, X), pixels at which any visit is CLIPPED.
    artifacts
        None if nobody looked for them.
    """

    exposures: Sequence[Exposure]
    pixels: Pixels
    stacked: Pixels
    clipped: Bools | None = None
    artifacts: Artifacts | None = None


def clean(
    exposures: Sequence[Exposure],
    pixels: Pixels,
    *,
    weights: Floats,
    shifts: Shifts,
    config: AssembleConfig,
    reuse: Reuse,
) -> Clean:
    """Find artifacts, mark them, and leave them out as the knobs say.

    Parameters
    ----------
    weights
        (V,), of each visit beside its variance.
    """
    untouched = Clean(exposures=exposures, pixels=pixels, stacked=pixels)
    if not config.find_artifacts:
        return untouched
    artifacts = reuse.part(
        "artifacts",
        (*exposures, pixels, weights.tobytes(), *_search_knobs(config)),
        lambda: _search(exposures, pixels, weights, config),
    )
    if artifacts is None:
        return untouched
    leaves_out = config.on_artifact == "leave_out"
    offsets = refraction_offsets(shifts, weights) if leaves_out else None
    stacked, with_marks, anywhere = reuse.part(
        "clipped",
        (artifacts, pixels, *(one.tobytes() for one in offsets or ())),
        lambda: _clipped(exposures, pixels, artifacts, offsets),
    )
    fitted = stacked if leaves_out else pixels
    if _MARKS & set(config.bad_planes):
        fitted = reuse.part(
            "without marks",
            (fitted, with_marks, config.bad_planes),
            lambda: _without_planes(fitted, with_marks, config.bad_planes),
        )
    return Clean(
        exposures=with_marks,
        pixels=fitted,
        stacked=stacked,
        clipped=anywhere,
        artifacts=artifacts,
    )


def _search(
    exposures: Sequence[Exposure], pixels: Pixels, weights: Floats, config: AssembleConfig
) -> Artifacts | None:
    """None where no visit has a pixel to be compared."""
    in_sky = weights / mean_variances(exposures, pixels.usable)
    if not in_sky.any():
        return None
    threads = threads_of(config, exposures[0].shape)
    return find_artifacts(exposures, pixels.images, in_sky, config, threads=threads)


def _clipped(
    exposures: Sequence[Exposure],
    pixels: Pixels,
    artifacts: Artifacts,
    offsets: Sequence[Ints] | None,
) -> tuple[Pixels, tuple[Exposure, ...], Bools]:
    """Pixels without artifacts, the exposures marked, and where any visit is CLIPPED."""
    places = places_to_clip(artifacts, n_visits=len(exposures), offsets=offsets)
    flags = np.zeros(pixels.observed.shape, dtype=np.bool_)
    for visit, some in enumerate(places):
        flags[visit].ravel()[some] = True
    edge_px = int(np.ceil(artifacts.fwhm_px / 2))
    marks = marked(exposures, places, edge_px=edge_px)
    return _without(pixels, flags), marks, np.asarray(flags.any(axis=0))


def _without_planes(
    pixels: Pixels, exposures: Sequence[Exposure], bad_planes: Sequence[str]
) -> Pixels:
    """The pixels without those that the marks make bad ones, by a person's choice of bad planes."""
    return _without(
        pixels, np.stack([flagged(one.mask, one.planes, bad_planes) for one in exposures])
    )


def _without(pixels: Pixels, bad: Bools) -> Pixels:
    observed = pixels.observed & ~bad
    usable = observed if pixels.usable is pixels.observed else pixels.usable & ~bad
    return replace(pixels, observed=observed, usable=usable)


def _search_knobs(config: AssembleConfig) -> list[Any]:
    """All that the search reads."""
    values = config.values()
    names = [*ArtifactConfig.knobs(), "seeing_model", "moffat_beta"]
    return [values[name] for name in names if name != "on_artifact"]

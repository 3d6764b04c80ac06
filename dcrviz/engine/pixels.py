"""The visits' pixels as they are read: scaled images, which pixels count, which are sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from dcrviz.config import AssembleConfig
from dcrviz.engine.check import label
from dcrviz.engine.masks import flagged
from dcrviz.records import Bools, Exposure, Floats, Plane

Array = TypeVar("Array", bound=NDArray[Any])


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Pixels:
    """The visits' pixels; `usable` are those that count."""

    images: tuple[Plane, ...]
    observed: Bools
    usable: Bools
    warnings: tuple[str, ...]


def read_pixels(exposures: Sequence[Exposure], factors: Floats, config: AssembleConfig) -> Pixels:
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
        images.append(frozen(image if scale == 1 else image * np.float32(scale)))
    return Pixels(
        images=tuple(images),
        observed=observed,
        usable=observed if factors.all() else observed & (factors > 0)[:, None, None],
        warnings=tuple(warnings),
    )


def detected_pixels(
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


def frozen(array: Array) -> Array:
    """The array itself, which nobody can write to any more."""
    array.flags.writeable = False
    return array

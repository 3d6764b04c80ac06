"""The visits' pixels as they are read: scaled images, which pixels count, which are sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from dcrviz.config import AssembleConfig
from dcrviz.config_rules import threads_of
from dcrviz.engine.check import label
from dcrviz.engine.masks import flagged
from dcrviz.kernels.pool import row_bands, run_all
from dcrviz.records import Bools, Exposure, Floats, Plane
from dcrviz.scratch import Room

Array = TypeVar("Array", bound=NDArray[Any])
# Beyond these, squares and quotients of fluxes leave what float32 can hold.
_LEAST_VARIANCE, _MOST_VARIANCE = 1e-36, 1e30
# What may be wrong with a pixel that no mask tells of, in the order in which it is said.
_NAN, _INFINITE, _NOT_FINITE = "NaN", "infinite", "of a variance that is not finite"
_ODD = f"of a variance that is not from {_LEAST_VARIANCE:g} to {_MOST_VARIANCE:g},"
_WRONG = (_NAN, _INFINITE, _NOT_FINITE, _ODD)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Pixels:
    """The visits' pixels; `usable` are those that count."""

    images: tuple[Plane, ...]
    observed: Bools
    usable: Bools
    warnings: tuple[str, ...]


def unpacked(exposures: Sequence[Exposure], config: AssembleConfig, room: Room) -> list[Exposure]:
    """The exposures, whose planes give some rows as soon as they are asked for.

    What a file holds packed is unpacked here, once: each band of rows would take a look at all the
    headers, and everything that is found band by band as many looks.
    """
    tasks = [partial(_unpacked, exposure, room) for exposure in exposures]
    return run_all(tasks, threads=threads_of(config, exposures[0].shape))


def _unpacked(exposure: Exposure, room: Room) -> Exposure:
    packed = {
        name: plane
        for name in ("image", "mask", "variance")
        if not getattr(plane := getattr(exposure, name), "comes_by_rows", True)
    }
    kept: dict[str, Any] = {name: room.keep(np.asarray(plane)) for name, plane in packed.items()}
    return replace(exposure, **kept) if kept else exposure


def read_pixels(
    exposures: Sequence[Exposure], factors: Floats, config: AssembleConfig, room: Room
) -> Pixels:
    """Scaled images, shared with the exposures where they can be, and their usable pixels."""
    draft = room.begin((len(exposures), *exposures[0].shape), np.bool_)
    tasks = [
        partial(_read, exposure, clean, config, room)
        for exposure, clean in zip(exposures, draft.array, strict=True)
    ]
    threads = threads_of(config, exposures[0].shape)
    images, warnings = zip(*run_all(tasks, threads=threads), strict=True)
    observed = draft.finish()
    return Pixels(
        images=images,
        observed=observed,
        usable=observed if factors.all() else _of_those_on(observed, factors, room),
        warnings=tuple(sentence for told in warnings for sentence in told),
    )


def _read(
    exposure: Exposure, observed: Bools, config: AssembleConfig, room: Room
) -> tuple[Plane, list[str]]:
    """The scaled image of one visit, and what is to be said of it; which pixels are observed."""
    name = label(exposure)
    image, mask, variance = _scaled(exposure, room), exposure.mask, exposure.variance
    assert variance is not None
    numbers = dict.fromkeys(_WRONG, 0)
    for rows in row_bands(exposure.shape):
        good = observed[rows]
        np.logical_not(flagged(mask[rows], exposure.planes, config.bad_planes), out=good)
        for what, wrong in _what_is_wrong(
            image[rows], variance[rows], exposure.visit.scale, config
        ):
            wrong &= good
            numbers[what] += int(np.count_nonzero(wrong))
            good &= ~wrong
    warnings = [
        f"{name}: {number} pixel{'s are' * (number > 1) or ' is'} {what} without a mask plane "
        "that says so; counted as NO_DATA"
        for what, number in numbers.items()
        if number
    ]
    if not observed.any():
        warnings.append(f"{name}: no usable pixel; the visit is left out")
    return image, warnings


def _scaled(exposure: Exposure, room: Room) -> Plane:
    """The image times its scale: itself where it lies in memory already, and the room allows it."""
    image, scale = exposure.image, np.float32(exposure.visit.scale)
    if isinstance(image, np.ndarray) and scale == 1:
        return room.keep(np.ascontiguousarray(image, dtype=np.float32))
    draft = room.begin(exposure.shape, np.float32)
    for rows in row_bands(exposure.shape):
        with np.errstate(over="ignore"):
            np.multiply(image[rows], scale, out=draft.array[rows])
    return draft.finish()


def _what_is_wrong(
    image: Plane, variance: Plane, scale: float, config: AssembleConfig
) -> Iterator[tuple[str, Bools]]:
    """Pixels of which nothing can be told, by what is wrong with them."""
    if not np.isfinite(image).all():
        yield _NAN, np.isnan(image)
        yield _INFINITE, np.isinf(image)
    if config.pixel_weights == "2019":
        # Such weights ask for no size.
        yield _NOT_FINITE, ~np.isfinite(variance)
        return
    known: Bools = variance >= _LEAST_VARIANCE / scale**2
    known &= variance <= _MOST_VARIANCE / scale**2
    yield _ODD, np.logical_not(known, out=known)


def _of_those_on(observed: Bools, factors: Floats, room: Room) -> Bools:
    """The observed pixels of the visits that are on."""
    draft = room.begin(observed.shape, np.bool_)
    for visit, factor in enumerate(factors):
        draft.array[visit] = observed[visit] if factor > 0 else False
    return draft.finish()


def detected_pixels(
    exposures: Sequence[Exposure], sources: Bools, config: AssembleConfig, room: Room
) -> tuple[Bools, list[str]]:
    """Source pixels by each visit's own mask, or the template's where a visit has no such plane."""
    draft = room.begin((len(exposures), *sources.shape), np.bool_)
    names = ", ".join(config.convergence_planes)

    def detect(exposure: Exposure, detected: Bools) -> list[str]:
        if any(name in exposure.planes for name in config.convergence_planes):
            for rows in row_bands(exposure.shape):
                bits = exposure.mask[rows]
                detected[rows] = flagged(bits, exposure.planes, config.convergence_planes)
            return []
        detected[:] = sources
        return [f"{label(exposure)}: no mask plane {names}; the template's is used"]

    tasks = [partial(detect, *pair) for pair in zip(exposures, draft.array, strict=True)]
    borrowed = run_all(tasks, threads=threads_of(config, exposures[0].shape))
    return draft.finish(), [sentence for told in borrowed for sentence in told]


def frozen(array: Array) -> Array:
    """The array itself, which nobody can write to any more."""
    array.flags.writeable = False
    return array

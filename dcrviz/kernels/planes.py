"""What an iteration does to one plane, pixel by pixel; every loop writes into its own arrays."""

from __future__ import annotations

from functools import partial

import numpy as np

from dcrviz.kernels.jit import compiled, inlined, summing, unwritable
from dcrviz.kernels.pool import run_bands
from dcrviz.kernels.sums import copy_line
from dcrviz.records import Bools, Bytes, Cube, Floats, Plane
from dcrviz.rooms import fresh, fresh_like


def mean_plane(planes: Cube, *, threads: int = 1) -> Plane:
    """Mean of (S, Y, X) planes."""
    mean = fresh(*planes.shape[1:])
    if mean.size:
        run_bands(partial(_mean, unwritable(planes), mean), len(mean), threads=threads)
    return mean


def amplified_planes(planes: Cube, factor: float, *, threads: int = 1) -> Cube:
    """Planes with their differences from the mean plane multiplied by a factor, (S, Y, X)."""
    out = fresh_like(planes)
    if out.size:
        loop = partial(_amplify, unwritable(planes), np.float32(factor), out)
        run_bands(loop, planes.shape[1], threads=threads)
    return out


def brightness(planes: Cube, floor: float, *, threads: int = 1) -> Plane:
    """``|mean plane| + floor``, (Y, X)."""
    out = fresh(*planes.shape[1:])
    if out.size:
        loop = partial(_brightness, unwritable(planes), np.float32(floor), out)
        run_bands(loop, len(out), threads=threads)
    return out


def corrected(old: Cube, correction: Cube, *, threads: int = 1) -> Cube:
    """Old planes plus their correction, the old where that is not finite."""
    new = fresh_like(correction)
    if new.size:
        loop = partial(_correct, unwritable(old), unwritable(correction), new)
        run_bands(loop, new.shape[1], threads=threads)
    return new


def plane_sums(planes: Cube, *, threads: int = 1) -> Floats:
    """(S,) sum of each plane, in double precision; the same with any number of threads."""
    of_rows = np.zeros(planes.shape[:2])
    run_bands(partial(_sum, planes, of_rows), planes.shape[1], threads=threads)
    sums: Floats = of_rows.sum(axis=1)
    return sums


def positive_part(image: Plane, *, threads: int = 1) -> Plane:
    """The image with 0 where it is not above 0, NaN included."""
    out = fresh_like(image)
    if out.size:
        pixels = np.ascontiguousarray(image, np.float32)
        run_bands(partial(_positive, pixels, out), len(out), threads=threads)
    return out


def blended(new: Cube, old: Cube, gain: float, *, threads: int = 1) -> Cube:
    """(gain new + old) / (1 + gain) of (S, Y, X) planes."""
    out = fresh_like(new)
    if out.size:
        loop = partial(_blend, unwritable(new), unwritable(old), np.float32(gain), out)
        run_bands(loop, out.shape[1], threads=threads)
    return out


def blended_and_held(
    new: Cube, old: Cube, gain: float, template: Plane, omega: Plane, *, threads: int = 1
) -> Cube:
    """What `blended` and then `hold` make of planes, in one pass."""
    out = fresh_like(new)
    if out.size:
        loop = partial(
            _blend_and_hold,
            unwritable(new),
            unwritable(old),
            np.float32(gain),
            unwritable(template),
            omega,
            out,
        )
        run_bands(loop, out.shape[1], threads=threads)
    return out


def hold(planes: Cube, template: Plane, omega: Plane, *, threads: int = 1) -> None:
    """Replace S planes by omega times themselves and 1 - omega times a template's S-th part.

    In place: the planes must be the caller's own.
    """
    if planes.size:
        run_bands(
            partial(_hold, planes, unwritable(template), omega), planes.shape[1], threads=threads
        )


def deviation(
    image: Plane, counted: Bools, *, margin_px: int = 0, threads: int = 1
) -> tuple[int, float]:
    """How many pixels count, and their standard deviation in double precision, in one pass.

    Parameters
    ----------
    margin_px
        How far from the edge pixels must be to count.
    """
    pixels = unwritable(np.ascontiguousarray(image))
    flags = unwritable(np.ascontiguousarray(counted).view(np.uint8))
    sums = np.zeros((3, len(image)))
    loop = partial(_moments, pixels, flags, margin_px, sums)
    run_bands(loop, len(image), threads=threads)
    number, total, squares = sums.sum(axis=1)
    mean = total / max(1, number)
    return int(number), float(np.sqrt(np.maximum(squares / max(1, number) - mean**2, 0)))


@compiled
def _mean(planes: Cube, mean: Plane, top: int, bottom: int) -> None:
    for y in range(top, bottom):
        mean_row(planes, y, mean[y])


@compiled
def _amplify(planes: Cube, factor: np.float32, out: Cube, top: int, bottom: int) -> None:
    last, width = len(planes) - 1, planes.shape[2]
    for y in range(top, bottom):
        # The mean is kept where the last plane's row will stand.
        mean = out[last, y]
        mean_row(planes, y, mean)
        for a in range(last):
            source, target = planes[a, y], out[a, y]
            for x in range(width):
                target[x] = mean[x] + factor * (source[x] - mean[x])
        source = planes[last, y]
        for x in range(width):
            mean[x] += factor * (source[x] - mean[x])


@compiled
def _brightness(planes: Cube, floor: np.float32, out: Plane, top: int, bottom: int) -> None:
    for y in range(top, bottom):
        row = out[y]
        mean_row(planes, y, row)
        for x in range(out.shape[1]):
            row[x] = abs(row[x]) + floor


@inlined
def mean_row(planes: Cube, y: int, row: Plane) -> None:
    """Write the mean of row y of all planes."""
    number, _, width = planes.shape
    copy_line(planes[0, y], row)
    for a in range(1, number):
        source = planes[a, y]
        for x in range(width):
            row[x] += source[x]
    for x in range(width):
        row[x] /= np.float32(number)


@compiled
def _correct(old: Cube, correction: Cube, new: Cube, top: int, bottom: int) -> None:
    number, _, width = new.shape
    for a in range(number):
        for y in range(top, bottom):
            before, added, target = old[a, y], correction[a, y], new[a, y]
            for x in range(width):
                value = before[x] + added[x]
                target[x] = value if np.isfinite(value) else before[x]


@compiled
def _sum(planes: Cube, sums: Floats, top: int, bottom: int) -> None:
    for a in range(len(planes)):
        for y in range(top, bottom):
            sums[a, y] = _sum_row(planes[a, y])


@summing
def _sum_row(row: Plane) -> float:
    total = 0.0
    for x in range(len(row)):
        total += row[x]
    return total


@compiled
def _positive(image: Plane, out: Plane, top: int, bottom: int) -> None:
    for y in range(top, bottom):
        source, target = image[y], out[y]
        for x in range(image.shape[1]):
            target[x] = source[x] if source[x] > 0 else np.float32(0)


@compiled
def _blend(new: Cube, old: Cube, gain: np.float32, out: Cube, top: int, bottom: int) -> None:
    for y in range(top, bottom):
        _blend_row(new, old, gain, out, y)


@compiled
def _hold(planes: Cube, template: Plane, omega: Plane, top: int, bottom: int) -> None:
    for y in range(top, bottom):
        _hold_row(planes, template[y], omega[y], y)


@compiled
def _blend_and_hold(
    new: Cube,
    old: Cube,
    gain: np.float32,
    template: Plane,
    omega: Plane,
    out: Cube,
    top: int,
    bottom: int,
) -> None:
    # Row by row, as a row is still in the cache when it is held.
    for y in range(top, bottom):
        _blend_row(new, old, gain, out, y)
        _hold_row(out, template[y], omega[y], y)


@inlined
def _blend_row(new: Cube, old: Cube, gain: np.float32, out: Cube, y: int) -> None:
    whole = np.float32(1) + gain
    for a in range(len(out)):
        now, before, target = new[a, y], old[a, y], out[a, y]
        for x in range(len(target)):
            target[x] = (gain * now[x] + before[x]) / whole


@inlined
def _hold_row(planes: Cube, whole: Plane, weight: Plane, y: int) -> None:
    one, parts = np.float32(1), np.float32(len(planes))
    for a in range(len(planes)):
        now = planes[a, y]
        for x in range(len(now)):
            now[x] = now[x] * weight[x] + whole[x] / parts * (one - weight[x])


@compiled
def _moments(image: Plane, flags: Bytes, margin: int, sums: Floats, top: int, bottom: int) -> None:
    height, width = image.shape
    for y in range(max(top, margin), min(bottom, height - margin)):
        row, flag = image[y, margin : width - margin], flags[y, margin : width - margin]
        sums[0, y], sums[1, y], sums[2, y] = _moments_of_row(row, flag)


@summing
def _moments_of_row(row: Plane, flag: Bytes) -> tuple[int, float, float]:
    """How many pixels of a row count, their sum, and that of their squares."""
    number, total, squares, zero = 0, 0.0, 0.0, 0.0
    for x in range(len(row)):
        value = float(row[x]) if flag[x] else zero
        total += value
        squares += value * value
        number += flag[x]
    return number, total, squares

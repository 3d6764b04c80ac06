"""What an iteration does to one plane, pixel by pixel; every loop writes into its own arrays."""

from __future__ import annotations

from functools import partial

import numpy as np

from dcrviz.kernels.flags import open_in_place
from dcrviz.kernels.jit import compiled, inlined, summing
from dcrviz.kernels.pool import run_bands
from dcrviz.kernels.sums import copy_line
from dcrviz.records import Bools, Bytes, Cube, Floats, Plane


def mean_plane(planes: Cube) -> Plane:
    """Mean of (S, Y, X) planes."""
    mean = np.empty(planes.shape[1:], dtype=np.float32)
    if mean.size:
        _mean(planes, mean)
    return mean


def amplified_planes(planes: Cube, factor: float, *, threads: int = 1) -> Cube:
    """Planes with their differences from the mean plane multiplied by a factor, (S, Y, X)."""
    out = np.empty_like(planes)
    if out.size:
        run_bands(
            partial(_amplify, planes, np.float32(factor), out), planes.shape[1], threads=threads
        )
    return out


def brightness(planes: Cube, floor: float, *, threads: int = 1) -> Plane:
    """|mean plane| + floor, (Y, X)."""
    out = np.empty(planes.shape[1:], dtype=np.float32)
    if out.size:
        run_bands(partial(_brightness, planes, np.float32(floor), out), len(out), threads=threads)
    return out


def corrected(old: Cube, correction: Cube, *, threads: int = 1) -> Cube:
    """Old planes plus their correction, the old where that is not finite."""
    new = np.empty_like(correction)
    if new.size:
        run_bands(partial(_correct, old, correction, new), new.shape[1], threads=threads)
    return new


def plane_sums(planes: Cube) -> Floats:
    """(S,) sum of each plane, in double precision."""
    return np.array([_sum(plane) for plane in planes])


def clamp_about(new: Plane, level: Plane, factor: float, radius_px: int) -> tuple[int, int]:
    """Clamp `new` in place between level / factor and factor |level|; how many high and low.

    Pixels beyond a limit count only where they survive an opening with the diamond of this radius.
    """
    if new.size == 0:
        return 0, 0
    room = np.empty((2, *new.shape), np.uint8)
    return _clamp(new, level, np.float32(factor), radius_px, room[0], room[1])


def positive_part(image: Plane) -> tuple[Plane, bool]:
    """The image with 0 where it is not above 0, NaN included; and whether anything is left."""
    out = np.empty(image.shape, dtype=np.float32)
    return out, bool(image.size) and _positive(np.ascontiguousarray(image, np.float32), out) > 0


def divide_by_level(smoothed: Plane, floor: float, level: Plane) -> None:
    """Replace in place by (smoothed + floor) / level, 0 where the level is: off all sources."""
    if smoothed.size:
        _ratio(smoothed, np.float32(floor), level)


def sharpen(ratio: Plane, blurred: Plane, reference: Plane, *, out: Plane) -> None:
    """Write the reference times the ratio with thrice what the blur took away added."""
    if out.size:
        _sharpen(ratio, blurred, reference, out)


def blended(new: Cube, old: Cube, gain: float, *, threads: int = 1) -> Cube:
    """(gain new + old) / (1 + gain) of (S, Y, X) planes."""
    out = np.empty_like(new)
    if out.size:
        run_bands(partial(_blend, new, old, np.float32(gain), out), out.shape[1], threads=threads)
    return out


def hold(planes: Cube, held: Plane, omega: Plane, *, threads: int = 1) -> None:
    """Replace (S, Y, X) planes by omega times themselves and 1 - omega times what they are held to.

    In place: the planes must be the caller's own.
    """
    if planes.size:
        run_bands(partial(_hold, planes, held, omega), planes.shape[1], threads=threads)


def deviation(image: Plane, counted: Bools) -> tuple[int, float]:
    """How many pixels count, and their standard deviation in double precision."""
    return _deviation(np.ascontiguousarray(image), np.ascontiguousarray(counted).view(np.uint8))


@compiled
def _mean(planes: Cube, mean: Plane) -> None:
    for y in range(planes.shape[1]):
        _mean_row(planes, y, mean[y])


@compiled
def _amplify(planes: Cube, factor: np.float32, out: Cube, top: int, bottom: int) -> None:
    last, width = len(planes) - 1, planes.shape[2]
    for y in range(top, bottom):
        # The mean is kept where the last plane's row will stand.
        mean = out[last, y]
        _mean_row(planes, y, mean)
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
        _mean_row(planes, y, row)
        for x in range(out.shape[1]):
            row[x] = abs(row[x]) + floor


@inlined
def _mean_row(planes: Cube, y: int, row: Plane) -> None:
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
def _sum(plane: Plane) -> float:
    total = 0.0
    for y in range(plane.shape[0]):
        total += _sum_row(plane[y])
    return total


@summing
def _sum_row(row: Plane) -> float:
    total = 0.0
    for x in range(len(row)):
        total += row[x]
    return total


@compiled
def _clamp(
    new: Plane, level: Plane, factor: np.float32, radius: int, flags: Bytes, other: Bytes
) -> tuple[int, int]:
    height, width = new.shape
    for y in range(height):
        now, limit, flag = new[y], level[y], flags[y]
        for x in range(width):
            flag[x] = now[x] > factor * abs(limit[x])
    high = open_in_place(flags, other, radius)
    for y in range(height if high else 0):
        now, limit, flag = new[y], level[y], flags[y]
        for x in range(width):
            now[x] = factor * abs(limit[x]) if flag[x] else now[x]
    for y in range(height):
        now, limit, flag = new[y], level[y], flags[y]
        for x in range(width):
            flag[x] = now[x] < limit[x] / factor
    low = open_in_place(flags, other, radius)
    for y in range(height if low else 0):
        now, limit, flag = new[y], level[y], flags[y]
        for x in range(width):
            now[x] = limit[x] / factor if flag[x] else now[x]
    return high, low


@compiled
def _positive(image: Plane, out: Plane) -> int:
    number = 0
    for y in range(image.shape[0]):
        source, target = image[y], out[y]
        for x in range(image.shape[1]):
            target[x] = source[x] if source[x] > 0 else np.float32(0)
            number += source[x] > 0
    return number


@compiled
def _ratio(smoothed: Plane, floor: np.float32, level: Plane) -> None:
    for y in range(smoothed.shape[0]):
        value, limit = smoothed[y], level[y]
        for x in range(smoothed.shape[1]):
            value[x] = (value[x] + floor) / limit[x] if limit[x] != 0 else np.float32(0)


@compiled
def _sharpen(ratio: Plane, blurred: Plane, reference: Plane, out: Plane) -> None:
    three = np.float32(3)
    for y in range(out.shape[0]):
        sharp, soft, source, target = ratio[y], blurred[y], reference[y], out[y]
        for x in range(out.shape[1]):
            target[x] = (sharp[x] + three * (sharp[x] - soft[x])) * source[x]


@compiled
def _blend(new: Cube, old: Cube, gain: np.float32, out: Cube, top: int, bottom: int) -> None:
    whole = np.float32(1) + gain
    number, _, width = out.shape
    for a in range(number):
        for y in range(top, bottom):
            now, before, target = new[a, y], old[a, y], out[a, y]
            for x in range(width):
                target[x] = (gain * now[x] + before[x]) / whole


@compiled
def _hold(planes: Cube, held: Plane, omega: Plane, top: int, bottom: int) -> None:
    one = np.float32(1)
    number, _, width = planes.shape
    for a in range(number):
        for y in range(top, bottom):
            now, rest, weight = planes[a, y], held[y], omega[y]
            for x in range(width):
                now[x] = now[x] * weight[x] + rest[x] * (one - weight[x])


@compiled
def _deviation(image: Plane, counted: Bytes) -> tuple[int, float]:
    number, total = 0, 0.0
    for y in range(image.shape[0]):
        counts, sum_of_row = _moment(image[y], counted[y], 0.0, 1)
        number += counts
        total += sum_of_row
    if number == 0:
        return 0, 0.0
    squares = 0.0
    for y in range(image.shape[0]):
        squares += _moment(image[y], counted[y], total / number, 2)[1]
    return number, np.sqrt(squares / number)


@summing
def _moment(row: Plane, flag: Bytes, mean: float, power: int) -> tuple[int, float]:
    """How many pixels of a row count, and the sum of a power of their distances from the mean."""
    number, total, zero = 0, 0.0, 0.0
    for x in range(len(row)):
        off = row[x] - mean
        total += (off if power == 1 else off * off) if flag[x] else zero
        number += flag[x]
    return number, total

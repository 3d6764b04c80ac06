"""What an iteration does to one plane, pixel by pixel; every loop writes into its own arrays."""

from __future__ import annotations

import numpy as np

from dcrviz.kernels.flags import open_in_place
from dcrviz.kernels.jit import compiled
from dcrviz.records import Bools, Bytes, Cube, Floats, Plane


def mean_plane(planes: Cube) -> Plane:
    """Mean of (S, Y, X) planes."""
    mean = np.empty(planes.shape[1:], dtype=np.float32)
    if mean.size:
        _mean(planes, mean)
    return mean


def amplified_planes(planes: Cube, mean: Plane, factor: float) -> Cube:
    """Planes with their differences from the mean multiplied by a factor, (S, Y, X)."""
    out = np.empty_like(planes)
    if out.size:
        _amplify(planes, mean, np.float32(factor), out)
    return out


def corrected(old: Cube, correction: Cube) -> Cube:
    """Old planes plus their correction, the old where that is not finite."""
    new = np.empty_like(correction)
    for before, added, plane in zip(old, correction, new, strict=True):
        if plane.size:
            _correct(before, added, plane)
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
    return _clamp(new, level, np.float32(factor), radius_px)


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


def blended(new: Cube, old: Cube, gain: float) -> Cube:
    """(gain new + old) / (1 + gain) of (S, Y, X) planes."""
    out = np.empty_like(new)
    for now, before, target in zip(new, old, out, strict=True):
        if target.size:
            _blend(now, before, np.float32(gain), target)
    return out


def hold(planes: Cube, held: Plane, omega: Plane) -> None:
    """Replace (S, Y, X) planes by omega times themselves and 1 - omega times what they are held to.

    In place: the planes must be the caller's own.
    """
    for plane in planes:
        if plane.size:
            _hold(plane, held, omega)


def deviation(image: Plane, counted: Bools) -> tuple[int, float]:
    """How many pixels count, and their standard deviation in double precision."""
    return _deviation(np.ascontiguousarray(image), np.ascontiguousarray(counted).view(np.uint8))


@compiled
def _mean(planes: Cube, mean: Plane) -> None:
    number, height, width = planes.shape
    for y in range(height):
        row = mean[y]
        row[:] = planes[0, y]
        for a in range(1, number):
            source = planes[a, y]
            for x in range(width):
                row[x] += source[x]
        for x in range(width):
            row[x] /= np.float32(number)


@compiled
def _amplify(planes: Cube, mean: Plane, factor: np.float32, out: Cube) -> None:
    number, height, width = planes.shape
    for a in range(number):
        for y in range(height):
            source, middle, target = planes[a, y], mean[y], out[a, y]
            for x in range(width):
                target[x] = middle[x] + factor * (source[x] - middle[x])


@compiled
def _correct(old: Plane, correction: Plane, new: Plane) -> None:
    for y in range(old.shape[0]):
        before, added, target = old[y], correction[y], new[y]
        for x in range(old.shape[1]):
            value = before[x] + added[x]
            target[x] = value if np.isfinite(value) else before[x]


@compiled
def _sum(plane: Plane) -> float:
    total = 0.0
    for y in range(plane.shape[0]):
        row = plane[y]
        for x in range(plane.shape[1]):
            total += row[x]
    return total


@compiled
def _clamp(new: Plane, level: Plane, factor: np.float32, radius: int) -> tuple[int, int]:
    height, width = new.shape
    flags = np.empty((height, width), np.uint8)
    for y in range(height):
        now, limit, flag = new[y], level[y], flags[y]
        for x in range(width):
            flag[x] = now[x] > factor * abs(limit[x])
    high = open_in_place(flags, radius)
    for y in range(height if high else 0):
        now, limit, flag = new[y], level[y], flags[y]
        for x in range(width):
            now[x] = factor * abs(limit[x]) if flag[x] else now[x]
    for y in range(height):
        now, limit, flag = new[y], level[y], flags[y]
        for x in range(width):
            flag[x] = now[x] < limit[x] / factor
    low = open_in_place(flags, radius)
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
def _blend(new: Plane, old: Plane, gain: np.float32, out: Plane) -> None:
    whole = np.float32(1) + gain
    for y in range(out.shape[0]):
        now, before, target = new[y], old[y], out[y]
        for x in range(out.shape[1]):
            target[x] = (gain * now[x] + before[x]) / whole


@compiled
def _hold(plane: Plane, held: Plane, omega: Plane) -> None:
    one = np.float32(1)
    for y in range(plane.shape[0]):
        now, rest, weight = plane[y], held[y], omega[y]
        for x in range(plane.shape[1]):
            now[x] = now[x] * weight[x] + rest[x] * (one - weight[x])


@compiled
def _deviation(image: Plane, counted: Bytes) -> tuple[int, float]:
    number, total, zero = 0, 0.0, 0.0
    for y in range(image.shape[0]):
        row, flag = image[y], counted[y]
        for x in range(image.shape[1]):
            total += row[x] if flag[x] else zero
            number += flag[x]
    if number == 0:
        return 0, 0.0
    mean, squares = total / number, 0.0
    for y in range(image.shape[0]):
        row, flag = image[y], counted[y]
        for x in range(image.shape[1]):
            off = row[x] - mean
            squares += off * off if flag[x] else zero
    return number, np.sqrt(squares / number)

"""Spline coefficients of an image: the prefilter of every interpolation above linear."""

from __future__ import annotations

from functools import partial

import numpy as np

from dcrviz.kernels.jit import compiled, inlined, unwritable
from dcrviz.kernels.pool import bands_of, run_all
from dcrviz.kernels.sums import aligned, copy_line, filter_rows
from dcrviz.kernels.taps import PAD
from dcrviz.records import Cube, Floats, Ints, Plane, SplineOrder
from dcrviz.rooms import fresh

# Poles of the inverse filters (Unser, Aldroubi and Eden 1993), and the order they belong to.
_POLES = {
    2: (np.sqrt(8.0) - 3.0,),
    3: (np.sqrt(3.0) - 2.0,),
    4: (
        np.sqrt(664.0 - np.sqrt(438976.0)) + np.sqrt(304.0) - 19.0,
        np.sqrt(664.0 + np.sqrt(438976.0)) - np.sqrt(304.0) - 19.0,
    ),
    5: (
        np.sqrt(67.5 - np.sqrt(4436.25)) + np.sqrt(26.25) - 6.5,
        np.sqrt(67.5 + np.sqrt(4436.25)) - np.sqrt(26.25) - 6.5,
    ),
}
# The cubic's inverse filter along a row is cut where its tail is far below float32's rounding:
# of each direction's 25 terms, five next to each other, and five of such five.
_TERMS = 5
_NEAR = _TERMS - 1
_FAR = _TERMS * _NEAR


def are_pixels(order: SplineOrder) -> bool:
    """Whether the coefficients are the pixels themselves, and nothing has to be begun."""
    return order <= 1


def coefficients(image: Plane, *, order: SplineOrder, out: Plane | None = None) -> Plane:
    """Coefficients of an image with `PAD` mirrored pixels on each side, (Y + 2 PAD, X + 2 PAD).

    Parameters
    ----------
    out
        Where to write them; a new array if None.
    """
    height, width = image.shape
    if out is None:
        out = fresh(height + 2 * PAD, width + 2 * PAD)
    begin_coefficients(image, out, top=0, order=order)
    end_coefficients(out, order=order)
    return out


def row_room(width: int) -> tuple[Plane, Plane]:
    """What rows of this width are filtered in."""
    return aligned(width + 2 * (_NEAR + _FAR)), aligned(width + 2 * _FAR)


def begin_coefficients(
    rows: Plane,
    out: Plane,
    *,
    top: int,
    order: SplineOrder,
    room: tuple[Plane, Plane] | None = None,
) -> None:
    """Write what can be done row by row: `rows` are those of an image from `top` on.

    Parameters
    ----------
    room
        Of `row_room`, to work in; made anew if None.
    """
    if rows.size == 0:
        return
    if order == 3 and min(out.shape) > 1 + 2 * PAD:
        room = room or row_room(rows.shape[1])
        _cubic_rows(unwritable(rows), out, top + PAD, PAD, _CUBIC_NEAR, _CUBIC_FAR, *room)
    else:
        _copy(unwritable(rows), out, top + PAD, PAD)


def end_coefficients(out: Plane, *, order: SplineOrder) -> None:
    """Finish in place what `begin_coefficients` has done to all rows of an image."""
    height, width = out.shape[0] - 2 * PAD, out.shape[1] - 2 * PAD
    if height == 0 or width == 0:
        return
    if order == 3 and min(height, width) > 1:
        _cubic_columns(out, height, width, PAD, np.zeros(width, np.float32))
    elif not are_pixels(order):
        inside = out[PAD : PAD + height, PAD : PAD + width]
        inside[...] = _any_order(inside, _POLES[order])
    _mirror(out, height, width, PAD)


def stack_coefficients(planes: Cube, *, order: SplineOrder, threads: int = 1) -> Cube:
    """Coefficients of each plane, (S, Y + 2 PAD, X + 2 PAD)."""
    height, width = planes.shape[1:]
    out = fresh(len(planes), height + 2 * PAD, width + 2 * PAD)
    # Three planes would keep the second of two threads waiting: rows are shared out evenly.
    rows = [
        partial(begin_coefficients, plane[top:bottom], coefs, top=top, order=order)
        for plane, coefs in zip(planes, out, strict=True)
        for top, bottom in bands_of(height, threads)
    ]
    run_all(rows, threads=threads)
    columns = [partial(end_coefficients, coefs, order=order) for coefs in out]
    run_all(columns, threads=threads)
    return out


def _cubic_part(step: int, gain: float) -> tuple[Plane, Ints, Ints]:
    """A symmetric filter of every `step`-th neighbour: its half, and where its pairs begin.

    Notes
    -----
    The cubic's inverse filter is -6 z / ((1 - z D) (1 - z / D)) with the pole z and the delay D
    (Unser, Aldroubi and Eden 1993), and 1 / (1 - z D) = (1 + ... + (z D)^4) (1 + (z D)^5 + ...):
    two short filters in place of a long one.
    """
    (pole,) = _POLES[3]
    terms = pole ** (step * np.arange(_TERMS))
    half = gain * np.correlate(terms, terms, mode="full")[_NEAR:]
    ahead = step * np.arange(1, _TERMS)
    return half.astype(np.float32), step * _NEAR - ahead, step * _NEAR + ahead


_CUBIC_NEAR = _cubic_part(1, 1.0)
_CUBIC_FAR = _cubic_part(_TERMS, -6.0 * _POLES[3][0])


def _any_order(image: Plane, poles: tuple[float, ...]) -> Plane:
    lines: Floats = image.astype(np.float64)
    for _ in range(2):
        lines = np.array(lines.T, order="C")
        if len(lines) > 1:
            for pole in poles:
                _recursion(lines, pole)
    coefs: Plane = lines.astype(np.float32)
    return coefs


@compiled
def _copy(image: Plane, out: Plane, top: int, pad: int) -> None:
    height, width = image.shape
    for y in range(height):
        copy_line(image[y], out[y + top, pad : pad + width])


@compiled
def _mirror(out: Plane, height: int, width: int, pad: int) -> None:
    """Continue the coefficients around their edges, mirrored about the outermost pixels."""
    for k in range(1, pad + 1):
        above, below = _reflected(-k, height), _reflected(height - 1 + k, height)
        copy_line(out[pad + above], out[pad - k])
        copy_line(out[pad + below], out[pad + height - 1 + k])
    for y in range(height + 2 * pad):
        row = out[y]
        for k in range(1, pad + 1):
            row[pad - k] = row[pad + _reflected(-k, width)]
            row[pad + width - 1 + k] = row[pad + _reflected(width - 1 + k, width)]


@inlined
def _reflected(index: int, length: int) -> int:
    """Index inside a line of this length that mirroring about both end pixels leads to."""
    if length == 1:
        return 0
    period = 2 * (length - 1)
    index = abs(index) % period
    return min(index, period - index)


@compiled
def _recursion(lines: Floats, pole: float) -> None:
    """Apply the inverse filter of one pole along the first axis, in place."""
    length, width = lines.shape
    gain = (1 - pole) * (1 - 1 / pole)
    # The mirrored signal has the period 2 (length - 1): the start is summed over all of it.
    last = pole ** (length - 1)
    for x in range(width):
        start = lines[0, x] + last * lines[length - 1, x]
        power = pole
        for k in range(1, length - 1):
            start += power * (lines[k, x] + last * lines[length - 1 - k, x])
            power *= pole
        lines[0, x] = start / (1 - last * last)
    for k in range(1, length):
        for x in range(width):
            lines[k, x] += pole * lines[k - 1, x]
    ending = pole / (pole * pole - 1)
    for x in range(width):
        lines[length - 1, x] = ending * (pole * lines[length - 2, x] + lines[length - 1, x])
    for k in range(length - 2, -1, -1):
        for x in range(width):
            lines[k, x] = pole * (lines[k + 1, x] - lines[k, x])
    for k in range(length):
        for x in range(width):
            lines[k, x] *= gain


@compiled
def _cubic_rows(
    image: Plane,
    out: Plane,
    top: int,
    pad: int,
    near: tuple[Plane, Ints, Ints],
    far: tuple[Plane, Ints, Ints],
    line: Plane,
    room: Plane,
) -> None:
    """The cubic's inverse filter along rows, which are written from row `top` on."""
    height, width = image.shape
    columns = out.shape[1]
    middle = (len(room) - width) // 2
    first = (len(line) - len(room)) // 2
    reach = first + middle
    flat = out.reshape(out.size)
    for y in range(height):
        source = image[y]
        copy_line(source, line[reach : reach + width])
        last = reach + width - 1
        for k in range(1, min(reach, width - 1) + 1):
            line[reach - k] = source[k]
            line[last + k] = source[width - 1 - k]
        # The divisions of the general rule would take as long as half of the row.
        for k in range(width, reach + 1):
            line[reach - k] = source[_reflected(-k, width)]
            line[last + k] = source[_reflected(width - 1 + k, width)]
        filter_rows(line, first, (near[1], near[2]), near[0], room, 0, len(room))
        begin = (y + top) * columns + pad
        filter_rows(room, middle, (far[1], far[2]), far[0], flat, begin, width)


@compiled
def _cubic_columns(out: Plane, height: int, width: int, pad: int, start: Plane) -> None:
    """The recursion of one pole down and up the columns, all columns of a row at once."""
    pole = np.float32(-0.2679491924311227)
    gain = np.float32(6.0)
    top = out[pad, pad : pad + width]
    # Mirrored about the first row, the signal is summed until its weight is below rounding.
    power = np.float32(1.0)
    for k in range(40):
        row = out[pad + _reflected(k, height), pad : pad + width]
        for x in range(width):
            start[x] += power * row[x]
        power *= pole
    for x in range(width):
        top[x] = start[x]
    for k in range(1, height):
        before, row = out[pad + k - 1, pad : pad + width], out[pad + k, pad : pad + width]
        for x in range(width):
            row[x] += pole * before[x]
    ending = gain * pole / (pole * pole - np.float32(1))
    before = out[pad + height - 2, pad : pad + width]
    row = out[pad + height - 1, pad : pad + width]
    for x in range(width):
        row[x] = ending * (pole * before[x] + row[x])
    for k in range(height - 2, -1, -1):
        after, row = out[pad + k + 1, pad : pad + width], out[pad + k, pad : pad + width]
        for x in range(width):
            row[x] = pole * (after[x] - gain * row[x])

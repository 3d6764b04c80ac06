"""Shifted rows, kept as long as the output rows that need them are being made.

A strip of columns is walked down a few output rows at a time. Of each shift the last rows,
interpolated along x, are kept in a ring; the output rows are their weighted sums along y. All of it
stays in the cache, and what is loaded serves as often as it can: neighbours of one source row for
two shifts, rows of the ring for several output rows.
"""

from __future__ import annotations

from typing import TypeAlias

from dcrviz.kernels.blocks import (
    BLOCK,
    STRIP,
    add_block_of_four,
    add_block_of_two,
    add_two_blocks_of_two,
    interpolate_row,
    interpolate_two,
    place_of,
)
from dcrviz.kernels.jit import inlined
from dcrviz.kernels.sums import add_row, aligned
from dcrviz.kernels.taps import Taps
from dcrviz.records import Cube, Ints, Plane

# Plain tuples, as numba's cache of machine code would not survive the renaming of a class.
ShiftTable: TypeAlias = tuple[Ints, Ints, Cube, Ints]
"""First taps, spans and weights of M shifts, and the plane that each moves."""
Ring: TypeAlias = tuple[Plane, int]
"""Room for the rows of every shift, one after another, and how many (2^n) each shift has."""
Part: TypeAlias = tuple[int, int, int, int]
"""Output rows and columns at work: first and one past the last of each."""


def shift_table(taps: Taps, sources: Ints) -> ShiftTable:
    """The table of these taps for the loops."""
    return taps.first, taps.span, taps.weights, sources


def ring_of(taps: Taps) -> Ring:
    """An empty ring for this table."""
    depth = 8 if taps.weights.shape[2] <= 8 - BLOCK + 1 else 16
    return aligned(len(taps) * depth * STRIP), depth


@inlined
def clear_edges(shifts: ShiftTable, ring: Ring, x0: int, x1: int) -> None:
    """Empty what no row of a shift will fill in a strip, as nothing comes from outside."""
    span = shifts[1]
    rows, depth = ring
    for m in range(len(span)):
        low, high = max(x0, span[m, 1, 0]), min(x1, span[m, 1, 1])
        if high <= low:
            continue
        for k in range(m * depth, (m + 1) * depth):
            _blank(rows, k * STRIP, low - x0)
            _blank(rows, k * STRIP + high - x0, x1 - high)


@inlined
def fill_ring(
    coefs: Cube, shifts: ShiftTable, ring: Ring, m: int, part: Part, top: int, pad: int
) -> int:
    """Interpolate along x the rows of shift m that a part needs and the ring does not hold yet.

    It holds nothing yet at row `top`. What tap j reads for output row y stands at place y + j.

    Returns
    -------
    int
        How many shifts were served: the next one with this one, if they have the same neighbours.
    """
    first, span, _, sources = shifts
    n = m + 1
    both = n < len(span) and sources[m] == sources[n] and first[m, 1] == first[n, 1]
    if both and _reaches(span, m, part) and _reaches(span, n, part):
        _fill_two(coefs, shifts, ring, m, part, top, pad)
        return 2
    if _reaches(span, m, part):
        begin, end = _needed(shifts, m, part, top)
        _fill_one(coefs, shifts, ring, m, begin, end, part, pad)
    return 1


@inlined
def add_ring(
    ring: Ring, shifts: ShiftTable, m: int, part: Part, flat: Plane, begin: int, step: int
) -> None:
    """Add the weighted sums along y of shift m to the rows of a part that it reaches.

    They begin at `begin`, `begin + step` and so on of a flat array.
    """
    _, span, weights, _ = shifts
    rows, depth = ring
    taps, length = weights.shape[2], part[3] - part[2]
    if not _reaches(span, m, part):
        return
    low, high = max(part[0], span[m, 0, 0]), min(part[1], span[m, 0, 1])
    if high - low == BLOCK and taps == 4:
        add_block_of_four(rows, depth, m, weights[m, 0], low, flat, begin, step, length)
    elif high - low == BLOCK and taps == 2:
        add_block_of_two(rows, depth, m, weights[m, 0], low, flat, begin, step, length)
    else:
        for y in range(low, high):
            goal = begin + (y - part[0]) * step
            for j in range(taps):
                add_row(rows, place_of(depth, m, y + j), weights[m, 0, j], flat, goal, length)


@inlined
def add_rings(
    ring: Ring,
    shifts: ShiftTable,
    m: int,
    number: int,
    part: Part,
    flat: Plane,
    begin: int,
    step: int,
) -> None:
    """As `add_ring`, of one shift or of two that are neighbours, to the same rows."""
    _, span, weights, _ = shifts
    whole = part[1] - part[0] == BLOCK and weights.shape[2] == 2
    for k in range(m, m + number):
        whole = whole and span[k, 0, 0] <= part[0] and part[1] <= span[k, 0, 1]
    if whole and number == 2:
        rows, depth = ring
        y, length = part[0], part[3] - part[2]
        add_two_blocks_of_two(
            rows, depth, m, weights[m, 0], weights[m + 1, 0], y, flat, begin, step, length
        )
        return
    for k in range(m, m + number):
        add_ring(ring, shifts, k, part, flat, begin, step)


@inlined
def _reaches(span: Ints, m: int, part: Part) -> bool:
    """Whether a shift moves anything into a part."""
    low, high = max(part[0], span[m, 0, 0]), min(part[1], span[m, 0, 1])
    left, right = max(part[2], span[m, 1, 0]), min(part[3], span[m, 1, 1])
    return bool(low < high and left < right)


@inlined
def _needed(shifts: ShiftTable, m: int, part: Part, top: int) -> tuple[int, int]:
    """First and one past the last source row that the ring lacks of a shift."""
    first, span, weights, _ = shifts
    taps = weights.shape[2]
    low, high = max(part[0], span[m, 0, 0]), min(part[1], span[m, 0, 1])
    held = 0 if low == max(top, span[m, 0, 0]) else taps - 1
    return low + held + first[m, 0], high + taps - 1 + first[m, 0]


@inlined
def _fill_one(
    coefs: Cube,
    shifts: ShiftTable,
    ring: Ring,
    m: int,
    begin: int,
    end: int,
    part: Part,
    pad: int,
) -> None:
    """Interpolate source rows for a shift."""
    first, span, weights, sources = shifts
    flat = coefs.reshape(coefs.size)
    low, high = max(part[2], span[m, 1, 0]), min(part[3], span[m, 1, 1])
    for row in range(begin, end):
        source = (sources[m] * coefs.shape[1] + pad + row) * coefs.shape[2] + pad
        place = place_of(ring[1], m, row - first[m, 0]) + low - part[2]
        interpolate_row(flat, source + low + first[m, 1], weights[m, 1], ring[0], place, high - low)


@inlined
def _fill_two(
    coefs: Cube, shifts: ShiftTable, ring: Ring, m: int, part: Part, top: int, pad: int
) -> None:
    """Interpolate source rows for two shifts with the same neighbours along x, at once."""
    first, span, weights, sources = shifts
    n = m + 1
    flat = coefs.reshape(coefs.size)
    begin_m, end_m = _needed(shifts, m, part, top)
    begin_n, end_n = _needed(shifts, n, part, top)
    low_m, high_m = max(part[2], span[m, 1, 0]), min(part[3], span[m, 1, 1])
    low_n, high_n = max(part[2], span[n, 1, 0]), min(part[3], span[n, 1, 1])
    low, high = min(low_m, low_n), max(high_m, high_n)
    begin, end = max(begin_m, begin_n), min(end_m, end_n)
    for row in range(begin, end):
        source = (sources[m] * coefs.shape[1] + pad + row) * coefs.shape[2] + pad
        place_m = place_of(ring[1], m, row - first[m, 0]) - part[2]
        place_n = place_of(ring[1], n, row - first[n, 0]) - part[2]
        interpolate_two(
            flat,
            source + low + first[m, 1],
            weights[m, 1],
            weights[n, 1],
            ring[0],
            place_m + low,
            place_n + low,
            high - low,
        )
        _blank(ring[0], place_m + low, low_m - low)
        _blank(ring[0], place_m + high_m, high - high_m)
        _blank(ring[0], place_n + low, low_n - low)
        _blank(ring[0], place_n + high_n, high - high_n)
    # What only one of them needs, before and after.
    _fill_one(coefs, shifts, ring, m, begin_m, min(begin, end_m), part, pad)
    _fill_one(coefs, shifts, ring, n, begin_n, min(begin, end_n), part, pad)
    _fill_one(coefs, shifts, ring, m, max(end, begin, begin_m), end_m, part, pad)
    _fill_one(coefs, shifts, ring, n, max(end, begin, begin_n), end_n, part, pad)


@inlined
def _blank(flat: Plane, begin: int, length: int) -> None:
    for x in range(begin, begin + length):
        flat[x] = 0

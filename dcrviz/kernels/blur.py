"""What the seeing of a visit does to Fourier modes: a factor for each plane and mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dcrviz.frozen import Frozen
from dcrviz.kernels.jit import inlined
from dcrviz.records import Floats

Parts = NDArray[np.float32]
"""Real and imaginary parts in planes of their own, which vector units can read."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Blur(Frozen):
    """Transfer function of one visit, relative to that of the planes.

    Parameters
    ----------
    tables
        (A, T), along radius at 0, step, 2 step, ... in cycles per pixel: one for all planes (A of
        1) or one for each; none at all (A of 0) where the visit is as sharp as the planes.
    star_y, star_x
        (R, 2, Y) and (R, 2, X // 2 + 1), real and imaginary parts whose products add up to the
        transform of the visit's star image; none (R of 0) where the tables tell all.
    frequency_y, frequency_x
        (Y,) and (X // 2 + 1,) of the modes, cycles per pixel.
    """

    tables: Parts
    step: float
    star_y: Parts
    star_x: Parts
    frequency_y: Floats
    frequency_x: Floats

    @classmethod
    def none(cls) -> Blur:
        """That of a visit as sharp as the planes."""
        return cls(
            tables=np.empty((0, 2), np.float32),
            step=1.0,
            star_y=np.empty((0, 2, 0), np.float32),
            star_x=np.empty((0, 2, 0), np.float32),
            frequency_y=np.empty(0),
            frequency_x=np.empty(0),
        )

    @property
    def arrays(self) -> BlurArrays:
        """As the loops take them."""
        return (
            self.tables,
            1 / self.step,
            self.star_y,
            self.star_x,
            self.frequency_y,
            self.frequency_x,
        )

    def of(self, rows: NDArray[np.intp] | slice, columns: slice = slice(None)) -> Blur:
        """The blur of some of the modes."""
        if not len(self.tables):
            return self
        return Blur(
            tables=self.tables,
            step=self.step,
            star_y=np.ascontiguousarray(self.star_y[:, :, rows]),
            star_x=np.ascontiguousarray(self.star_x[:, :, columns]),
            frequency_y=self.frequency_y[rows],
            frequency_x=self.frequency_x[columns],
        )


BlurArrays = tuple[Parts, float, Parts, Parts, Floats, Floats]
"""Blurs as the loops take them; of B visits (B, ...), but for step and frequencies."""


def stacked_blurs(blurs: Sequence[Blur]) -> BlurArrays:
    """The blurs of B visits in arrays of one shape."""
    blurred = [blur for blur in blurs if len(blur.tables)]
    if blurred and len(blurred) < len(blurs):
        raise ValueError(f"all of {len(blurs)} visits must be blurred or none; got {len(blurred)}")
    first = blurs[0]
    planes = max(len(blur.tables) for blur in blurs)
    terms = max(len(blur.star_y) for blur in blurs)
    stars = [_with_terms(blur, terms) for blur in blurs]
    return (
        np.stack([np.broadcast_to(b.tables, (planes, b.tables.shape[1])) for b in blurs]),
        1 / first.step,
        np.stack([star_y for star_y, _ in stars]),
        np.stack([star_x for _, star_x in stars]),
        first.frequency_y,
        first.frequency_x,
    )


def _with_terms(blur: Blur, number: int) -> tuple[Parts, Parts]:
    """The star image's terms, filled up to this number; 1 for a visit without any."""
    y, x = blur.star_y, blur.star_x
    if number and not len(y):
        y = np.zeros((1, 2, len(blur.frequency_y)), np.float32)
        x = np.zeros((1, 2, len(blur.frequency_x)), np.float32)
        y[:, 0], x[:, 0] = 1, 1
    missing = ((0, number - len(y)), (0, 0), (0, 0))
    return np.pad(y, missing), np.pad(x, missing)


@inlined
def blur_row(blur: BlurArrays, y: int, response: Parts, room: Parts) -> None:
    """Blur the response of each plane along one row of modes, if the blur of a visit is any.

    Parameters
    ----------
    response
        Of all planes: real parts, then imaginary ones.
    room
        (4, X // 2 + 1), to work in.
    """
    tables, per_step, star_y, star_x, frequency_y, frequency_x = blur
    if not len(tables):
        return
    factor, re, im, row = room[0], room[1], room[2], room[3]
    _radii(frequency_y[y], frequency_x, per_step, tables.shape[1] - 2, row)
    width = len(row)
    number, planes = np.uint64(width), len(response) // (2 * width)
    re[:] = 0
    im[:] = 0
    for term in range(len(star_y)):
        a, b = star_y[term, 0, y], star_y[term, 1, y]
        cos, sin = star_x[term, 0], star_x[term, 1]
        for x in range(number):
            re[x] += a * cos[x] - b * sin[x]
            im[x] += a * sin[x] + b * cos[x]
    for plane in range(planes):
        if plane < len(tables):
            table = tables[plane]
            for x in range(number):
                place = np.int32(row[x])
                part = row[x] - place
                factor[x] = table[place] + part * (table[place + 1] - table[place])
        here = np.uint64(plane * width)
        other = np.uint64((planes + plane) * width)
        if len(star_y):
            for x in range(number):
                c, d = response[here + x], response[other + x]
                response[here + x] = factor[x] * (c * re[x] - d * im[x])
                response[other + x] = factor[x] * (c * im[x] + d * re[x])
        else:
            for x in range(number):
                response[here + x] *= factor[x]
                response[other + x] *= factor[x]


@inlined
def _radii(fy: float, frequency_x: Floats, per_step: float, last: int, row: Parts) -> None:
    """Where along the tables one row of modes is, the last but one entry at most."""
    for x in range(len(row)):
        place = np.sqrt(fy * fy + frequency_x[x] * frequency_x[x]) * per_step
        row[x] = min(place, last)

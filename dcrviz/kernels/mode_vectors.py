"""Vectors over all Fourier modes: what a residual says of the planes, and inner products."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dcrviz.kernels.blur import BlurArrays, Parts
from dcrviz.kernels.jit import compiled_freely, unwritable
from dcrviz.kernels.modes import Phases, Spectrum, respond
from dcrviz.records import Ints

Vector = NDArray[np.complex64]
"""Half spectra of several images, (J, Y, X // 2 + 1)."""


def add_back(spectrum: Spectrum, phases: Phases, factor: float, out: Vector) -> None:
    """Add to each plane of `out` (S, Y, X // 2 + 1) an image's transform, moved back and blurred.

    The adjoint of `matched_spectrum`, times a factor.
    """
    _add_back(
        spectrum.view(np.float32),
        phases.along_y,
        phases.along_x,
        phases.sources,
        phases.blur.arrays,
        np.float32(factor),
        out.view(np.float32),
    )


def inner(one: Vector, other: Vector, *, width: int) -> float:
    """Inner product of the real images with these half spectra, times their number of pixels.

    Parameters
    ----------
    width
        Of the images: an even one has its last column of modes once, not twice.
    """
    first, second = (unwritable(vector.view(np.float32)) for vector in (one, other))
    return float(_inner(first, second, width % 2 == 0))


@compiled_freely
def _add_back(
    spectrum: Parts,
    along_y: Parts,
    along_x: Parts,
    sources: Ints,
    blur: BlurArrays,
    factor: np.float32,
    out: Parts,
) -> None:
    number, height, width = out.shape[0], out.shape[1], out.shape[2] // 2
    response = np.empty(2 * number * width, np.float32)
    room = np.empty((4, width), np.float32)
    for y in range(height):
        respond(along_y, along_x, sources, blur, y, response, room)
        source = spectrum[y]
        for a in range(number):
            row = out[a, y]
            for x in range(width):
                re = factor * response[a * width + x]
                im = factor * response[(number + a) * width + x]
                row[2 * x] += re * source[2 * x] + im * source[2 * x + 1]
                row[2 * x + 1] += re * source[2 * x + 1] - im * source[2 * x]


@compiled_freely
def _inner(one: Parts, other: Parts, even: bool) -> float:
    total = 0.0
    last = one.shape[2] // 2 - 1
    for j in range(one.shape[0]):
        for y in range(one.shape[1]):
            a, b = one[j, y], other[j, y]
            row = 0.0
            for x in range(len(a)):
                row += float(a[x]) * float(b[x])
            once = a[0] * b[0] + a[1] * b[1]
            if even:
                once += a[2 * last] * b[2 * last] + a[2 * last + 1] * b[2 * last + 1]
            total += 2 * row - once
    return total

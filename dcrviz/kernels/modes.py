"""Least squares in Fourier space: what each visit adds to the normal equations of every mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dcrviz.frozen import Frozen
from dcrviz.kernels.blur import Blur, BlurArrays, Parts, blur_row, stacked_blurs
from dcrviz.kernels.jit import compiled_freely, inlined, unwritable
from dcrviz.kernels.pool import run_all, run_bands
from dcrviz.records import Floats, Ints
from dcrviz.rooms import fresh

Spectrum = NDArray[np.complex64]
"""Half of a real image's Fourier transform, (Y, X // 2 + 1)."""
Spectra = NDArray[np.complex64]
"""The same of several images, (B, Y, X // 2 + 1)."""
# Rows that a thread takes at a time.
_ROWS = 64


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Phases(Frozen):
    """How shifts multiply the modes: each is a phase along y times a phase along x.

    Parameters
    ----------
    along_y, along_x
        (M, 2, Y) and (M, 2, X // 2 + 1), real and imaginary parts; those along y carry the weights.
    sources
        (M,), the plane that each moves.
    blur
        What the seeing of the visit multiplies the modes by.
    """

    along_y: Parts
    along_x: Parts
    sources: Ints
    blur: Blur = field(default_factory=Blur.none)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class NormalEquations:
    """Normal equations of J unknowns in every mode; the arrays grow visit by visit.

    Parameters
    ----------
    normal
        (J J, Y, X // 2 + 1), Hermitian matrices: the real part of row j, column k <= j at j J + k,
        its imaginary part at k J + j.
    right
        (2 J, Y, X // 2 + 1), right-hand sides: real parts, then imaginary ones.
    power
        (Y, X // 2 + 1), squared moduli of the visits' own modes, each in units of its noise.
    """

    normal: Parts
    right: Parts
    power: Parts

    @classmethod
    def empty(cls, unknowns: int, shape: tuple[int, int], *, threads: int = 1) -> NormalEquations:
        """Before the first visit; `shape` is that of the half spectrum."""
        sums = fresh(unknowns**2, *shape), fresh(2 * unknowns, *shape), fresh(*shape)
        planes = [plane for array in sums for plane in array.reshape(-1, *shape)]
        run_all([partial(plane.fill, 0) for plane in planes], threads=threads)
        return cls(normal=sums[0], right=sums[1], power=sums[2])


def empty_spectra(number: int, shape: tuple[int, int]) -> Spectra:
    """Room for so many half spectra of this shape."""
    return fresh(number, shape[0], 2 * shape[1]).view(np.complex64)


def shift_phases(
    shifts_px: Floats, weights: Floats, sources: Ints, shape: tuple[int, int]
) -> Phases:
    """Phases of M shifts ``(y, x)`` of a periodic image of this shape.

    Notes
    -----
    The transform of f(x - d) is exp(-2 pi i k d) times that of f.
    """
    height, width = shape
    along_y = _phases(unwritable(np.ascontiguousarray(shifts_px[:, 0])), height, height // 2 + 1)
    along_y *= weights[:, None, None]
    along_x = _phases(unwritable(np.ascontiguousarray(shifts_px[:, 1])), width, width // 2 + 1)
    mirrored = along_y[:, :, 1 : (height + 1) // 2][:, :, ::-1] * np.array([1, -1])[:, None]
    return Phases(
        along_y=np.concatenate([along_y, mirrored], axis=2).astype(np.float32),
        along_x=along_x.astype(np.float32),
        sources=sources,
    )


def add_visits(
    equations: NormalEquations,
    spectra: Spectra,
    phases: Sequence[Phases],
    basis: Floats,
    precision: Floats,
    *,
    threads: int = 1,
) -> None:
    """Add a few visits to the normal equations, in place.

    Parameters
    ----------
    spectra
        Of B visits.
    phases
        The same number of shifts each.
    basis
        (S, J), planes in terms of the unknowns.
    precision
        (B,), one over the variance of a mode of each visit.

    Notes
    -----
    For one visit, with h_a the response of plane a: g_j = sum_a basis_aj h_a,
    normal_jk += w conj(g_j) g_k, right_j += w conj(g_j) s.
    """
    arguments = (
        spectra.view(np.float32),
        np.stack([phase.along_y for phase in phases]),
        np.stack([phase.along_x for phase in phases]),
        phases[0].sources,
        stacked_blurs([phase.blur for phase in phases]),
        np.ascontiguousarray(basis, np.float32),
        precision.astype(np.float32),
        equations.normal,
        equations.right,
        equations.power,
    )
    height = equations.normal.shape[1]
    blocks = [(top, min(top + _ROWS, height)) for top in range(0, height, _ROWS)]
    run_all([partial(_add, *arguments, *block) for block in blocks], threads=threads)


def matched_spectrum(planes: Spectra, phases: Phases, *, threads: int = 1) -> Spectrum:
    """Transform of the sum of all planes, each moved by its shifts and blurred.

    Parameters
    ----------
    planes
        (S, Y, X), their transforms.
    """
    spectra = np.ascontiguousarray(planes)
    height, width = spectra.shape[1:]
    total: Spectrum = empty_spectra(1, (height, width))[0]
    arguments = (
        unwritable(spectra.view(np.float32)),
        phases.along_y,
        phases.along_x,
        phases.sources,
        phases.blur.arrays,
        total.view(np.float32),
    )
    run_bands(partial(_match, *arguments), height, threads=threads)
    return total


@compiled_freely
def _phases(shifts_px: Floats, length: int, count: int) -> Floats:
    """(M, 2, count) real and imaginary parts of exp(-2 pi i k d / length), k = 0, 1, ..."""
    out = np.empty((len(shifts_px), 2, count), np.float64)
    for m in range(len(shifts_px)):
        angle = -2 * np.pi * shifts_px[m] / length
        turn_re, turn_im = np.cos(angle), np.sin(angle)
        re, im = 1.0, 0.0
        for k in range(count):
            out[m, 0, k], out[m, 1, k] = re, im
            re, im = re * turn_re - im * turn_im, re * turn_im + im * turn_re
    return out


@inlined
def respond(
    along_y: Parts,
    along_x: Parts,
    sources: Ints,
    blur: BlurArrays,
    y: int,
    response: Parts,
    room: Parts,
) -> None:
    """Write the response of each plane along one row of modes: real parts, then imaginary ones.

    `room` is that of `blur_row`.
    """
    width = room.shape[1]
    response[:] = 0
    half, number = np.uint64(len(response) // 2), np.uint64(width)
    for m in range(len(sources)):
        cos, sin = along_y[m, 0, y], along_y[m, 1, y]
        re, goal = along_x[m, 0], np.uint64(sources[m] * width)
        im, other = along_x[m, 1], half + np.uint64(sources[m] * width)
        for x in range(number):
            response[goal + x] += cos * re[x] - sin * im[x]
            response[other + x] += cos * im[x] + sin * re[x]
    blur_row(blur, y, response, room)


@compiled_freely
def _add(
    spectra: Parts,
    along_y: Parts,
    along_x: Parts,
    sources: Ints,
    blurs: BlurArrays,
    basis: Parts,
    precision: Parts,
    normal: Parts,
    right: Parts,
    power: Parts,
    top: int,
    bottom: int,
) -> None:
    visits, height, width = spectra.shape[0], spectra.shape[1], spectra.shape[2] // 2
    planes, unknowns = basis.shape
    matrix, vector = normal.reshape(normal.size), right.reshape(right.size)
    response = np.empty(2 * planes * width, np.float32)
    mixed = np.empty(2 * unknowns * width, np.float32)
    data = np.empty(2 * width, np.float32)
    room = np.empty((4, width), np.float32)
    tables, per_step, star_y, star_x, frequency_y, frequency_x = blurs
    for y in range(top, bottom):
        for v in range(visits):
            blur = (tables[v], per_step, star_y[v], star_x[v], frequency_y, frequency_x)
            respond(along_y[v], along_x[v], sources, blur, y, response, room)
            _mix(response, basis, mixed, width)
            row = spectra[v, y]
            strength = power[y]
            for x in range(width):
                re, im = row[2 * x], row[2 * x + 1]
                strength[x] += precision[v] * (re * re + im * im)
                data[x] = precision[v] * re
                data[width + x] = precision[v] * im
            for j in range(unknowns):
                _add_right(mixed, data, vector, j, unknowns, y, height, width)
                for k in range(j + 1):
                    _add_pair(mixed, precision[v], matrix, j, k, unknowns, y, height, width)


@inlined
def _mix(response: Parts, basis: Parts, mixed: Parts, width: int) -> None:
    """Response of each unknown from that of each plane."""
    planes, unknowns = basis.shape
    number = np.uint64(width)
    mixed[:] = 0
    for part in range(2):
        for j in range(unknowns):
            goal = np.uint64((part * unknowns + j) * width)
            for a in range(planes):
                factor, source = basis[a, j], np.uint64((part * planes + a) * width)
                for x in range(number):
                    mixed[goal + x] += factor * response[source + x]


@inlined
def _add_right(
    mixed: Parts, data: Parts, vector: Parts, j: int, unknowns: int, y: int, height: int, width: int
) -> None:
    number = np.uint64(width)
    re, im = np.uint64(j * width), np.uint64((unknowns + j) * width)
    goal = np.uint64((j * height + y) * width)
    other = np.uint64(((unknowns + j) * height + y) * width)
    for x in range(number):
        vector[goal + x] += mixed[re + x] * data[x] + mixed[im + x] * data[number + x]
        vector[other + x] += mixed[re + x] * data[number + x] - mixed[im + x] * data[x]


@inlined
def _add_pair(
    mixed: Parts,
    precision: np.float32,
    matrix: Parts,
    j: int,
    k: int,
    unknowns: int,
    y: int,
    height: int,
    width: int,
) -> None:
    number = np.uint64(width)
    re, im = np.uint64(j * width), np.uint64((unknowns + j) * width)
    other_re, other_im = np.uint64(k * width), np.uint64((unknowns + k) * width)
    goal = np.uint64(((j * unknowns + k) * height + y) * width)
    if j == k:
        for x in range(number):
            a, b = mixed[re + x], mixed[im + x]
            matrix[goal + x] += precision * (a * a + b * b)
        return
    mirror = np.uint64(((k * unknowns + j) * height + y) * width)
    for x in range(number):
        a, b = mixed[re + x], mixed[im + x]
        c, d = mixed[other_re + x], mixed[other_im + x]
        matrix[goal + x] += precision * (a * c + b * d)
        matrix[mirror + x] += precision * (a * d - b * c)


@compiled_freely
def _match(
    planes: Parts,
    along_y: Parts,
    along_x: Parts,
    sources: Ints,
    blur: BlurArrays,
    total: Parts,
    top: int,
    bottom: int,
) -> None:
    number, width = planes.shape[0], planes.shape[2] // 2
    response = np.empty(2 * number * width, np.float32)
    room = np.empty((4, width), np.float32)
    for y in range(top, bottom):
        respond(along_y, along_x, sources, blur, y, response, room)
        row = total[y]
        row[:] = 0
        for a in range(number):
            source = planes[a, y]
            for x in range(width):
                re, im = response[a * width + x], response[(number + a) * width + x]
                row[2 * x] += re * source[2 * x] - im * source[2 * x + 1]
                row[2 * x + 1] += re * source[2 * x + 1] + im * source[2 * x]

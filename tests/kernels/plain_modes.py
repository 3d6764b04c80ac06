"""The kernels of the Fourier modes read plainly, in double precision: the oracle of their tests."""

import numpy as np

from dcrviz.kernels.mode_factor import ROUNDING
from dcrviz.kernels.modes import NormalEquations, shift_phases


def frequencies(shape):
    """(Y, 1) and (1, X // 2 + 1), cycles per pixel, the highest of an even height positive."""
    height, width = shape
    along_y = np.fft.fftfreq(height)
    if height % 2 == 0:
        along_y[height // 2] = 0.5
    return along_y[:, None], np.fft.rfftfreq(width)[None]


def response(shifts_px, weights, sources, shape, *, n_planes):
    """(S, Y, X // 2 + 1), by what each plane's modes are multiplied."""
    frequency_y, frequency_x = frequencies(shape)
    total = np.zeros((n_planes, shape[0], shape[1] // 2 + 1), complex)
    for (dy, dx), weight, source in zip(shifts_px, weights, sources, strict=True):
        total[source] += weight * np.exp(-2j * np.pi * (frequency_y * dy + frequency_x * dx))
    return total


def normal_equations(responses, spectra, basis, precision):
    """(J, J, Y, X // 2 + 1) matrices and (J, Y, X // 2 + 1) right-hand sides, summed over visits.

    Parameters
    ----------
    responses : (V, S, Y, X // 2 + 1)
    spectra : (V, Y, X // 2 + 1)
    """
    mixed = np.einsum("vayx,aj->vjyx", responses, basis)
    weighed = precision[:, None, None, None] * mixed.conj()
    return (
        np.einsum("vjyx,vkyx->jkyx", weighed, mixed),
        np.einsum("vjyx,vyx->jyx", weighed, spectra),
    )


def pack(matrix, vector):
    """The packing of `NormalEquations`: lower triangle real, its imaginary part mirrored above."""
    unknowns = len(vector)
    normal = np.empty((unknowns, unknowns, *vector.shape[1:]))
    for j in range(unknowns):
        for k in range(unknowns):
            normal[j, k] = matrix[j, k].real if k <= j else matrix[k, j].imag
    return normal.reshape(-1, *vector.shape[1:]), np.concatenate([vector.real, vector.imag])


def unpack(normal, right):
    """Hermitian matrices and complex vectors from their packing."""
    unknowns = len(right) // 2
    square = np.asarray(normal, float).reshape(unknowns, unknowns, *normal.shape[1:])
    matrix = np.empty(square.shape, complex)
    for j in range(unknowns):
        for k in range(j + 1):
            imaginary = square[k, j] if k < j else 0
            matrix[j, k] = square[j, k] + 1j * imaginary
            matrix[k, j] = matrix[j, k].conj()
    return matrix, right[:unknowns] + 1j * np.asarray(right[unknowns:], float)


def solve(matrix, vector):
    """Solutions of (J, J, ...) systems for (J, ...) vectors."""
    last = np.moveaxis(matrix, (0, 1), (-2, -1)), np.moveaxis(vector, 0, -1)[..., None]
    return np.moveaxis(np.linalg.solve(*last)[..., 0], -1, 0)


def whitened(matrix, deviations):
    """1 + D A D for (J, J, ...) matrices and (J, ...) square roots of the prior variances.

    With the diagonal of A raised, by which the kernels keep rounding from passing for information.
    """
    unit = np.eye(len(matrix)).reshape(len(matrix), len(matrix), *[1] * (matrix.ndim - 2))
    return unit + deviations[:, None] * matrix * (1 + ROUNDING * unit) * deviations[None]


def field_of_visits(seed, shape, *, n_planes, unknowns, n_visits, reach_px=3.0):
    """Made equations of some visits, as the kernels sum them and as their definition does.

    Returns
    -------
    dict
        phases, spectra, basis and precision for `add_visits`; matrix and vector by definition, and
        how large the terms are that they sum, as terms may cancel.
    """
    rng = np.random.default_rng(seed)
    number = 2 * n_planes
    sources = np.repeat(np.arange(n_planes), 2)
    weights = np.full(number, 0.5)
    shifts_px = rng.uniform(-reach_px, reach_px, (n_visits, number, 2))
    spectra = np.fft.rfft2(rng.normal(size=(n_visits, *shape))).astype(np.complex64)
    basis, precision = rng.normal(size=(n_planes, unknowns)), rng.uniform(0.2, 2, n_visits)
    responses = [response(s, weights, sources, shape, n_planes=n_planes) for s in shifts_px]
    matrix, vector = normal_equations(np.stack(responses), spectra, basis, precision)
    terms = normal_equations(np.abs(responses), np.abs(spectra), np.abs(basis), precision)
    return {
        "phases": [shift_phases(s, weights, sources, shape) for s in shifts_px],
        "spectra": spectra,
        "basis": basis,
        "precision": precision,
        "matrix": matrix,
        "vector": vector,
        "term": max(np.abs(part).max() for part in terms),
    }


def equations_of(matrix, vector):
    """`NormalEquations` that hold these, but for rounding to single precision."""
    normal, right = pack(matrix, vector)
    return NormalEquations(
        normal=normal.astype(np.float32),
        right=right.astype(np.float32),
        power=np.zeros(vector.shape[1:], np.float32),
    )


def condition(matrix):
    """The worst condition number of (J, J, ...) matrices."""
    return np.linalg.cond(np.moveaxis(matrix, (0, 1), (-2, -1))).max()

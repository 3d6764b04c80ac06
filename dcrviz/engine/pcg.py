"""Conjugate gradients: masks and the variance of every pixel exactly, preconditioned by `direct`.

The unknowns are those of the closed form in units of their prior, u = z / D, so that the normal
equations are (1 + D B^H A^H W A B D) u = D B^H A^H W s with A the shifts and B the basis. Where W
is the same everywhere, their matrix is the K that `direct` inverts mode by mode.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dcrviz.engine.direct import System, closed_form, mode_precision, with_level
from dcrviz.engine.fourier import visit_phases
from dcrviz.engine.problem import Problem
from dcrviz.engine.sky_power import at_radius
from dcrviz.engine.step import Memory
from dcrviz.frozen import Frozen
from dcrviz.kernels.blur import Parts
from dcrviz.kernels.mode_solve import apply_inverse, factor_modes
from dcrviz.kernels.mode_vectors import Vector, add_back, inner
from dcrviz.kernels.modes import matched_spectrum
from dcrviz.records import Bools, Cube, Plane

# What a negative pixel counts, when it is pushed towards zero, in units of all visits together.
_PUSH = 2.0
# Iterations after which negative pixels are looked for again, and how many of all start anew.
_SAME_SIGNS = 4
_FEW = 0.01


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class CgMemory(Frozen, Memory):
    """Where conjugate gradients stand.

    Parameters
    ----------
    system
        The field's, with the factors of the preconditioner.
    solution, residual, direction
        (S, Y, X // 2 + 1), in units of the prior.
    right_norm
        Length of the right-hand side.
    negative
        (S, Y, X), pixels that are pushed towards zero; None if none are.
    """

    system: System
    factors: Parts
    root: Plane
    solution: Vector
    residual: Vector
    direction: Vector
    product: float
    right_norm: float
    iterations: int = 0
    negative: Bools | None = None

    @property
    def relative_residual(self) -> float:
        """Length of the residual in units of the right-hand side's; 0 if there is no light."""
        norm = np.sqrt(inner(self.residual, self.residual, width=self.system.grid.shape[1]))
        return float(norm / self.right_norm) if self.right_norm else 0.0


def cg_start(problem: Problem, *, threads: int = 1) -> CgMemory:
    """The closed-form solution, from which the iterations start."""
    system = closed_form(problem, threads=threads)
    whitening = system.prior.whitening
    root = at_radius(whitening.profile, system.grid.radius).astype(np.float32)
    factors = factor_modes(system.equations, whitening, threads=threads)
    half = len(system.equations.right) // 2
    right = system.equations.right[:half] + 1j * system.equations.right[half:]
    amplitudes = whitening.amplitudes.astype(np.float32)[:, None, None]
    solution = _times_inverse(factors, right * (amplitudes * root), threads=threads)
    memory = CgMemory(
        system=system,
        factors=factors,
        root=root,
        solution=solution,
        residual=solution,
        direction=solution,
        product=0.0,
        right_norm=0.0,
    )
    return _begin(problem, memory, threads=threads)


def cg_planes(memory: CgMemory, *, threads: int = 1) -> Cube:
    """The planes of a solution, (S, Y, X)."""
    return with_level(_above_level(memory, threads=threads), memory.system)


def _above_level(memory: CgMemory, *, threads: int) -> Cube:
    """The planes above the level of the empty sky."""
    grid = memory.system.grid
    spectra = _plane_spectra(memory, memory.solution)
    return np.stack([grid.image(spectrum, threads=threads) for spectrum in spectra])


def cg_step(
    problem: Problem, memory: CgMemory, *, positivity: bool = False, threads: int = 1
) -> CgMemory:
    """One iteration of conjugate gradients.

    Parameters
    ----------
    positivity
        Whether pixels of the planes below the level of the sky are pushed towards it. Every few
        iterations those that have sunk since are added, and the directions start anew with them.
    """
    if not positivity and memory.negative is not None:
        memory = _pushed(problem, memory, None, threads=threads)
    elif positivity and (memory.negative is None or memory.iterations % _SAME_SIGNS == 0):
        memory = _with_negative(problem, memory, threads=threads)
    width = memory.system.grid.shape[1]
    image = _apply(problem, memory, memory.direction, threads=threads)
    curvature = inner(memory.direction, image, width=width)
    if curvature <= 0:
        return replace(memory, iterations=memory.iterations + 1)
    length = np.float32(memory.product / curvature)
    residual = memory.residual - length * image
    preconditioned = _times_inverse(memory.factors, residual, threads=threads)
    product = inner(residual, preconditioned, width=width)
    turn = np.float32(product / memory.product)
    return replace(
        memory,
        solution=memory.solution + length * memory.direction,
        residual=residual,
        direction=preconditioned + turn * memory.direction,
        product=product,
        iterations=memory.iterations + 1,
    )


def _with_negative(problem: Problem, memory: CgMemory, *, threads: int) -> CgMemory:
    """With the pixels pushed that are negative now; from where it stands if they hardly differ."""
    negative = _above_level(memory, threads=threads) < 0
    if memory.negative is not None:
        negative |= memory.negative
        if np.count_nonzero(negative != memory.negative) < _FEW * negative.size:
            return memory
    negative.flags.writeable = False
    return _pushed(problem, memory, negative, threads=threads)


def _pushed(
    problem: Problem, memory: CgMemory, negative: Bools | None, *, threads: int
) -> CgMemory:
    """With these pixels pushed, which the preconditioner takes for as many anywhere."""
    system = memory.system
    equations, basis = system.equations, system.prior.basis
    if negative is not None:
        push = _PUSH * mode_precision(problem).sum() * negative.mean(axis=(1, 2))
        added = np.tril((basis.T * push) @ basis).astype(np.float32)
        normal = equations.normal + added.reshape(-1, 1, 1)
        # As those that it replaces: for others the loops would be compiled again.
        normal.flags.writeable = False
        equations = replace(equations, normal=normal)
    factors = factor_modes(equations, system.prior.whitening, threads=threads)
    return _begin(problem, replace(memory, factors=factors, negative=negative), threads=threads)


def _begin(problem: Problem, memory: CgMemory, *, threads: int) -> CgMemory:
    """Residual and first direction at a solution."""
    width = memory.system.grid.shape[1]
    right = _right(problem, memory, threads=threads)
    residual = right - _apply(problem, memory, memory.solution, threads=threads)
    direction = _times_inverse(memory.factors, residual, threads=threads)
    return replace(
        memory,
        residual=residual,
        direction=direction,
        product=inner(residual, direction, width=width),
        right_norm=float(np.sqrt(inner(right, right, width=width))),
    )


def _right(problem: Problem, memory: CgMemory, *, threads: int) -> Vector:
    """D B^H A^H W s."""
    total = np.zeros(memory.solution.shape, np.complex64)
    level = np.float32(memory.system.level)
    for visit in _seen(problem):
        image = np.where(problem.usable[visit], problem.images[visit] - level, np.float32(0))
        _add_visit(problem, memory, visit, image, total, threads=threads)
    return _to_unknowns(memory, total)


def _apply(problem: Problem, memory: CgMemory, vector: Vector, *, threads: int) -> Vector:
    """(1 + D B^H A^H W A B D) times a vector."""
    grid = memory.system.grid
    spectra = _plane_spectra(memory, vector)
    total = np.zeros(vector.shape, np.complex64)
    for visit in _seen(problem):
        phases = visit_phases(problem.shifts, visit, grid, seeing=problem.seeing)
        matched = matched_spectrum(spectra, phases, threads=threads)
        template = grid.image(matched, spent=True, threads=threads)
        _add_visit(problem, memory, visit, template, total, threads=threads)
    if memory.negative is not None:
        push = np.float32(_PUSH * mode_precision(problem).sum())
        for plane, (spectrum, negative) in enumerate(zip(spectra, memory.negative, strict=True)):
            pushed = np.where(negative, grid.image(spectrum, threads=threads), np.float32(0))
            total[plane] += push * grid.spectrum(pushed, threads=threads)
    return vector + _to_unknowns(memory, total)


def _seen(problem: Problem) -> list[int]:
    """Visits with a usable pixel."""
    return [int(visit) for visit in np.flatnonzero(problem.precision > 0)]


def _add_visit(
    problem: Problem, memory: CgMemory, visit: int, image: Plane, total: Vector, *, threads: int
) -> None:
    """Add what an image of a visit, weighed pixel by pixel, says of each plane."""
    weights = problem.usable[visit] if problem.weights is None else problem.weights[visit]
    # In units of the visit's typical pixel.
    unit = np.float32(problem.unit_weight / problem.precision[visit])
    grid = memory.system.grid
    spectrum = grid.spectrum(image * (weights * unit), threads=threads)
    phases = visit_phases(problem.shifts, visit, grid, seeing=problem.seeing)
    add_back(spectrum, phases, float(mode_precision(problem)[visit]), total)


def _plane_spectra(memory: CgMemory, vector: Vector) -> Vector:
    """B D times a vector, plane by plane."""
    prior = memory.system.prior
    scale = (prior.basis * prior.whitening.amplitudes).astype(np.float32)
    spectra: Vector = np.einsum("aj,jyx->ayx", scale, vector) * memory.root
    return spectra


def _to_unknowns(memory: CgMemory, planes: Vector) -> Vector:
    """D B^H times the spectra of planes."""
    prior = memory.system.prior
    scale = (prior.basis * prior.whitening.amplitudes).astype(np.float32)
    unknowns: Vector = np.einsum("aj,ayx->jyx", scale, planes) * memory.root
    return unknowns


def _times_inverse(factors: Parts, vector: Vector, *, threads: int) -> Vector:
    flat = np.ascontiguousarray(vector).view(np.float32)
    return apply_inverse(factors, flat, threads=threads).view(np.complex64)

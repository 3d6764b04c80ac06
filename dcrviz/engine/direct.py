"""The closed form: in every Fourier mode weighted least squares under the prior."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dcrviz.bands import Band
from dcrviz.engine.fourier import Grid, visit_phases
from dcrviz.engine.pixel_covariance import pixel_covariance
from dcrviz.engine.prior import Prior, learn_prior, spectral_basis, tell_colours
from dcrviz.engine.problem import Problem
from dcrviz.engine.window import window_for
from dcrviz.kernels.mode_solve import solve_modes
from dcrviz.kernels.modes import NormalEquations, add_visits
from dcrviz.physics.shifts import subfilter_wavelengths
from dcrviz.records import Cube, Floats, Frozen, Plane
from dcrviz.throughput import Throughput

# Visits that are transformed together: so memory does not grow with their number.
_AT_ONCE = 8
# Modes through the window that fades out the edges, from which the prior is learnt.
_LEARNT_FROM = 16_000
# Wavelengths in each subfilter at which the flux of a flat spectrum is summed.
_FLAT_WAVELENGTHS = 32
_ENOUGH_PIXELS = 60_000


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class System(Frozen):
    """The least-squares problem of a field, solved but for masks.

    Parameters
    ----------
    equations
        Normal equations as if every pixel of a visit had the visit's typical variance.
    level
        Brightness of the empty sky, which is not part of the equations.
    shares
        (S,), part of a flat spectrum's light in each plane.
    covariance
        (S, S), posterior covariance of the planes in one pixel.
    """

    grid: Grid
    equations: NormalEquations
    prior: Prior
    level: float
    shares: Floats
    covariance: Floats


def closed_form(problem: Problem, *, threads: int = 1) -> System:
    """Normal equations of all visits, streamed, and the prior that they ask for.

    Pixels that are not usable are taken from the template. Outside the field the sky is empty.
    """
    grid = problem.grid
    flux, basis = flat_spectrum(
        problem.band, problem.n_subfilters, throughput=problem.config.throughput
    )
    level, shares = sky_level(problem), flux.sum(axis=1)
    window = window_for(grid, modes=_LEARNT_FROM)
    equations = NormalEquations.empty(problem.n_subfilters, grid.half)
    inner = NormalEquations.empty(
        problem.n_subfilters, (len(window.rows), window.columns[1] - window.columns[0])
    )
    seen = np.flatnonzero(problem.precision > 0)
    white = grid.spectrum(problem.template.image - np.float32(level), threads=threads)
    for start in range(0, len(seen), _AT_ONCE):
        few = seen[start : start + _AT_ONCE]
        spectra = [
            grid.spectrum(filled_image(problem, int(visit), level), threads=threads)
            for visit in few
        ]
        phases = [visit_phases(problem.shifts, int(visit), grid) for visit in few]
        precision = mode_precision(problem)[few]
        add_visits(equations, spectra, phases, basis, precision, threads=threads)
        add_visits(
            inner,
            [
                window.through(spectrum) + window.carried(white, phase, shares)
                for spectrum, phase in zip(spectra, phases, strict=True)
            ],
            [window.phases(phase) for phase in phases],
            basis,
            precision * np.prod(grid.field) / window.energy,
        )
    # A step may remember them.
    for array in (equations.normal, equations.right, equations.power):
        array.flags.writeable = False
    prior = learn_prior(
        inner,
        window,
        grid,
        visits=len(seen),
        basis=basis,
        fwhm_px=_seeing_px(problem),
        told=tell_colours(problem.shifts, problem.precision > 0),
    )
    return System(
        grid=grid,
        equations=equations,
        prior=prior,
        level=level,
        shares=shares,
        covariance=pixel_covariance(equations, grid, prior, visits=len(seen)),
    )


def solve_directly(system: System, *, threads: int = 1) -> Cube:
    """The most probable planes, (S, Y, X)."""
    spectra = solve_modes(
        system.equations, system.prior.whitening, system.prior.basis, threads=threads
    )
    return with_level(
        np.stack([system.grid.image(spectrum, threads=threads) for spectrum in spectra]), system
    )


def with_level(planes: Cube, system: System) -> Cube:
    """Planes with the light of the empty sky, which has no structure to refract."""
    return planes + (system.level * system.shares).astype(np.float32)[:, None, None]


def mode_precision(problem: Problem) -> Floats:
    """(V,), one over the variance that the noise of a visit has in every mode."""
    return problem.precision / np.prod(problem.shape)


def filled_image(problem: Problem, visit: int, level: float) -> Plane:
    """A visit above the level of the sky, with the template where it is not usable."""
    image, usable = problem.images[visit], problem.usable[visit]
    if not usable.all():
        image = np.where(usable, image, problem.template.image)
    return image - np.float32(level) if level else image


def sky_level(problem: Problem) -> float:
    """Median of the template off the sources, or of all of it where there is no such pixel."""
    step = max(1, problem.background.size // _ENOUGH_PIXELS)
    image = problem.template.image.ravel()[::step]
    # A sky that nobody subtracted is DETECTED everywhere.
    sky = image[problem.background.ravel()[::step]]
    return float(np.median(sky if sky.size else image))


def flat_spectrum(
    band: Band, n_subfilters: int, *, throughput: Throughput | None = None
) -> tuple[Floats, Floats]:
    """(S, K) flux of a flat spectrum of flux 1, and the basis of smooth spectra, (S, S)."""
    wavelength_nm, _ = subfilter_wavelengths(
        band, n_subfilters, n_wavelengths=_FLAT_WAVELENGTHS, throughput=throughput
    )
    width_nm = wavelength_nm[:, 1:2] - wavelength_nm[:, :1]
    flux = np.broadcast_to(width_nm, wavelength_nm.shape)
    if throughput is not None:
        flux = flux * throughput.at(wavelength_nm)
    flux = flux / flux.sum()
    return flux, spectral_basis(wavelength_nm, flux, band=band)


def _seeing_px(problem: Problem) -> float | None:
    """Median width of the seeing of visits with a usable pixel; None if one does not tell it."""
    seen = np.flatnonzero(problem.precision > 0)
    widths = [problem.visits[visit].psf_fwhm_px for visit in seen]
    if any(width is None for width in widths):
        return None
    return float(np.median([width or 0.0 for width in widths]))

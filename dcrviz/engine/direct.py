"""The closed form: in every Fourier mode weighted least squares under the prior."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dcrviz.bands import Band
from dcrviz.engine.field_spectra import FieldSpectra
from dcrviz.engine.forward_model import brightness
from dcrviz.engine.grid import Grid
from dcrviz.engine.pixel_covariance import pixel_covariance
from dcrviz.engine.prior import Prior, spectral_basis, tell_colours
from dcrviz.engine.problem import Problem
from dcrviz.engine.windowed import Windowed
from dcrviz.frozen import Frozen
from dcrviz.kernels.leaning import lean
from dcrviz.kernels.mode_solve import solve_modes
from dcrviz.kernels.modes import NormalEquations, add_visits
from dcrviz.physics.shifts import subfilter_wavelengths
from dcrviz.records import Cube, Floats
from dcrviz.rooms import fresh
from dcrviz.throughput import Throughput

# Wavelengths in each subfilter at which the flux of a flat spectrum is summed.
_FLAT_WAVELENGTHS = 32


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
        (S,), part of the empty sky's light in each plane, which is taken to be flat.
    covariance
        (S, S), posterior covariance of the planes in one pixel.
    """

    grid: Grid
    equations: NormalEquations
    prior: Prior
    level: float
    shares: Floats
    covariance: Floats


def closed_form(problem: Problem, *, prior: Prior | None = None, threads: int = 1) -> System:
    """Normal equations of all visits, streamed, and the prior that they ask for.

    Pixels that are not usable are taken from the template. Outside the field the sky is empty.

    Parameters
    ----------
    prior
        One that is known already.
    """
    flux, basis = spectrum_of(problem)
    shares = flux.sum(axis=1)
    field = FieldSpectra.of(problem, seeing=problem.seeing, shares=shares, threads=threads)
    grid = field.grid
    equations = NormalEquations.empty(problem.n_subfilters, grid.half, threads=threads)
    inner = Windowed(field, basis)
    for few, spectra in field.batches(threads=threads):
        phases = [field.phases(int(visit)) for visit in few]
        add_visits(equations, spectra, phases, basis, mode_precision(problem)[few], threads=threads)
        if prior is None:
            inner.add(few, spectra, phases, threads=threads)
    prior = prior or learnt(problem, inner)
    lean(equations.normal, equations.right, prior.mean)
    # A step may remember them.
    for array in (equations.normal, equations.right, equations.power):
        array.flags.writeable = False
    return System(
        grid=grid,
        equations=equations,
        prior=prior,
        level=field.level,
        # Of the empty sky nothing is known but its level.
        shares=usual_spectrum(
            problem.band, problem.n_subfilters, throughput=problem.config.throughput
        )[0].sum(axis=1),
        covariance=pixel_covariance(
            equations, grid, prior, visits=int((problem.precision > 0).sum())
        ),
    )


def learnt(problem: Problem, inner: Windowed) -> Prior:
    """The prior that the visits ask for."""
    return inner.learn(
        fwhm_px=_stars_px(problem),
        psf=problem.config.star_profile,
        told=tell_colours(problem.shifts, problem.precision > 0),
    )


def solve_directly(system: System, *, threads: int = 1) -> Cube:
    """The most probable planes, (S, Y, X)."""
    spectra = solve_modes(
        system.equations, system.prior.whitening, system.prior.basis, threads=threads
    )
    planes = fresh(len(spectra), *system.grid.field)
    for plane, spectrum, level in zip(planes, spectra, _levels(system), strict=True):
        np.add(system.grid.image(spectrum, spent=True, threads=threads), level, out=plane)
    return planes


def with_level(planes: Cube, system: System) -> Cube:
    """Planes with the light of the empty sky, which has no structure to refract."""
    return planes + _levels(system)[:, None, None]


def _levels(system: System) -> NDArray[np.float32]:
    """(S,), light of the empty sky in each plane."""
    return (system.level * system.shares).astype(np.float32)


def mode_precision(problem: Problem) -> Floats:
    """(V,), one over the variance that the noise of a visit has in every mode."""
    return problem.precision / np.prod(problem.shape)


def spectrum_of(problem: Problem) -> tuple[Floats, Floats]:
    """`usual_spectrum` of a problem's light."""
    return usual_spectrum(
        problem.band,
        problem.n_subfilters,
        throughput=problem.config.throughput,
        spectrum=problem.spectrum,
    )


def usual_spectrum(
    band: Band,
    n_subfilters: int,
    *,
    throughput: Throughput | None = None,
    spectrum: tuple[float, ...] = (),
) -> tuple[Floats, Floats]:
    """(S, K) flux of a usual source of flux 1, and (S, S) what spectra differ from it by.

    Parameters
    ----------
    spectrum
        Slope, curvature, ... of the usual source; flat without.
    """
    wavelength_nm, _ = subfilter_wavelengths(
        band, n_subfilters, n_wavelengths=_FLAT_WAVELENGTHS, throughput=throughput
    )
    width_nm = wavelength_nm[:, 1:2] - wavelength_nm[:, :1]
    flux = np.broadcast_to(width_nm, wavelength_nm.shape)
    if throughput is not None:
        flux = flux * throughput.at(wavelength_nm)
    flux = flux * brightness(spectrum, wavelength_nm, band=band)
    flux = flux / flux.sum()
    return flux, spectral_basis(wavelength_nm, flux, band=band)


def _stars_px(problem: Problem) -> float | None:
    """Width of the stars in the planes: fitted, or as the visits have them in the middle.

    None if a visit with a usable pixel does not tell its own.
    """
    if problem.seeing is not None:
        return problem.seeing.planes.fwhm_px
    seen = np.flatnonzero(problem.precision > 0)
    widths = [problem.visits[visit].psf_fwhm_px for visit in seen]
    if any(width is None for width in widths):
        return None
    return float(np.median([width or 0.0 for width in widths]))

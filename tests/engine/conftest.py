"""Small made skies, and runs on them."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

import dcrviz
from dcrviz.engine.forward_model import forward_model
from dcrviz.engine.masks import merge_flags
from dcrviz.engine.prior import spectral_basis
from dcrviz.engine.sky_power import seeing_profile
from dcrviz.engine.template import visit_template
from dcrviz.mask_planes import USUAL_PLANES
from dcrviz.physics.geometry import wcs_jacobian
from dcrviz.physics.shifts import dcr_shifts, subfilter_wavelengths
from dcrviz.simulate import RUBIN, Scene, Source, blackbody, simulate_exposures

# Airmass and parallactic angle in radians: all around the sky, far enough from the zenith.
CIRCUMSTANCES = [(1.1, -2.0), (1.25, 0.4), (1.4, 1.5), (1.6, -0.8), (1.75, 2.6), (1.9, 0.9)]


@dataclass(frozen=True, eq=False)
class Run:
    problem: dcrviz.Problem
    steps: list[dcrviz.Step]

    @property
    def last(self):
        return self.steps[-1]

    @property
    def history(self):
        """Of the first tile."""
        return self.last.histories[0]

    @property
    def outcomes(self):
        return [history.outcome for history in self.last.histories]


@pytest.fixture(scope="session")
def visits():
    return [
        dcrviz.Visit(id=i, airmass=airmass, parallactic_rad=angle, site=RUBIN, psf_fwhm_px=4.0)
        for i, (airmass, angle) in enumerate(CIRCUMSTANCES, start=100)
    ]


@pytest.fixture(scope="session")
def scene():
    """A blue and a red star and a galaxy."""
    return Scene(
        sources=(
            Source(x=14, y=15, flux=4e4, spectrum=blackbody(9000)),
            Source(x=33, y=30, flux=6e4, spectrum=blackbody(3400)),
            Source(x=14.4, y=34.2, flux=3e4, spectrum=blackbody(5500), half_light_radius_px=2),
        ),
        band=dcrviz.Band.lsst("g"),
        shape=(48, 48),
    )


@pytest.fixture(scope="session")
def exposures(scene, visits):
    return simulate_exposures(scene, visits, seed=3)


@pytest.fixture(scope="session")
def problem(exposures):
    return dcrviz.prepare(exposures)


@pytest.fixture(scope="session")
def steps(problem):
    """Of a whole run with the default knobs."""
    return list(dcrviz.assemble(problem))


@pytest.fixture(scope="session")
def half_empty(visits):
    """A field with sources in its left half only."""
    scene = Scene(
        sources=(
            Source(x=12, y=12, flux=5e4, spectrum=blackbody(9000)),
            Source(x=20, y=25, flux=5e4, spectrum=blackbody(3400)),
        ),
        band=dcrviz.Band.lsst("g"),
        shape=(40, 96),
    )
    return simulate_exposures(scene, visits, seed=4)


@pytest.fixture(scope="session")
def run_of():
    """Prepares exposures and runs them to the end, with some knobs turned."""

    def run(exposures, *, template=None, shifts=None, **knobs):
        config = dcrviz.AssembleConfig(**knobs)
        problem = dcrviz.prepare(exposures, config, template=template, shifts=shifts)
        return Run(problem, list(dcrviz.assemble(problem)))

    return run


@pytest.fixture(scope="session")
def flag():
    """Sets a plane in the mask of an exposure on some of its pixels."""

    def flagged(exposure, plane, pixels):
        return merge_flags(exposure, {plane: pixels})

    return flagged


# Room around a made field, from which light moves in.
_ROOM = 40


@pytest.fixture(scope="session")
def model_field(visits):
    """Makes visits of a sky of the Fourier solvers' model: smooth spectra, stars of one seeing.

    Takes points of light (J, Y, X) by their total flux, slope, curvature, ... over the band, and
    gives the exposures and the true planes (S, Y, X).
    """
    band = dcrviz.Band.lsst("g")

    def make(points, *, n_subfilters=3, sigma=26.0, seed=1):
        rng, shape = np.random.default_rng(seed), points.shape[1:]
        wavelength_nm, weights = subfilter_wavelengths(band, n_subfilters, n_wavelengths=32)
        basis = spectral_basis(wavelength_nm, weights / n_subfilters, band=band)[:, : len(points)]
        padded = np.pad(points, ((0, 0), (_ROOM, _ROOM), (_ROOM, _ROOM)))
        sides = padded.shape[1:]
        radius = np.hypot(np.fft.fftfreq(sides[0])[:, None], np.fft.rfftfreq(sides[1]))
        profile = seeing_profile(4.0)
        seeing = np.interp(radius, np.linspace(0, np.sqrt(0.5), len(profile)), profile)
        blurred = np.fft.irfft2(np.fft.rfft2(padded) * seeing, s=sides)
        planes = np.einsum("aj,jyx->ayx", basis, blurred).astype(np.float32)
        scene = Scene(sources=(), band=band, shape=shape)
        model = forward_model(
            dcrviz.AssembleConfig(solver="direct", n_subfilters=n_subfilters), band
        )
        shifts = dcr_shifts(visits, model=model, jacobian=wcs_jacobian(scene.wcs, shape))
        cut = np.s_[..., _ROOM:-_ROOM, _ROOM:-_ROOM]
        exposures = []
        for index, visit in enumerate(visits):
            clean = visit_template(planes, shifts, index, order=None)[cut]
            noisy = clean + sigma * rng.normal(size=shape)
            exposures.append(
                dcrviz.Exposure(
                    image=noisy.astype(np.float32),
                    mask=np.full(shape, 1 << USUAL_PLANES["DETECTED"], np.int32),
                    variance=np.full(shape, sigma**2, np.float32),
                    planes=USUAL_PLANES,
                    wcs=scene.wcs,
                    visit=replace(visit, band=band),
                )
            )
        return exposures, planes[cut]

    return make


@pytest.fixture(scope="session")
def star_points():
    """(3, 64, 64) stars away from the edges, of all colours."""
    rng = np.random.default_rng(11)
    points = np.zeros((3, 64, 64))
    for y, x in rng.integers(14, 50, (25, 2)):
        points[:, y, x] += 10 ** rng.uniform(3.5, 4.8) * rng.uniform([1, -0.4, -0.1], [1, 0.4, 0.1])
    return points

"""What the visits show before any fit: the mean spectrum, and how seeing depends on wavelength."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz.engine.direct import usual_spectrum
from dcrviz.engine.forward_model import brightness
from dcrviz.psf import Psf
from dcrviz.simulate import Scene, Source, blackbody, simulate_exposures, truth_planes

BAND = dcrviz.Band.lsst("g")


def field_of(kelvin, *, seed=2):
    rng = np.random.default_rng(seed)
    places, flux = rng.uniform(16, 112, (30, 2)), 10 ** rng.uniform(4.3, 5.3, 30)
    return Scene(
        sources=tuple(
            Source(x=x, y=y, flux=f, spectrum=blackbody(k))
            for (x, y), f, k in zip(places, flux, rng.choice(kelvin, 30), strict=True)
        ),
        band=BAND,
        shape=(128, 128),
    )


def prepared(exposures, **knobs):
    return dcrviz.prepare(exposures, dcrviz.AssembleConfig(**({"solver": "direct"} | knobs)))


@pytest.fixture(scope="module")
def red():
    return field_of([3300, 4500, 5800])


@pytest.fixture(scope="module")
def varied(visits):
    widths = (3.3, 5.2, 4.1, 4.6, 3.6, 5.0)
    return [replace(v, psf_fwhm_px=width) for v, width in zip(visits, widths, strict=True)]


@pytest.mark.parametrize("exponent", [0.0, -0.2])
def test_the_evidence_tells_how_the_seeing_depends_on_wavelength(red, varied, exponent):
    exposures = simulate_exposures(red, varied, seed=3, psf=Psf(seeing_exponent=exponent))
    seeing = prepared(exposures).seeing
    assert seeing.planes.profile.seeing_exponent == exponent
    assert f"lambda^{exponent:g}: the evidence of the visits is e^" in seeing.sentence


def test_a_given_exponent_is_not_doubted(red, varied):
    exposures = simulate_exposures(red, varied, seed=3)
    seeing = prepared(exposures, seeing_exponent=-0.3).seeing
    assert seeing.planes.profile.seeing_exponent == -0.3
    assert (np.diff(seeing.broader) < 0).all()
    assert not seeing.sentence


@pytest.mark.parametrize("kelvin", [[3300, 4500, 5800], [12000, 20000], [3300, 20000]])
def test_the_mean_spectrum_is_that_of_the_light(visits, kelvin):
    scene = field_of(kelvin)
    found = prepared(simulate_exposures(scene, visits, seed=3)).spectrum
    flux = truth_planes(scene, n_subfilters=3, fwhm_px=4.0).sum(axis=(1, 2), dtype=float)
    _, basis = usual_spectrum(BAND, 3)
    total, slope, _ = np.linalg.solve(basis, flux)
    # Bright stars count more, and within a slice it is taken to be flat.
    assert found[0] == pytest.approx(slope / total, abs=0.08)


def test_the_wavelengths_of_a_slice_count_by_it(red, visits):
    exposures = simulate_exposures(red, visits, seed=3)
    mean, flat = (prepared(exposures, slice_spectrum=value) for value in ("mean", "flat"))
    assert flat.spectrum == ()
    np.testing.assert_allclose(flat.shifts.weights, 1 / 8)
    # Of red light more is at the red end, in every slice.
    assert (np.diff(mean.shifts.weights) > 0).all()
    np.testing.assert_allclose(mean.shifts.weights.sum(axis=1), 1)
    np.testing.assert_allclose(mean.forward_model.weights, mean.shifts.weights)


def test_a_spectrum_is_never_negative():
    wavelength_nm = np.linspace(BAND.min_nm, BAND.max_nm, 50)
    assert (brightness((1.5, 0.8), wavelength_nm, band=BAND) > 0).all()


def test_an_iteration_needs_no_look(red, visits):
    problem = prepared(simulate_exposures(red, visits, seed=3), solver="iterative")
    assert problem.spectrum == ()


def test_visits_that_tell_no_colours_are_not_asked_for_any(red, visits):
    alike = [replace(v, airmass=1.3, parallactic_rad=0.5) for v in visits]
    assert prepared(simulate_exposures(red, alike, seed=3)).spectrum == ()

"""Star images by their Fourier transforms."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import j0

from dcrviz.psf import PROFILES, Psf, moffat_transfer


def profile(psf, radius_px, *, fwhm_px):
    """Surface brightness at a radius, by the Hankel transform."""

    def integrand(frequency):
        transfer = psf.transfer(np.array(frequency), fwhm_px=fwhm_px)
        return 2 * np.pi * frequency * j0(2 * np.pi * frequency * radius_px) * transfer

    return quad(integrand, 0, 12 / fwhm_px, limit=400)[0]


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("fwhm_px", [3.5, 7.0])
def test_the_profile_falls_to_half_at_half_the_stated_width(name, fwhm_px):
    psf = Psf(profile=name)
    peak = profile(psf, 0.0, fwhm_px=fwhm_px)
    assert profile(psf, fwhm_px / 2, fwhm_px=fwhm_px) / peak == pytest.approx(0.5, abs=1e-5)


@pytest.mark.parametrize("beta", [2.0, 2.5, 4.765])
def test_the_width_of_a_moffat_profile_does_not_depend_on_its_wings(beta):
    psf = Psf(profile="moffat", beta=beta)
    peak = profile(psf, 0.0, fwhm_px=4.0)
    # Shallow wings mean a cusp in the transform and a slow quadrature.
    assert profile(psf, 2.0, fwhm_px=4.0) / peak == pytest.approx(0.5, abs=1e-4)


def test_the_moffat_profile_of_its_transform_has_the_closed_form():
    psf = Psf(profile="moffat", beta=3.5)
    core = 4.0 / (2 * np.sqrt(2 ** (1 / 3.5) - 1))
    for radius_px in (0.0, 1.0, 3.0, 6.0):
        closed = 2.5 / (np.pi * core**2) * (1 + (radius_px / core) ** 2) ** -3.5
        assert profile(psf, radius_px, fwhm_px=4.0) == pytest.approx(closed, rel=1e-6)


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_has_unit_flux(name):
    assert Psf(profile=name).transfer(np.array(0.0), fwhm_px=4.0) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_is_the_same_at_every_scale(name):
    frequency = np.linspace(0, 0.5, 50)
    psf = Psf(profile=name)
    np.testing.assert_allclose(
        psf.transfer(frequency, fwhm_px=6.0), psf.transfer(2 * frequency, fwhm_px=3.0), rtol=1e-9
    )


def test_a_steeper_moffat_is_nearer_to_the_gaussian():
    frequency = np.linspace(0, 0.3, 30)
    gaussian = Psf(profile="gaussian").transfer(frequency, fwhm_px=4.0)
    apart = [
        np.abs(moffat_transfer(frequency, fwhm_px=4.0, beta=beta) - gaussian).max()
        for beta in (3.5, 10.0, 30.0)
    ]
    assert apart == sorted(apart, reverse=True)
    assert apart[-1] < 0.02


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Psf(profile="airy"), r"one of gaussian, moffat, kolmogorov; got 'airy'"),
        (lambda: Psf(profile="moffat", beta=1.0), r"beta .* must be above 1 and .*; got 1"),
        (lambda: Psf(profile="moffat", beta=40.0), r"beta .* at most 30, .*; got 40"),
        (lambda: Psf().transfer(np.array(0.0), fwhm_px=0.0), r"FWHM must be positive .*got 0"),
    ],
)
def test_an_impossible_profile_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("name", ["kolmogorov", "gaussian"])
def test_what_broadens_is_the_ratio_of_the_transfer_functions(name):
    psf, frequency = Psf(profile=name), np.linspace(0, 0.7, 40)
    between = psf.broadening_fwhm_px(3.0, target_px=5.0)
    np.testing.assert_allclose(
        psf.transfer(frequency, fwhm_px=3.0) * psf.transfer(frequency, fwhm_px=between),
        psf.transfer(frequency, fwhm_px=5.0),
        rtol=1e-9,
    )


@pytest.mark.parametrize("name", PROFILES)
def test_nothing_broadens_to_less(name):
    assert Psf(profile=name).broadening_fwhm_px(5.0, target_px=5.0) == 0
    assert Psf(profile=name).broadening_fwhm_px(6.0, target_px=5.0) == 0


def test_no_moffat_profile_broadens_another_to_a_third():
    assert Psf(profile="moffat").broadening_fwhm_px(3.0, target_px=5.0) is None

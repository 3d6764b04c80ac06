"""The prior of the planes: smooth spectra, the sky's power, amplitudes that the data ask for."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

import dcrviz
from dcrviz.bands import Band
from dcrviz.engine.direct import closed_form, solve_directly
from dcrviz.engine.fourier import visit_phases
from dcrviz.engine.grid import Grid, grid_for
from dcrviz.engine.prior import learn_prior, lever_px, spectral_basis, tell_colours
from dcrviz.engine.sky_power import measured_profile, seeing_profile, straying
from dcrviz.engine.window import Window
from dcrviz.kernels.mode_evidence import Sample, weigh_evidence
from dcrviz.kernels.modes import NormalEquations, add_visits, matched_spectrum
from dcrviz.physics.shifts import subfilter_wavelengths
from dcrviz.records import Floats, Shifts
from dcrviz.throughput import Throughput

BAND = Band.lsst("g")
FIELD = (80, 72)
FWHM_PX = 4.0
# Total flux, slope, curvature: of a sky that stands far above a noise of 1 a pixel.
AMPLITUDES = (300_000.0, 60_000.0, 20_000.0)
# The frequencies at which a profile is given, cycles per pixel.
FREQUENCY = np.linspace(0, np.sqrt(0.5), 1024)


@dataclass(frozen=True, eq=False)
class Drawn:
    """The normal equations of visits of a sky that was drawn from a prior."""

    equations: NormalEquations
    grid: Grid
    basis: Floats
    profile: Floats
    visits: int
    planes: list

    def learnt(self, **options):
        known = {"visits": self.visits, "basis": self.basis, "fwhm_px": FWHM_PX}
        return learn_prior(self.equations, open_window(self.grid), self.grid, **(known | options))


def open_window(grid):
    """A window through which all modes are seen as they are."""
    rows, columns = grid.half
    nothing = np.zeros(7, np.complex64)
    return Window(
        rows=np.arange(rows),
        columns=(0, columns),
        along_y=nothing,
        along_x=nothing,
        energy=float(np.prod(grid.field)),
    )


def basis_of(n_subfilters, *, throughput=None):
    wavelength_nm, weights = subfilter_wavelengths(
        BAND, n_subfilters, n_wavelengths=32, throughput=throughput
    )
    return wavelength_nm, spectral_basis(wavelength_nm, weights / n_subfilters, band=BAND)


def spread_shifts(rng, n_visits, n_subfilters):
    """Shifts in all directions by up to 1.5 px from the band's middle to its ends."""
    reach = rng.uniform(0.3, 1.5, n_visits)
    angle = rng.uniform(0, 2 * np.pi, n_visits)
    direction = np.stack([np.sin(angle), np.cos(angle)], axis=-1)
    places = np.linspace(1, -1, n_subfilters) if n_subfilters > 1 else np.zeros(1)
    midpoint = reach[:, None, None] * places[:, None] * direction[:, None]
    return Shifts(midpoint=midpoint, split=midpoint[:, :, None])


def drawn(seed, amplitudes=AMPLITUDES, *, n_visits=8, sigma=1.0, shifts=None):
    """Visits of a sky whose every unknown has this amplitude, with white noise, on a whole grid."""
    rng = np.random.default_rng(seed)
    shifts = shifts or spread_shifts(rng, n_visits, len(amplitudes))
    grid, profile = grid_for(shifts, FIELD), seeing_profile(FWHM_PX)
    radius = np.hypot(np.fft.fftfreq(grid.shape[0])[:, None], np.fft.rfftfreq(grid.shape[1]))
    root, pixels = np.interp(radius, FREQUENCY, profile), grid.shape[0] * grid.shape[1]
    white = np.fft.rfft2(rng.normal(size=(len(amplitudes), *grid.shape))) / np.sqrt(pixels)
    unknowns = np.array(amplitudes)[:, None, None] * root * white
    _, basis = basis_of(len(amplitudes))
    planes = list(np.einsum("aj,jyx->ayx", basis, unknowns).astype(np.complex64))
    equations = NormalEquations.empty(len(amplitudes), grid.half)
    for visit in range(len(shifts.split)):
        phases = visit_phases(shifts, visit, grid)
        noise = np.fft.rfft2(rng.normal(scale=sigma, size=grid.shape))
        seen = (matched_spectrum(planes, phases) + noise).astype(np.complex64)
        add_visits(equations, seen[None], [phases], basis, np.array([1 / (sigma**2 * pixels)]))
    return Drawn(equations, grid, basis, profile, len(shifts.split), planes)


def columns_of(planes, chosen):
    return np.ascontiguousarray(planes.reshape(len(planes), -1)[:, chosen], float)


def same_visits(exposures):
    """The visits all at the place of the first in the sky."""
    first = exposures[0].visit
    alike = {"airmass": first.airmass, "parallactic_rad": first.parallactic_rad}
    return [replace(e, visit=replace(e.visit, **alike)) for e in exposures]


@pytest.fixture(scope="module")
def sky():
    return drawn(1)


@pytest.mark.parametrize("n_subfilters", [1, 2, 3])
@pytest.mark.parametrize("seed", [2, 3])
def test_the_amplitudes_are_found_that_a_sky_was_drawn_with(n_subfilters, seed):
    truth = np.array(AMPLITUDES[:n_subfilters])
    prior = drawn(seed, truth).learnt()
    # Fisher's information is on the logarithm of the squared amplitude.
    errors = np.sqrt(np.diag(np.linalg.inv(prior.evidence.information))) / 2
    off = np.log(prior.amplitudes / truth)
    # The errors of the visits are learnt, too, which the information does not count.
    assert (np.abs(off) < 5 * errors).all(), (off, errors)


def test_no_other_amplitudes_have_a_higher_evidence(sky):
    prior = sky.learnt()
    radius = np.hypot(sky.grid.frequencies[0][:, None], sky.grid.frequencies[1]).ravel()
    heights = np.interp(radius, FREQUENCY, sky.profile)
    chosen = (heights > 1e-3) & (radius > 0)
    sample = Sample(
        normal=columns_of(sky.equations.normal, chosen),
        right=columns_of(sky.equations.right, chosen),
        power=sky.equations.power.ravel()[chosen].astype(float),
        profile=heights[chosen],
        straying=straying(heights[chosen]),
        visits=sky.visits,
    )
    mean = prior.mean
    best = weigh_evidence(sample, prior.amplitudes, error=prior.error, mean=mean).minus_log
    assert best == pytest.approx(prior.evidence.minus_log)
    for direction in np.random.default_rng(0).normal(size=(20, 4)):
        factors = np.exp(0.1 * direction / np.linalg.norm(direction))
        amplitudes, error = prior.amplitudes * factors[:3], prior.error * factors[3] ** 8
        other = weigh_evidence(sample, amplitudes, error=error, mean=mean).minus_log
        assert other > best - 0.5


def test_at_the_best_amplitudes_as_many_modes_are_explained_as_determined(sky):
    evidence = sky.learnt().evidence
    np.testing.assert_allclose(evidence.explained, evidence.determined, rtol=1e-3)


def test_a_sky_without_colours_has_hardly_an_amplitude_of_any():
    prior = drawn(4, (300_000.0, 0.0, 0.0)).learnt()
    assert (prior.colour_amplitudes < 0.02).all()
    assert (prior.colour_amplitudes > 0).all()


def test_an_empty_sky_has_amplitudes_below_the_noise():
    empty = drawn(5, (0.0, 0.0, 0.0))
    prior = empty.learnt()
    noise = np.sqrt(np.prod(empty.grid.shape) / 8)
    assert np.isfinite(prior.amplitudes).all()
    assert prior.amplitudes[0] < 0.3 * noise


def test_a_brighter_sky_with_more_noise_has_larger_amplitudes_and_the_same_colours(sky):
    scaled = drawn(1, tuple(100 * a for a in AMPLITUDES), sigma=100.0)
    one, other = sky.learnt(), scaled.learnt()
    np.testing.assert_allclose(other.amplitudes, 100 * one.amplitudes, rtol=1e-3)


@pytest.mark.parametrize("n_subfilters", [1, 3, 20])
def test_the_first_unknown_is_a_flat_spectrum_and_its_shares_are_equal(n_subfilters):
    _, basis = basis_of(n_subfilters)
    np.testing.assert_allclose(basis[:, 0], 1 / n_subfilters)


def test_only_the_first_unknown_carries_flux():
    _, basis = basis_of(6)
    # But for the sum over wavelengths, which stands for an integral.
    np.testing.assert_allclose(basis.sum(axis=0), [1, 0, 0, 0, 0, 0], atol=0.01)


def test_the_unknowns_of_a_spectrum_can_make_any_planes():
    for n_subfilters in (1, 2, 5, 20):
        _, basis = basis_of(n_subfilters)
        assert np.linalg.matrix_rank(basis) == n_subfilters


def test_a_throughput_weighs_what_falls_in_each_plane():
    curve = Throughput(name="sloping", wavelength_nm=(390, 405, 570), transmission=(0, 1, 0.1))
    wavelength_nm, _ = subfilter_wavelengths(BAND, 3, n_wavelengths=32, throughput=curve)
    flux = curve.at(wavelength_nm)
    flux /= flux.sum()
    basis = spectral_basis(wavelength_nm, flux, band=BAND)
    np.testing.assert_allclose(basis[:, 0], flux.sum(axis=1))
    assert basis[0, 0] > basis[1, 0] > basis[2, 0]


def test_the_profile_of_the_seeing_has_its_width():
    # A long exposure's image falls to half its peak at half the width.
    profile = seeing_profile(6.0)
    radius = np.array([0.0, 3.0])
    angle = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    waves = np.cos(2 * np.pi * FREQUENCY[:, None, None] * radius[:, None] * np.cos(angle))
    peak, half = (profile[:, None] * FREQUENCY[:, None] * waves.mean(axis=-1)).sum(axis=0)
    assert half == pytest.approx(peak / 2, rel=1e-3)


def test_the_profile_of_the_mean_image_is_that_of_the_sky_it_was_drawn_with(sky):
    measured = measured_profile(sky.equations, sky.grid.radius.ravel())
    # Rings of few modes are noisy; beyond, noise hides the light.
    sure = (FREQUENCY > 0.05) & (FREQUENCY < 0.3)
    ratio = measured[sure] / sky.profile[sure]
    assert np.ptp(np.log(ratio)) < 0.3


def test_a_measured_profile_falls_from_1_and_is_never_negative(sky):
    for made in (sky, drawn(7, (0.0, 0.0, 0.0))):
        measured = measured_profile(made.equations, made.grid.radius.ravel())
        assert measured[0] == 1
        assert (np.diff(measured) <= 0).all()
        assert (measured >= 0).all()


def test_where_a_visit_does_not_tell_its_seeing_the_planes_are_nearly_the_same(exposures):
    untold = [
        *exposures[:5],
        replace(exposures[5], visit=replace(exposures[5].visit, psf_fwhm_px=None)),
    ]
    config = dcrviz.AssembleConfig(solver="direct")
    given = dcrviz.prepare(exposures, config)
    hidden = dcrviz.prepare(untold, config, template=given.template)
    planes, other = solve_directly(closed_form(given)), solve_directly(closed_form(hidden))
    assert not np.array_equal(planes, other)
    np.testing.assert_allclose(other, planes, rtol=0, atol=0.05 * planes.max())


def test_the_lever_is_how_differently_the_ends_of_the_band_are_moved_apart():
    # Middles of halves: the ends are twice as far apart.
    midpoint = np.array([[[0.0, 1.0], [0.0, 0.0]], [[0.0, -0.5], [0.0, 0.5]]])
    shifts = Shifts(midpoint=midpoint, split=midpoint[:, :, None])
    assert lever_px(shifts, np.array([True, True])) == pytest.approx(2 * np.sqrt(2))
    assert tell_colours(shifts, np.array([True, True]))


def test_more_visits_have_a_longer_lever():
    midpoint = np.array([[[0.2, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.2, 0.0]]])
    few, many = (np.repeat(midpoint, number, axis=0) for number in (1, 4))
    levers = [
        lever_px(Shifts(midpoint=m, split=m[:, :, None]), np.ones(len(m), bool))
        for m in (few, many)
    ]
    assert levers[1] == pytest.approx(2 * levers[0])


def test_what_errors_of_position_would_look_like_is_no_colour():
    midpoint = np.array([[[0.1, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.1, 0.0]]])
    shifts = Shifts(midpoint=midpoint, split=midpoint[:, :, None])
    assert not tell_colours(shifts, np.array([True, True]))


def test_visits_that_move_alike_tell_no_colours_however_far_they_move():
    midpoint = np.broadcast_to([[3.0, 4.0], [-3.0, -4.0]], (5, 2, 2))
    shifts = Shifts(midpoint=midpoint, split=midpoint[:, :, None])
    assert lever_px(shifts, np.ones(5, dtype=bool)) == 0
    assert not tell_colours(shifts, np.ones(5, dtype=bool))


@pytest.mark.parametrize("seen", [[True, False, False], [False, True, True], [False] * 3])
def test_visits_that_are_not_seen_tell_no_colours(seen):
    midpoint = np.array([[[1.0, 0.0]], [[0.0, 0.5]], [[0.0, 0.5]]])
    shifts = Shifts(midpoint=midpoint, split=midpoint[:, :, None])
    assert lever_px(shifts, np.array(seen)) == 0
    assert not tell_colours(shifts, np.array(seen))


def test_visits_that_can_not_tell_colours_are_not_asked_for_any(sky):
    prior = sky.learnt(told=False)
    np.testing.assert_allclose(prior.colour_amplitudes, 1e-3)
    np.testing.assert_array_equal(prior.mean, 0)


@pytest.mark.parametrize("solver", ["direct", "pcg"])
def test_visits_that_can_not_tell_colours_get_a_flat_spectrum_and_a_warning(exposures, solver):
    problem = dcrviz.prepare(same_visits(exposures), dcrviz.AssembleConfig(solver=solver))
    (warning,) = problem.warnings
    assert "refraction differs by only 0 px" in warning
    assert "the planes are kept at a flat spectrum" in warning
    system = closed_form(problem)
    np.testing.assert_allclose(system.prior.colour_amplitudes, 1e-3)
    planes = solve_directly(system)
    np.testing.assert_allclose(planes.sum(axis=(1, 2)) / planes.sum(), 1 / 3, atol=1e-3)


def test_visits_that_tell_colours_get_no_warning(exposures):
    assert dcrviz.prepare(exposures, dcrviz.AssembleConfig(solver="direct")).warnings == ()


@pytest.mark.parametrize(
    "knobs", [{"solver": "direct", "n_subfilters": 1}, {"solver": "iterative"}]
)
def test_where_no_colours_are_asked_for_there_is_nothing_to_warn_of(exposures, knobs):
    problem = dcrviz.prepare(same_visits(exposures), dcrviz.AssembleConfig(**knobs))
    assert problem.warnings == ()


def test_a_visit_that_nobody_can_use_does_not_hide_that_the_others_are_alike(exposures, flag):
    alike = same_visits(exposures)[:5]
    unusable = flag(exposures[5], "NO_DATA", np.ones(exposures[5].shape, dtype=bool))
    config = dcrviz.AssembleConfig(solver="direct")
    problem = dcrviz.prepare([*alike, unusable], config)
    assert any("flat spectrum" in warning for warning in problem.warnings)
    np.testing.assert_allclose(closed_form(problem).prior.colour_amplitudes, 1e-3)

"""What visits can tell, before any fit: laws and limits."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from leverage_numbers import numbers_of

import dcrviz
from dcrviz.diagnostics.condition_map import condition_map
from dcrviz.diagnostics.expected_sky import colour_amplitudes, sky_of
from dcrviz.diagnostics.leverage import NOT_AT_ALL, leverage, leverage_of
from dcrviz.diagnostics.planner import plan_next
from dcrviz.diagnostics.posterior import posterior_of
from dcrviz.diagnostics.visit_system import lever_px, system_of

CONFIG = dcrviz.AssembleConfig(solver="direct")


def turned(visits, degrees):
    return [replace(v, parallactic_rad=v.parallactic_rad + math.radians(degrees)) for v in visits]


def weighed(visits, weights):
    return [replace(v, weight=float(w)) for v, w in zip(visits, weights, strict=True)]


@pytest.mark.parametrize("weight", [0.01, 1.0, 30.0])
@pytest.mark.parametrize("place", [(1.0, 0), (1.3, 50), (1.9, -70)])
def test_one_more_visit_never_raises_a_variance(around, visits_at, place, weight):
    (added,) = visits_at(place, weight=weight)
    fewer, more = system_of(around, CONFIG), system_of([*around, added], CONFIG)
    sky = sky_of(around, fewer)
    # Both in the unit of the fewer visits.
    more = replace(more, precision=np.r_[fewer.precision, weight])
    before, after = posterior_of(fewer, sky), posterior_of(more, sky)
    gained = before.inverse - after.inverse
    assert np.linalg.eigvalsh(gained).min() > -1e-9
    assert (leverage_of(after).plane_sigma <= leverage_of(before).plane_sigma).all()
    assert leverage_of(after).colour_error <= leverage_of(before).colour_error


def test_turning_the_sky_by_a_right_angle_changes_nothing(around):
    np.testing.assert_allclose(
        numbers_of(leverage(turned(around, 90), CONFIG)),
        numbers_of(leverage(around, CONFIG)),
        rtol=1e-9,
        atol=1e-9,
    )


def test_turning_the_sky_by_any_angle_changes_next_to_nothing(around):
    # The square of all frequencies has corners, which the sky has not.
    np.testing.assert_allclose(
        numbers_of(leverage(turned(around, 33), CONFIG)),
        numbers_of(leverage(around, CONFIG)),
        rtol=5e-3,
    )


def test_the_order_of_the_visits_does_not_matter(around):
    np.testing.assert_allclose(
        numbers_of(leverage(around[::-1], CONFIG)), numbers_of(leverage(around, CONFIG)), rtol=1e-9
    )


@pytest.mark.parametrize("scale", [1e-3, 50.0])
def test_only_ratios_of_weights_matter(around, scale):
    weights = np.array([0.5, 1, 2, 1, 3, 1])
    np.testing.assert_allclose(
        numbers_of(leverage(weighed(around, scale * weights), CONFIG)),
        numbers_of(leverage(weighed(around, weights), CONFIG)),
        rtol=1e-9,
    )


def test_a_visit_twice_is_a_visit_of_twice_the_weight(around):
    # The visits of weight 1 are the typical ones in both.
    twice = leverage([*around, around[0]], CONFIG)
    heavy = leverage(weighed(around, [2, 1, 1, 1, 1, 1]), CONFIG)
    np.testing.assert_allclose(numbers_of(heavy), numbers_of(twice), rtol=1e-9)


def test_a_factor_of_0_is_as_if_the_visit_were_left_out(around):
    off = leverage(around, CONFIG.with_values(visit_factors={"2": 0.0}))
    np.testing.assert_allclose(
        numbers_of(off), numbers_of(leverage([*around[:2], *around[3:]], CONFIG)), rtol=1e-9
    )
    assert (off.n_visits, off.n_on) == (6, 5)
    assert off.sentence.startswith("These 5 visits")


def test_with_one_angle_nothing_is_told_across_it(visits_at):
    visits = visits_at((1.1, 0), (1.3, 0), (1.5, 0), (1.8, 0))
    found = condition_map(visits, CONFIG, size=33)
    middle = 16
    # North is up, so the zenith is along y: along x every visit moves all planes alike, by nothing.
    assert found.frequency[middle] == pytest.approx(0)
    np.testing.assert_allclose(found.values[1:, middle, :], 0, atol=1e-7)
    np.testing.assert_allclose(found.conditioning[middle], 0, atol=1e-7)
    assert found.values[1, -1, middle] > 0.1
    most, least = leverage(visits, CONFIG).lever_px
    assert most > 0.5
    assert least == pytest.approx(0, abs=1e-9)


def test_the_lever_is_the_scatter_of_the_smear(visits_at):
    visits = visits_at((1.2, 0), (1.2, 180), (1.7, 90), (1.7, 270))
    system = system_of(visits, CONFIG)
    # Between the middles of the outer two of three subfilters there are two thirds of the band.
    midpoint = system.shifts.midpoint
    smear = 1.5 * np.linalg.norm(midpoint[:, 0] - midpoint[:, -1], axis=1)
    most, least = lever_px(system)
    assert most == pytest.approx(smear[2] / np.sqrt(2))
    assert least == pytest.approx(smear[0] / np.sqrt(2))


def test_the_lever_is_of_the_band_however_many_subfilters_it_has(visits_at):
    visits = visits_at((1.2, 0), (1.2, 180), (1.7, 90), (1.7, 270))
    levers = [leverage(visits, CONFIG.with_values(n_subfilters=n)).lever_px for n in (2, 3, 9)]
    for lever in levers[:2]:
        # Refraction is not quite a straight line over the band.
        assert lever == pytest.approx(levers[2], rel=0.03)
    assert leverage(visits, CONFIG.with_values(n_subfilters=1)).lever_px == (0.0, 0.0)


def test_no_singular_value_is_above_1_and_unmoved_planes_have_one_of_them(visits_at, around):
    assert condition_map(around, CONFIG).values.max() <= 1 + 1e-12
    zenith = condition_map(visits_at((1.0, 0), (1.0, 70), (1.0, 200)), CONFIG)
    np.testing.assert_allclose(zenith.values[0], 1)
    np.testing.assert_allclose(zenith.values[1:], 0, atol=1e-7)


def test_fewer_visits_than_planes_leave_singular_values_at_0(visits_at):
    found = condition_map(visits_at((1.3, 0), (1.6, 80)), CONFIG)
    assert found.values.shape == (3, 64, 64)
    np.testing.assert_array_equal(found.values[2], 0)
    assert found.values[1].max() > 0.1


def test_by_frequency_slow_ones_tell_no_colour_and_every_singular_value_is_as_on_the_map(around):
    found = condition_map(around, CONFIG)
    frequency, values = found.by_frequency
    assert values.shape == (3, len(frequency))
    assert (np.diff(frequency) > 0).all()
    assert values[1, 0] < 0.1 * values[1, -1]
    # Every circle is whole, so that a wider one has more cells.
    assert frequency[-1] <= found.frequency[-1]
    inner = np.hypot(*np.meshgrid(found.frequency, found.frequency)) < 2 * frequency[0]
    mean = np.sqrt((found.values[:, inner] ** 2).mean(axis=1))
    np.testing.assert_allclose(values[:, 0], mean)


@pytest.mark.parametrize(
    ("places", "unconstrained"),
    [
        ([(1.0, 0)] * 5, ("slope", "curvature")),
        ([(1.4, 30)], ("slope", "curvature")),
        ([(1.4, 30)] * 8, ("slope", "curvature")),
        ([(1.4, 30), (1.4, 210)], ("curvature",)),
    ],
)
def test_what_is_not_constrained_is_named(visits_at, places, unconstrained):
    found = leverage(visits_at(*places), CONFIG)
    assert found.unconstrained == unconstrained
    assert np.isfinite(numbers_of(found)).all()
    assert all(name in found.sentence for name in unconstrained)
    assert ("not at all" in found.sentence) or ("no colour" in found.sentence)


@pytest.mark.parametrize("n_subfilters", [1, 2, 3, 6])
def test_any_number_of_subfilters_has_its_terms(around, n_subfilters):
    found = leverage(around, CONFIG.with_values(n_subfilters=n_subfilters))
    assert len(found.terms) == len(found.lost) == n_subfilters - 1
    assert len(found.plane_noise) == n_subfilters
    assert np.isfinite(numbers_of(found)).all()
    assert set(found.unconstrained) <= set(found.terms)


def test_a_single_subfilter_has_no_colour_and_the_noise_of_a_coadd(around):
    found = leverage(
        around, CONFIG.with_values(n_subfilters=1, split_subfilters=False), signal_to_noise=1e6
    )
    assert found.colour_error == 0
    assert "no colour" in found.sentence
    # So bright a sky asks for no smoothing but where the seeing leaves nothing.
    assert found.plane_amplification[0] == pytest.approx(1, abs=0.02)


def test_the_sentence_tells_percentages(around):
    found = leverage(around, CONFIG)
    percent = f"{100 * found.errors[0]:.2g} %"
    assert found.sentence == (
        f"These 6 visits constrain the slope to {percent}, the curvature not at all."
    )
    assert found.errors[1] > NOT_AT_ALL


def test_brighter_sources_are_told_better_and_colours_of_all_terms_with_them(around):
    errors = [leverage(around, CONFIG, signal_to_noise=s).errors for s in (1, 10, 100, 1000, 1e4)]
    assert (np.diff(errors, axis=0) < 0).all()
    assert errors[-1].max() < 0.4


def test_seeing_that_differs_is_trusted_less_where_the_fit_does_not_know_it(around):
    widths = [3.0, 4.0, 3.5, 3.2, 3.8, 3.5]
    varied = [replace(v, psf_fwhm_px=w) for v, w in zip(around, widths, strict=True)]
    unknown = CONFIG.with_values(fit_seeing="off")
    assert leverage(varied, unknown).errors[0] > 1.2 * leverage(around, unknown).errors[0]
    assert leverage(varied, CONFIG).errors[0] == pytest.approx(
        leverage(around, CONFIG).errors[0], rel=0.05
    )


def test_what_nobody_told_is_listed(around):
    told = leverage(around, CONFIG, signal_to_noise=40)
    assert told.assumed == ()
    untold = leverage([replace(v, psf_fwhm_px=None) for v in around], CONFIG)
    assert untold.assumed == (
        "the seeing is taken to be 4 px",
        "sources are taken to have a signal-to-noise of 30",
    )


def test_all_numbers_are_json(around):
    mapping = json.loads(json.dumps(leverage(around, CONFIG).as_mapping(), allow_nan=False))
    assert mapping["colour_error"] == pytest.approx(leverage(around, CONFIG).colour_error)
    assert list(mapping["errors"]) == ["slope", "curvature"]
    assert mapping["sentence"].startswith("These 6 visits")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"airmass": None}, "visit 0: its shift needs the zenith angle or airmass"),
        ({"band": dcrviz.Band.lsst("r")}, "one band, .* got lsst-r, lsst-g"),
    ],
)
def test_a_visit_that_lacks_something_is_named(around, change, message):
    with pytest.raises(ValueError, match=message):
        leverage([replace(around[0], **change), *around[1:]], CONFIG)


def test_impossible_expectations_are_refused(around):
    with pytest.raises(ValueError, match="signal_to_noise must be above 0; got -1"):
        leverage(around, CONFIG, signal_to_noise=-1)
    with pytest.raises(ValueError, match=r"colours must be 2 numbers above 0.*got \[0.3\]"):
        leverage(around, CONFIG, colours=np.array([0.3]))
    for scale in (0.0, -1.0, float("nan")):
        with pytest.raises(ValueError, match=f"pixel_scale_arcsec must be .* above 0; got {scale}"):
            leverage(around, CONFIG, pixel_scale_arcsec=scale)
        with pytest.raises(ValueError, match="pixel_scale_arcsec must be finite"):
            plan_next(around, CONFIG, pixel_scale_arcsec=scale)
    with pytest.raises(ValueError, match="visit_factors must name visits of this run"):
        leverage(around, CONFIG.with_values(visit_factors={"nobody": 0.5}))


def test_usual_colours_fall_from_term_to_term():
    np.testing.assert_allclose(colour_amplitudes(4), [0.4, 0.1, 0.025])
    assert colour_amplitudes(1).size == 0
    assert (np.diff(colour_amplitudes(20)) <= 0).all()

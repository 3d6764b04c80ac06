"""Small fields by name or by a few numbers."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz.simulate import MadeField, made_exposures, made_scene, made_visits
from dcrviz.simulate.made_field import VISITS

SMALL = MadeField(n_stars=3, n_visits=3, size_px=40)


def extent(visits, name):
    values = [getattr(visit, name) for visit in visits]
    return max(values) - min(values)


def test_the_same_field_has_the_same_pixels():
    one, other = made_exposures(SMALL), made_exposures(replace(SMALL))
    np.testing.assert_array_equal(one[2].image, other[2].image)


def test_another_seed_makes_another_field():
    one, other = made_exposures(SMALL), made_exposures(replace(SMALL, seed=2))
    assert (one[0].image != other[0].image).any()


def test_temperatures_lie_in_their_range():
    blue = made_scene(replace(SMALL, coolest_k=9000, hottest_k=9000))
    red = made_scene(replace(SMALL, coolest_k=3000, hottest_k=3000))
    nm = np.array([420.0, 540.0])
    for hot, cool in zip(blue.sources, red.sources, strict=True):
        assert np.divide(*hot.spectrum(nm)) > np.divide(*cool.spectrum(nm))


def test_other_temperatures_leave_the_stars_where_they_are():
    one, other = made_scene(SMALL), made_scene(replace(SMALL, hottest_k=4000))
    assert [(s.x, s.y, s.flux) for s in one.sources] == [(s.x, s.y, s.flux) for s in other.sources]


def test_visits_of_narrow_airmass_span_little_of_it():
    assert extent(made_visits(MadeField(visits="narrow airmass")), "airmass") < 0.05
    assert extent(made_visits(MadeField(visits="spread")), "airmass") > 0.7


def test_visits_of_one_angle_span_little_of_it():
    assert np.degrees(extent(made_visits(MadeField(visits="one angle")), "parallactic_rad")) < 5


def test_the_seeing_of_the_visits_is_spread_evenly_and_has_nothing_to_do_with_airmass():
    field = MadeField(n_visits=11, best_arcsec=0.6, worst_arcsec=1.1)
    visits = made_visits(field)
    widths = [0.2 * visit.psf_fwhm_px for visit in visits]
    np.testing.assert_allclose(sorted(widths), np.linspace(0.6, 1.1, 11))
    assert abs(np.corrcoef(widths, [visit.airmass for visit in visits])[0, 1]) < 0.7
    assert [replace(v, psf_fwhm_px=3.5) for v in visits] == [
        replace(v, psf_fwhm_px=3.5) for v in made_visits(MadeField(n_visits=11))
    ]


@pytest.mark.parametrize("changed", [{"profile": "gaussian"}, {"seeing_exponent": -0.2}])
def test_another_shape_of_the_stars_makes_other_pixels_of_the_same_light(changed):
    one, other = made_exposures(SMALL)[0], made_exposures(replace(SMALL, **changed))[0]
    assert (one.image != other.image).any()
    assert other.image.sum() == pytest.approx(one.image.sum(), rel=0.02)


@pytest.mark.parametrize("visits", VISITS)
def test_every_choice_of_visits_can_be_prepared(visits):
    field = replace(SMALL, visits=visits, size_px=48)
    assert len(dcrviz.prepare(made_exposures(field)).visits) == field.n_visits


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"n_stars": 0}, "n_stars of a field must be a whole number from 1 to 200; got 0"),
        ({"size_px": 5000}, "size_px of a field must be a whole number from 32 to 512"),
        ({"n_visits": True}, "n_visits of a field must be a whole number .*; got True"),
        ({"seed": 1.5}, "seed of a field must be a whole number .*; got 1.5"),
        ({"coolest_k": 9000, "hottest_k": 3000}, "coolest_k of a field must be at most hottest_k"),
        ({"best_arcsec": 1.2}, "best_arcsec of a field must be at most worst_arcsec, 0.7; got 1.2"),
        ({"worst_arcsec": 9.0}, "worst_arcsec of a field must be a number from 0.2 to 5; got 9"),
        ({"seeing_exponent": True}, "seeing_exponent of a field must be a number .*; got True"),
        ({"profile": "airy"}, "profile of a field must be one of gaussian, moffat, kolmogorov"),
        ({"visits": "all"}, "visits of a field must be one of spread, narrow airmass, one angle"),
    ],
)
def test_a_number_that_can_not_be_is_named(wrong, told):
    with pytest.raises(ValueError, match=told):
        replace(SMALL, **wrong)

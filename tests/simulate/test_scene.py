"""What a scene may hold."""

from dataclasses import replace

import numpy as np
import pytest

from dcrviz.bands import Band
from dcrviz.simulate.curve import Curve
from dcrviz.simulate.scene import Scene, Source
from dcrviz.simulate.spectra import flat

STAR = Source(x=20.0, y=10.0, flux=1000.0, spectrum=flat())
SCENE = Scene(sources=(STAR,), band=Band.lsst("g"), shape=(30, 40))


def throughput(low_nm, high_nm):
    return Curve(name="filter", wavelength_nm=np.array([low_nm, high_nm]), value=np.ones(2))


def test_a_source_with_a_half_light_radius_is_a_galaxy():
    assert STAR.kind == "star"
    assert replace(STAR, half_light_radius_px=2.0).kind == "galaxy"


def test_subfilters_are_equal_slices_of_the_band():
    np.testing.assert_allclose(SCENE.subfilter_edges_nm(3), [405, 454, 503, 552])


def test_a_throughput_curve_widens_the_outer_subfilters_to_its_ends():
    scene = replace(SCENE, throughput=throughput(387.0, 569.0))
    np.testing.assert_allclose(scene.subfilter_edges_nm(3), [387, 454, 503, 569])


def test_a_throughput_curve_narrower_than_the_band_leaves_the_subfilters():
    scene = replace(SCENE, throughput=throughput(420.0, 540.0))
    np.testing.assert_allclose(scene.subfilter_edges_nm(3), [405, 454, 503, 552])


@pytest.mark.parametrize("x", [-1.0, 40.0, np.nan])
def test_a_source_outside_the_field_is_refused(x):
    with pytest.raises(ValueError, match=r"must lie in the field of width 40 and height 30; got"):
        replace(SCENE, sources=(replace(STAR, x=x),))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"flux": 0.0}, r"source at \(20, 10\): flux must be positive; got 0"),
        ({"flux": np.nan}, "flux must be positive; got nan"),
        ({"half_light_radius_px": -1.0}, "half-light radius must not be negative; got -1"),
        ({"axis_ratio": 1.5}, "axis ratio must be above 0 and at most 1; got 1.5"),
    ],
)
def test_an_impossible_source_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(STAR, **changes)


@pytest.mark.parametrize("name", ["pixel_scale_arcsec", "sky_variance", "gain"])
def test_a_number_of_a_scene_that_is_not_positive_is_refused(name):
    with pytest.raises(ValueError, match=f"{name} of a scene must be positive; got 0"):
        replace(SCENE, **{name: 0.0})


def test_an_empty_shape_is_refused():
    with pytest.raises(ValueError, match=r"must be 1 pixel or more; got \(0, 40\)"):
        replace(SCENE, sources=(), shape=(0, 40))

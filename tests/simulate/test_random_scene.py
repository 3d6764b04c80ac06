"""Scenes drawn at random."""

import numpy as np
import pytest

from dcrviz.bands import Band
from dcrviz.simulate.random_scene import random_scene


def words(scene):
    return [(s.x, s.y, s.flux, s.spectrum.name, s.half_light_radius_px) for s in scene.sources]


def test_the_same_seed_gives_the_same_scene():
    assert words(random_scene(3)) == words(random_scene(3))


def test_another_seed_gives_another_scene():
    assert words(random_scene(3)) != words(random_scene(4))


def test_there_are_as_many_sources_of_each_kind_as_asked_for():
    scene = random_scene(1, n_stars=11, n_galaxies=3, n_quasars=4)
    names = [s.spectrum.name.split()[0] for s in scene.sources if s.kind == "star"]
    assert names.count("blackbody") == 11
    assert names.count("quasar") == 4
    assert sum(s.kind == "galaxy" for s in scene.sources) == 3


def test_a_scene_may_be_empty():
    assert random_scene(1, n_stars=0, n_galaxies=0, n_quasars=0).sources == ()


def test_the_stars_span_a_wide_range_of_colours_and_fluxes():
    stars = random_scene(1, n_stars=60, n_galaxies=0, n_quasars=0).sources
    assert len({s.spectrum.name for s in stars}) >= 6
    flux = np.array([s.flux for s in stars])
    assert flux.max() / flux.min() > 20


@pytest.mark.parametrize("seed", range(5))
def test_bright_sources_keep_a_distance_from_each_other(seed):
    sources = sorted(random_scene(seed).sources, key=lambda s: -s.flux)
    places = np.array([(s.y, s.x) for s in sources[: len(sources) // 2]])
    distance = np.linalg.norm(places[:, None] - places, axis=-1)
    assert distance[distance > 0].min() > 14


def test_a_crowded_field_is_filled_all_the_same():
    assert len(random_scene(1, shape=(40, 40), n_stars=100).sources) == 107


@pytest.mark.parametrize("name", ["lsst-g", "lsst-i", "decam-u"])
def test_a_quasar_has_its_broad_line_inside_the_band(name):
    band = Band.named(name)
    for quasar in random_scene(1, band=band, n_stars=0, n_galaxies=0, n_quasars=5).sources:
        redshift = float(quasar.spectrum.name.split()[1])
        assert band.min_nm < 154.9 * (1 + redshift) < band.max_nm


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"shape": (20, 100)}, r"more than 24 px wide; got \(20, 100\)"),
        ({"n_stars": -1}, "must not be negative; got -1, 5, 2"),
    ],
)
def test_an_impossible_random_scene_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        random_scene(1, **arguments)

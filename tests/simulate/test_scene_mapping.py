"""Scenes as plain dictionaries."""

import json
from dataclasses import fields, replace

import numpy as np
import pytest

from dcrviz.bands import Band
from dcrviz.psf import Psf
from dcrviz.simulate.curve import Curve
from dcrviz.simulate.random_scene import random_scene
from dcrviz.simulate.scene import Scene
from dcrviz.simulate.scene_mapping import scene_from_mapping, scene_to_mapping

STAR = {"x": 10, "y": 12.5, "flux": 3000, "spectrum": "blackbody 5800"}
FILTER = Curve(
    name="filter", wavelength_nm=np.array([400.0, 480.0, 560.0]), value=np.array([0.1, 0.5, 0.2])
)
SCENES = {
    "random": random_scene(1),
    "own band": replace(
        random_scene(2), band=Band(name="x", effective_nm=470.0, min_nm=400.0, max_nm=550.0)
    ),
    "rotated, with throughput": replace(
        random_scene(3), rotation_deg=30.0, mirrored=True, gain=2.0, throughput=FILTER
    ),
    "of Moffat stars": replace(
        random_scene(4), psf=Psf(profile="moffat", beta=2.5, seeing_exponent=-0.2)
    ),
    "small and empty": Scene(sources=(), band=Band.decam("g"), shape=(5, 7)),
}


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES.keys())
def test_a_scene_is_made_again_from_its_dictionary(scene):
    mapping = scene_to_mapping(scene)
    again = scene_from_mapping(mapping)
    assert scene_to_mapping(again) == mapping
    plain = [f.name for f in fields(Scene) if f.name not in ("sources", "throughput")]
    assert [getattr(again, n) for n in plain] == [getattr(scene, n) for n in plain]


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES.keys())
def test_the_dictionary_holds_built_in_types_only(scene):
    mapping = scene_to_mapping(scene)
    assert json.loads(json.dumps(mapping)) == mapping


def test_a_few_words_are_enough_for_a_scene():
    scene = scene_from_mapping({"sources": [STAR]})
    assert scene.band == Band.lsst("g")
    assert [(s.x, s.y, s.kind) for s in scene.sources] == [(10.0, 12.5, "star")]


def test_a_random_scene_is_asked_for_by_its_seed():
    scene = scene_from_mapping({"random": {"seed": 5, "n_stars": 8}, "shape": [100, 120]})
    expected = random_scene(5, n_stars=8, shape=(100, 120))
    assert scene_to_mapping(scene) == scene_to_mapping(expected)


def test_sources_may_be_added_to_a_random_scene():
    scene = scene_from_mapping({"random": {"seed": 5}, "sources": [STAR]})
    assert len(scene.sources) == len(random_scene(5).sources) + 1
    assert scene.sources[-1].flux == 3000


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"source": []}, "unknown scene field 'source'; did you mean 'sources'"),
        ({"sources": [STAR | {"fluks": 1}]}, "unknown source field 'fluks'"),
        ({"sources": [{"x": 1, "y": 1}]}, "source must have flux, spectrum; got"),
        ({"sources": [STAR | {"x": "left"}]}, "x must be a number; got 'left'"),
        ({"gain": None}, "gain must be a number; got None"),
        ({"random": {"n_stars": 3}}, "random scene must have a seed"),
        ({"random": {"seed": 1, "stars": 3}}, "unknown field of a random scene 'stars'"),
        ({"shape": [1, 2, 3]}, "shape of a scene must be height and width"),
        ({"band": "lsst-w"}, "band must be one of"),
        ({"band": {"name": "g"}}, "band must have name, effective_nm, min_nm, max_nm; got name"),
    ],
)
def test_an_impossible_dictionary_is_refused(mapping, message):
    with pytest.raises(ValueError, match=message):
        scene_from_mapping(mapping)

"""The scene library: every scene and cure can be named and made."""

from functools import cache

import numpy as np
import pytest

from dcrviz import AssembleConfig
from dcrviz.simulate import (
    LIBRARY,
    cured_knobs,
    cured_word,
    library_exposures,
    library_knobs,
    library_name,
    library_words,
)
from dcrviz.simulate.library_visits import BLURRED, CROSSED, FLARED, FULL, SHIFTED

CURES = [(name, cure) for name, scene in LIBRARY.items() for cure in scene.cures]
made = cache(library_exposures)
IDS = [f"{name}-{cure.label}" for name, cure in CURES]


def test_it_has_every_disease_and_a_healthy_scene():
    assert list(LIBRARY) == [
        "healthy",
        "one-angle",
        "narrow-airmass",
        "single-high-airmass",
        "bad-astrometry",
        "transient",
        "variable-seeing",
        "saturated-star",
        "mirrored-angle",
        "too-many-subfilters",
        "gain-too-high",
    ]


@pytest.mark.parametrize("name", LIBRARY)
def test_only_the_healthy_scene_needs_no_cure(name):
    assert bool(LIBRARY[name].cures) == (name != "healthy")


@pytest.mark.parametrize("word", library_words())
def test_the_same_word_makes_the_same_pixels(word):
    for one, other in zip(made(word), library_exposures(word), strict=True):
        np.testing.assert_array_equal(one.image, other.image)
        assert one.visit == other.visit


@pytest.mark.parametrize("word", library_words())
def test_fields_are_small_and_visits_few_so_that_a_fit_is_quick(word):
    exposures = made(word)
    assert {exposure.shape for exposure in exposures} == {(128, 128)}
    assert 8 <= len(exposures) <= 11


@pytest.mark.parametrize(("name", "cure"), CURES, ids=IDS)
def test_a_cure_changes_knobs_or_visits(name, cure):
    scene = LIBRARY[name]
    turned = AssembleConfig(**cured_knobs(scene, cure)).changed()
    assert turned != AssembleConfig(**scene.knobs).changed() or cured_word(name, cure) != name


@pytest.mark.parametrize("name", LIBRARY)
def test_factors_of_a_cure_are_of_visits_that_are_there(name):
    ids = {str(exposure.visit.id) for exposure in made(name)}
    for cure in LIBRARY[name].cures:
        assert cure.knobs.get("visit_factors", {}).keys() <= ids


@pytest.mark.parametrize(
    ("word", "numbers"),
    [
        ("bad-astrometry", {SHIFTED}),
        ("transient", {CROSSED, FLARED}),
        ("saturated-star", set(FULL)),
    ],
)
def test_only_the_visits_that_it_names_differ_from_the_healthy_ones(word, numbers):
    healthy = {exposure.visit.id: exposure for exposure in made("healthy")}
    if word == "saturated-star":
        differing = {e.visit.id for e in made(word) if (e.mask & 2).any()}
    else:
        differing = {
            exposure.visit.id
            for exposure in made(word)
            if (exposure.image != healthy[exposure.visit.id].image).any()
        }
    assert differing == numbers


def test_the_blurred_visits_are_those_of_the_worst_seeing():
    seeing = {e.visit.id: e.visit.psf_fwhm_px * 0.2 for e in made("variable-seeing")}
    assert sorted(seeing, key=seeing.get)[-3:] == sorted(BLURRED, key=list(seeing).index)
    assert min(seeing.values()) == pytest.approx(0.6)
    assert max(seeing.values()) == pytest.approx(1.1)


def test_a_cure_by_visits_begins_with_the_knobs_of_its_scene():
    assert library_name("narrow-airmass-cured") == "narrow-airmass"
    assert library_knobs("narrow-airmass-cured") == library_knobs("narrow-airmass")


def test_a_word_that_names_none_is_told():
    with pytest.raises(ValueError, match="unknown scene 'one-angel'; did you mean 'one-angle'"):
        library_exposures("one-angel")

"""A link restores knobs and visits, and reaches nothing that it must not."""

import re

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from dcrviz import AssembleConfig
from dcrviz.io.config_link import code_of
from dcrviz.session import Session
from dcrviz.simulate import PROFILES, MadeField
from dcrviz.simulate.made_field import LIMITS, REAL_LIMITS, VISITS
from dcrviz.views.background import Background
from dcrviz.views.data import DataView
from dcrviz.views.data_choice import (
    FIELD,
    GIVEN,
    SCENES,
    DataChoice,
    choice_of,
    given_choice,
    load,
    word_of,
)
from dcrviz.views.link import link_query, read_link

EXAMPLES = settings(max_examples=60, deadline=None, derandomize=True, database=None)
SMALL = MadeField(n_stars=3, n_visits=3, size_px=40)


def args_of(query):
    pairs = (part.split("=") for part in query.removeprefix("?").split("&"))
    return {name: [value.encode()] for name, value in pairs}


@st.composite
def made_fields(draw):
    numbers = {name: draw(st.integers(*ends)) for name, ends in LIMITS.items()}
    numbers |= {name: draw(st.floats(*ends)) for name, ends in REAL_LIMITS.items()}
    for least, most in (("coolest_k", "hottest_k"), ("best_arcsec", "worst_arcsec")):
        numbers[least], numbers[most] = sorted((numbers[least], numbers[most]))
    words = {"visits": draw(st.sampled_from(VISITS)), "profile": draw(st.sampled_from(PROFILES))}
    return MadeField(**numbers, **words)


CHOICES = (
    st.sampled_from(list(SCENES)).map(lambda name: DataChoice(kind="scene", name=name))
    | made_fields().map(lambda made: DataChoice(kind="made", made=made))
    | st.lists(st.text(min_size=1, max_size=9), min_size=1, max_size=3).map(
        lambda paths: DataChoice(kind="paths", paths=tuple(paths))
    )
    | st.just(GIVEN)
)


@EXAMPLES
@given(choice=CHOICES)
def test_every_choice_comes_back(choice):
    query = link_query(AssembleConfig(n_subfilters=4), choice)
    linked = read_link(args_of(query), local=True, given=True)
    assert linked.choice == choice
    assert linked.config.changed() == {"n_subfilters": 4}
    assert linked.refused == ()


@EXAMPLES
@given(word=st.text(max_size=30).filter(lambda word: word not in {*SCENES, "spread", "given"}))
def test_no_word_breaks_it(word):
    linked = read_link({"data": [word.encode()]}, local=True, given=True)
    assert linked.choice is None
    assert linked.refused[0].startswith("link: data")


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("../field", "link: data must be one of field, healthy, one-angle, "),
        ("paths." + code_of({"paths": ["/etc/passwd"]}), "no path of this machine"),
        ("given", "needs the visits that the explorer was started with"),
        ("made." + code_of({"size_px": 10**6}), "size_px of a field must be a whole number"),
        ("made." + code_of({"size": 40}), "a made field has n_stars, .*; got size"),
        ("made." + code_of({"visits": []}), "visits of a field must be one of"),
        ("made.", "must be letters, digits"),
    ],
)
def test_a_public_page_takes_no_more_than_scenes(word, told):
    with pytest.raises(ValueError, match=told):
        choice_of(word, local=False, given=False)


@pytest.mark.parametrize("paths", [[], "a.fits", [""], [3]])
def test_paths_of_a_link_are_a_list_of_paths(paths):
    with pytest.raises(ValueError, match="paths must be a list"):
        choice_of("paths." + code_of({"paths": paths}), local=True, given=False)


@pytest.mark.parametrize("kind", ["upload", "run"])
def test_what_no_link_can_repeat_is_left_out(kind):
    choice = DataChoice(kind=kind, name="x")
    assert word_of(choice) == ""
    assert "data=" not in link_query(AssembleConfig(), choice)


def test_a_page_without_a_query_asks_for_nothing():
    linked = read_link({}, local=False, given=False)
    assert (linked.config, linked.choice, linked.refused) == (None, None, ())


def test_the_last_of_several_values_counts():
    linked = read_link({"data": [b"field", b"spread"]}, local=False, given=False)
    assert linked.choice.name == "healthy"


def test_a_scene_is_found_under_its_former_name():
    assert choice_of("spread", local=False, given=False).name == "healthy"


def test_visits_in_no_file_are_given_without_paths(exposures):
    assert given_choice(exposures).paths == ()


def test_every_scene_can_be_opened():
    assert len(load(FIELD)) == 9
    assert len(load(DataChoice(kind="made", made=SMALL))) == 3


def test_what_can_not_be_repeated_is_refused():
    with pytest.raises(ValueError, match="data of the kind upload can't be opened again"):
        load(DataChoice(kind="upload"))


@pytest.fixture
def told():
    return []


@pytest.fixture
def view(session, told):
    return DataView(session, Background(None, told=told.append), local=True)


def test_a_field_is_made_and_explored(session, view):
    for name in ("n_stars", "n_visits", "size_px"):
        view.numbers[name].value = getattr(SMALL, name)
    view.buttons["Make field"].clicks += 1
    session.start()
    assert view.choice == DataChoice(kind="made", made=SMALL)
    assert session.problem.shape == (40, 40)


def test_the_seeing_of_the_visits_and_the_shape_of_the_stars_are_chosen(session, view):
    view.numbers["size_px"].value = 40
    view.numbers["worst_arcsec"].value = 1.2
    view.numbers["seeing_exponent"].value = -0.2
    view.profile.value = "moffat"
    view.make_field()
    widths = [exposure.visit.psf_fwhm_px for exposure in session.exposures]
    assert (min(widths), max(widths)) == pytest.approx((3.5, 6.0))
    made = MadeField(size_px=40, worst_arcsec=1.2, seeing_exponent=-0.2, profile="moffat")
    assert view.choice == DataChoice(kind="made", made=made)


def test_a_field_that_can_not_be_is_told_in_one_sentence(session, view, told):
    before = session.exposures
    view.numbers["coolest_k"].value = 12000
    view.make_field()
    assert told == ["coolest_k of a field must be at most hottest_k, 10000; got 12000"]
    assert session.exposures is before


def test_a_path_without_visits_is_told_in_one_sentence(view, told, tmp_path):
    view.paths.value = f"{tmp_path}/*.fits"
    view.open_files()
    assert re.search("the pattern must hold FITS images|must be a FITS file", told[0])
    view.paths.value = " , "
    view.open_files()
    assert told[1] == "files, a folder or a pattern must be typed; got nothing"


def test_a_saved_run_is_opened(session, view, tmp_path):
    session.step()
    session.save(tmp_path / "run")
    planes = session.current.planes
    session.step()
    view.run.value = str(tmp_path / "run")
    view.open_saved()
    np.testing.assert_array_equal(session.current.planes, planes)
    assert view.choice.kind == "run"


def test_a_folder_without_a_run_is_told(view, told, tmp_path):
    view.run.value = str(tmp_path)
    view.open_saved()
    assert "must be the folder of a saved run" in told[0]


def test_a_public_page_opens_no_paths(session, told, tmp_path):
    public = DataView(session, Background(None, told=told.append))
    before = session.exposures
    public.paths.value = public.run.value = str(tmp_path)
    public.open_files()
    public.open_saved()
    assert session.exposures is before
    assert told == []


def test_other_visits_keep_the_old_run_as_a_branch(session, view):
    session.step()
    view.open(DataChoice(kind="made", made=SMALL))
    assert len(session.branches) == 1
    assert isinstance(session, Session)


def test_a_run_on_other_visits_that_is_shown_again_has_its_own_link(session, view):
    started = view.choice
    session.step()
    made = DataChoice(kind="made", made=SMALL)
    view.open(made)
    session.step()
    assert (view.choice, "A made field: 3 visits" in view.said.object) == (made, True)
    session.open_branch(0)
    assert view.choice == started
    assert word_of(started) in link_query(session.config, view.choice)
    assert "A made field" not in view.said.object
    session.open_branch(0)
    assert view.choice == made


def test_what_no_run_is_of_any_more_is_forgotten(view):
    for _ in range(3):
        view.open(DataChoice(kind="made", made=SMALL))
    assert len(view._choices) == 2

"""A lesson in a file: what a step does not name stays, and what is wrong is told with its place."""

import pytest

from dcrviz.lessons import END, Claim, lesson_from, lesson_names, read_lesson

HEAD = "title: Holes\nabout: Why.\nsteps:\n"


def lesson(steps):
    return lesson_from(HEAD + steps, where="a.yaml", name="a")


def step(text):
    """The only step of a lesson on the healthy scene."""
    return lesson(f"- {{scene: healthy, caption: See., {text}}}").steps[0]


def test_a_step_has_what_it_names_and_the_rest_from_the_one_before():
    one, two, three, four = lesson(
        "- {scene: healthy, knobs: {base_gain: 0.3}, iteration: 2, rows: residual, caption: A.}\n"
        "- {caption: B., question: 'Why?', look: [3, 4]}\n"
        "- {knobs: {n_subfilters: 5}, caption: C.}\n"
        "- {scene: one-angle, iteration: end, caption: D.}\n"
    ).steps
    assert (one.scene, dict(one.knobs), one.iteration) == ("healthy", {"base_gain": 0.3}, 2)
    assert (one.rows, one.question, one.look) == (("residual",), "", None)
    assert (two.scene, dict(two.knobs), two.iteration) == ("healthy", {"base_gain": 0.3}, 2)
    assert (two.rows, two.question, two.look) == (("residual",), "Why?", (3, 4))
    # Other knobs are another run, which begins at its start; the place looked at is not kept.
    assert dict(three.knobs) == {"base_gain": 0.3, "n_subfilters": 5}
    assert (three.iteration, three.look) == (0, None)
    assert (four.scene, dict(four.knobs), four.iteration) == ("one-angle", {}, END)
    assert four.rows == ("residual",)


def test_knobs_are_as_the_config_holds_them():
    assert dict(step("knobs: {base_gain: auto}").knobs) == {"base_gain": None}
    assert dict(step("knobs: {tolerance: 1e-3}").knobs) == {"tolerance": 1e-3}


def test_a_claim_names_outcome_verdicts_bounds_and_directions():
    claim = step(
        "expect: {outcome: diverged, verdicts: holes, not_verdicts: [wings], holes_above: 2, "
        "metric_below: 0.1, rises: metric, falls: [gain]}"
    ).expect
    assert claim == Claim(
        outcome="diverged",
        verdicts=("holes",),
        not_verdicts=("wings",),
        above={"holes": 2.0},
        below={"metric": 0.1},
        rises=("metric",),
        falls=("gain",),
    )
    assert step("iteration: 0").expect.is_empty


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("scene: helthy", "step 1: unknown scene 'helthy'; did you mean 'healthy'?"),
        ("knobs: {base_gian: 1}", "step 1: unknown knob 'base_gian'; did you mean 'base_gain'?"),
        ("knobs: {base_gain: 7}", "step 1: knob base_gain must be a finite number above 0"),
        ("knobs: 3", "step 1: knobs must be a mapping; got 3"),
        ("iteration: -2", "step 1: iteration must be a whole number of at least 0, or end; got -2"),
        ("iteration: last", "or end; got 'last'"),
        ("rows: residuals", "step 1: unknown row 'residuals'; did you mean 'residual'?"),
        ("rows: []", "step 1: rows must be one or more; got none"),
        ("look: [1]", r"step 1: look must be a pixel, x and y; got \[1\]"),
        ("capton: x", "step 1: unknown key 'capton'; did you mean 'caption'?"),
        ("question: ''", "step 1: question must say something; got nothing"),
        ("expect: {outcome: exploded}", "step 1: expect: outcome must be one of running, "),
        ("expect: {holes_abov: 2}", "expect: unknown key 'holes_abov'; did you mean 'holes_above'"),
        ("expect: {holes_above: many}", "expect: holes_above must be a number; got 'many'"),
        ("expect: {rises: metrics}", "expect: unknown number 'metrics'; did you mean 'metric'?"),
    ],
)
def test_what_is_wrong_with_a_step_is_told_with_file_step_key_rule_and_value(text, told):
    given = text if text.startswith("scene") else f"scene: healthy, {text}"
    with pytest.raises(ValueError, match=f"^a.yaml: step 1:.*{told.removeprefix('step 1: ')}"):
        lesson(f"- {{caption: See., {given}}}")


def test_the_second_step_is_named_as_such():
    with pytest.raises(ValueError, match=r"^a\.yaml: step 2: caption must be there; got iteration"):
        lesson("- {scene: healthy, caption: A.}\n- {iteration: 2}")


def test_the_first_step_needs_a_scene_and_a_lesson_a_step():
    with pytest.raises(ValueError, match="step 1: scene must be there in the first step"):
        lesson("- {caption: A.}")
    with pytest.raises(ValueError, match=r"a\.yaml: steps must be one or more; got none"):
        lesson_from("title: A\nabout: B\nsteps: []", where="a.yaml", name="a")
    with pytest.raises(ValueError, match=r"a\.yaml: step 1 must be a mapping; got 'A.'"):
        lesson("- A.")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[1", "must be YAML; got"),
        ("- 1", "must hold a mapping; got list"),
        ("title: A\nabout: B", "steps must be there"),
        ("title: A\nabout: B\nsteps: []\nauthor: me", "unknown key 'author'"),
        ("!!python/object/apply:os.getcwd []", "must be YAML; got"),
        ("title: " + "x" * 200_001, "must be at most 200000 characters"),
    ],
)
def test_a_file_that_is_no_lesson_is_refused(text, told):
    with pytest.raises(ValueError, match=f"^a.yaml: {told}"):
        lesson_from(text, where="a.yaml", name="a")


def test_a_lesson_is_found_by_its_name_or_in_a_file(tmp_path):
    assert read_lesson("refraction").name == "refraction"
    path = tmp_path / "mine.yaml"
    path.write_text(HEAD + "- {scene: field, caption: See.}")
    assert (read_lesson(str(path)).name, read_lesson(str(path)).title) == ("mine", "Holes")
    with pytest.raises(ValueError, match="unknown lesson 'refractoin'; did you mean 'refraction'"):
        read_lesson("refractoin")
    with pytest.raises(ValueError, match=r"gone.yaml: must be a text file; got"):
        read_lesson(str(tmp_path / "gone.yaml"))


def test_three_lessons_come_with_the_package():
    assert lesson_names() == ("refraction", "holes-and-wings", "gain")

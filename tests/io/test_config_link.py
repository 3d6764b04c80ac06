"""A link gives back the configuration, or says which part of it was refused."""

import base64
import json
import re

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from dcrviz.config import PRESETS, AssembleConfig
from dcrviz.io.config_link import config_code, config_from_code

EXAMPLES = settings(max_examples=60, deadline=None, derandomize=True, database=None)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


def code(document):
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_comes_back(preset):
    config = AssembleConfig.preset(preset)
    returned, refused = config_from_code(config_code(config))
    assert returned.values() == config.values()
    assert refused == ()


def test_a_code_needs_no_escapes_in_an_address():
    words = config_code(AssembleConfig(n_subfilters=5, bad_planes=["Ä?&=+/"]))
    assert re.fullmatch(r"[A-Za-z0-9_-]+", words)


def test_the_defaults_are_short():
    assert len(config_code(AssembleConfig())) < 30


def test_what_is_refused_is_named_and_the_rest_is_taken():
    document = {"v": 1, "set": {"n_subfilters": 5, "base_gain": 7, "n_sufilters": 2}}
    config, refused = config_from_code(code(document))
    assert config.changed() == {"n_subfilters": 5}
    assert refused == (
        "link: knob base_gain must be a finite number above 0 and at most 1, or auto; got 7",
        "link: unknown knob 'n_sufilters'; did you mean 'n_subfilters'?",
    )


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("", "must be letters, digits, - and _; got 'nothing'"),
        ("a b", "must be letters, digits, - and _; got ' '"),
        ("a", "must be base64url of JSON"),
        (code(b"\xff\xfe"), "must be base64url of JSON"),
        (code(b"{"), "must be JSON"),
        (code(b'{"v": NaN}'), "the number NaN"),
        (code(b"[" * 30_000), "must be JSON"),
        (code([1]), r"must hold a mapping; got \[1\]"),
        (code({}), "v must be there; got nothing"),
        (code({"v": 2, "set": {}}), "v must be 1; got 2"),
        (code({"v": True, "set": {}}), "v must be 1; got True"),
        (code({"v": 1}), "set must be there; got v"),
        (code({"v": 1, "set": []}), r"set must be a mapping; got \[\]"),
        ("A" * 60_001, "must have at most 60000 characters; got 60001"),
    ],
)
def test_a_code_that_is_none_gives_the_defaults_and_a_sentence(word, told):
    config, refused = config_from_code(word)
    assert config.changed() == {}
    assert len(refused) == 1
    assert re.search(told, refused[0])


@EXAMPLES
@given(word=st.text(max_size=40))
def test_no_text_breaks_it(word):
    config, refused = config_from_code(word)
    assert config.changed() == {}
    assert len(refused) == 1


@pytest.mark.parametrize("name", AssembleConfig.knobs())
@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(value=VALUES)
def test_any_value_of_a_knob_is_taken_or_refused(name, value):
    config, refused = config_from_code(code({"v": 1, "set": {name: value}}))
    if refused:
        assert config.changed() == {}
        assert name in refused[0]
    else:
        assert config_from_code(config_code(config))[0].values() == config.values()

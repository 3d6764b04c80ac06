"""Knobs set on the command line, as KNOB=VALUE."""

import pytest

from dcrviz.bands import Band
from dcrviz.config import PRESETS, AssembleConfig
from dcrviz.io.config_files import config_text
from dcrviz.io.settings import apply_settings, parse_setting


@pytest.mark.parametrize(
    "text",
    [
        "n_subfilters=5",
        "dcrNumSubfilters=5",
        "config.dcrNumSubfilters=5",
        "config.n_subfilters=5",
        " n_subfilters = 5 ",
    ],
)
def test_a_knob_goes_by_our_name_and_by_lssts(text):
    assert parse_setting(text) == ("n_subfilters", 5)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("accelerate=2.5", 2.5),
        ("convergence_threshold=1e-4", 1e-4),
        ("use_convergence=false", False),
        ("doNImage=False", False),
        ("weights=2019", "2019"),
        ("statistic='MEDIAN'", "MEDIAN"),
        ("subregion_size=4,5", (4, 5)),
        ("subregion_size=[4, 5]", (4, 5)),
        ("bad_planes=NO_DATA,BAD", ["NO_DATA", "BAD"]),
        ("bad_planes=[NO_DATA, BAD]", ["NO_DATA", "BAD"]),
        ("bad_planes=NO", ["NO"]),
        ("bad_planes=[]", []),
        ("propagate_planes=SAT:0.1,CR:0.5", {"SAT": 0.1, "CR": 0.5}),
        ("propagate_planes={SAT: 0.1}", {"SAT": 0.1}),
        ("visit_factors=411255:0,b:2.5", {"411255": 0, "b": 2.5}),
        ("visit_factors={411255: 0}", {"411255": 0}),
        ("band=lsst-r", Band.lsst("r")),
        (
            "band={effective_nm: 478, min_nm: 405, max_nm: 552}",
            Band(name="custom", effective_nm=478.0, min_nm=405.0, max_nm=552.0),
        ),
    ],
)
def test_the_value_is_that_of_the_knobs_kind(text, value):
    assert parse_setting(text)[1] == value


@pytest.mark.parametrize("automatic", ["None", "none", "null", "auto", "AUTO", "~"])
@pytest.mark.parametrize("knob", ["max_iterations", "base_gain", "band"])
def test_automatic_has_many_names(knob, automatic):
    assert parse_setting(f"{knob}={automatic}") == (knob, None)


@pytest.mark.parametrize("preset", PRESETS)
def test_the_lines_of_a_yaml_file_are_settings(preset):
    config = AssembleConfig.preset(preset)
    lines = [line for line in config_text(config).splitlines() if line and line[0] != "#"]
    settings = [line.replace(": ", "=", 1) for line in lines]
    assert apply_settings(AssembleConfig(), settings).values() == config.values()


def test_later_settings_win_and_the_configuration_itself_is_unchanged():
    config = AssembleConfig()
    applied = apply_settings(config, ["clamp_width=1", "accelerate=2", "clamp_width=4"])
    assert applied.changed() == {"clamp_width": 4, "accelerate": 2}
    assert config.changed() == {}


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("max_iterations=-1", "knob max_iterations must be a whole number .* or auto; got -1"),
        ("n_subfilters=auto", "knob n_subfilters must be a whole number .*; got 'auto'"),
        ("subregion_size=4", r"knob subregion_size must be two whole numbers .*; got \(4,\)"),
        ("statistic=MODE", "knob statistic must be one of MEAN, MEANCLIP, MEDIAN; got 'MODE'"),
        ("regularizeModelIterations=0.5", r"knob clamp_iterations must be 0 \(off\) or .*0\.5"),
        (
            "visit_factors={4: 1, 4: 0}",
            "knob visit_factors: the value must be YAML.* key '4' twice",
        ),
        (
            "model_fwhm=1e9",
            "knob model_fwhm must be a finite number above 0 and at most 100.* got 1000000000",
        ),
        ("band=q", "knob band: band must be one of lsst-u"),
    ],
)
def test_a_value_that_breaks_the_rule_is_an_error_in_one_sentence(setting, sentence):
    with pytest.raises(ValueError, match=sentence):
        apply_settings(AssembleConfig(), [setting])


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("n_subfilter", "n_subfilters"), ("config.maxNumIters", "maxNumIter"), ("x.y", None)],
)
def test_an_unknown_knob_is_an_error_that_offers_the_nearest(name, nearest):
    hint = f"did you mean {nearest!r}" if nearest else "known are accelerate"
    with pytest.raises(ValueError, match=f"unknown knob '{name.removeprefix('config.')}'; {hint}"):
        parse_setting(f"{name}=3")


@pytest.mark.parametrize("text", ["", "n_subfilters", "n_subfilters=", "=3", "n_subfilters:3"])
def test_a_setting_without_name_equals_or_value_is_an_error(text):
    with pytest.raises(ValueError, match=f"a setting must be KNOB=VALUE; got {text!r}"):
        parse_setting(text)


@pytest.mark.parametrize("text", ["accelerate=[3", "bad_planes=[A", "propagate_planes={SAT"])
def test_a_value_that_is_no_yaml_is_an_error(text):
    with pytest.raises(ValueError, match=r"knob \w+: the value must be YAML; got"):
        parse_setting(text)


def test_a_value_cannot_construct_objects():
    with pytest.raises(ValueError, match="the value must be YAML"):
        parse_setting("accelerate=!!python/object/apply:os.system ['true']")


@pytest.mark.parametrize("name", ["effectiveWavelength", "config.bandwidth"])
def test_one_wavelength_of_lssts_band_is_an_error_that_says_what_to_set(name):
    with pytest.raises(ValueError, match=r"must be set as a band, by name as in band=lsst-g"):
        parse_setting(f"{name}=478.5")

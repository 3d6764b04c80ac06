"""LSST config files: what is written, what is understood, and that nothing is run."""

import ast

import pytest

from dcrviz.bands import Band
from dcrviz.config import AssembleConfig
from dcrviz.io.lsst_config import from_lsst, to_lsst

G_OF_2019 = Band(name="g", effective_nm=476.31, min_nm=405.0, max_nm=552.0)


def changed_by(text):
    config, ignored = from_lsst(text)
    assert ignored == []
    return config.changed()


def ignored_of(text):
    config, ignored = from_lsst(text)
    assert config.changed() == {}
    return ignored


def fields_of(text):
    """Fields that LSST would see set, with their literals."""
    statements = ast.parse(text).body
    return {
        ast.unparse(s.targets[0]).removeprefix("config."): ast.literal_eval(s.value)
        for s in statements
    }


def test_every_knob_with_an_lsst_name_is_written():
    fields = fields_of(to_lsst(AssembleConfig(band=Band.lsst("g"))))
    names = {knob.lsst for knob in AssembleConfig.knobs().values() if knob.lsst}
    assert set(fields) == names | {"bandwidth"}


def test_values_are_literals_of_the_type_of_lssts_fields():
    fields = fields_of(to_lsst(AssembleConfig(accelerate=2, subregion_size=(64, 48))))
    assert fields["maxNumIter"] is None
    assert fields["statistic"] == "MEAN"
    assert fields["subregionSize"] == (64, 48)
    assert isinstance(fields["accelerateModel"], float)
    assert isinstance(fields["dcrNumSubfilters"], int)
    assert fields["maskPropagationThresholds"] == {"SAT": 0.1}


def test_the_task_of_2019_gets_no_field_that_it_lacks():
    fields = fields_of(to_lsst(AssembleConfig(band=Band.lsst("g")), version="2019"))
    assert not {"splitThreshold", "effectiveWavelength", "bandwidth"} & set(fields)


def test_the_task_of_today_gets_the_band_as_centre_and_width():
    fields = fields_of(to_lsst(AssembleConfig(band=Band.lsst("g"))))
    assert (fields["effectiveWavelength"], fields["bandwidth"]) == (478.5, 147.0)


def test_without_a_band_no_wavelength_is_written():
    assert not {"effectiveWavelength", "bandwidth"} & set(fields_of(to_lsst(AssembleConfig())))


def test_a_band_that_the_task_would_move_is_commented():
    assert "will take 402.81 to 549.81 nm for 405 to 552" in to_lsst(AssembleConfig(band=G_OF_2019))
    assert "symmetric" not in to_lsst(AssembleConfig(band=Band.lsst("g")))


def test_our_own_knobs_are_comments():
    assert "\n# dcrviz: on_divergence = 'best'\n" in to_lsst(AssembleConfig())
    assert "\n# dcrviz: split_threshold = 0.0\n" in to_lsst(AssembleConfig(), version="2019")


@pytest.mark.parametrize("version", ["2019", "today"])
def test_the_header_says_the_version_and_that_results_may_differ(version):
    header = to_lsst(AssembleConfig(), version=version).split("\n\n")[0]
    assert f"version: {version}" in header
    assert "results may" in header


def test_an_unknown_version_is_an_error():
    with pytest.raises(ValueError, match="version must be one of 2019, today; got '2020'"):
        to_lsst(AssembleConfig(), version="2020")


def test_a_literal_sets_the_knob_of_the_field():
    text = 'config.dcrNumSubfilters = 5\nconfig.statistic = "MEDIAN"\nconfig.baseGain = None\n'
    assert changed_by(text) == {"n_subfilters": 5, "statistic": "MEDIAN"}


@pytest.mark.parametrize("size", ["[64, 48]", "(64, 48)"])
def test_a_subregion_is_a_list_or_a_tuple(size):
    assert changed_by(f"config.subregionSize = {size}") == {"subregion_size": (64, 48)}


def test_a_key_sets_one_entry_of_a_mapping():
    text = 'config.maskPropagationThresholds["CR"] = 0.5'
    assert changed_by(text) == {"propagate_planes": {"SAT": 0.1, "CR": 0.5}}


def test_the_fields_of_subtasks_that_look_for_artifacts_are_knobs():
    text = (
        "config.detect.thresholdValue = 4.5\n"
        "config.assembleStaticSkyModel.sigmaClip = 3.5\n"
        "config.prefilterArtifactsMaskPlanes = ['SAT']\n"
    )
    assert changed_by(text) == {
        "artifact_threshold": 4.5,
        "static_clip": 3.5,
        "prefilter_planes": ["SAT"],
    }


def test_one_value_may_go_to_several_fields():
    text = "config.minNumIter = config.maxNumIter = 5"
    assert changed_by(text) == {"min_iterations": 5, "max_iterations": 5}


def test_the_last_line_wins():
    text = "config.clipIter = 3\n# dcrviz: clip_iterations = 4\nconfig.clipIter = 5\n"
    assert changed_by(text) == {"clip_iterations": 5}


def test_the_file_overrides_the_base():
    base = AssembleConfig.preset("lsst-today")
    config, _ = from_lsst("config.imageInterpOrder = 2", base=base)
    assert config.values() == base.values() | {"interpolation_order": 2}


def test_centre_and_width_make_a_band():
    band = changed_by("config.effectiveWavelength = 480\nconfig.bandwidth = 150.0")["band"]
    assert band == Band(name="custom", effective_nm=480.0, min_nm=405.0, max_nm=555.0)


def test_wavelengths_that_were_edited_win_over_the_band_in_our_comment():
    text = to_lsst(AssembleConfig(band=G_OF_2019))
    assert changed_by(text)["band"] == G_OF_2019
    edited = text.replace("bandwidth = 147.0", "bandwidth = 100.0")
    assert changed_by(edited)["band"].min_nm == pytest.approx(426.31)


def test_wavelengths_of_none_are_no_band():
    assert changed_by("config.effectiveWavelength = None\nconfig.bandwidth = None") == {}


@pytest.mark.parametrize("field", ["effectiveWavelength", "bandwidth"])
def test_one_wavelength_alone_is_ignored_with_the_reason(field):
    (line,) = ignored_of(f"\nconfig.{field} = 480.0")
    assert line == (
        f"line 2: config.{field} = 480.0: ignored, as a band needs both effectiveWavelength and "
        "bandwidth"
    )


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("import os", "nothing is imported"),
        ("from lsst.pipe.tasks import x", "nothing is imported"),
        ("config.assembleStaticSkyModel.retarget(Task)", "there are no subtasks"),
        ("config.load('other.py')", "nothing is called"),
        ("config.badMaskPlanes.append('CR')", "nothing is called"),
        ("config.warpType = 'direct'", "it has no counterpart here"),
        ("config.maxNumIters = 3", "it has no counterpart here; did you mean 'maxNumIter'?"),
        ("config.detect.doSmooth = True", "it belongs to a subtask, and has no counterpart here"),
        ("config.detect.planes['A'] = 1", "it belongs to a subtask, and has no counterpart here"),
        ("config.badMaskPlanes += ['CR']", "it is no plain assignment"),
        ("config.maxNumIter: int = 3", "it is no plain assignment"),
        ("config.maxNumIter = 2 * 3", "its value is no literal, and nothing is computed"),
        ("config.maxNumIter = n", "its value is no literal, and nothing is computed"),
        ("config.maxNumIter = {[]: 3}", "its value is no literal, and nothing is computed"),
        ("config.badMaskPlanes['A'] = 'CR'", "only a mapping has keys"),
        ("config.badMaskPlanes[0] = 'CR'", "it assigns to something other than a field of config"),
        ("maxNumIter = 3", "it assigns to something other than a field of config"),
        ("other.maxNumIter = 3", "it assigns to something other than a field of config"),
        ("assert type(config) == Config", "it is no plain assignment"),
        ("# dcrviz: knob_of_tomorrow = 3", "it has no counterpart here"),
        ("# dcrviz: weights = w", "its value is no literal, and nothing is computed"),
    ],
)
def test_what_means_nothing_here_is_listed_with_line_and_reason(statement, reason):
    assert ignored_of(f"\n\n{statement}\n") == [f"line 3: {statement}: ignored, as {reason}"]


def test_what_is_ignored_is_listed_in_the_order_of_the_lines():
    text = "config.doWrite = 1\nimport os\nconfig.bandwidth = 3\nif True:\n  config.clipIter = 9"
    starts = [line.split(": ")[0] for line in ignored_of(text)]
    assert starts == ["line 1", "line 2", "line 3", "line 4"]


def test_prose_is_not_listed():
    assert ignored_of('"""About config.clipIter = 9."""\n# dcrviz: a comment, no knob\n') == []


def test_a_knob_in_a_string_is_no_comment():
    assert ignored_of('"""\n# dcrviz: clip_iterations = 9\n"""\n') == []


def test_other_line_ends_and_a_byte_order_mark_are_read():
    text = "\ufeffconfig.clipIter = 9\r\n# dcrviz: weights = '2019'\r\n"
    assert changed_by(text) == {"clip_iterations": 9, "weights": "2019"}


@pytest.mark.parametrize(
    "statement",
    [
        "__import__('os').system('touch {trace}')",
        "config.maxNumIter = __import__('os').system('touch {trace}')",
        "config.maxNumIter = [open('{trace}', 'w') for _ in 'a']",
        "config[open('{trace}', 'w')] = 3",
        "@open('{trace}', 'w')\ndef f(): pass",
        "# dcrviz: max_iterations = open('{trace}', 'w')",
    ],
)
def test_nothing_is_ever_run(tmp_path, statement):
    trace = tmp_path / "trace"
    (line,) = ignored_of(statement.format(trace=trace))
    assert "ignored" in line
    assert not trace.exists()


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (
            "config.maxNumIter = -1",
            "line 2: config.maxNumIter = -1: knob max_iterations must be a whole .*; got -1",
        ),
        (
            "config.regularizeModelFrequency = 0.5",
            r"line 2: .*knob clamp_subfilters must .*; got 0\.5",
        ),
        ("config.statistic = 'MODE'", "line 2: .*knob statistic must be one of .*; got 'MODE'"),
        (
            "config.maskPropagationThresholds['A'] = 2",
            "line 2: .*knob propagate_planes must .*: 2}",
        ),
        ("# dcrviz: on_divergence = 'worst'", "line 2: .*knob on_divergence must .*; got 'worst'"),
    ],
)
def test_a_value_that_breaks_the_rule_is_an_error_that_names_the_line(statement, sentence):
    with pytest.raises(ValueError, match=sentence):
        from_lsst(f"\n{statement}")


@pytest.mark.parametrize(
    ("effective", "width", "sentence"),
    [
        ("'g'", "150", "effectiveWavelength and bandwidth must be numbers .*; got 'g' and 150"),
        ("480", "0", "knob band: band custom: wavelengths must satisfy min < effective < max"),
        ("480", "1000", "knob band: min_nm must be a wavelength of more than 0 nm; got -20"),
    ],
)
def test_impossible_wavelengths_are_an_error_that_names_both_lines(effective, width, sentence):
    text = f"config.effectiveWavelength = {effective}\n\nconfig.bandwidth = {width}"
    with pytest.raises(ValueError, match=f"lines 1 and 3: {sentence}"):
        from_lsst(text)


@pytest.mark.parametrize("text", ["config.maxNumIter = ", "n: 3\n  m: 4", "\x00", "(" * 10000])
def test_a_file_that_is_no_python_is_an_error(text):
    with pytest.raises(ValueError, match=r"line \d+: an LSST config file must be Python; got"):
        from_lsst(text)

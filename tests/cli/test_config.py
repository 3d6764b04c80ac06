"""``dcrviz config``: every knob, as YAML or for LSST's task."""

from types import SimpleNamespace

import pytest
import yaml

from dcrviz.config import PRESETS, AssembleConfig
from dcrviz.io.config_files import read_config
from dcrviz.io.lsst_config import from_lsst


@pytest.fixture
def printed(run):
    """What `dcrviz config` prints; it says nothing else."""

    def show(*words):
        ended = run("config", *words)
        assert (ended.code, ended.err) == (0, "")
        return ended.out

    return show


@pytest.fixture
def saved(printed, tmp_path):
    """The same in a file."""

    def save(*words, name="knobs.yaml"):
        path = tmp_path / name
        path.write_text(printed(*words))
        return path

    return save


def test_it_prints_every_knob(printed):
    assert list(yaml.safe_load(printed())) == list(AssembleConfig.knobs())


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_survives_the_round_trip(printed, saved, preset):
    path = saved("--preset", preset)
    assert read_config(path).values() == AssembleConfig.preset(preset).values()
    assert printed("--config", path) == path.read_text()


def test_settings_win_over_the_file_and_the_file_over_the_preset(printed, saved):
    path = saved("--set", "n_subfilters=5", "accelerate=2")
    words = ("--preset", "lsst-2019", "--config", path, "--set", "accelerate=4")
    values = yaml.safe_load(printed(*words))
    assert (values["n_subfilters"], values["accelerate"]) == (5, 4.0)
    assert values["weights"] == "auto"


def test_what_the_file_leaves_out_is_the_presets(printed, tmp_path):
    path = tmp_path / "few.yaml"
    path.write_text("n_subfilters: 4\n")
    values = yaml.safe_load(printed("--preset", "lsst-today", "--config", path))
    assert (values["n_subfilters"], values["interpolation_order"]) == (4, 1)


def test_settings_go_by_our_names_and_lssts(printed):
    ours = printed("--set", "n_subfilters=5", "--set", "bad_planes=SAT,BAD")
    assert ours == printed("--set", "dcrNumSubfilters=5", "badMaskPlanes=[SAT, BAD]")
    assert ours == printed("--set", "config.dcrNumSubfilters=5", "config.badMaskPlanes=SAT,BAD")


def test_the_last_of_several_settings_wins(printed):
    assert yaml.safe_load(printed("--set", "n_subfilters=5", "n_subfilters=4"))["n_subfilters"] == 4


@pytest.mark.parametrize("version", ["2019", "today"])
def test_lsst_overrides_survive_the_round_trip(printed, saved, version):
    words = ("--set", "n_subfilters=5", "base_gain=0.3", "clamp_width=4")
    path = saved(*words, "--lsst", version, name="overrides.py")
    assert printed("--config", path) == printed(*words)


def test_lsst_alone_is_todays(printed):
    assert printed("--lsst") == printed("--lsst", "today")


def test_only_todays_task_has_a_split_threshold(printed):
    assert "config.splitThreshold = 0.1" in printed("--preset", "lsst-today", "--lsst")
    assert "config.splitThreshold" not in printed("--preset", "lsst-today", "--lsst", "2019")


def test_the_overrides_are_python_that_lsst_would_run(printed):
    config = SimpleNamespace(assembleStaticSkyModel=SimpleNamespace(), detect=SimpleNamespace())
    exec(compile(printed("--set", "dcrNumSubfilters=5", "--lsst"), "overrides.py", "exec"))
    assert config.dcrNumSubfilters == 5
    assert config.baseGain is None
    assert config.badMaskPlanes == ["NO_DATA", "BAD", "SAT"]
    # Tasks within the task.
    assert config.assembleStaticSkyModel.sigmaClip == 2.5
    assert config.detect.thresholdValue == 5.0


def test_what_an_lsst_file_says_that_means_nothing_here_is_told(run, tmp_path):
    path = tmp_path / "overrides.py"
    path.write_text("config.dcrNumSubfilters = 5\nconfig.doWrite = False\n")
    ended = run("config", "--config", path)
    assert ended.code == 0
    assert yaml.safe_load(ended.out)["n_subfilters"] == 5
    assert ended.err.startswith(f"WARNING {path}: line 2: config.doWrite = False: ignored")


def test_the_overrides_keep_the_knobs_that_lsst_does_not_have(printed):
    config, ignored = from_lsst(printed("--preset", "lsst-2019", "--lsst", "2019"))
    assert ignored == []
    assert config.values() == AssembleConfig.preset("lsst-2019").values()

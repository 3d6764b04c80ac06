"""Every text format gives back every configuration."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from dcrviz.bands import Band, band_names
from dcrviz.config import PRESETS, AssembleConfig
from dcrviz.io.config_files import read_config, write_config
from dcrviz.io.config_link import config_code, config_from_code
from dcrviz.io.lsst_config import from_lsst, to_lsst
from dcrviz.knobs import (
    Choice,
    Factor,
    Fractions,
    Integer,
    Names,
    Number,
    Pair,
    Record,
    Switch,
    VisitFactors,
)
from dcrviz.throughput import Throughput

VERSIONS = ["2019", "today"]
PLANES = st.text(max_size=8)


@st.composite
def bands(draw):
    effective = draw(st.floats(350, 1000))
    return Band(
        name=draw(st.text(max_size=8)),
        effective_nm=effective,
        min_nm=effective - draw(st.floats(0.1, 100)),
        max_nm=effective + draw(st.floats(0.1, 100)),
    )


@st.composite
def throughputs(draw):
    wavelengths = draw(st.lists(st.floats(231, 2058), min_size=2, max_size=5, unique=True))
    value = st.floats(0, 1e9)
    values = draw(st.lists(value, min_size=len(wavelengths), max_size=len(wavelengths)))
    return Throughput(
        name=draw(st.text(max_size=8)),
        wavelength_nm=sorted(wavelengths),
        transmission=[*values[:-1], values[-1] + 1.0],
    )


def numbers(knob):
    low, high = knob.bounds
    low_open, high_open = (not included for included in knob.inclusive_bounds)
    high = 1e6 if high is None else high
    return st.floats(low, high, exclude_min=low_open, exclude_max=high_open)


RECORDS = {
    Band: bands() | st.sampled_from(band_names()).map(Band.named),
    Throughput: throughputs(),
}
VALUES = {
    Number: numbers,
    Factor: lambda _: st.just(0.0) | st.floats(1, 1e6),
    Integer: lambda knob: st.integers(knob.bounds[0], knob.bounds[1] or 10**6),
    Switch: lambda _: st.booleans(),
    Choice: lambda knob: st.sampled_from(knob.objects),
    Names: lambda _: st.lists(PLANES, max_size=3),
    Pair: lambda _: st.tuples(st.integers(1, 10**5), st.integers(1, 10**5)),
    Fractions: lambda _: st.dictionaries(PLANES, st.floats(0, 1), max_size=3),
    VisitFactors: lambda _: st.dictionaries(st.text(max_size=8), st.floats(0, 1e6), max_size=3),
    Record: lambda knob: RECORDS[knob.class_],
}


def values_of(knob):
    values = VALUES[type(knob)](knob)
    return st.none() | values if knob.allow_None else values


CONFIGS = st.fixed_dictionaries(
    {name: values_of(knob) for name, knob in AssembleConfig.knobs().items()}
).map(lambda values: AssembleConfig(**values))
EXAMPLES = settings(max_examples=30, deadline=None, derandomize=True, database=None)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("configs") / "run.yaml"


@pytest.mark.parametrize("preset", PRESETS)
def test_yaml_gives_back_every_preset(path, preset):
    config = AssembleConfig.preset(preset)
    write_config(config, path)
    assert read_config(path).values() == config.values()


@EXAMPLES
@given(config=CONFIGS)
def test_yaml_gives_back_every_configuration(path, config):
    write_config(config, path)
    assert read_config(path).values() == config.values()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("preset", PRESETS)
def test_an_lsst_file_gives_back_every_preset(preset, version):
    config = AssembleConfig.preset(preset)
    returned, ignored = from_lsst(to_lsst(config, version=version))
    assert returned.values() == config.values()
    assert ignored == []


@EXAMPLES
@given(config=CONFIGS, version=st.sampled_from(VERSIONS))
def test_an_lsst_file_gives_back_every_configuration(config, version):
    returned, ignored = from_lsst(to_lsst(config, version=version))
    assert returned.values() == config.values()
    assert ignored == []


@EXAMPLES
@given(config=CONFIGS)
def test_a_link_gives_back_every_configuration(config):
    returned, refused = config_from_code(config_code(config))
    assert returned.values() == config.values()
    assert refused == ()


def test_numbers_of_numpy_are_written_as_numbers(path):
    config = AssembleConfig(max_iterations=np.int64(7), accelerate=np.float64(2.5))
    write_config(config, path)
    assert read_config(path).max_iterations == 7
    assert "config.accelerateModel = 2.5\n" in to_lsst(config)
    assert "config.maxNumIter = 7\n" in to_lsst(config)

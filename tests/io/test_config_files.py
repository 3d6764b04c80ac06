"""YAML configurations: what a file says, and what it must not say."""

import pytest

from dcrviz.bands import Band
from dcrviz.config import AssembleConfig
from dcrviz.io.config_files import config_text, read_config, write_config


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.yaml"


@pytest.fixture
def read(path):
    """What a file with this text is read as."""

    def read_text(text):
        path.write_text(text, encoding="utf-8")
        return read_config(path)

    return read_text


def test_every_knob_is_written_under_its_meaning_and_unit():
    text = config_text(AssembleConfig())
    for name, knob in AssembleConfig.knobs().items():
        unit = f" [{knob.unit}]" if knob.unit else ""
        assert f"\n# {knob.doc}{unit}\n{name}: " in text


def test_automatic_is_written_as_null():
    text = config_text(AssembleConfig())
    assert "\nmax_iterations: null\n" in text
    assert "\nband: null\n" in text


def test_knobs_that_the_file_leaves_out_have_their_default(read):
    assert read("n_subfilters: 5\n").changed() == {"n_subfilters": 5}


def test_the_written_file_holds_nothing_that_yaml_must_construct(path):
    write_config(AssembleConfig(subregion_size=(50, 40), band=Band.lsst("g")), path)
    assert "!!" not in path.read_text()


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("weights: 2019", {"weights": "2019"}),
        ("convergence_threshold: 1e-4", {"convergence_threshold": 1e-4}),
        ("accelerate: 2", {"accelerate": 2}),
        ("airmass_weight: yes", {"airmass_weight": True}),
        ("subregion_size: [64, 48]", {"subregion_size": (64, 48)}),
        ("subregion_size: [64.0, 48.0]", {"subregion_size": (64, 48)}),
        ("max_iterations: auto", {}),
        ("base_gain: None", {}),
        ("band: null", {}),
        ("bad_planes: []", {"bad_planes": []}),
        ("propagate_planes: {SAT: 0.2, CR: 1}", {"propagate_planes": {"SAT": 0.2, "CR": 1}}),
    ],
)
def test_values_are_read_as_people_write_them(read, text, changed):
    assert read(text).changed() == changed


def test_a_band_may_be_given_by_its_name(read):
    assert read("band: decam-g").band == Band.decam("g")


def test_a_band_may_be_given_by_its_wavelengths(read):
    band = read("band: {effective_nm: 476.31, min_nm: 405, max_nm: 552}").band
    assert band == Band(name="custom", effective_nm=476.31, min_nm=405.0, max_nm=552.0)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "max_iterations: -1",
            "max_iterations must be a whole number of at least 0, or auto; got -1",
        ),
        (
            "n_subfilters: 21",
            "n_subfilters must be a whole number of at least 1 and at most 20; got 21",
        ),
        ("n_subfilters: 2.5", r"n_subfilters must be a whole number .*; got 2\.5"),
        ("n_subfilters: null", "n_subfilters must be a whole number .*; got None"),
        ("n_subfilters: true", "n_subfilters must be a whole number .*; got True"),
        ("base_gain: 0", "base_gain must be a finite number above 0 and at most 1, or auto; got 0"),
        ("accelerate: .inf", "accelerate must be a finite number of at least 1; got inf"),
        ("sigma_clip: .nan", "sigma_clip must be a finite number .*; got nan"),
        ("accelerate: fast", "accelerate must be a finite number of at least 1; got 'fast'"),
        (
            "clamp_iterations: 0.5",
            r"clamp_iterations must be 0 \(off\) or a number of .*; got 0\.5",
        ),
        ("airmass_weight: 1", "airmass_weight must be true or false; got 1"),
        ("statistic: MODE", "statistic must be one of MEAN, MEANCLIP, MEDIAN; got 'MODE'"),
        ("bad_planes: SAT", "bad_planes must be a list of mask plane names; got 'SAT'"),
        ("bad_planes: [1]", r"bad_planes must be a list of mask plane names; got \[1\]"),
        ("subregion_size: 50", "subregion_size must be two whole numbers of 1 or more; got 50"),
        ("subregion_size: [50]", r"subregion_size must be two whole numbers .*; got \[50\]"),
        ("subregion_size: [0, 9]", r"subregion_size must be two whole numbers .*; got \[0, 9\]"),
        ("subregion_size: [.inf, 9]", r"subregion_size must be two whole .*; got \[inf, 9\]"),
        ("propagate_planes: {SAT: 2}", "propagate_planes must be a mapping .*; got {'SAT': 2}"),
        ("propagate_planes: {1: 0.1}", r"propagate_planes must be a mapping .*; got {1: 0\.1}"),
        ("band: 478.5", r"band must be a band's name or its name, effective_nm.*; got 478\.5"),
    ],
)
def test_a_value_out_of_range_names_file_knob_rule_and_value(read, path, text, sentence):
    with pytest.raises(ValueError, match=f"{path.name}: knob {sentence}$"):
        read(text)


@pytest.mark.parametrize(
    ("band", "sentence"),
    [
        ("q", "band must be one of lsst-u, .*; got 'q'"),
        (
            "{effective_nm: 500}",
            "a band needs effective_nm, min_nm, max_nm; missing: min_nm, max_nm",
        ),
        ("{effective: 500}", "unknown entry of a band 'effective'; did you mean 'effective_nm'"),
        (
            "{effective_nm: 4e-7, min_nm: x, max_nm: 552}",
            "min_nm must be a wavelength of more than 0 nm; got 'x'",
        ),
        (
            "{effective_nm: 600, min_nm: 405, max_nm: 552}",
            "band custom: wavelengths must satisfy min < effective < max .*; got 405, 600, 552",
        ),
    ],
)
def test_an_impossible_band_is_an_error_that_says_why(read, path, band, sentence):
    with pytest.raises(ValueError, match=f"{path.name}: knob band: {sentence}"):
        read(f"band: {band}")


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("n_subfilter", "n_subfilters"),
        ("dcrNumSubfilters", "n_subfilters"),
        ("clamp", "clamp_width"),
    ],
)
def test_an_unknown_knob_is_an_error_that_offers_the_nearest(read, path, name, nearest):
    with pytest.raises(
        ValueError, match=f"{path.name}: unknown knob {name!r}; did you mean {nearest!r}"
    ):
        read(f"{name}: 3")


@pytest.mark.parametrize("text", ["", "# only a comment\n", "null", "- n_subfilters", "3", "text"])
def test_a_file_that_is_no_mapping_is_an_error(read, path, text):
    with pytest.raises(ValueError, match=f"{path.name}: a config file must map knobs to values"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "n_subfilters: [1",
        "n_subfilters: 3\nn_subfilters: 3",
        "propagate_planes: {SAT: 0.1, SAT: 0.2}",
        "n_subfilters: !!python/object/apply:os.system ['true']",
        "n_subfilters: 2020-99-99",
        "? [a, b]\n: 3",
        "\x00",
    ],
)
def test_a_file_that_is_no_plain_yaml_is_an_error(read, path, text):
    with pytest.raises(ValueError, match=f"{path.name}: a config file must be YAML; got"):
        read(text)


def test_a_repeated_key_is_named(read):
    with pytest.raises(ValueError, match="the key 'clamp_width' twice"):
        read("clamp_width: 2\naccelerate: 3\nclamp_width: 1\n")


def test_a_file_that_is_not_text_is_an_error(path):
    path.write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(ValueError, match=r"run\.yaml: a config file must be YAML"):
        read_config(path)


def test_a_missing_file_is_an_error_that_names_it(tmp_path):
    with pytest.raises(
        ValueError, match=r"none\.yaml: a config file must be readable; got No such"
    ):
        read_config(tmp_path / "none.yaml")


def test_a_folder_is_an_error_that_names_it(tmp_path):
    with pytest.raises(ValueError, match=f"{tmp_path.name}: a config file must be readable"):
        read_config(tmp_path)

"""The values next to a knob's own follow from its declaration."""

import math

import pytest

from dcrviz import AssembleConfig, Band, Throughput, prepare
from dcrviz.diagnostics.neighbours import meaning, neighbours

KNOBS = AssembleConfig.knobs()
CURVE = Throughput(name="flat", wavelength_nm=(390, 570), transmission=(1, 1))


@pytest.fixture(scope="module")
def around_config(exposures):
    """Neighbours of a knob with these knobs set."""

    def found(name, **knobs):
        return neighbours(name, prepare(exposures, AssembleConfig(**knobs)))

    return found


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("positivity", False, (True,)),
        ("statistic", "MEANCLIP", ("MEAN", "MEDIAN")),
        ("n_subfilters", 3, (2, 4)),
        ("n_subfilters", 1, (2,)),
        ("wavelengths_per_subfilter", 8, (4, 16)),
        ("interpolation_order", 5, (3,)),
        ("clamp_width", 0, (1,)),
        ("convergence_threshold", 0.002, (0.001, 0.004)),
        ("convergence_threshold", 0.6, (0.3,)),
        ("split_threshold", 0.0, (0.1,)),
        ("model_weights_width", 0.0, (3.0,)),
        ("accelerate", 3.0, (2.0, 5.0)),
        ("accelerate", 1.0, (3.0,)),
        ("sigma_clip", 3.0, (1.75, 5.5)),
        ("clamp_iterations", 2.0, (1.5, 3.0, 0.0)),
        ("clamp_iterations", 0.0, (2.0,)),
        ("clamp_subfilters", 1.0, (4.0, 0.0)),
        ("bad_planes", ["BAD", "SAT"], (["SAT"], ["BAD"])),
        ("bad_planes", ["BAD"], ()),
        ("bad_planes", [], (["NO_DATA", "BAD", "SAT"],)),
        ("propagate_planes", {"SAT": 0.1}, ({"SAT": 0.05}, {"SAT": 0.2}, {})),
        ("throughput", CURVE, (None,)),
        ("throughput", None, ()),
    ],
)
def test_the_neighbours_of_a_value_are(around_config, name, value, expected):
    assert around_config(name, **{name: value}) == expected


@pytest.mark.parametrize(
    ("name", "others", "expected"),
    [
        ("base_gain", {}, (0.25, 1.0)),
        ("max_iterations", {}, (5, 18)),
        ("max_iterations", {"solver": "pcg"}, (15, 60)),
        ("min_iterations", {"n_subfilters": 1}, (2,)),
        ("min_iterations", {"min_iterations": 0}, (2, 4)),
        ("wavelengths_per_subfilter", {"solver": "direct"}, (4, 16)),
    ],
)
def test_auto_has_the_neighbours_of_what_it_stands_for(around_config, name, others, expected):
    assert around_config(name, **others) == expected


def test_a_choice_that_means_the_same_is_no_neighbour(around_config):
    assert around_config("weights") == ("2019", "background")
    assert around_config("weights", solver="direct") == ("2019", "inverse_variance")
    assert "inverse_variance" not in around_config("weights", weights="auto")


def test_the_seeing_of_the_planes_is_turned_about_what_the_visits_support(around_config):
    assert around_config("fit_seeing") == ("on",)
    assert around_config("fit_seeing", solver="direct") == ("off",)
    assert around_config("model_fwhm", solver="direct") == pytest.approx((1.75, 7.0))
    assert around_config("seeing_exponent", solver="direct", seeing_exponent=-0.5) == (-0.75, 0.0)


def test_where_the_fit_knows_no_seeing_that_of_the_planes_has_no_neighbours(around_config):
    assert around_config("model_fwhm") == around_config("seeing_exponent") == ()


def test_a_subregion_is_halved_from_the_size_of_the_field(around_config, exposures):
    height, width = exposures[0].shape
    half = (math.ceil(width / 2), math.ceil(height / 2))
    assert around_config("subregion_size") == (half,)
    assert around_config("subregion_size", subregion_size=(40, 30)) == ((20, 15), (80, 60))


def test_a_band_is_narrower_and_wider_about_the_wavelength_that_is_not_shifted(around_config):
    band = Band.lsst("g")
    narrow, wide, auto = around_config("band", band=band)
    assert auto is None
    assert narrow.effective_nm == wide.effective_nm == band.effective_nm
    width = band.max_nm - band.min_nm
    assert narrow.max_nm - narrow.min_nm == pytest.approx(0.9 * width)
    assert wide.max_nm - wide.min_nm == pytest.approx(1.1 * width)
    assert around_config("band") == (narrow, wide)


def test_each_visit_is_switched_off_or_on_again(around_config, exposures):
    first, second, *_ = (str(exposure.visit.id) for exposure in exposures)
    factors = around_config("visit_factors", visit_factors={first: 0.0})
    assert len(factors) == len(exposures)
    assert factors[0] == {first: 1.0}
    assert factors[1] == {first: 0.0, second: 0.0}


@pytest.mark.parametrize("name", KNOBS)
def test_every_neighbour_is_accepted_and_means_something_else(exposures, name):
    problem = prepare(exposures, AssembleConfig())
    present = meaning(name, getattr(problem.config, name), problem)
    for value in neighbours(name, problem):
        assert getattr(problem.config.with_values(**{name: value}), name) == value
        assert meaning(name, value, problem) != present

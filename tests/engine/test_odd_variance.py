"""A pixel whose variance can't be one counts as NO_DATA in that visit, and nowhere else."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz.simulate import random_scene, read_conditions, simulate_exposures

SQUARE = (slice(10, 23), slice(12, 25))
QUICK = {"min_iterations": 1, "max_iterations": 2}
ODD = [float("nan"), float("inf"), 0.0, -1.0, 1e-40]


def with_variance(exposure, value, where=np.s_[:, :]):
    variance = np.array(exposure.variance, dtype=np.float64)
    variance[where] = value
    return replace(exposure, variance=variance)


def masked(exposure, flag, where):
    pixels = np.zeros(exposure.shape, dtype=bool)
    pixels[where] = True
    return flag(exposure, "NO_DATA", pixels)


@pytest.mark.parametrize("solver", ["iterative", "direct"])
@pytest.mark.parametrize("value", ODD)
def test_it_is_as_if_the_mask_said_so(exposures, flag, run_of, solver, value):
    knobs = {"solver": solver, **QUICK}
    spoilt = [exposures[0], with_variance(exposures[1], value, SQUARE), *exposures[2:]]
    told = [exposures[0], masked(exposures[1], flag, SQUARE), *exposures[2:]]
    one, other = run_of(spoilt, **knobs), run_of(told, **knobs)
    np.testing.assert_array_equal(one.last.planes, other.last.planes)
    np.testing.assert_array_equal(one.problem.template.mask, other.problem.template.mask)
    (sentence,) = set(one.problem.warnings) - set(other.problem.warnings)
    assert sentence == (
        "simulated visit 101: 169 pixels are of a variance that is not from 1e-36 to 1e+30, "
        "without a mask plane that says so; counted as NO_DATA"
    )


@pytest.mark.parametrize("value", ODD)
def test_a_visit_of_such_pixels_alone_is_left_out_by_name(exposures, run_of, value):
    run = run_of([exposures[0], with_variance(exposures[1], value), *exposures[2:]], **QUICK)
    assert "simulated visit 101: no usable pixel; the visit is left out" in run.problem.warnings
    assert np.isfinite(run.last.planes).all()
    detected = dcrviz.prepare(exposures).template.mask
    assert np.count_nonzero(run.problem.template.mask) > 0.8 * np.count_nonzero(detected)


def test_the_weights_of_2019_ask_no_more_than_that_it_is_finite(exposures):
    def usable(value):
        odd = with_variance(exposures[1], value, SQUARE)
        problem = dcrviz.prepare(
            [exposures[0], odd, *exposures[2:]], dcrviz.AssembleConfig(weights="2019")
        )
        return problem.usable[1][SQUARE].any(), problem.warnings[:1]

    assert usable(0.0)[0]
    reached, (warning,) = usable(float("nan"))
    assert not reached
    assert "169 pixels are of a variance that is not finite without a mask" in warning


def test_an_infinite_pixel_is_not_called_nan(exposures):
    image = np.array(exposures[0].image)
    image[3, 4], image[3, 5] = np.inf, np.nan
    problem = dcrviz.prepare([replace(exposures[0], image=image), *exposures[1:]])
    assert "1 pixel is NaN without" in problem.warnings[0]
    assert "1 pixel is infinite without" in problem.warnings[1]


def test_a_flux_that_its_scale_makes_infinite_counts_nothing(exposures):
    image = np.array(exposures[0].image)
    image[3, 4] = 3e38
    odd = replace(exposures[0], image=image, visit=replace(exposures[0].visit, scale=10.0))
    problem = dcrviz.prepare([odd, *exposures[1:]])
    assert "1 pixel is infinite without" in problem.warnings[0]
    assert not problem.usable[0, 3, 4]


def test_what_is_wrong_in_a_large_field_is_counted_over_all_its_rows():
    scene = random_scene(1, shape=(700, 800), n_stars=3, n_galaxies=0, n_quasars=0)
    visits = read_conditions("hits2015")[:2]
    first, other = simulate_exposures(scene, visits, seed=1)
    image, corners = np.array(first.image), np.s_[[0, 0, -1], [0, 799, 5]]
    image[corners] = np.nan
    odd = with_variance(replace(first, image=image), -1, np.s_[350, 400:403])
    problem = dcrviz.prepare([odd, other])
    assert any("3 pixels are NaN without" in sentence for sentence in problem.warnings)
    assert any("3 pixels are of a variance" in sentence for sentence in problem.warnings)
    np.testing.assert_array_equal(np.argwhere(~problem.usable[0]).shape, (6, 2))
    assert problem.usable[1].all()
    assert (problem.weights[0] > 0).sum() == first.image.size - 6

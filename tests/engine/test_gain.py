"""The gain of the next iteration, from values worked out by hand and from laws."""

import numpy as np
import pytest

from dcrviz.engine.gain import next_gain


def gain_of(metrics, gains, *, base=0.5, progressive=True):
    return next_gain(metrics, gains, base=base, progressive=progressive)


def course_towards(end, *, start, gains):
    """Metrics that fall exactly as each gain promises, towards one end."""
    metrics = [start]
    for gain in gains:
        metrics.append((gain * end + metrics[-1]) / (1 + gain))
    return metrics


def test_the_gain_worked_out_by_hand():
    # e = max(0, (1.5 * 0.6 - 1) / 0.5), (1.5 * 0.45 - 0.6) / 0.5 = 0, 0.15; E = 0.075
    # p = (0.075 * 0.5 + 0.6) / 1.5 = 0.425; delta = (0.425 - 0.45) / ((0.6 - 0.075) / 1.5) = -1/14
    expected = (1 - 1 / 14 + 0.5) / 2
    assert gain_of([1.0, 0.6, 0.45], [0.5, 0.5], base=0.1) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("metrics", "gains"), [([0.9], []), ([0.9, 0.5], [0.5])])
def test_the_first_two_iterations_have_the_base_gain(metrics, gains):
    assert gain_of(metrics, gains, base=0.2) == 0.2


def test_the_gain_is_the_base_gain_where_progressive_gain_is_off():
    assert gain_of([1.0, 0.6, 0.45], [0.5, 0.5], base=0.2, progressive=False) == 0.2


@pytest.mark.parametrize("n", [2, 5, 9])
def test_a_model_that_does_what_was_promised_makes_the_gain_bolder(n):
    gains = np.linspace(0.5, 0.8, n).tolist()
    metrics = course_towards(0.04, start=1.0, gains=gains)
    assert gain_of(metrics, gains) == pytest.approx((1 + gains[-1]) / 2)


@pytest.mark.parametrize("surprise", [0.02, -0.02])
def test_a_model_that_does_worse_or_better_than_promised_makes_the_gain_smaller(surprise):
    gains = [0.5, 0.6, 0.7, 0.75]
    metrics = course_towards(0.04, start=1.0, gains=gains)
    as_promised = gain_of(metrics, gains)
    metrics[-1] += surprise
    assert gain_of(metrics, gains) < as_promised


def test_the_gain_is_never_below_the_base_gain():
    assert gain_of([1.0, 0.5, 0.9], [0.5, 0.5], base=0.45) == 0.45


def test_the_gain_is_never_above_one():
    gains = [1.0] * 6
    assert gain_of(course_towards(0.0, start=1.0, gains=gains), gains) <= 1


def test_only_the_last_four_predictions_of_the_end_count():
    gains = [0.5] * 6
    metrics = [1.0, 0.7, 0.55, 0.48, 0.44, 0.42, 0.41]
    other = [9.0, 0.1, *metrics[2:]]
    assert gain_of(other, gains) == gain_of(metrics, gains)
    assert gain_of([*metrics[:3], 0.6, *metrics[4:]], gains) != gain_of(metrics, gains)


def test_the_gain_does_not_depend_on_the_unit_of_the_metric():
    gains = [0.5, 0.5, 0.6]
    metrics = np.array([1.0, 0.7, 0.55, 0.5])
    assert gain_of((8 * metrics).tolist(), gains) == gain_of(metrics.tolist(), gains)


def test_a_zero_denominator_gives_the_base_gain():
    assert gain_of([0.5, 0.5, 0.5], [0.5, 0.5], base=0.3) == 0.3


@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_metric_that_is_not_finite_gives_the_base_gain(position, value):
    metrics = [1.0, 0.6, 0.45]
    metrics[position] = value
    assert gain_of(metrics, [0.5, 0.5], base=0.3) == 0.3


@pytest.mark.parametrize("metrics", [[1.0, 0.5], [1.0, 0.5, 0.4, 0.3]])
def test_not_one_metric_more_than_gains_is_an_error(metrics):
    with pytest.raises(ValueError, match=f"got {len(metrics)} metrics and 2 gains"):
        gain_of(metrics, [0.5, 0.5])

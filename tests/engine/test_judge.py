"""When a tile stops and what its ending is called, at and beside each limit."""

import numpy as np
import pytest

from dcrviz import Outcome
from dcrviz.engine.judge import StoppingRule, judge
from dcrviz.engine.step import History


def history_of(*metrics):
    """The course of a tile with these metrics, the starting model's first."""
    return History(
        gains=(0.5,) * (len(metrics) - 1),
        metrics=metrics,
        visit_metrics=(np.zeros(1),) * len(metrics),
    )


def judged(*metrics, **changes):
    limits = {"min_iterations": 2, "most_iterations": 7, "threshold": 0.25}
    rule = {"use_convergence": True, "on_divergence": "last"}
    return judge(history_of(*metrics), StoppingRule(**(limits | rule | changes)))


def falling(iterations, factor=0.5):
    """Metrics that improve by much in every iteration."""
    return [factor**i for i in range(iterations + 1)]


@pytest.mark.parametrize("iterations", [1, 2, 3, 6])
def test_a_run_that_improves_goes_on(iterations):
    result = judged(*falling(iterations))
    assert result.outcome is Outcome.RUNNING
    assert result.lsst_ending == ""


def test_a_run_that_improves_ends_after_the_most_iterations_that_it_may_take():
    result = judged(*falling(7))
    assert result.outcome is Outcome.EXHAUSTED
    assert result.lsst_ending == "max_iterations"


# (1.25 - 1) / 1 is the threshold itself.
@pytest.mark.parametrize(("last", "outcome"), [(1.0, Outcome.CONVERGED), (0.99, Outcome.RUNNING)])
def test_an_improvement_at_the_threshold_has_converged_and_a_larger_one_has_not(last, outcome):
    assert judged(4.0, 2.0, 1.25, last).outcome is outcome


def test_convergence_is_believed_only_after_more_than_the_minimum_of_iterations():
    assert judged(4.0, 2.0, 1.99).outcome is Outcome.RUNNING
    assert judged(4.0, 2.0, 1.99, 1.98).outcome is Outcome.CONVERGED
    assert judged(4.0, 2.0, 1.99, 1.98).lsst_ending == "converged"


def test_a_metric_that_rises_within_the_minimum_of_iterations_goes_on():
    assert judged(4.0, 2.0, 3.0).outcome is Outcome.RUNNING


def test_a_metric_that_rises_right_after_the_minimum_is_called_converged_by_2019_only():
    result = judged(4.0, 2.0, 1.0, 1.5)
    assert result.lsst_ending == "converged"
    assert result.outcome is Outcome.DIVERGED


def test_a_metric_that_rises_later_has_diverged():
    result = judged(4.0, 3.0, 2.0, 1.0, 1.5)
    assert result.lsst_ending == "diverged"
    assert result.outcome is Outcome.DIVERGED


def test_a_maximum_that_is_reached_above_the_best_metric_has_diverged():
    result = judged(4.0, 0.1, 3.0, 2.0, min_iterations=9, most_iterations=3)
    assert result.lsst_ending == "max_iterations"
    assert result.outcome is Outcome.DIVERGED


def test_a_metric_that_ends_as_good_as_its_best_has_not_diverged():
    assert judged(1.0, 1.0, 1.0, 1.0).outcome is Outcome.CONVERGED
    assert judged(4.0, 1.0, 2.0, 1.0, most_iterations=3).outcome is Outcome.EXHAUSTED


@pytest.mark.parametrize("iterations", [1, 4])
def test_a_metric_of_zero_says_that_there_is_no_data(iterations):
    result = judged(*falling(iterations - 1), 0.0)
    assert result.outcome is Outcome.NO_DATA
    assert result.lsst_ending == "metric_zero"


def test_a_metric_that_is_not_finite_says_that_there_is_no_data():
    assert judged(1.0, float("nan")).outcome is Outcome.NO_DATA


def test_no_data_does_not_return_to_an_earlier_iteration():
    result = judged(4.0, 1.0, 0.0, on_divergence="best")
    assert result.outcome is Outcome.NO_DATA
    assert result.ending is None


def test_divergence_leaves_the_run_open_for_the_return_to_the_best():
    result = judged(4.0, 3.0, 2.0, 1.0, 1.5, on_divergence="best")
    assert result.outcome is Outcome.RUNNING
    assert result.ending is Outcome.DIVERGED
    assert result.best_iteration == 3


def test_without_convergence_only_the_maximum_ends_a_run():
    unknown = [float("nan")] * 7
    assert judged(*unknown, use_convergence=False).outcome is Outcome.RUNNING
    result = judged(*unknown, float("nan"), use_convergence=False)
    assert result.outcome is Outcome.EXHAUSTED
    assert result.lsst_ending == "max_iterations"


def test_a_run_whose_last_metric_was_not_measured_can_not_be_called_worse():
    unknown = [float("nan")] * 4
    result = judged(4.0, 3.0, 2.0, 1.0, *unknown, use_convergence=False)
    assert result.outcome is Outcome.EXHAUSTED


def test_the_threshold_of_zero_converges_only_where_nothing_improves():
    assert judged(4.0, 3.0, 2.0, 1.999999, threshold=0.0).outcome is Outcome.RUNNING
    assert judged(4.0, 3.0, 2.0, 2.0, threshold=0.0).lsst_ending == "converged"


def test_the_history_before_is_left_as_it_was():
    before = history_of(*falling(7))
    rule = StoppingRule(
        min_iterations=2,
        most_iterations=7,
        threshold=0.1,
        use_convergence=True,
        on_divergence="last",
    )
    assert judge(before, rule).outcome is Outcome.EXHAUSTED
    assert before.outcome is Outcome.RUNNING


def test_the_improvement_is_relative_to_the_new_metric():
    assert history_of(3.0, 2.0).improvement == 0.5
    assert history_of(2.0, 4.0).improvement == -0.5


@pytest.mark.parametrize("metrics", [(1.0,), (float("nan"), 1.0), (1.0, float("nan")), (1.0, 0.0)])
def test_an_improvement_that_can_not_be_told_is_one(metrics):
    assert history_of(*metrics).improvement == 1.0

"""Held-out visits: predicted without having been fitted."""

from dataclasses import replace

import numpy as np
import pytest

from dcrviz import AssembleConfig, assemble, prepare
from dcrviz.diagnostics.holdout import HeldOut, held_out, held_out_sentences
from dcrviz.diagnostics.panels import Scene, flux_residuals
from dcrviz.diagnostics.residuals import residual_rms_sigma

QUICK = {"max_iterations": 2, "min_iterations": 1}


@pytest.fixture(scope="module")
def predicted(exposures):
    return list(held_out(exposures, AssembleConfig(solver="direct")))


def test_every_visit_is_held_out_once_in_order(exposures, predicted):
    assert [visit.id for visit in predicted] == [e.visit.id for e in exposures]


def test_the_model_predicts_better_than_the_plain_coadd(predicted):
    model = np.mean([visit.model_sigma for visit in predicted])
    coadd = np.mean([visit.coadd_sigma for visit in predicted])
    assert model < 0.7 * coadd
    assert sum(v.model_dipoles for v in predicted) < sum(v.coadd_dipoles for v in predicted)


def test_noise_is_what_is_left_at_least(predicted):
    assert all(visit.model_sigma > 0.9 for visit in predicted)


def test_it_is_worse_than_where_the_visit_was_fitted(exposures, predicted):
    problem = prepare(exposures, AssembleConfig(solver="direct"))
    *_, step = assemble(problem)
    visits = range(len(exposures))
    fitted = [
        residual_rms_sigma(problem, visit, residual)
        for visit, residual in zip(
            visits, flux_residuals(Scene(problem=problem, step=step), visits), strict=True
        )
    ]
    assert np.mean([visit.model_sigma for visit in predicted]) > np.mean(fitted)


def test_each_visit_is_told_as_soon_as_it_is_done(exposures):
    each = held_out(exposures, AssembleConfig(**QUICK))
    assert next(each).id == exposures[0].visit.id


@pytest.mark.parametrize("solver", ["iterative", "anderson", "pcg"])
def test_any_solver_will_do(exposures, solver):
    first = next(held_out(exposures, AssembleConfig(solver=solver, **QUICK)))
    assert first.model_sigma < first.coadd_sigma


def test_a_visit_that_is_off_stays_off_and_is_not_predicted(exposures):
    off = str(exposures[2].visit.id)
    config = AssembleConfig(solver="direct", visit_factors={off: 0.0})
    assert off not in [str(visit.id) for visit in held_out(exposures, config)]


def test_fewer_than_three_visits_are_refused_before_anything_is_fitted(exposures):
    with pytest.raises(ValueError, match="needs 3 visits that are on or more; got 2"):
        held_out(exposures[:2])
    off = {str(e.visit.id): 0.0 for e in exposures[2:]}
    with pytest.raises(ValueError, match="got 2"):
        held_out(exposures, AssembleConfig(visit_factors=off))


def test_in_words_the_visit_stands_out_for_which_least_is_gained():
    good = {"model_sigma": 1.0, "coadd_sigma": 2.0, "model_dipoles": 0, "coadd_dipoles": 7}
    bad = {"model_sigma": 2.5, "coadd_sigma": 2.0, "model_dipoles": 3, "coadd_dipoles": 2}
    mean, dipoles, worst = held_out_sentences(
        [HeldOut(index=0, id="a", **good), HeldOut(index=1, id="b", **bad)]
    )
    assert "predicted to 1.75 sigma" in mean
    assert "better in 1 of 2 visits" in mean
    assert dipoles == "Dipoles: 3 with the model, 9 with the plain coadd."
    assert worst == "Least is gained for visit b: 2.50 after 2.00 sigma."


def test_without_a_held_out_visit_there_is_nothing_to_say():
    assert held_out_sentences([]) == ()


def test_visits_that_have_no_pixel_to_be_predicted_are_told_in_words(predicted):
    blind = [replace(visit, model_sigma=np.nan, coadd_sigma=np.nan) for visit in predicted]
    (sentence,) = held_out_sentences(blind)
    assert sentence.startswith("No visit has a usable pixel")
    assert "5 visits" in held_out_sentences([*predicted[:5], blind[0]])[0]

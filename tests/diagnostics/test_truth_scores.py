"""Scores against the truth of a made field."""

from dataclasses import replace

import numpy as np
import pytest

from dcrviz import AssembleConfig, Band, assemble, prepare
from dcrviz.diagnostics.pictures import shown_planes
from dcrviz.diagnostics.truth import true_planes
from dcrviz.diagnostics.truth_scores import colour_line, truth_scores
from dcrviz.simulate import MadeField, made_exposures, made_scene


@pytest.fixture(scope="module")
def made():
    field = MadeField(seed=1, n_visits=6, size_px=96, n_stars=14)
    scene = made_scene(field)
    problem = prepare(made_exposures(field), AssembleConfig(solver="direct"))
    *_, step = assemble(problem)
    return scene, problem, shown_planes(step)


def test_the_truth_itself_scores_best(made):
    scene, problem, _ = made
    scores = truth_scores(scene, problem, true_planes(scene, problem))
    assert scores.n_stars >= 3
    assert scores.colour_slope == pytest.approx(1, abs=1e-6)
    assert scores.colour_scatter == pytest.approx(0, abs=1e-6)
    assert scores.plane_sigma == (0, 0, 0)
    assert scores.template_sigma == scores.floor_sigma


def test_a_good_fit_finds_the_colours_and_stays_above_the_floor(made):
    scores = truth_scores(*made)
    assert scores.colour_slope == pytest.approx(1, abs=0.25)
    assert scores.floor_sigma < scores.template_sigma < 1
    assert len(scores.plane_sigma) == 3


def test_planes_without_colour_have_slope_zero_and_reversed_ones_a_negative_one(made):
    scene, problem, planes = made
    good = truth_scores(*made)
    flat = np.repeat(planes.mean(axis=0)[None], 3, axis=0)
    assert truth_scores(scene, problem, flat).colour_slope == pytest.approx(0, abs=1e-4)
    assert truth_scores(scene, problem, planes[::-1].copy()).colour_slope < -0.5
    assert truth_scores(scene, problem, flat).template_sigma > 1.5 * good.template_sigma


def test_a_field_with_too_few_stars_has_no_colours_to_score(made):
    scene, problem, planes = made
    scores = truth_scores(replace(scene, sources=scene.sources[:1]), problem, planes)
    assert np.isnan(scores.colour_slope)


def test_the_truth_of_another_band_is_none(made):
    scene, problem, planes = made
    assert truth_scores(replace(scene, band=Band.lsst("r")), problem, planes) is None


def test_a_single_star_of_another_colour_does_not_turn_the_line():
    true = np.linspace(-0.4, 0.4, 9)
    found = 0.8 * true + 0.1
    found[2] = 5.0
    slope, _ = colour_line(found, true)
    assert slope == pytest.approx(0.8)

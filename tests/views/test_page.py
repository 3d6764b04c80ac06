"""The page follows the session."""

import numpy as np
import pytest
from bokeh.models import LogScale

from dcrviz.diagnostics.pictures import pictures, visit_noise
from dcrviz.engine import Outcome
from dcrviz.engine.fourier import fourier_template, grid_for, plane_spectra
from dcrviz.session import Session
from dcrviz.views import wall as wall_module
from dcrviz.views.controls import Controls, words
from dcrviz.views.curves import ConvergenceView
from dcrviz.views.page import Explorer
from dcrviz.views.wall import ImageWall
from dcrviz.worker import Worker, _Job


@pytest.fixture
def wall(session):
    return ImageWall(session)


def shown(wall, name, column="value"):
    return wall._panels[name].source.data[column][0]


def test_the_wall_shows_the_step_on_show(session, wall):
    session.step()
    expected = pictures(session.problem, session.current, visit=wall.visit)
    for subfilter in range(3):
        np.testing.assert_array_equal(shown(wall, f"plane {subfilter}"), expected.planes[subfilter])
        np.testing.assert_array_equal(
            shown(wall, f"difference {subfilter}"), expected.minus_mean[subfilter]
        )
    np.testing.assert_array_equal(shown(wall, "residual"), expected.residual)
    np.testing.assert_array_equal(shown(wall, "weights"), expected.weights)


def test_going_back_shows_the_earlier_planes_again(session, wall):
    session.step()
    first = shown(wall, "plane 0")
    session.step()
    assert (shown(wall, "plane 0") != first).any()
    session.back()
    np.testing.assert_array_equal(shown(wall, "plane 0"), first)


def test_the_residual_is_that_of_the_chosen_visit(session, wall):
    for visit in (0, 1):
        wall.visit = visit
        expected = pictures(session.problem, session.current, visit=visit).residual
        np.testing.assert_array_equal(shown(wall, "residual"), expected)


def test_a_picture_that_fails_is_told_and_the_next_one_is_drawn(session, monkeypatch):
    def broken(*_, **__):
        raise ValueError("no picture")

    class AtOnce:
        """A worker that computes before it returns."""

        submit = staticmethod(
            lambda compute, *, done, failed: Worker._run(
                _Job(compute=compute, done=done, failed=failed)
            )()
        )

    wall = ImageWall(session, painter=AtOnce())
    monkeypatch.setattr(wall_module, "pictures", broken)
    session.step()
    assert session.error == "no picture"
    monkeypatch.undo()
    session.step()
    expected = pictures(session.problem, session.current, visit=wall.visit)
    np.testing.assert_array_equal(shown(wall, "plane 0"), expected.planes[0])


def test_visits_are_listed_by_airmass(session, wall):
    airmasses = [session.problem.visits[i].airmass for i in wall.param.visit.objects]
    assert airmasses == sorted(airmasses)


def test_another_number_of_subfilters_makes_other_panels(session, wall):
    session.config.n_subfilters = 5
    session.start()
    assert sum(name.startswith("plane") for name in wall._panels) == 5
    assert shown(wall, "plane 4").shape == session.problem.shape


def test_the_curves_hold_the_whole_course(session):
    view = ConvergenceView(session)
    session.play()
    history = session.current.history
    assert view._total.data["metric"] == list(history.metrics)
    assert view._gains.data["gain"] == list(history.gains)
    assert len(view._visits.data["metric"]) == len(session.problem.visits)


def test_the_curves_hold_the_relative_residuals_of_a_solver_of_equations(session):
    view = ConvergenceView(session)
    session.config.param.update(solver="pcg", tolerance=1e-5)
    session.play()
    residuals = session.current.history.residuals
    assert view._residuals.data["residual"] == list(residuals)
    assert view._residuals.data["iteration"] == list(range(1, len(residuals) + 1))
    assert view._residual_range.start < min(1e-5, *residuals)
    assert view._residual_range.end > max(residuals)


@pytest.mark.parametrize(
    ("solver", "seen"),
    [
        ("iterative", [True, False]),
        ("anderson", [True, False]),
        ("direct", [False, False]),
        ("pcg", [False, True]),
    ],
)
def test_the_gain_or_the_residual_is_drawn_where_the_solver_has_one(session, solver, seen):
    view = ConvergenceView(session)
    view.__panel__()
    session.config.solver = solver
    session.step()
    assert [pane.visible for pane, _ in view._panes] == seen


def test_the_residual_has_a_logarithmic_axis_with_the_tolerance_in_force(session):
    view = ConvergenceView(session)
    view.__panel__()
    session.config.param.update(solver="pcg", tolerance=3e-3)
    session.step()
    assert isinstance(view._residual_plot().y_scale, LogScale)
    assert view._goals[0].location == 3e-3


def test_the_residual_panel_of_a_solver_in_fourier_space_is_of_exact_templates(session, wall):
    session.config.solver = "direct"
    session.step()
    problem, planes = session.problem, session.current.planes
    grid = grid_for(problem.shifts, problem.shape)
    spectra = plane_spectra(planes, grid)
    template = fourier_template(spectra, problem.shifts, wall.visit, grid)
    expected = (problem.images[wall.visit] - template) / visit_noise(problem, wall.visit)
    usable = problem.usable[wall.visit]
    np.testing.assert_allclose(shown(wall, "residual")[usable], expected[usable], atol=1e-4)


def test_a_dashed_line_marks_the_iteration_on_show(session):
    view = ConvergenceView(session)
    view.__panel__()
    session.play()
    session.show(2)
    assert {mark.location for mark in view._marks} == {2}


def test_buttons_are_live_where_they_can_act(session):
    controls = Controls(session)

    def live():
        return {name for name, button in controls.buttons.items() if not button.disabled}

    assert live() == {"Play", "Step"}
    session.step()
    assert live() == {"Play", "Step", "Back", "Reset"}
    session.play()
    assert live() == {"Back", "Reset"}


def test_the_slider_spans_all_stored_steps(session):
    controls = Controls(session)
    session.play()
    assert (controls.slider.end, controls.slider.value) == (len(session.moments) - 1,) * 2
    controls.slider.value = 1
    assert session.cursor == 1


@pytest.mark.parametrize("solver", ["iterative", "anderson", "direct", "pcg"])
def test_the_outcome_is_told_in_the_words_of_the_solver(session, solver):
    session.config.solver = solver
    session.play()
    assert session.outcome is not Outcome.RUNNING
    assert words(session).endswith(session.outcome.sentence_for(solver))


def test_a_solver_of_equations_tells_its_residual_instead_of_a_gain(session):
    session.config.solver = "pcg"
    session.step()
    assert "relative residual" in words(session)
    assert "gain" not in words(session)


def test_a_session_without_visits_says_so():
    assert words(Session()) == "No visits are loaded."


def test_a_refusal_is_told_where_the_outcome_stands(session):
    session.error = "the visits do not fit"
    assert "the visits do not fit" in words(session)


def test_the_explorer_can_be_shown_twice(exposures):
    explorer = Explorer(exposures)
    try:
        first, second = explorer.__panel__().get_root(), explorer.__panel__().get_root()
        assert first is not second
    finally:
        explorer.close()

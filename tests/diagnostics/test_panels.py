"""Every panel of the wall has an image of the field."""

import numpy as np
import pytest

from dcrviz.diagnostics.clamped import clamped_pixels
from dcrviz.diagnostics.colour import colour_composite
from dcrviz.diagnostics.panels import Scene, images, rows_of
from dcrviz.diagnostics.pictures import shown_planes, sky_noise, visit_noise


@pytest.fixture(scope="module")
def scene(plain):
    problem, (start, first, *_) = plain
    return Scene(problem=problem, step=first, before=start)


def image_of(scene, row, index=0):
    (panels,) = (one.panels for one in rows_of(scene.problem) if one.name == row)
    return images(scene, panels)[f"{row} {index}"]


def test_every_panel_has_an_image_of_the_field(scene):
    for row in rows_of(scene.problem):
        made = images(scene, row.panels)
        assert list(made) == [panel.key for panel in row.panels]
        colours = (3,) if row.scale == "rgb" else ()
        assert {image.shape for image in made.values()} == {(*scene.problem.shape, *colours)}


def test_what_a_plane_differs_from_the_mean_adds_up_to_nothing(scene):
    total = sum(image_of(scene, "minus_mean", a) for a in range(3))
    np.testing.assert_allclose(total, 0, atol=1e-3)


def test_template_and_residual_add_up_to_the_visit(scene):
    problem = scene.problem
    whole = image_of(scene, "template", 2) + image_of(scene, "residual", 2) * visit_noise(
        problem, 2
    )
    usable = problem.usable[2]
    np.testing.assert_allclose(whole[usable], problem.images[2][usable], rtol=1e-4, atol=1e-2)


def test_the_clamped_pixels_are_those_of_the_iteration_before(scene):
    marks = clamped_pixels(scene.problem, scene.step, scene.before)
    np.testing.assert_array_equal(image_of(scene, "clamped", 1), marks[1])


@pytest.mark.parametrize("solver", ["direct", "pcg"])
def test_solvers_without_clamps_have_no_row_of_them(run, solver):
    problem, _ = run(solver=solver)
    assert "clamped" not in [row.name for row in rows_of(problem)]


def test_the_colours_are_the_composite_of_the_planes(scene):
    expected = colour_composite(shown_planes(scene.step), noise=sky_noise(scene.problem))
    np.testing.assert_array_equal(image_of(scene, "rgb"), expected)


def test_the_starting_model_has_not_changed_and_is_the_best(plain):
    problem, (start, *_) = plain
    scene = Scene(problem=problem, step=start)
    assert not image_of(scene, "change").any()
    assert not image_of(scene, "since_best").any()


def test_planes_are_amplified_once_for_all_rows_and_not_kept(scene, monkeypatch):
    made = []

    def noted(step, **options):
        made.append(step)
        return shown_planes(step, **options)

    monkeypatch.setattr("dcrviz.diagnostics.panels.shown_planes", noted)
    rows = [row for row in rows_of(scene.problem) if row.name != "change"]
    images(scene, [panel for row in rows for panel in row.panels])
    assert made == [scene.step]
    images(scene, rows[0].panels)
    assert made == [scene.step, scene.step]

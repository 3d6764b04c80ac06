"""What a click on a source shows."""

import numpy as np
import pytest
from later import Later

from dcrviz.diagnostics.panels import images, rows_of
from dcrviz.diagnostics.pictures import shown_planes
from dcrviz.diagnostics.source import (
    aperture_flux,
    brightest_pixels,
    cut_along,
    cutout,
    nearest_source,
)
from dcrviz.diagnostics.truth import true_planes
from dcrviz.diagnostics.zenith import zenith_directions
from dcrviz.simulate import simulate_exposures
from dcrviz.views.data_choice import GIVEN, SCENES, DataChoice, load, scene_of
from dcrviz.views.inspector import Inspector
from dcrviz.views.scenes import current_scene
from dcrviz.views.wall import ImageWall


@pytest.fixture
def inspector(session):
    return Inspector(session)


@pytest.fixture
def source(session):
    """The pixel of the source with the brightest pixel."""
    y, x = np.unravel_index(session.problem.template.image.argmax(), session.problem.shape)
    return nearest_source(session.problem, x=x, y=y)


def columns(inspector, name):
    return inspector._shown[-1].plots.sources[name].data


def test_before_a_click_it_says_what_to_do_and_shows_nothing(inspector):
    shown = inspector.__panel__()
    assert not shown[1].visible
    assert "Click on a source" in inspector.words.object
    assert not inspector.visit.visible
    assert inspector.findings is None


def test_a_click_on_the_wall_finds_the_nearest_source(session, inspector, source):
    wall = ImageWall(session, clicked=inspector.look_at)
    wall._take({"type": "click", "x": source[0] + 1.7, "y": source[1] - 0.6})
    assert (inspector.findings.x, inspector.findings.y) == source
    assert f"x {source[0]}, y {source[1]}" in inspector.words.object


def test_sources_come_in_turn_by_their_brightness(session, inspector, source):
    sources = len(brightest_pixels(session.problem)[0])
    assert inspector.turn(1) == source
    places = [inspector.turn(1) for _ in range(sources)]
    # All of them, and then the first again.
    assert len(set(places)) == sources > 2
    assert places[-1] == source
    light = [session.problem.template.image[y, x] for x, y in (source, *places[:-1])]
    assert light == sorted(light, reverse=True)
    assert inspector.turn(-1) == places[-2]
    assert (inspector.findings.x, inspector.findings.y) == places[-2]


def test_from_elsewhere_the_first_or_the_last_source_comes_next(inspector, source):
    inspector.turn(1)
    last = inspector.turn(-1)
    for by, place in ((1, source), (-1, last)):
        inspector.look_at(0.0, 0.0)
        assert (inspector.findings.x, inspector.findings.y) not in (source, last)
        assert inspector.turn(by) == place


def test_a_click_off_the_field_is_moved_to_its_edge(inspector, session):
    inspector.look_at(1e4, -3.0)
    assert inspector.findings.x < session.problem.shape[1]
    assert inspector.findings.y >= 0


def test_the_spectrum_of_every_stored_step_is_that_of_its_planes(session, inspector, source):
    inspector.look_at(*source)
    session.play()
    assert len(inspector.findings.spectra) == len(session.steps) > 2
    for step, flux in zip(session.steps, inspector.findings.spectra, strict=True):
        expected = aperture_flux(shown_planes(step), x=source[0], y=source[1])
        np.testing.assert_allclose(flux, expected, rtol=1e-5, atol=1e-3)


def test_the_step_on_show_is_plain_among_all(session, inspector, source):
    inspector.__panel__()
    inspector.look_at(*source)
    session.play()
    session.show(1)
    assert columns(inspector, "shown")["flux"] == list(inspector.findings.spectra[1])
    assert columns(inspector, "spectra")["step"] == [step.index for step in session.steps]


def test_the_profile_starts_at_the_centre_of_each_plane(session, inspector, source):
    inspector.look_at(*source)
    (x, y), planes = source, shown_planes(session.current)
    np.testing.assert_allclose(inspector.findings.profile[:, 0], planes[:, y, x])


def test_the_cut_follows_the_zenith_of_the_chosen_visit(session, inspector, source):
    inspector.look_at(*source)
    for visit in inspector.visit.options.values():
        inspector.visit.value = visit
        direction = zenith_directions(session.problem)[visit]
        _, expected = cut_along(
            shown_planes(session.current), x=source[0], y=source[1], direction=direction
        )
        np.testing.assert_array_equal(inspector.findings.cut, expected)


def test_the_visit_of_the_highest_airmass_is_chosen_first(session, inspector):
    visits = session.problem.visits
    assert visits[inspector.visit.value].airmass == max(visit.airmass for visit in visits)


def test_the_cutouts_are_the_residuals_of_the_wall_in_its_order(session, inspector, source):
    session.step()
    inspector.__panel__()
    inspector.look_at(*source)
    (row,) = (row for row in rows_of(session.problem) if row.name == "residual")
    made = images(current_scene(session), row.panels)
    stamps = columns(inspector, "stamps")
    assert stamps["title"] == [panel.title for panel in row.panels]
    for stamp, panel in zip(stamps["image"], row.panels, strict=True):
        np.testing.assert_array_equal(stamp, cutout(made[panel.key], x=source[0], y=source[1]))


@pytest.mark.parametrize("n_subfilters", [3, 2])
def test_the_truth_of_a_made_field_is_drawn_for_any_number_of_subfilters(
    session, scene, source, n_subfilters
):
    session.config.n_subfilters = n_subfilters
    session.start()
    inspector = Inspector(session, sky=lambda: scene)
    inspector.__panel__()
    inspector.look_at(*source)
    truth = true_planes(scene, session.problem)
    assert truth.shape == (n_subfilters, *session.problem.shape)
    expected = aperture_flux(truth, x=source[0], y=source[1])
    assert columns(inspector, "truth")["flux"] == list(expected)


def test_the_truth_is_in_the_units_of_the_planes(session, scene, source):
    inspector = Inspector(session, sky=lambda: scene)
    inspector.look_at(*source)
    (truth, found) = inspector.findings.truth.sum(), inspector.findings.spectra[0].sum()
    np.testing.assert_allclose(found, truth, rtol=0.1)


def test_a_branch_of_other_visits_has_the_truth_of_its_own(session, scene, source):
    scenes = [scene, None]
    inspector = Inspector(session, sky=lambda: scenes.pop(0))
    inspector.look_at(*source)
    session.step()
    session.open_data(session.exposures[1:])
    session.start()
    inspector.look_at(*source)
    assert inspector.findings.truth is None
    session.open_branch(0)
    assert inspector.findings.truth is not None


def test_a_scene_that_cannot_be_read_is_told_and_the_source_is_shown(session, source):
    def unreadable():
        raise ValueError("scene.yaml: must be a YAML file; got nothing")

    inspector = Inspector(session, sky=unreadable)
    inspector.look_at(*source)
    assert session.error.startswith("scene.yaml: must be a YAML file")
    assert inspector.findings.truth is None


# Of the mirrored angles it can not be seen again under what its headers tell.
@pytest.mark.parametrize("name", [name for name in SCENES if name != "mirrored-angle"])
def test_every_scene_knows_its_truth(name):
    choice = DataChoice(kind="scene", name=name)
    exposures = load(choice)
    scene = scene_of(choice, exposures)
    again = simulate_exposures(scene, [exposures[-1].visit], seed=1, noise=False)
    seen, clean = exposures[-1].image[:], again[0].image[:]
    # What is left is noise.
    assert np.abs(np.median(seen - clean)) < 0.1 * np.std(seen - clean) < 0.01 * clean.max()


def test_visits_of_somewhere_else_have_no_truth(exposures):
    assert scene_of(GIVEN, exposures) is None


def test_without_a_truth_the_legend_names_none(inspector, source):
    inspector.__panel__()
    inspector.look_at(*source)
    legend = inspector._shown[-1].plots.spectrum.legend
    assert [item.label.value for item in legend.items if item.visible] == ["on show"]


def test_another_field_forgets_the_source(session, inspector, source):
    from dcrviz.simulate import random_scene, read_conditions, simulate_exposures

    _, box = inspector.__panel__()
    inspector.look_at(*source)
    assert box.visible
    figures = [pane.object for pane in box]
    scene = random_scene(4, shape=(48, 48), n_stars=3, n_galaxies=0, n_quasars=0)
    session.exposures = simulate_exposures(scene, read_conditions("hits2015")[:3], seed=1)
    session.start()
    assert inspector.findings is None
    assert not inspector.visit.visible
    assert len(inspector.visit.options) == 3
    assert not box.visible
    # A browser may still speak of them.
    assert [pane.object for pane in box] == figures


def test_with_a_worker_one_look_at_a_time_is_taken_and_the_newest_wins(session, source):
    worker = Later()
    inspector = Inspector(session, worker=worker)
    inspector.look_at(*source)
    for _ in range(3):
        session.step()
    assert len(worker.jobs) == 1
    while worker.jobs:
        worker.work()
    assert len(inspector.findings.spectra) == 4


def test_a_look_that_fails_is_told_and_the_next_one_is_taken(session, source):
    worker = Later()
    inspector = Inspector(session, worker=worker)
    inspector.look_at(*source)
    worker.jobs.pop()[2]("no spectrum")
    assert session.error == "no spectrum"
    session.step()
    worker.work()
    assert inspector.findings is not None

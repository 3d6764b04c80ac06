"""Artifacts in a table and on the wall: what was found, and why it was clipped or kept."""

import numpy as np
import pytest

from dcrviz import AssembleConfig
from dcrviz.diagnostics.panels import Scene, images, rows_of
from dcrviz.engine.candidates import Fate
from dcrviz.run_log import history_record
from dcrviz.session import Session
from dcrviz.simulate import satellite_trail, with_light
from dcrviz.views.artifacts import ArtifactsView

VISIT = 3


@pytest.fixture(scope="module")
def spoilt(exposures):
    trail = satellite_trail(
        exposures[0].shape, through=(5, 30), angle_deg=4, flux_per_px=900, fwhm_px=4.0
    )
    made = list(exposures)
    made[VISIT] = with_light(made[VISIT], trail, seed=1)
    return made


@pytest.fixture(scope="module")
def searched(spoilt):
    session = Session(spoilt, AssembleConfig(max_iterations=3, find_artifacts=True))
    session.start()
    return session


def test_the_table_tells_what_was_clipped_first_and_why(searched):
    view = ArtifactsView(searched)
    first = view.table.rows[0]["cells"]
    assert view.table.visible
    assert first["visit"] == str(searched.problem.visits[VISIT].id)
    assert first["why"] == "clipped: it deviates in few visits"
    assert first["epochs"] == "1 of 6 (at most 2)"
    assert first["peak"] > 10
    assert view.words.object.startswith("Artifacts: 1 of ")


def test_a_candidate_that_is_chosen_is_shown_in_its_visit(searched):
    chosen = []
    view = ArtifactsView(searched, chosen=lambda *place: chosen.append(place))
    view.table._handle_msg({"type": "chosen", "row": "0", "column": "", "value": None})
    ((visit, _, y),) = chosen
    assert visit == VISIT
    assert y == pytest.approx(5, abs=3)


def test_without_a_search_the_words_say_which_knob_does_it(session):
    view = ArtifactsView(session)
    assert not view.table.visible
    assert "find artifacts" in view.words.object


def test_the_table_follows_the_knob(spoilt):
    session = Session(spoilt, AssembleConfig(max_iterations=3))
    session.start()
    view = ArtifactsView(session)
    session.config.find_artifacts = True
    session.start()
    assert view.table.visible


def image_of(session, row, index=0):
    scene = Scene(problem=session.problem, step=session.current)
    (panels,) = (one.panels for one in rows_of(session.problem) if one.name == row)
    return images(scene, panels)[f"{row} {index}"]


def test_the_wall_shows_what_was_clipped_and_what_was_kept(searched):
    artifacts = searched.problem.artifacts
    marks = image_of(searched, "artifact", VISIT)
    np.testing.assert_array_equal(marks > 0, artifacts.clipped(VISIT))
    kept = sum(one.fate is not Fate.CLIPPED for one in artifacts.candidates)
    shown = [(image_of(searched, "artifact", visit) < 0).any() for visit in range(6)]
    assert any(shown) == (kept > 0)
    np.testing.assert_array_equal(image_of(searched, "epochs"), artifacts.epochs)


def test_the_wall_has_no_row_of_artifacts_without_a_search(session):
    assert not {"artifact", "epochs"} & {row.name for row in rows_of(session.problem)}


def test_the_history_tells_each_candidate_and_its_fate(searched, session):
    record = history_record(searched.problem, searched.current)["artifacts"]
    assert record["sentence"] in searched.problem.warnings
    clipped = [one for one in record["candidates"] if one["fate"] == "CLIPPED"]
    assert [one["visit"] for one in clipped] == [searched.problem.visits[VISIT].id]
    assert history_record(session.problem, session.current)["artifacts"] is None

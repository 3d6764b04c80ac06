"""What the buttons hand out is what is on show."""

import io
import json
import struct
import zipfile

import numpy as np
import pytest
from astropy.io import fits

import dcrviz
from dcrviz.diagnostics.pictures import shown_planes
from dcrviz.session import Session
from dcrviz.views.background import Background
from dcrviz.views.data_choice import FIELD
from dcrviz.views.export import ExportView


@pytest.fixture
def told():
    return []


@pytest.fixture
def view(session, told):
    session.step()
    return ExportView(session, Background(None, told=told.append), choice=lambda: FIELD, local=True)


def given(view):
    """Name, kind and content of the file that was handed out last."""
    message = view.handout.message
    (length,) = struct.unpack("<I", message[:4])
    header = json.loads(message[4 : 4 + length])
    return header["name"], header["kind"], message[4 + length :]


def test_every_panel_can_be_a_picture(view, session):
    for row, panel in view.panel.options.values():
        view.panel.value = (row, panel)
        view.buttons["PNG of the panel"].clicks += 1
        name, kind, content = given(view)
        assert (name, kind) == (f"{panel.row}_{panel.index}_step001.png", "image/png")
        assert struct.unpack(">II", content[16:24]) == session.problem.shape[::-1]


def test_planes_as_fits_are_those_on_show(view, session):
    view.give_fits()
    name, _, content = given(view)
    assert name == "planes_step001.fits"
    with fits.open(io.BytesIO(content)) as hdus:
        np.testing.assert_array_equal([h.data for h in hdus[1:]], shown_planes(session.current))


def test_the_same_file_can_be_handed_out_twice(view):
    view.give_history()
    first = view.handout.message
    view.give_history()
    assert view.handout.message != first


def test_the_report_is_of_the_step_on_show(view, session):
    session.step()
    session.back()
    view.give_report()
    name, kind, content = given(view)
    assert (name, kind) == ("report.html", "text/html")
    assert "at step 1, whose images are shown" in content.decode()


def test_a_zipped_run_can_be_opened_elsewhere(view, session, tmp_path):
    view.give_run()
    name, _, content = given(view)
    assert name == "run.zip"
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        file.extractall(tmp_path)
    other = Session.from_run(tmp_path / "run")
    session.step()
    other.step()
    np.testing.assert_array_equal(other.current.planes, session.current.planes)


def test_the_run_is_saved_to_a_folder(view, session, tmp_path):
    view.folder.value = str(tmp_path / "run")
    view.buttons["Save run"].clicks += 1
    assert len(dcrviz.open_run(tmp_path / "run").steps) == len(session.steps)
    assert "Saved:" in view.saved.object


def test_a_run_that_is_there_is_replaced_at_the_second_time_of_asking(view, session, tmp_path):
    view.folder.value = str(tmp_path / "run")
    dcrviz.save_run(tmp_path / "run", session.as_run())
    session.step()
    view.save()
    assert "run holds a saved run. Save run once more to replace it." in view.saved.object
    assert len(dcrviz.open_run(tmp_path / "run").steps) == len(session.steps) - 1
    view.save()
    assert "Saved:" in view.saved.object
    session.step()
    view.save()
    assert len(dcrviz.open_run(tmp_path / "run").steps) == len(session.steps)


def test_a_public_page_saves_to_no_folder(session, told, tmp_path):
    public = ExportView(session, Background(None, told=told.append), choice=lambda: FIELD)
    public.folder.value = str(tmp_path / "run")
    public.save()
    assert list(tmp_path.iterdir()) == []


def test_what_can_not_be_done_is_told(view, told, tmp_path):
    view.save()
    (tmp_path / "file").write_text("")
    view.folder.value = str(tmp_path / "file")
    view.save()
    assert told[0] == "a folder for the run must be typed; got nothing"
    assert "must be a directory to write into; got a file" in told[1]


def test_nothing_is_handed_out_before_there_is_a_run(told):
    view = ExportView(Session(), Background(None, told=told.append), choice=lambda: FIELD)
    for name in ("PNG of the panel", "FITS of the images", "Report (HTML)", "Copy as Python"):
        view.buttons[name].clicks += 1
    assert view.handout.message == b""
    assert set(told[1:]) == {"there is nothing to export before the visits are prepared"}


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("Copy as Python", "import dcrviz\n"),
        ("Copy as command", "dcrviz assemble --out coadds --set max_iterations=3 "),
        ("Copy as LSST config", "# Overrides for LSST's"),
        ("Copy link", "?cfg="),
    ],
)
def test_texts_are_shown_to_be_copied(view, name, beginning):
    view.buttons[name].clicks += 1
    assert view.dialog.content["title"] == name
    assert view.dialog.content["text"].startswith(beginning)
    assert view.dialog.content["link"] == (name == "Copy link")


def test_other_subfilters_offer_other_panels(view, session):
    session.config.n_subfilters = 2
    session.start()
    titles = [title for title in view.panel.options if title.startswith("Subfilter planes")]
    assert len(titles) == 2


def test_the_take_away_page_is_of_the_run_on_show(view, session):
    session.rename("Tuesday")
    view.buttons["Take-away page (HTML)"].clicks += 1
    name, kind, content = given(view)
    assert (name, kind) == ("page.html", "text/html")
    page = content.decode()
    assert "<h1>Tuesday</h1>" in page
    assert f"Iteration {session.current.iteration}: metric" in page

"""The wall sends the images of the step on show, each once, no faster than they are painted."""

import json
import struct

import numpy as np
import pytest
from later import Later

from dcrviz import AssembleConfig
from dcrviz.diagnostics.holes import blemishes_of
from dcrviz.diagnostics.panels import images, rows_of
from dcrviz.diagnostics.pictures import sky_noise
from dcrviz.diagnostics.verdict import Place
from dcrviz.kernels.quantise import restored
from dcrviz.session import Session
from dcrviz.session.moments import outline
from dcrviz.views import wall_frames
from dcrviz.views.inputs import Slider
from dcrviz.views.scenes import current_scene
from dcrviz.views.wall import ImageWall
from dcrviz.views.wall_code import code_of, coded, colour_bytes
from dcrviz.worker import Worker, _Job


class Browser:
    """Stands in for the one that paints: keeps what it is sent, and says so."""

    def __init__(self, wall, *, side=300):
        self.wall, self.frames, self.rings, self.messages = wall, {}, {}, 0
        self.headers = []
        wall.canvas.param.watch(lambda event: self.take(event.new), "frame")
        wall._take({"type": "size", "side": side})

    def take(self, message):
        header, panels = decoded(message)
        self.messages += 1
        self.headers.append(header)
        self.frames.setdefault(header["id"], {}).update(panels)
        self.rings.setdefault(header["id"], {}).update(header["rings"])
        self.wall._take({"type": "painted", "seq": header["seq"]})

    @property
    def shown(self):
        """Bytes of the panels of the iteration on show, by their keys."""
        return self.frames[self.wall.canvas.shown]

    def choose(self, *rows):
        self.wall._take({"type": "rows", "names": list(rows)})


def decoded(message):
    (length,) = struct.unpack_from("<I", message)
    header = json.loads(message[4 : 4 + length])
    panels, place = {}, 4 + length
    for panel in header["panels"]:
        shape = (header["height"], header["width"], 3)[: 2 if panel["channels"] == 1 else 3]
        size = int(np.prod(shape))
        panels[panel["key"]] = np.frombuffer(message, np.uint8, size, place).reshape(shape)
        place += size
    assert place == len(message)
    return header, panels


@pytest.fixture
def wall(session):
    return ImageWall(session)


@pytest.fixture
def browser(wall):
    return Browser(wall)


def expected(session, row, index=0, *, bin_px=1):
    """The bytes of a panel of the step on show, made here."""
    scene = current_scene(session)
    (found,) = (one for one in rows_of(scene.problem) if one.name == row)
    image = images(scene, found.panels)[f"{row} {index}"]
    most = max(1.0, len(scene.problem.visits))
    code = code_of(found.scale, noise=sky_noise(scene.problem), most=most)
    return coded(image, code, bin_px=bin_px)[0]


@pytest.mark.parametrize("row", ["plane", "minus_mean", "residual", "omega"])
def test_the_wall_shows_the_step_on_show(session, browser, row):
    session.step()
    for key, pixels in browser.shown.items():
        name, index = key.split()
        if name == row:
            np.testing.assert_array_equal(pixels, expected(session, row, int(index)))


@pytest.mark.parametrize("row", ["clamped", "rgb", "change", "stack", "coadd"])
def test_a_chosen_row_is_sent_and_one_not_chosen_is_not(session, browser, row):
    session.step()
    assert f"{row} 0" not in browser.shown
    browser.choose(row)
    np.testing.assert_array_equal(browser.shown[f"{row} 0"], expected(session, row))


def test_going_back_shows_the_earlier_planes_without_sending_them_again(session, browser):
    session.step()
    first = browser.shown["plane 0"]
    session.step()
    assert (browser.shown["plane 0"] != first).any()
    sent = browser.messages
    session.back()
    np.testing.assert_array_equal(browser.shown["plane 0"], first)
    assert browser.messages == sent


def test_a_step_that_comes_late_does_not_take_the_place_of_one_that_was_turned_back_to(session):
    painter = Later()
    wall = ImageWall(session, painter=painter)
    browser = Browser(wall)
    painter.work()
    first = wall.canvas.shown
    session.step()
    session.back()
    assert wall.canvas.shown == first
    painter.work()
    assert wall.canvas.shown == first
    # It is there all the same.
    assert len(browser.frames) == 2
    session.forward()
    assert wall.canvas.shown != first
    assert not painter.jobs


def test_what_the_browser_dropped_is_sent_again(session, wall, browser):
    session.step()
    name = wall.canvas.shown
    session.step()
    wall._take({"type": "dropped", "ids": [name]})
    sent = browser.messages
    session.back()
    assert browser.messages == sent + 1


def test_nothing_more_is_sent_before_the_last_message_is_painted(session, wall):
    frames = []
    wall.canvas.param.watch(lambda event: frames.append(decoded(event.new)[0]), "frame")
    wall._take({"type": "size", "side": 300})
    session.step()
    session.step()
    assert [frame["label"] for frame in frames] == ["iteration 0"]
    wall._take({"type": "painted", "seq": frames[0]["seq"]})
    assert [frame["label"] for frame in frames] == ["iteration 0", "iteration 2"]


def test_a_large_field_is_binned_to_what_the_screen_shows(session, wall):
    browser = Browser(wall, side=20)
    np.testing.assert_array_equal(browser.shown["plane 1"], expected(session, "plane", 1, bin_px=3))
    browser.choose("rgb")
    np.testing.assert_array_equal(browser.shown["rgb 0"], expected(session, "rgb", bin_px=3))


def test_a_picture_in_colour_binned_by_one_keeps_its_colours():
    colours = np.random.default_rng(1).random((5, 7, 3), np.float32)
    np.testing.assert_array_equal(colour_bytes(colours, bin_px=1), np.rint(255 * colours))


def test_binned_colours_are_means_also_at_the_edges():
    colours = np.random.default_rng(1).random((5, 7, 3), np.float32)
    binned = colour_bytes(colours, bin_px=3)
    assert binned.shape == (2, 3, 3)
    np.testing.assert_allclose(binned[1, 2], 255 * colours[3:, 6:].mean(axis=(0, 1)), atol=0.51)


def test_clamped_pixels_come_back_as_they_were(session, browser):
    session.step()
    browser.choose("clamped")
    marks = restored(browser.shown["clamped 0"], unit=1, low=-1, high=1, curved=False)
    assert set(np.unique(marks)) <= {-1.0, 0.0, 1.0}
    assert (marks != 0).any()


@pytest.fixture
def bold(exposures):
    """A session whose first iteration goes too far."""
    knobs = {"accelerate": 8, "clamp_iterations": 0, "clamp_subfilters": 0}
    session = Session(exposures, AssembleConfig(**knobs, base_gain=1.0, max_iterations=3))
    session.start()
    return session


def test_rings_lie_on_the_holes_and_wings_of_the_planes(bold):
    browser = Browser(ImageWall(bold))
    assert browser.rings[browser.wall.canvas.shown] == {}
    bold.step()
    bold.step()
    rings = browser.rings[browser.wall.canvas.shown]
    found = blemishes_of(bold.problem, bold.current)
    assert len(found) > 0
    assert sorted(kind for panel in rings.values() for *_, kind in panel) == sorted(
        one.kind for one in found
    )
    for one in found:
        ring = [round(one.x, 2), round(one.y, 2), round(one.radius_px, 2), one.kind]
        assert ring in rings[f"minus_mean {one.subfilter}"]


def test_the_marks_are_those_of_the_knobs_of_their_iteration(session):
    browser = Browser(ImageWall(session))
    browser.choose("clamped")
    session.config.param.update(clamp_iterations=0, clamp_subfilters=0)
    session.step()
    assert len(np.unique(browser.shown["clamped 0"])) == 1


def test_a_probe_is_answered_with_the_exact_values(session, wall, browser, monkeypatch):
    told = []
    monkeypatch.setattr(wall.canvas, "tell", told.append)
    browser.choose("plane", "rgb")
    wall._take({"type": "probe", "id": wall.canvas.shown, "x": 30, "y": 12})
    scene = current_scene(session)
    values = {f"plane {a}": float(plane[12, 30]) for a, plane in enumerate(scene.planes)}
    assert {key: told[0]["values"].get(key) for key in values} == values


def test_a_probe_of_the_colours_tells_the_flux_of_the_three_planes(
    session, wall, browser, monkeypatch
):
    told = []
    monkeypatch.setattr(wall.canvas, "tell", told.append)
    browser.choose("rgb")
    wall._take({"type": "probe", "id": wall.canvas.shown, "x": 30, "y": 12})
    planes = current_scene(session).planes
    # The longest wavelengths are red.
    assert told[0]["values"]["rgb 0"] == pytest.approx([float(p[12, 30]) for p in planes[::-1]])


def test_a_probe_of_any_iteration_is_answered(session, browser, monkeypatch):
    told = []
    monkeypatch.setattr(browser.wall.canvas, "tell", told.append)
    first, planes = browser.wall.canvas.shown, session.current.planes
    for _ in range(3):
        session.step()
    browser.wall._take({"type": "probe", "id": first, "x": 30, "y": 12})
    assert told[0]["id"] == first
    assert told[0]["values"]["plane 1"] == float(planes[1, 12, 30])


def test_the_browser_knows_the_order_of_the_iterations(session, browser):
    names = [browser.wall.canvas.shown]
    for _ in range(2):
        session.step()
        names.append(browser.wall.canvas.shown)
    assert browser.wall.canvas.timeline.split() == names


def test_what_the_browser_holds_is_shown_without_its_pixels(session, wall, browser):
    session.step()
    first = browser.shown["plane 0"]
    session.step()
    sent = browser.messages
    session.moments = [outline(session.moments[0]), *session.moments[1:]]
    session.cursor = 0
    assert wall.canvas.shown == str(session.moments[0].number)
    session.cursor = 1
    np.testing.assert_array_equal(browser.shown["plane 0"], first)
    assert browser.messages == sent


def test_each_wall_has_its_own_slider(session, wall):
    other, slider, another = ImageWall(session), Slider(), Slider()
    wall.follow(slider)
    other.follow(another)
    assert wall.canvas.channel == slider.channel != ""
    assert other.canvas.channel == another.channel != slider.channel


def test_a_crop_is_cut_in_full_sharpness(wall):
    browser = Browser(wall, side=20)
    region = {"x": 10, "y": 20, "width": 15, "height": 12}
    wall._take({"type": "crop", "id": wall.canvas.shown, **region})
    header = browser.headers[-1]
    assert (header["region"], header["bin"]) == ([10, 20], 1)
    assert (header["width"], header["height"]) == (15, 12)


def test_a_click_is_told_with_its_pixel(session):
    clicks = []
    wall = ImageWall(session, clicked=lambda x, y: clicks.append((x, y)))
    wall._take({"type": "click", "x": 3.5, "y": 7.25})
    assert clicks == [(3.5, 7.25)]


class AtOnce:
    """A worker that computes before it returns."""

    submit = staticmethod(
        lambda compute, *, done, failed: Worker._run(
            _Job(compute=compute, done=done, failed=failed)
        )()
    )


def test_a_picture_that_fails_is_told_and_the_next_one_is_drawn(session, monkeypatch):
    def broken(*_, **__):
        raise ValueError("no picture")

    browser = Browser(ImageWall(session, painter=AtOnce()))
    monkeypatch.setattr(wall_frames, "images", broken)
    session.step()
    assert session.error == "no picture"
    monkeypatch.undo()
    session.step()
    np.testing.assert_array_equal(browser.shown["plane 0"], expected(session, "plane"))


def test_visits_are_laid_out_by_airmass_with_an_arrow_to_the_zenith(session, wall):
    (row,) = (one for one in wall.canvas.plan["rows"] if one["name"] == "residual")
    visits = session.problem.visits
    order = [int(panel["key"].split()[1]) for panel in row["panels"]]
    assert [visits[v].airmass for v in order] == sorted(visit.airmass for visit in visits)
    assert {round(float(np.hypot(*panel["arrow"])), 6) for panel in row["panels"]} == {1.0}


def test_another_number_of_subfilters_makes_other_panels(session, browser):
    session.config.n_subfilters = 5
    session.start()
    assert sum(key.startswith("plane") for key in browser.shown) == 5
    assert browser.shown["plane 4"].shape == session.problem.shape


@pytest.mark.parametrize(
    ("place", "key", "row"),
    [
        (Place(x=12.0, y=30.0, subfilter=2), "minus_mean 2", "minus_mean"),
        (Place(x=12.0, y=30.0, visit=3), "residual 3", "residual"),
        (Place(x=12.0, y=30.0), "plane 0", "plane"),
    ],
)
def test_a_place_is_looked_at_on_the_panel_where_it_is_seen(wall, browser, place, key, row):
    told = []
    wall.canvas.tell = told.append
    browser.choose("omega")
    wall.look_at(place)
    assert told == [{"type": "look", "x": 12.0, "y": 30.0, "key": key}]
    assert wall.rows == ("omega", row)


def test_pictures_of_a_run_before_what_was_refused_say_so(session):
    wall = ImageWall(session)
    assert wall.canvas.stale == ""
    with session.param.update(problem=None, error="no visit is left on"):
        assert "pictures of the run before" in wall.canvas.stale
    assert wall.canvas.stale == ""

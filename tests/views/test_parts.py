"""Parts of the explorer alone, a star to drag, and what a notebook's browser is spared."""

import threading

import holoviews as hv
import numpy as np
import panel as pn
import pytest
from bokeh.document import Document
from bokeh.models import ImportedStyleSheet

from dcrviz import AssembleConfig
from dcrviz.diagnostics.lines import lines_of
from dcrviz.session import Session
from dcrviz.sweep import SweepPlan
from dcrviz.views import Parts, StarView
from dcrviz.views.here import Here, kept_up
from dcrviz.views.hv import hv_images, hv_line
from dcrviz.views.inputs import Slider
from dcrviz.views.messages import Gate
from dcrviz.views.wall_canvas import WallCanvas
from dcrviz.views.words import Words

PARTS = [
    *("controls", "wall", "curves", "chips", "verdicts", "leverage", "seeing", "sky", "night"),
    "sweep",
]


@pytest.fixture
def parts(session):
    return Parts(session)


def only(box, kind):
    (found,) = box.select(kind)
    return found


@pytest.mark.parametrize("name", PARTS)
def test_each_part_can_stand_in_two_places(parts, name):
    make = getattr(parts, name)
    roots = [make().get_root(Document()), make().get_root(Document())]
    assert roots[0] is not roots[1]


def test_parts_of_one_run_follow_each_other(parts):
    controls, box = parts.controls(), parts.wall("plane")
    parts.session.step()
    assert only(controls, Slider).value == 1
    canvas = only(box, WallCanvas)
    assert list(canvas.plan["visible"]) == ["plane"]


def test_a_knob_turned_is_turned_in_the_session(parts):
    only(parts.knobs("accelerate"), Slider).value = 2.0
    assert parts.session.config.accelerate == 2.0


def test_curves_that_are_not_there_are_refused(parts):
    with pytest.raises(ValueError, match=r"curve must be one of metric, .*; got mertic"):
        parts.curves("mertic").get_root(Document())


def test_a_plan_of_a_sweep_is_tried_at_once(parts):
    box = parts.sweep(SweepPlan(choices={"accelerate": (1.0, 3.0)}))
    assert "2 runs of" in "".join(words.object for words in box.select(Words))


def test_a_knob_that_refuses_its_value_is_told_beside_the_controls(parts):
    parts.try_knobs({"n_subfilters": -1})
    assert "n_subfilters" in parts.session.error


def test_visits_begin_a_run_of_their_own(exposures):
    parts = Parts(exposures, AssembleConfig(n_subfilters=2))
    assert parts.session.problem.n_subfilters == 2


def test_the_image_of_a_star_follows_its_circumstances():
    star = StarView(airmass=1.0)
    before, said = star.found.image, star.sentence
    star.airmass = 2.0
    assert star.found.image.max() < before.max()
    assert star.sentence != said


def test_sliders_turn_the_star():
    star = StarView()
    box = star.__panel__()
    only(box, Here)._handle_msg({"shown": 1.0})
    (airmass,) = [one for one in box.select(Slider) if one.label == "Airmass"]
    airmass.value = 2.0
    assert star.airmass == 2.0
    assert star.sentence in "".join(words.object for words in box.select(Words))


def test_a_part_is_there_once_the_browser_holds_its_place():
    made = []
    box = kept_up(lambda: made.append(len(made)) or pn.pane.HTML("part"), changes=lambda: 0)
    assert (len(made), len(box)) == (1, 1)
    box[-1]._handle_msg({"shown": 1.0})
    assert (len(made), len(box)) == (1, 2)


def test_a_part_that_has_changed_on_its_way_is_made_anew():
    made, changes = [], [0]
    box = kept_up(
        lambda: made.append(len(made)) or pn.pane.HTML("part"), changes=lambda: changes[0]
    )
    changes[0] = 1
    box[-1]._handle_msg({"shown": 1.0})
    assert (len(made), len(box)) == (2, 2)


def test_a_page_that_is_loaded_anew_gets_its_part_again():
    made = []
    box = kept_up(lambda: made.append(len(made)) or pn.pane.HTML("part"), changes=lambda: 0)
    box[-1]._handle_msg({"shown": 1.0})
    box[-1]._handle_msg({"shown": 2.0})
    assert (len(made), len(box)) == (2, 2)


def test_a_page_that_tells_again_what_was_heard_keeps_its_part():
    made = []
    box = kept_up(lambda: made.append(len(made)) or pn.pane.HTML("part"), changes=lambda: 0)
    for _ in range(2):
        box[-1]._handle_msg({"shown": 1.0})
    assert (len(made), box[-1].heard) == (1, 1.0)


def test_a_gate_keeps_results_while_it_is_shut():
    handed = []
    gate = Gate(handed.append)
    gate.deliver("first")
    gate.shut()
    gate.deliver("second")
    gate.shut()
    gate.deliver("third")
    assert handed == ["first"]
    gate.open()
    assert handed == ["first", "second", "third"]


def test_a_result_that_comes_while_a_gate_opens_is_not_handed_over_before_earlier_ones():
    handed, others = [], []

    def hand_over(result):
        if result == "kept":
            # Where the gate lets it, this thread's result overtakes.
            other = threading.Thread(target=gate.deliver, args=("later",))
            other.start()
            other.join(0.2)
            others.append(other)
        handed.append(result)

    gate = Gate(hand_over)
    gate.shut()
    gate.deliver("kept")
    gate.open()
    others[0].join()
    assert handed == ["kept", "later"]


def test_words_that_change_leave_their_stylesheets():
    words = Words("before")
    root = words.get_root(Document())
    root.stylesheets = []
    words.object = "after"
    assert "after" in root.text
    assert not any(isinstance(sheet, ImportedStyleSheet) for sheet in root.stylesheets)


def test_images_side_by_side_have_one_scale():
    layout = hv_images({"faint": np.ones((4, 4)), "bright": np.full((4, 4), 3.0)})
    ends = [hv.Store.lookup_options("bokeh", one, "plot").kwargs["clim"] for one in layout]
    assert ends == [(0.0, 3.0)] * 2


def test_a_line_of_the_algorithm_is_shown_with_what_it_changed(session):
    lines = lines_of(session.problem, session.current)
    assert len(hv_line(lines["mean"])) == 1
    assert len(hv_line(lines["corrected"])) == 2 * session.problem.n_subfilters


def test_a_session_stays_the_callers(exposures):
    session = Session(exposures, AssembleConfig(max_iterations=1))
    parts = Parts(session)
    assert parts.session is session
    assert session.current is not None
    assert only(parts.controls(), Slider) is not None

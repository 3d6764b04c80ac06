"""What of the look is not done in the browser."""

import pytest
from bokeh.models import Plot

from dcrviz.views.captions import Captions
from dcrviz.views.curves import CourseView
from dcrviz.views.figure_colours import paint
from dcrviz.views.inspector import Inspector
from dcrviz.views.page import Explorer


@pytest.fixture
def explorer(exposures):
    explorer = Explorer(exposures)
    explorer.session.start()
    yield explorer
    explorer.close()


def texts(root):
    """Colours of the titles of all figures."""
    return {plot.title.text_color for plot in root.select({"type": Plot})}


@pytest.mark.parametrize("make", [CourseView, Inspector])
def test_figures_on_show_and_later_ones_take_the_colours_of_the_page(session, make):
    view = make(session)
    if isinstance(view, Inspector):
        view.look_at(30, 30)
    first = view.__panel__().get_root()
    light = texts(first)
    view.paint(dark=True)
    dark = texts(first)
    assert (len(light), len(dark)) == (1, 1)
    assert light != dark
    assert texts(view.__panel__().get_root()) == dark
    view.paint(dark=False)
    assert texts(first) == light


def test_a_repainted_figure_lets_the_page_show_through(session):
    (plot, *_) = CourseView(session).__panel__().get_root().select({"type": Plot})
    paint(plot, dark=True)
    assert (plot.background_fill_color, plot.border_fill_color) == (None, None)


def test_a_dark_page_has_a_dark_wall(explorer):
    explorer.appearance.dark = True
    assert explorer.wall.canvas.dark


def test_a_class_sees_two_rows_and_then_the_page_is_as_before(explorer):
    wall = explorer.wall
    wall.show_rows("plane", "residual")
    size = wall.canvas.side
    explorer.appearance.param.update(teacher=True, room=1080)
    assert wall.rows == ("plane", "minus_mean")
    assert (explorer.captions.words.visible, wall.canvas.side > size) == (True, True)
    explorer.appearance.teacher = False
    assert wall.rows == ("plane", "residual")
    assert (explorer.captions.words.visible, wall.canvas.side) == (False, size)


def test_captions_follow_the_step_on_show(session):
    captions = Captions(session, curves=CourseView(session))
    captions.words.visible = True
    assert "no source has a colour yet" in captions.words.object
    session.step()
    assert "beside a source a plane is darker" in captions.words.object
    session.back()
    assert "no source has a colour yet" in captions.words.object

"""Inner parts of Panel and Bokeh that the page relies on are as they were when it was written.

A newer release that changes one fails here, by its name, and not as a page that stays empty.
"""

import inspect

import panel as pn
import pytest
from panel.custom import JSComponent
from panel.pane import HTML
from panel.viewable import Viewable

INNER = [
    (JSComponent, "_render_esm", ["compiled", "server"]),
    (JSComponent, "_get_properties", ["doc"]),
    (JSComponent, "_update_properties", ["events", "doc"]),
    (JSComponent, "_process_param_change", ["params"]),
    (JSComponent, "_update_model", ["events", "msg", "root", "model", "doc", "comm"]),
    (JSComponent, "_set_on_model", ["msg", "root", "model"]),
    (JSComponent, "_process_bokeh_event", ["doc", "event"]),
    (JSComponent, "_process_event", ["event"]),
    (JSComponent, "_send_msg", ["data"]),
    (JSComponent, "_register_events", ["event_names", "model", "doc", "comm"]),
    (HTML, "_update", ["ref", "model"]),
    (HTML, "_get_properties", ["doc"]),
    (Viewable, "_on_msg", ["ref", "manager", "msg"]),
    (Viewable, "_render_model", ["doc", "comm"]),
]


@pytest.mark.parametrize(("owner", "name", "parameters"), INNER, ids=[name for _, name, _ in INNER])
def test_a_part_takes_what_it_is_given(owner, name, parameters):
    told = inspect.signature(inspect.unwrap(getattr(owner, name))).parameters
    assert [one for one in told if one not in ("self", "cls")] == parameters


def test_marks_are_where_they_are_read():
    assert isinstance(pn.extension._loaded, bool)
    assert isinstance(HTML("")._in_process__events, dict)

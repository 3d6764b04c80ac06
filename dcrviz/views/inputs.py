"""Native inputs of the browser: named for screen readers, moved by keys, and light."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import param

from dcrviz.views.native import Native

_JS = Path(__file__).parent / "js"
_CSS = """
.slider { font-size: 0.95em; width: 100%; }
.slider .head { display: flex; justify-content: space-between; align-items: baseline; gap: 6px; }
.slider input[type=range] { width: 100%; margin: 3px 0 0; }
.slider.inline { display: flex; align-items: center; gap: 10px; white-space: nowrap; }
.slider.inline .head { min-width: 6.2em; font-variant-numeric: tabular-nums; }
.slider.inline input[type=range] { margin: 0; min-width: 0; }
input { accent-color: var(--dcrviz-accent, #1f6f8b); }
.slider input[type=number] {
  width: 6.5em; font: inherit; color: inherit; background: transparent;
  border: 1px solid var(--dcrviz-edge, #8886); border-radius: 4px; padding: 1px 4px;
}
.changed {
  font: inherit; font-size: 0.8em; line-height: 1.3; text-align: left; cursor: pointer;
  color: inherit; background: #d55e0022; border: 0; border-left: 3px solid #d55e00;
  border-radius: 0 4px 4px 0; padding: 1px 6px;
}
.changed:focus-visible { outline: 2px solid var(--dcrviz-accent, #1f6f8b); outline-offset: 1px; }
.check { display: flex; gap: 6px; align-items: center; font-size: 0.95em; cursor: pointer; }
.check input { margin: 0; }
input:disabled, input:disabled + span { opacity: 0.5; cursor: not-allowed; }
input:focus-visible { outline: 2px solid var(--dcrviz-accent, #1f6f8b); outline-offset: 1px; }
"""


class Quiet(Native):
    """A component that sends no messages, only values.

    Bokeh asks every component that may send messages about each message of any of them.
    """

    def _register_events(self, *_names: str, **_where: Any) -> None:
        pass


class Slider(Quiet):
    """A number between soft ends, which may be typed up to the hard ones."""

    label = param.String("", doc="Accessible name.")
    tip = param.String("", doc="Shown when the pointer rests on it.")
    value = param.Number(0, allow_None=True, doc="The number.")
    start = param.Number(0, doc="Left end of the range.")
    end = param.Number(1, doc="Right end of the range.")
    low = param.Number(None, allow_None=True, doc="Smallest number that may be typed.")
    high = param.Number(None, allow_None=True, doc="Largest number that may be typed.")
    step = param.Number(1, doc="Distance between numbers.")
    typed = param.Boolean(True, doc="Whether there is a field to type into.")
    disabled = param.Boolean(False, doc="Whether it can be moved.")
    channel = param.String("", doc="Under which name it tells the page, before the server.")
    logarithmic = param.Boolean(False, doc="Whether equal ways are equal factors.")
    grasped = param.Integer(0, doc="How often somebody has taken hold of it.")
    taken = param.Integer(0, doc="How many of the browser's values have been taken.")

    _esm = _JS / "slider.js"
    _stylesheets: ClassVar[list[str]] = [_CSS]

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        # After all who watch the value: the browser sends the next one when they are done.
        self.param.watch(self._take, "value", precedence=1)

    def _take(self, _event: param.parameterized.Event) -> None:
        self.taken += 1


class Mark(Quiet):
    """Says that something was changed, and takes it back when pressed; empty while it is not.

    It stays visible in Panel's sense: the page would be laid out anew, and a slider on the move
    beside it would slip from the pointer.
    """

    label = param.String("", doc="Accessible name, which is the tooltip, too.")
    pressed = param.Integer(0, doc="How often somebody has pressed it.")
    shown = param.Boolean(False, doc="Whether it is there.")

    _esm = _JS / "mark.js"
    _stylesheets: ClassVar[list[str]] = [_CSS]


class Check(Quiet):
    """A switch."""

    label = param.String("", doc="Accessible name.")
    tip = param.String("", doc="Shown when the pointer rests on it.")
    value = param.Boolean(False, doc="Whether it is on.")
    disabled = param.Boolean(False, doc="Whether it can be turned.")

    _esm = _JS / "check.js"
    _stylesheets: ClassVar[list[str]] = [_CSS]

"""Native inputs of the browser: named for screen readers, moved by keys, and light."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import param
from panel.custom import JSComponent

_JS = Path(__file__).parent / "js"
_CSS = """
.slider { font-size: 0.95em; width: 100%; }
.slider .head { display: flex; justify-content: space-between; align-items: baseline; gap: 6px; }
.slider input[type=range] { width: 100%; margin: 3px 0 0; accent-color: #1f6f8b; }
.slider input[type=number] {
  width: 6.5em; font: inherit; color: inherit; background: transparent;
  border: 1px solid #8886; border-radius: 4px; padding: 1px 4px;
}
.check { display: flex; gap: 6px; align-items: center; font-size: 0.95em; cursor: pointer; }
.check input { accent-color: #1f6f8b; margin: 0; }
input:disabled, input:disabled + span { opacity: 0.5; cursor: not-allowed; }
input:focus-visible { outline: 2px solid #1f6f8b; outline-offset: 1px; }
"""


class Slider(JSComponent):
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

    _esm = _JS / "slider.js"
    _stylesheets: ClassVar[list[str]] = [_CSS]


class Check(JSComponent):
    """A switch."""

    label = param.String("", doc="Accessible name.")
    tip = param.String("", doc="Shown when the pointer rests on it.")
    value = param.Boolean(False, doc="Whether it is on.")
    disabled = param.Boolean(False, doc="Whether it can be turned.")

    _esm = _JS / "check.js"
    _stylesheets: ClassVar[list[str]] = [_CSS]

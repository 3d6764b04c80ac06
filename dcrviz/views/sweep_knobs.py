"""The lines in which a person says which knobs a sweep turns, and to what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, ClassVar

import param

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.neighbours import neighbours
from dcrviz.engine import Problem
from dcrviz.io.knob_values import in_words, rule
from dcrviz.knobs import Record
from dcrviz.sweep.plan import is_list
from dcrviz.views.telling import BUTTON_CSS, Message, Telling

_JS = Path(__file__).parent / "js"
_CSS = """
.line { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr) auto; gap: 4px;
  margin-bottom: 4px; }
select { font: var(--dcrviz-size, 14px)/1.2 system-ui, sans-serif; height: 2.3em; min-width: 0;
  color: inherit; background: var(--dcrviz-page, Canvas); border-radius: 4px;
  border: 1px solid var(--dcrviz-edge, #8886); }
option, optgroup { color: var(--dcrviz-text, CanvasText); background: var(--dcrviz-page, Canvas); }
input { padding: 0 6px; min-width: 0; }
button { background: #8882; padding: 0 10px; }
button:hover { background: #8884; }
.line button { padding: 0 8px; }
p { grid-column: 1 / -1; margin: 0 0 4px; font-size: 0.9em; line-height: 1.35;
  color: var(--dcrviz-alarm, #b3261e); overflow-wrap: anywhere; }
p:empty { display: none; }
.wrong input { border-color: var(--dcrviz-alarm, #b3261e); }
"""
_FIRST = ("n_subfilters", "accelerate", "base_gain", "solver", "clamp_width")


class KnobLines(Telling):
    """A line for each knob; it tells what a person does to which of them."""

    rows = param.List([], doc="Knob, values, tip and what is wrong of each line, as dicts.")
    options = param.List([], doc="The knobs to choose from, by their groups.")

    _esm = _JS / "sweep_knobs.js"
    _stylesheets: ClassVar[list[str]] = [BUTTON_CSS, _CSS]

    def __init__(self, **values: Any) -> None:
        super().__init__(options=_options(), **values)
        self.typed: list[tuple[str, str]] = []
        self._changed: Callable[[], None] = lambda: None
        self._suggested: Callable[[str], str] = lambda _: ""
        self.listen(self._heard)

    def tell(self, changed: Callable[[], None], *, suggested: Callable[[str], str]) -> None:
        """Call when a line has changed.

        Parameters
        ----------
        suggested
            Gives the values that a knob begins with.
        """
        self._changed, self._suggested = changed, suggested

    def say(self, refusals: Sequence[str]) -> None:
        """Show the lines, each with what is wrong with it; empty where nothing is."""
        knobs = AssembleConfig.knobs()
        self.rows = [
            {
                "knob": knob,
                "values": values,
                "said": said,
                "tip": f"{knobs[knob].doc} Must be {rule(knobs[knob])}.",
            }
            for (knob, values), said in zip(self.typed, refusals, strict=True)
        ]

    def add(self) -> None:
        """A line for a knob that has none yet."""
        taken = {knob for knob, _ in self.typed}
        names = [one["name"] for group in self.options for one in group["knobs"]]
        free = next((name for name in (*_FIRST, *names) if name not in taken), _FIRST[0])
        self.typed = [*self.typed, (free, self._suggested(free))]
        self._changed()

    def _heard(self, message: Message) -> None:
        place, lines = int(message["row"]), list(self.typed)
        if message["type"] == "added":
            self.add()
            return
        if not 0 <= place < len(lines):
            return
        knob, _ = lines[place]
        if message["type"] == "removed":
            del lines[place]
        elif message["type"] == "knob":
            name = str(message["value"])
            lines[place] = (name, self._suggested(name))
        elif message["type"] == "values":
            lines[place] = (knob, str(message["value"]))
        self.typed = lines
        self._changed()


def suggested_values(knob: str, problem: Problem) -> str:
    """The knob's value with its neighbours, as a person would type them; else all of a choice."""
    declared = AssembleConfig.knobs()[knob]
    if hasattr(declared, "objects"):
        return ", ".join(map(str, declared.objects))
    present = getattr(problem.config, knob)
    # An empty mapping has no words that stand for it in a line.
    values = [value for value in (*neighbours(knob, problem), present) if value != {}]
    numbers = [v for v in values if isinstance(v, int | float)]
    ordered = sorted(numbers) if len(numbers) == len(values) else values
    return (" | " if is_list(knob) else ", ").join(dict.fromkeys(map(in_words, ordered)))


def _options() -> list[dict[str, Any]]:
    """The knobs by their groups; a record has commas of its own, and threads are one a worker."""
    offered = {
        name: knob
        for name, knob in AssembleConfig.knobs().items()
        if name != "n_threads" and not isinstance(knob, Record)
    }
    return [
        {
            "group": group,
            "knobs": [{"name": name, "title": name.replace("_", " ")} for name, knob in members],
        }
        for group, members in groupby(offered.items(), key=lambda item: item[1].group)
    ]

"""Verdicts in the browser: a row of chips, and a list that tells all of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, ClassVar

import param

from dcrviz.diagnostics.verdict import Severity, Verdict, in_order
from dcrviz.engine import Step
from dcrviz.views.step_words import place_words
from dcrviz.views.telling import BUTTON_CSS, Telling

_JS = Path(__file__).parent / "js"
_SEVERITIES: Mapping[Severity, tuple[str, str]] = {
    "alarm": ("\N{MULTIPLICATION X}", "Alarm"),
    "warning": ("\N{BLACK UP-POINTING TRIANGLE}", "Warning"),
    "notice": ("\N{BLACK CIRCLE}", "Notice"),
    "good": ("\N{CHECK MARK}", "Good"),
}
"""The worst first: what is seen of each, and what is read out."""
_WRONG = ("alarm", "warning")
_WHEN = {"before": "Of the visits", "during": "In the run", "after": "Of the result"}
# The severity in colour, beside its icon and its word.
_SEVERITY_CSS = "\n".join(
    f".{name} {{ --severity: var(--dcrviz-{name}, currentColor); }}" for name in _SEVERITIES
)
_CHIPS_CSS = """
.chips { display: flex; gap: 6px; align-items: center; min-width: 0; overflow: hidden;
  padding: 2px; }
.chip { flex: none; height: 2em; padding: 0 10px; border-radius: 99px;
  border-color: var(--severity, var(--dcrviz-edge, #8886));
  background: color-mix(in srgb, var(--severity, #888) 14%, transparent); }
.chip:hover { background: color-mix(in srgb, var(--severity, #888) 28%, transparent); }
.chip[hidden] { display: none; }
.chip.cut { flex: 0 1 auto; min-width: 0; overflow: hidden; text-overflow: ellipsis; }
.icon { color: var(--severity); margin-right: 6px; font-weight: 700; }
[popover] { max-width: 34em; padding: 6px 18px; border: 1px solid var(--dcrviz-edge, #8886);
  border-radius: 8px; color: var(--dcrviz-text, CanvasText);
  background: var(--dcrviz-raised, Canvas); font: var(--dcrviz-size, 14px)/1.45 system-ui; }
"""
_LIST_CSS = """
.verdicts { list-style: none; margin: 0; padding: 0; font-size: 0.95em; line-height: 1.4; }
.verdicts > li { padding: 6px 8px 8px 10px; margin: 0 0 8px; border-radius: 0 4px 4px 0;
  border-left: 4px solid var(--severity);
  background: color-mix(in srgb, var(--severity) 7%, transparent); }
.verdicts > li.chosen { outline: 2px solid var(--dcrviz-accent, #1f6f8b); }
.icon { color: var(--severity); margin-right: 6px; font-weight: 700; }
p { margin: 3px 0; }
.note { font-size: 0.88em; }
.acts { display: flex; flex-wrap: wrap; gap: 6px; margin: 5px 0; }
.acts:empty { display: none; }
button { height: auto; padding: 2px 9px; background: #8882; font-size: 0.95em; }
button:hover { background: #8884; }
.remedies { margin: 4px 0; padding-left: 1.2em; }
.remedies button { margin-left: 8px; }
summary { cursor: pointer; font-size: 0.92em; }
"""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Told:
    """A verdict under the name that the page knows it by."""

    id: str
    verdict: Verdict


def told_in_order(verdicts: Sequence[Verdict]) -> list[Told]:
    """What is wrong first, causes before symptoms; those of one kind are numbered."""
    seen: dict[str, int] = {}
    told = []
    for verdict in in_order(verdicts):
        number = seen[verdict.kind] = seen.get(verdict.kind, 0) + 1
        told.append(Told(id=f"{verdict.kind} {number}", verdict=verdict))
    return told


def chips_of(told: Sequence[Told]) -> list[dict[str, Any]]:
    """A chip for each verdict above notice; without any, one for the newest of what is good."""
    bad = [one for one in told if one.verdict.severity in _WRONG]
    good = [one for one in told if one.verdict.severity == "good"]
    newest = sorted(good, key=lambda one: list(_WHEN).index(one.verdict.when))[-1:]
    return [_chip(one) for one in bad or newest]


def entries_of(told: Sequence[Told], steps: Sequence[Step]) -> list[dict[str, Any]]:
    """All of each verdict, as the list takes it."""
    return [_entry(one, steps) for one in told]


def shown_steps(verdict: Verdict) -> list[int]:
    """Indices of the steps to go to: the first in which it is seen, and the last."""
    return [verdict.steps[0], *verdict.steps[-1:]][: len(verdict.steps)] if verdict.steps else []


def step_words(steps: Sequence[int]) -> str:
    """Indices in words, those that follow each other as a range."""
    runs = [
        [index for _, index in run]
        for _, run in groupby(enumerate(sorted(steps)), key=lambda pair: pair[1] - pair[0])
    ]
    return ", ".join(f"{r[0]}" if len(r) == 1 else f"{r[0]}-{r[-1]}" for r in runs)


def _chip(one: Told) -> dict[str, Any]:
    verdict = one.verdict
    icon, word = _SEVERITIES[verdict.severity]
    return {
        "id": one.id,
        "severity": verdict.severity,
        "icon": icon,
        "word": word,
        "title": verdict.title,
        "sentence": verdict.sentence,
        "remedies": [remedy.sentence for remedy in verdict.remedies],
    }


def _entry(one: Told, steps: Sequence[Step]) -> dict[str, Any]:
    verdict = one.verdict
    icon, word = _SEVERITIES[verdict.severity]
    by_index = {step.index: step for step in steps}
    return {
        "id": one.id,
        "severity": verdict.severity,
        "icon": icon,
        "title": verdict.title,
        "note": _note(verdict, word),
        "sentence": verdict.sentence,
        "rule": verdict.rule,
        "steps": [
            _step_words(by_index[index]) for index in shown_steps(verdict) if index in by_index
        ],
        "places": len(verdict.places),
        "remedies": [
            {"sentence": remedy.sentence, "knobs": bool(remedy.knobs)}
            for remedy in verdict.remedies
        ],
    }


def _step_words(step: Step) -> str:
    words = place_words(step)
    return f"End: {words[0].lower()}{words[1:]}" if step.returned else words


def _note(verdict: Verdict, word: str) -> str:
    parts = [word, _WHEN[verdict.when], f"{100 * verdict.confidence:.0f} % sure"]
    if verdict.steps:
        parts.insert(2, f"step{'s' if len(verdict.steps) > 1 else ''} {step_words(verdict.steps)}")
    return " \N{MIDDLE DOT} ".join(parts)


class VerdictChips(Telling):
    """A button for each verdict; it tells the one that was pressed."""

    chips = param.List([], doc="The chips, as dicts.")
    most = param.Integer(4, doc="How many are seen at most, before those that are counted.")

    _esm = _JS / "chips.js"
    _stylesheets: ClassVar[list[str]] = [BUTTON_CSS, _CHIPS_CSS, _SEVERITY_CSS]


class VerdictList(Telling):
    """All of each verdict; it tells the iteration, source or remedy that somebody asked for."""

    verdicts = param.List([], doc="The verdicts, as dicts.")
    chosen = param.String("", doc="Name of the one that is marked.")

    _esm = _JS / "verdicts.js"
    _stylesheets: ClassVar[list[str]] = [BUTTON_CSS, _LIST_CSS, _SEVERITY_CSS]

    def go_to(self, row: str) -> None:
        """Mark a verdict and bring it into view."""
        self.chosen = row
        self._send_msg({"row": row})

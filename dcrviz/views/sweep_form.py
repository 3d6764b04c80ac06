"""What a sweep shall try, how long that takes, and how far it is."""

from __future__ import annotations

import html
import math
import time
from collections.abc import Sequence
from typing import Any

import panel as pn
from panel.viewable import Viewer

from dcrviz.config_rules import most_iterations, threads_of
from dcrviz.cores import available_cores
from dcrviz.plurals import counted
from dcrviz.records import Exposure
from dcrviz.session import Session
from dcrviz.sweep import TypedPlan, typed_plan
from dcrviz.sweep.typed import IN_A_PAGE
from dcrviz.views.buttons import PushButton
from dcrviz.views.progress import ProgressLine, Tempo, duration
from dcrviz.views.section import WIDTH
from dcrviz.views.sweep_knobs import KnobLines, suggested_values
from dcrviz.views.sweeping import Sweeping
from dcrviz.views.words import Words

_ALL, _DRAWN = "All combinations", "Drawn at random"
_THIRD = (WIDTH - 44) // 3
_CSS = """
p { margin: 2px 0; line-height: 1.4; }
p.wrong { color: var(--dcrviz-alarm, #b3261e); }
"""
_BAR_CSS = """
.progress { flex-wrap: wrap; gap: 2px 10px; }
.progress progress { width: 100%; }
"""
# Beside its iterations a trial has a preparation, a first look for the compiler, and its scores.
_BESIDE_ITERATIONS = 3


class SweepForm(Viewer):
    """Knobs and values, Start and Cancel.

    Parameters
    ----------
    local
        Whether folders of this machine may be read.
    """

    def __init__(self, session: Session, sweeping: Sweeping, *, local: bool = False) -> None:
        super().__init__()
        self._session, self._sweeping, self._local = session, sweeping, local
        self._typed = TypedPlan()
        self._tempo = Tempo()
        self._pace = Pace()
        cores = available_cores()
        self.knobs = KnobLines(sizing_mode="stretch_width", margin=(4, 10))
        self.how = pn.widgets.Select(label="Runs", options=[_ALL, _DRAWN], width=WIDTH - 20)
        self.numbers = {
            "runs": _number("How many", 20, 1, IN_A_PAGE),
            "seed": _number("Seed", 0, 0, 2**31),
            "lanes": _number("At once", cores, 1, cores),
        }
        self.words = Words("", margin=(0, 10), stylesheets=[_CSS])
        self.begin = PushButton(self.start, label="Start sweep", primary=True, margin=(4, 10))
        self.stop = PushButton(sweeping.cancel, label="Cancel sweep", disabled=True, margin=(4, 0))
        self.progress = ProgressLine(
            label="Progress of the sweep",
            sizing_mode="stretch_width",
            margin=(4, 10),
            visible=False,
            stylesheets=[_BAR_CSS],
        )
        self.folder = pn.widgets.TextInput(
            label="Folder that dcrviz sweep wrote", placeholder="sweep", width=WIDTH - 90
        )
        self.load = PushButton(
            lambda: sweeping.load(self.folder.value), label="Open", margin=(24, 0)
        )
        self.knobs.tell(self.refresh, suggested=self._suggested)
        for widget in (self.how, *self.numbers.values()):
            widget.param.watch(lambda _: self.refresh(), "value")
        sweeping.param.watch(lambda *_: self._follow(), ["found", "running", "swept"])
        session.param.watch(lambda _: self._problem_changed(), "problem")
        self._problem_changed()
        self._follow()

    @property
    def typed(self) -> TypedPlan:
        """What the lines come to as they are now."""
        drawn = self.how.value == _DRAWN
        number, seed = (self.numbers[name].value for name in ("runs", "seed"))
        return typed_plan(self.knobs.typed, n_random=number if drawn else None, seed=seed or 0)

    def start(self) -> None:
        """Try what is typed."""
        plan = self.typed.plan
        if plan is not None:
            self._tempo = Tempo()
            self._pace = Pace(exposures=tuple(self._session.exposures), began=time.monotonic())
            self._sweeping.start(plan, lanes=self.numbers["lanes"].value)

    def refresh(self) -> None:
        """Say what the lines come to, and what is wrong with each."""
        typed, drawn = self.typed, self.how.value == _DRAWN
        self.numbers["runs"].visible = self.numbers["seed"].visible = drawn
        self.knobs.say(typed.refusals)
        self.begin.disabled = typed.plan is None or self._sweeping.running
        self.words.object = self._told(typed)

    def _told(self, typed: TypedPlan) -> str:
        if not self.knobs.typed:
            return "<p role='note'>Add a knob, and say which values are to be tried.</p>"
        if typed.plan is None:
            wrong = typed.refusal or "Mend the lines in red to start."
            return f'<p class="wrong" role="alert">{html.escape(wrong)}</p>'
        lanes = min(self.numbers["lanes"].value, len(typed.plan))
        seconds = self._pace.of(self._session.exposures) or fit_seconds(self._session)
        return f"<p role='note'>{plan_words(len(typed.plan), lanes, fit_s=seconds)}</p>"

    def _follow(self) -> None:
        """Show how far the sweep is."""
        sweeping = self._sweeping
        running, done = sweeping.running, len(sweeping.found)
        self.stop.disabled = not running
        self.begin.disabled = running or self.typed.plan is None
        self.progress.visible = running
        if not running:
            self.refresh()
            return
        self._pace.note(done, lanes=self.numbers["lanes"].value)
        self._tempo.note(done)
        if not done:
            self._tempo.begin()
        self.progress.param.update(
            value=done / max(1, sweeping.total),
            words=progress_words(done, sweeping.total, self._tempo.per_second),
        )

    def _suggested(self, knob: str) -> str:
        problem = self._session.problem
        return "" if problem is None else suggested_values(knob, problem)

    def _problem_changed(self) -> None:
        if self._session.problem is not None and not self.knobs.typed:
            self.knobs.add()
        else:
            self.refresh()

    def __panel__(self) -> pn.Column:
        parts: list[Any] = [
            self.knobs,
            self.how,
            pn.Row(*self.numbers.values(), margin=0),
            self.words,
            pn.Row(self.begin, self.stop, margin=0),
            self.progress,
        ]
        if self._local:
            parts.append(pn.Row(self.folder, self.load, margin=0))
        return pn.Column(*parts, sizing_mode="stretch_width", margin=0)


def progress_words(done: int, total: int, per_second: float) -> str:
    """How many runs there are, how fast they come, and how long the others take."""
    if not done:
        return f"0 of {total}: the fit as it is"
    parts = [f"{done} of {total}"]
    if per_second > 0:
        parts.append(f"{60 * per_second:.0f} runs/min")
        parts.append(f"{duration((total - done) / per_second)} left")
    return " · ".join(parts)


def fit_seconds(session: Session) -> float:
    """How long a fit of one thread may take, by the iterations so far; NaN before there are any."""
    known = [moment.seconds for moment in session.moments if math.isfinite(moment.seconds)]
    if not known:
        return math.nan
    iterations = most_iterations(session.config) + _BESIDE_ITERATIONS
    return sum(known) / len(known) * iterations * threads_of(session.config, session.problem.shape)


def plan_words(runs: int, lanes: int, *, fit_s: float) -> str:
    """How many runs there will be, and how long they may take; `fit_s` is NaN if nobody knows."""
    number = f"{counted(runs, 'run')}, {lanes} at once"
    if math.isnan(fit_s):
        return f"{number}; how long they take is told once an iteration has been made."
    # The fit as it is comes first, with which all others are compared.
    return f"{number}: about {duration(fit_s * (1 + math.ceil(runs / lanes)))}."


class Pace:
    """How long the runs of a sweep took, for another one on the same visits."""

    def __init__(self, *, exposures: Sequence[Exposure] = (), began: float = 0.0) -> None:
        self._exposures, self._began = exposures, began
        self._fit_s = 0.0

    def note(self, done: int, *, lanes: int) -> None:
        """So many are done now."""
        if done:
            self._fit_s = (time.monotonic() - self._began) * lanes / (done + lanes)

    def of(self, exposures: Sequence[Exposure]) -> float:
        """Seconds of a fit of one thread; 0 if it is not known of these visits."""
        same = len(exposures) == len(self._exposures) and all(
            one is other for one, other in zip(exposures, self._exposures, strict=True)
        )
        return self._fit_s if same else 0.0


def _number(label: str, value: int, low: int, high: int) -> pn.widgets.IntInput:
    return pn.widgets.IntInput(label=label, value=value, start=low, end=high, width=_THIRD)

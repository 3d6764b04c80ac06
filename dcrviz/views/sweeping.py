"""A sweep as the page knows it: what was found, what is picked of it, and what can be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import param

from dcrviz.io.knob_values import plain
from dcrviz.records import Exposure
from dcrviz.session import Session
from dcrviz.session.branches import Branch
from dcrviz.simulate import Scene as Sky
from dcrviz.sweep import (
    Axis,
    Bench,
    Found,
    SweepPlan,
    Visits,
    axes_of,
    front_of,
    objectives,
    within,
)
from dcrviz.sweep.table import csv_text, described, record_text
from dcrviz.views.background import Background
from dcrviz.views.data_choice import DataChoice, title_of
from dcrviz.views.lanes import Heed, Lanes, Work
from dcrviz.views.recipes import sweep_text
from dcrviz.views.swept import Swept, swept_folder
from dcrviz.worker import Worker

MOST_SHOWN = 6
"""Runs whose curves and planes are seen at once."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Surroundings:
    """What of the page a sweep needs.

    Parameters
    ----------
    choice
        Tells where the visits on show are from.
    remember
        Called with visits and where they are from before a run of them is put on show.
    sky
        Gives what is truly there, where the visits are of a made field.
    told
        Called with one sentence when something can't be done.
    """

    choice: Callable[[], DataChoice]
    remember: Callable[[Sequence[Exposure], DataChoice], None]
    sky: Callable[[], Sky | None]
    told: Callable[[str], None]


class Sweeping(param.Parameterized):
    """Runs of a sweep as they come in; views follow its parameters."""

    swept = param.ClassSelector(class_=Swept, allow_None=True, doc="What the runs are of.")
    found = param.List([], item_type=Found, doc="Those that are done, in the order of their end.")
    running = param.Boolean(False, doc="Whether more are to come.")
    brushes = param.Dict({}, doc="What is picked on the axes, by their keys.")
    picked = param.List(
        None,
        item_type=int,
        allow_None=True,
        doc="Numbers of the runs that were picked one by one; None before there were any.",
    )
    opening = param.String("", doc="What is being computed or read for the page, in words.")

    def __init__(
        self,
        session: Session,
        around: Surroundings,
        *,
        worker: Worker | None = None,
        make_worker: Callable[[], Worker] | None = None,
    ) -> None:
        super().__init__()
        self._session, self._around = session, around
        self._background = Background(worker, told=self._failed)
        # Runs whose curves and planes were asked for; some have none.
        self._looked: set[int] = set()
        # What is being done with which run: a double click asks for it once.
        self._at_hand: set[tuple[int, Callable[[Branch], None]]] = set()
        self._lanes = Lanes(
            make_worker=make_worker, took=self._take, ended=self._ended, told=around.told
        )

    @property
    def total(self) -> int:
        """How many runs there will be."""
        return 0 if self.swept is None else len(self.swept.settings)

    @property
    def scored(self) -> list[Mapping[str, Any]]:
        """Rows of the runs that were not refused."""
        return [found.row for found in self.found if not found.refused]

    @property
    def axes(self) -> list[Axis]:
        """Knobs and scores in which the runs differ."""
        return axes_of(self.scored, self.swept.knobs if self.swept else ())

    @property
    def objectives(self) -> tuple[str, ...]:
        """The scores of the front."""
        return objectives(self.scored)

    @property
    def front(self) -> set[int]:
        """Numbers of the runs that no other beats."""
        return front_of(self.scored, self.objectives)

    @property
    def within(self) -> set[int]:
        """Numbers of the runs that all brushes pick."""
        return within(self.scored, self.axes, self.brushes)

    @property
    def shown(self) -> list[int]:
        """Numbers of the runs whose curves and planes are shown.

        Those that were picked one by one, else the first that the brushes pick, the front before
        all others; without a brush the front alone.
        """
        if self.picked is not None:
            return list(self.picked[-MOST_SHOWN:])
        front, held = self.front, self.within
        candidates = held if self.brushes else front & held
        return sorted(candidates, key=lambda number: (number not in front, number))[:MOST_SHOWN]

    def run(self, number: int) -> Found:
        """The run of this number."""
        return next(found for found in self.found if found.number == number)

    def start(self, plan: SweepPlan, *, lanes: int) -> None:
        """Try a plan on the visits on show, with the knobs as they are now for all others."""
        if self._session.problem is None:
            self._around.told("a sweep needs visits that are prepared; wait a moment, or open some")
            return
        run, sky, choice = self._session.as_run(), self._around.sky(), self._around.choice()
        visits = Visits(
            exposures=run.exposures, template=run.template, bright_objects=run.bright_objects
        )
        self._begin(
            Swept(
                # The next run may have the name of one that was never begun, of other visits.
                title=f"the visits of {self._session.title} ({title_of(choice)})",
                config=run.config,
                settings=plan.settings(),
                knobs=plan.knobs,
                plan=plan,
                choice=choice,
                visits=lambda: visits,
            )
        )
        # A thread for each lane, and no others beside it.
        base = run.config.with_values(n_threads=1)

        def begin(heed: Heed) -> Callable[[], Work]:
            bench = Bench.set_up(visits, base, scene=sky)
            heed()
            return lambda: _work(bench.for_another_thread())

        self.running = True
        self._lanes.start(begin, list(enumerate(plan.settings())), lanes=lanes)

    def cancel(self) -> None:
        """Try no more; what was found stays."""
        self._lanes.cancel()

    def load(self, folder: str) -> None:
        """Show the sweep of a folder instead."""
        if not folder.strip():
            self._around.told("the folder of a sweep must be typed; got nothing")
            return
        self.opening = f"Reading {folder}."
        self._background.do(lambda: swept_folder(folder.strip()), self._loaded)

    def brush(self, key: str, low: float | None, high: float | None) -> None:
        """Pick what is between two places of an axis; without them, all of it."""
        axis = next((one for one in self.axes if one.key == key), None)
        held = {name: brush for name, brush in self.brushes.items() if name != key}
        if axis is not None and low is not None and high is not None:
            held[key] = axis.brushed(low, high)
        self.param.update(picked=None, brushes=held)

    def pick(self, number: int) -> None:
        """Show a run beside those that were picked one by one, or no more."""
        self._pick(number, self.picked or [])

    def tick(self, number: int, on: bool) -> None:
        """Show a run beside all that are shown, or no more."""
        if on != (number in self.shown):
            self._pick(number, self.shown)

    def clear(self) -> None:
        """Pick nothing in particular."""
        self.param.update(brushes={}, picked=None)

    def open(self, number: int) -> None:
        """Put a run on show, each of its iterations."""
        self._compute(number, self._open)

    def pin(self, number: int) -> None:
        """Have a run among those of the session, pinned, so that its curves are drawn there."""
        self._compute(number, self._pin)

    def look(self) -> None:
        """Read curves and planes of the runs that are shown, where they are in files."""
        swept = self.swept
        wanted = [self.run(number) for number in self.shown]
        unseen = [f for f in wanted if not f.curve and f.number not in self._looked]
        if swept is None or swept.look is None or not unseen:
            return
        look = swept.look
        self._looked |= {found.number for found in unseen}

        def seen(found: list[Found]) -> None:
            by_number = {one.number: one for one in found}
            if self.swept is swept and any(one.curve for one in found):
                self.found = [by_number.get(one.number, one) for one in self.found]

        self._background.do(lambda: [look(found) for found in unseen], seen)

    def command(self) -> str:
        """The commands that do the same sweep; empty if only its settings are known."""
        swept = self.swept
        if swept is None or swept.plan is None:
            return ""
        return sweep_text(swept.choice, swept.config, swept.plan)

    def table(self) -> str:
        """The runs as `sweep.csv` has them."""
        knobs = self.swept.knobs if self.swept else ()
        return csv_text(self._ordered(), knobs)

    def record(self) -> str:
        """The runs as `sweep.json` has them."""
        swept = self.swept
        assert swept is not None
        base = {name: plain(value) for name, value in swept.config.changed().items()}
        plan = described(swept.settings, base, swept.choice.paths)
        return record_text(plan, self._ordered())

    def close(self) -> None:
        """Let all threads end."""
        self._lanes.close()

    def _ordered(self) -> list[Mapping[str, Any]]:
        return sorted((found.row for found in self.found), key=lambda row: int(row["number"]))

    def _begin(self, swept: Swept, found: Sequence[Found] = ()) -> None:
        self.cancel()
        self._looked = set()
        self.param.update(swept=swept, found=list(found), brushes={}, picked=None, opening="")

    def _loaded(self, read: tuple[Swept, Sequence[Found]]) -> None:
        self._begin(*read)

    def _pick(self, number: int, beside: Sequence[int]) -> None:
        if self.run(number).refused:
            return
        others = [one for one in beside if one != number]
        self.picked = others if number in beside else [*others, number]

    def _take(self, found: Found) -> None:
        self.found = [*self.found, found]

    def _ended(self) -> None:
        self.running = False

    def _failed(self, sentence: str) -> None:
        self._at_hand.clear()
        self.opening = ""
        self._around.told(sentence)

    def _compute(self, number: int, done: Callable[[Branch], None]) -> None:
        """Compute a run with all its steps."""
        swept = self.swept
        assert swept is not None
        found = self.run(number)
        if found.refused:
            self._around.told(f"run {number} was refused: {found.row['refusal']}")
            return
        if (number, done) in self._at_hand:
            return
        self._at_hand.add((number, done))
        self.opening = f"Computing run {number} for the wall."

        def computed(branch: Branch) -> None:
            self._at_hand.discard((number, done))
            self.opening = ""
            self._around.remember(branch.exposures, swept.choice)
            done(branch)

        self._background.do(lambda: swept.branch(found), computed)

    def _open(self, branch: Branch) -> None:
        self._session.open_branch(self._session.take_branch(branch))

    def _pin(self, branch: Branch) -> None:
        self._session.pin(index=self._session.take_branch(branch))


def _work(bench: Bench) -> Work:
    return lambda task, heed: bench.find(*task, heed=heed)

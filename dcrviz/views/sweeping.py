"""A sweep as the page knows it: what was found, what is picked of it, and what can be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import param

from dcrviz.config import AssembleConfig, SolverConfig
from dcrviz.io.knob_values import plain
from dcrviz.records import Exposure
from dcrviz.session import Session
from dcrviz.session.branches import Branch
from dcrviz.session.jobs import Start, solved
from dcrviz.simulate import Scene as Sky
from dcrviz.sweep import (
    Axis,
    Bench,
    Found,
    SweepPlan,
    Visits,
    axes_of,
    front_of,
    grid_of,
    objectives,
    read_sweep,
    read_visits,
    within,
)
from dcrviz.sweep.fits import turned
from dcrviz.sweep.table import csv_text, described, record_text
from dcrviz.views.background import Background
from dcrviz.views.data_choice import DataChoice
from dcrviz.views.lanes import Heed, Lanes, Work
from dcrviz.views.recipes import sweep_text
from dcrviz.worker import Worker

MOST_SHOWN = 6
"""Runs whose curves and planes are seen at once."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Swept:
    """What the runs of a sweep are of.

    Parameters
    ----------
    title
        In words, to follow "of".
    config
        The knobs that all share.
    plan
        None if only the settings are known.
    visits
        Gives the visits, which may have to be read.
    look
        Gives a run with its curve and planes, where these are in files.
    """

    title: str
    config: AssembleConfig
    settings: Sequence[Mapping[str, Any]]
    knobs: Sequence[str]
    plan: SweepPlan | None
    choice: DataChoice
    visits: Callable[[], Visits]
    look: Callable[[Found], Found] | None = None


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
    picked = param.List([], item_type=int, doc="Numbers of the runs that were picked one by one.")
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
        if self.picked:
            return self.picked[-MOST_SHOWN:]
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
                title=f"the visits of {self._session.title}",
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
        self._background.do(lambda: _read(folder.strip()), self._loaded)

    def brush(self, key: str, low: float | None, high: float | None) -> None:
        """Pick what is between two places of an axis; without them, all of it."""
        axis = next((one for one in self.axes if one.key == key), None)
        held = {name: brush for name, brush in self.brushes.items() if name != key}
        if axis is not None and low is not None and high is not None:
            held[key] = axis.brushed(low, high)
        self.picked = []
        self.brushes = held

    def pick(self, number: int, *, on: bool | None = None) -> None:
        """Show a run of those that were picked one by one, or no more; turn it without `on`."""
        on = number not in self.picked if on is None else on
        others = [one for one in self.picked if one != number]
        self.picked = [*others, number] if on else others

    def clear(self) -> None:
        """Pick nothing in particular."""
        self.param.update(brushes={}, picked=[])

    def open(self, number: int) -> None:
        """Put a run on show, each of its iterations."""
        self._compute(number, self._open)

    def pin(self, number: int) -> None:
        """Have a run among those of the session, pinned, so that its curves are drawn there."""
        self._compute(number, lambda branch: self._keep(branch, pinned=True))

    def look(self) -> None:
        """Read curves and planes of the runs that are shown, where they are in files."""
        swept = self.swept
        wanted = [self.run(number) for number in self.shown]
        unseen = [found for found in wanted if not found.curve]
        if swept is None or swept.look is None or not unseen:
            return
        look = swept.look

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
        self._lanes.cancel()

    def _ordered(self) -> list[Mapping[str, Any]]:
        return sorted((found.row for found in self.found), key=lambda row: int(row["number"]))

    def _begin(self, swept: Swept, found: Sequence[Found] = ()) -> None:
        self.cancel()
        self.param.update(swept=swept, found=list(found), brushes={}, picked=[], opening="")

    def _loaded(self, read: tuple[Swept, Sequence[Found]]) -> None:
        self._begin(*read)
        self.look()

    def _take(self, found: Found) -> None:
        self.found = [*self.found, found]

    def _ended(self) -> None:
        self.running = False

    def _failed(self, sentence: str) -> None:
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
        self.opening = f"Computing run {number} for the wall."

        def compute() -> Branch:
            visits = swept.visits()
            config = turned(swept.config, {knob: found.row[knob] for knob in swept.knobs})
            start = Start(template=visits.template, bright_objects=tuple(visits.bright_objects))
            knobs = {name: getattr(config, name) for name in SolverConfig.knobs()}
            exposures = tuple(visits.exposures)
            problem, moments = solved(start, exposures, config, knobs, problem=None)
            return Branch(
                name=f"sweep run {number}",
                problem=problem,
                moments=tuple(moments),
                exposures=exposures,
                start=start,
            )

        def computed(branch: Branch) -> None:
            self.opening = ""
            self._around.remember(branch.exposures, swept.choice)
            done(branch)

        self._background.do(compute, computed)

    def _open(self, branch: Branch) -> None:
        self._session.open_branch(self._session.take_branch(branch))

    def _keep(self, branch: Branch, *, pinned: bool) -> None:
        self._session.pin(pinned, self._session.take_branch(branch))


def _read(name: str) -> tuple[Swept, Sequence[Found]]:
    """The sweep of a folder, whose visits are read when they are needed."""
    folder = read_sweep(name)
    swept = Swept(
        title=f"the visits of {name}",
        config=turned(AssembleConfig(), folder.base),
        settings=folder.settings,
        knobs=folder.knobs,
        plan=grid_of(folder.settings),
        choice=DataChoice(kind="paths", paths=folder.inputs.paths),
        visits=lru_cache(lambda: read_visits(folder.inputs)),
        look=folder.look,
    )
    return swept, folder.found


def _work(bench: Bench) -> Work:
    return lambda task, heed: bench.find(*task, heed=heed)

"""Parts of the explorer, one by one: for a notebook, or for a page of one's own."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import panel as pn

from dcrviz.config import AssembleConfig
from dcrviz.records import Exposure
from dcrviz.session import Session
from dcrviz.simulate import Scene as Sky
from dcrviz.sweep import SweepPlan
from dcrviz.views.appearance import in_page_design
from dcrviz.views.controls import Controls
from dcrviz.views.curves import CourseView
from dcrviz.views.data_choice import (
    FIELD,
    DataChoice,
    config_of,
    given_choice,
    load,
    scene_choice,
    scene_of,
)
from dcrviz.views.here import kept_up
from dcrviz.views.knobs import KnobView
from dcrviz.views.layout import framed
from dcrviz.views.leverage_view import LeverageView
from dcrviz.views.messages import deliver_to_page
from dcrviz.views.night_plan_view import NightPlanView
from dcrviz.views.section import Section
from dcrviz.views.seeing_view import SeeingView
from dcrviz.views.serve import in_notebook, prepare_page
from dcrviz.views.sky_plan_view import SkyPlanView
from dcrviz.views.sweep_view import SweepView
from dcrviz.views.sweeping import Surroundings, Sweeping
from dcrviz.views.verdicts import ChipsView, Verdicts, VerdictsView
from dcrviz.views.wall import ImageWall
from dcrviz.worker import Deliver, Worker

_ROWS = ("plane", "minus_mean")
_FOLLOWED = ("problem", "moments", "cursor", "busy", "playing", "error", "branches")
Visits = Sequence[Exposure] | str | None
"""Visits, the word of a scene of the library, or None for the bundled field."""


class Parts:
    """A run, and the parts of the explorer as a person wants them about it.

    Each call makes a new part, as one thing can't stand in two places. All follow the one session:
    what is turned in one is seen in the others.

    Parameters
    ----------
    run
        Visits, or the word of a scene of the library, for a run in a thread of its own; the
        bundled field if none are given. Or a session, which stays the caller's: every part then
        computes before it goes on, as a script wants it.
    config
        The knobs to start with; those of the scene without it.

    Examples
    --------
    >>> parts = Parts("one-angle")  # doctest: +SKIP
    >>> pn.Column(parts.controls(), parts.wall("minus_mean"), parts.curves("metric"))
    ... # doctest: +SKIP
    """

    def __init__(self, run: Session | Visits = None, config: AssembleConfig | None = None) -> None:
        prepare_page()
        self._engine = self._judge = self._painter = None
        self._deliver: Deliver | None = None
        if isinstance(run, Session):
            self._choice = given_choice(run.exposures)
            self.session = run
        else:
            self._choice = _choice_of(run)
            self._deliver = deliver_to_page()
            self._begin_threads()
            visits = load(self._choice) if self._choice.kind == "scene" else run
            self.session = Session(
                visits or (), config or config_of(self._choice), worker=self._engine
            )
        self._channel = uuid.uuid4().hex
        self._curves = CourseView(self.session, worker=self._painter)
        self._verdicts = Verdicts(self.session, curves=self._curves, worker=self._judge)
        self._changed = 0
        self._sections: list[Section] = []
        self.session.param.watch(lambda *_: self._refresh(), ["problem", "moments", "cursor"])
        self.session.param.watch(lambda *_: self._count(), list(_FOLLOWED))
        self.session.config.param.watch(lambda *_: self._count(), list(self.session.config.knobs()))
        self._curves.tell(self._count)
        self._verdicts.tell(self._count)
        self.session.start()

    def _begin_threads(self) -> None:
        """Only where results can be handed back; without an event loop all is done in place."""
        if self._deliver is not None:
            self._engine, self._judge, self._painter = (Worker(self._deliver) for _ in range(3))

    def controls(self) -> pn.Column:
        """Play and its kin, the slider of the iterations, and how the run goes."""

        def make() -> Controls:
            controls = Controls(self.session, everywhere=False)
            controls.slider.channel = self._channel
            return controls

        return self._part(make)

    def wall(self, *rows: str) -> pn.Column:
        """Images of the step on show.

        Parameters
        ----------
        *rows
            Names as in `dcrviz.diagnostics.panels.rows_of`; planes and what tells them apart
            without.
        """

        def make() -> ImageWall:
            wall = ImageWall(self.session, painter=self._painter, everywhere=False)
            wall.canvas.channel = self._channel
            wall.show_rows(*(rows or _ROWS))
            return wall

        return self._part(make)

    def curves(self, *names: str) -> pn.Column:
        """Curves of the run: metric, gain, holes, clamped, flux, change, or some of them."""
        return self._part(lambda: CourseView(self.session, worker=self._painter, only=names))

    def knobs(self, *names: str) -> pn.Column:
        """Widgets of these knobs."""

        def make() -> pn.FlexBox:
            config, grasped = self.session.config, self.session.begin_movement
            views = [KnobView(config, name, refused=self._say, grasped=grasped) for name in names]
            return pn.FlexBox(*views, margin=0)

        return self._part(make)

    def chips(self) -> pn.Column:
        """What is wrong with the step on show, a word for each."""
        return self._part(
            lambda: pn.FlexBox(ChipsView(self._verdicts, chosen=lambda _: None), margin=0)
        )

    def verdicts(self) -> pn.Column:
        """What is wrong with the step on show, why, and what would help, with **Try it**."""
        return self._part(
            lambda: VerdictsView(
                self.session, self._verdicts, show=lambda _: None, try_knobs=self.try_knobs
            )
        )

    def leverage(self) -> pn.Column:
        """What the visits can tell of colours, and which of them matters most."""
        return self._section(LeverageView)

    def seeing(self) -> pn.Column:
        """How sharp each visit is, and what it tells."""
        return self._section(SeeingView)

    def sky(self) -> pn.Column:
        """What another visit would gain, over hour angle and declination."""
        return self._section(SkyPlanView)

    def night(self) -> pn.Column:
        """What another visit would gain, over a night."""
        return self._section(NightPlanView)

    def sweep(self, plan: SweepPlan | None = None) -> pn.Column:
        """Many runs beside each other; with a plan they begin at once."""
        around = Surroundings(
            choice=lambda: self._choice,
            remember=lambda *_: None,
            sky=self._sky,
            told=self._say,
        )
        make_worker = None if self._engine is None else lambda: Worker(self._deliver)
        sweeping = Sweeping(self.session, around, worker=self._engine, make_worker=make_worker)
        sweeping.param.watch(lambda *_: self._count(), list(sweeping.param))
        if plan is not None:
            self._once_prepared(lambda: sweeping.start(plan, lanes=2))
        return self._part(lambda: SweepView(self.session, sweeping))

    def try_knobs(self, knobs: Mapping[str, Any]) -> None:
        """Play a run with these knobs beside the one on show, or say why that can't be."""
        try:
            self.session.try_knobs(knobs)
        except ValueError as error:
            self._say(str(error))

    def _part(self, make: Callable[[], Any]) -> pn.Column:
        if not in_notebook():
            with in_page_design():
                return framed(make())
        return kept_up(make, changes=lambda: self._changed)

    def _section(self, kind: Callable[..., Section]) -> pn.Column:
        def make() -> Section:
            section = kind(self.session, worker=self._engine)
            self._sections.append(section)
            return section

        return self._part(make)

    def _refresh(self) -> None:
        for section in self._sections:
            section.refresh()

    def _count(self) -> None:
        self._changed += 1

    def _say(self, sentence: str) -> None:
        """The words beside the controls tell it."""
        self.session.error = sentence

    def _sky(self) -> Sky | None:
        return scene_of(self._choice, self.session.exposures)

    def _once_prepared(self, act: Callable[[], None]) -> None:
        if self.session.problem is not None:
            act()
            return

        def prepared(_event: Any) -> None:
            self.session.param.unwatch(watcher)
            act()

        watcher = self.session.param.watch(prepared, "problem")


def _choice_of(run: Visits) -> DataChoice:
    if run is None:
        return FIELD
    return scene_choice(run) if isinstance(run, str) else given_choice(run)

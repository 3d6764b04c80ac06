"""The Diagnose tab: what is wrong, why, and what would help, one section for each question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import panel as pn
from panel.viewable import Viewer

from dcrviz.diagnostics.after import held_out_verdicts
from dcrviz.diagnostics.verdict import Place
from dcrviz.session import Session
from dcrviz.simulate import Scene as Sky
from dcrviz.views.ablation_view import AblationView
from dcrviz.views.direction_view import DirectionView
from dcrviz.views.holdout_view import HoldOutView
from dcrviz.views.lazy import lazy_card
from dcrviz.views.leverage_view import LeverageView
from dcrviz.views.messages import TABLE_S, Seldom
from dcrviz.views.night_plan_view import NightPlanView
from dcrviz.views.section import Section
from dcrviz.views.seeing_view import SeeingView
from dcrviz.views.sky_plan_view import SkyPlanView
from dcrviz.views.verdicts import Verdicts, VerdictsView
from dcrviz.worker import Worker


class DiagnoseView(Viewer):
    """Verdicts above, and below them sections that are made when they are opened.

    Parameters
    ----------
    show
        Called with a place that somebody wants to see.
    told
        Called with one sentence when something can't be done.
    sky
        Gives what is truly there, where the visits are of a made field.
    worker
        In whose thread the sections compute.
    """

    def __init__(
        self,
        session: Session,
        verdicts: Verdicts,
        *,
        show: Callable[[Place], None],
        told: Callable[[str], None],
        sky: Callable[[], Sky | None],
        worker: Worker | None = None,
    ) -> None:
        super().__init__()
        self._session, self._told = session, told
        self._sections: list[Section] = []
        self._dark = self._on_show = False
        self.verdicts = VerdictsView(session, verdicts, show=show, try_knobs=self.try_knobs)
        computing: dict[str, Any] = {"worker": worker}
        self._makers: dict[str, Callable[[], Section]] = {
            "What the visits can tell": lambda: LeverageView(session, **computing),
            "Seeing of the visits": lambda: SeeingView(session, **computing),
            "Next visit: the sky": lambda: SkyPlanView(session, **computing),
            "Next visit: a night": lambda: NightPlanView(session, **computing),
            "Held-out visits": lambda: HoldOutView(
                session,
                found=lambda problem, held: verdicts.add(problem, held_out_verdicts(problem, held)),
                **computing,
            ),
            "Angles and truth": lambda: DirectionView(session, sky=sky, **computing),
            "What each knob does": lambda: AblationView(
                session, try_knobs=self.try_knobs, sky=sky, **computing
            ),
        }
        self._refresh_soon = Seldom(self._refresh, pause_s=TABLE_S)
        session.param.watch(lambda *_: self._refresh_soon(), ["problem", "moments", "cursor"])

    def try_knobs(self, knobs: Mapping[str, Any]) -> None:
        """Play a run with these knobs beside the one on show, or say why that can't be."""
        try:
            self._session.try_knobs(knobs)
        except ValueError as error:
            self._told(str(error))

    def turn(self, on_show: bool) -> None:
        """Follow the session from now on, or no more until the tab is on show again."""
        self._on_show = on_show
        self._refresh()

    def paint(self, *, dark: bool) -> None:
        """Draw on a dark page, or on a light one."""
        self._dark = dark
        for section in self._sections:
            section.paint(dark=dark)

    def _refresh(self) -> None:
        if self._on_show:
            for section in self._sections:
                section.refresh()

    def _made(self, make: Callable[[], Section]) -> Section:
        section = make()
        section.paint(dark=self._dark)
        self._sections.append(section)
        return section

    def __panel__(self) -> pn.Column:
        cards = [
            lazy_card(
                lambda make=make: self._made(make),
                title=title,
                collapsed=True,
                sizing_mode="stretch_width",
                margin=(2, 5),
            )
            for title, make in self._makers.items()
        ]
        return pn.Column(self.verdicts, *cards, sizing_mode="stretch_width", margin=0)

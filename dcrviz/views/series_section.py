"""A section whose findings come one after the other, as each takes a fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import panel as pn

from dcrviz.runs import Run
from dcrviz.session import Session
from dcrviz.views.background import Series
from dcrviz.views.buttons import PushButton
from dcrviz.views.progress import ProgressLine
from dcrviz.views.section import Section
from dcrviz.worker import Worker


class SeriesSection(Section):
    """A section with a button that begins, one that cancels, and how far it is.

    One of these says what is to be found of a run, in `_findings`, and what is done with each, in
    `_take`.

    Parameters
    ----------
    begin
        What the first button says.
    progress
        Name of the line of progress, for screen readers.
    """

    def __init__(
        self, session: Session, *, begin: str, progress: str, worker: Worker | None = None
    ) -> None:
        super().__init__(session, worker=worker)
        self._series = Series(self.background, took=self._take, ended=self._ended)
        self._of = ""
        self.begin = PushButton(self.start, label=begin, margin=(4, 8))
        self.cancel = PushButton(self.stop, label="Cancel", disabled=True, margin=(4, 0))
        self.buttons = pn.Row(self.begin, self.cancel, margin=0)
        self.progress = ProgressLine(label=progress, margin=(4, 8), visible=False)

    def start(self) -> None:
        """Begin, with the visits and knobs as they are now."""
        if self._session.problem is None:
            return
        self.ask()
        self._of = self._session.title
        self._turn(running=True)
        self._series.start(self._findings(self._session.as_run()))

    def stop(self) -> None:
        """Take no more; the fit at hand is dropped when it ends."""
        self._series.cancel()

    def _findings(self, run: Run) -> Callable[[], Iterator[Any]]:
        """Called in the background, this finds one after the other."""
        raise NotImplementedError

    def _take(self, found: Any) -> None:
        raise NotImplementedError

    def _ended(self) -> None:
        self._turn(running=False)

    def _turn(self, *, running: bool) -> None:
        self.begin.disabled, self.cancel.disabled = running, not running
        self.progress.visible = running

"""Visits held out one after the other: whether the model predicts what it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import panel as pn

from dcrviz.diagnostics.holdout import HeldOut, held_out, held_out_sentences
from dcrviz.engine import Problem
from dcrviz.session import Session
from dcrviz.views.background import Series
from dcrviz.views.buttons import PushButton
from dcrviz.views.progress import ProgressLine
from dcrviz.views.section import Section
from dcrviz.views.table import Column, Row, Table
from dcrviz.worker import Worker

_COLUMNS = [
    Column(key="visit", title="Visit", kind="text"),
    Column(
        key="model",
        title="Model",
        digits=2,
        tip="Visit minus template near sources, in sigma of its sky: of the fit to the others.",
    ),
    Column(key="coadd", title="Coadd", digits=2, tip="The same of the plain coadd of the others."),
    Column(key="dipoles", title="Dipoles", tip="On visit minus template."),
    Column(key="coadd_dipoles", title="of coadd", tip="On visit minus plain coadd."),
]
_INVITATION = (
    "Each visit in turn is left out, the others are fitted with the knobs as they are, and predict "
    "it. One fit for each visit."
)


class HoldOutView(Section):
    """A button, how far it is, and a table that grows.

    Parameters
    ----------
    found
        Called with what was found, and the problem that it is said of.
    """

    def __init__(
        self,
        session: Session,
        *,
        found: Callable[[Problem, Sequence[HeldOut]], None] = lambda *_: None,
        worker: Worker | None = None,
    ) -> None:
        super().__init__(session, worker=worker)
        self._found: list[HeldOut] = []
        self._total, self._of, self._tell_found = 0, "", found
        self._problem: Problem | None = None
        self._series = Series(self.background, took=self._take, ended=self._ended)
        self.begin = PushButton(self.start, label="Hold out each visit", margin=(4, 8))
        self.cancel = PushButton(self.stop, label="Cancel", disabled=True, margin=(4, 0))
        self.progress = ProgressLine(
            label="Progress of the held-out visits", margin=(4, 8), visible=False
        )
        self.table = Table(_COLUMNS, caption="Held-out visits", margin=(4, 8))
        buttons = pn.Row(self.begin, self.cancel, margin=0)
        self.box.extend([self.words, buttons, self.progress, self.table])
        self.say(_INVITATION)

    def start(self) -> None:
        """Hold out the visits that are on, with the knobs as they are now."""
        if self._session.problem is None:
            return
        self.ask()
        run = self._session.as_run()
        off = run.config.visit_factors
        self._total = sum(off.get(str(e.visit.id), 1.0) > 0 for e in run.exposures)
        self._found, self._of = [], self._session.title
        self._problem = self._session.problem
        self.table.show([])
        self.begin.disabled, self.cancel.disabled, self.progress.visible = True, False, True
        self._tell()
        self._series.start(
            lambda: held_out(
                run.exposures,
                run.config,
                template=run.template,
                bright_objects=run.bright_objects,
            )
        )

    def stop(self) -> None:
        """Take no more; the fit at hand is dropped when it ends."""
        self._series.cancel()

    def _take(self, held: HeldOut) -> None:
        self._found.append(held)
        self.table.show([_row(one) for one in self._found])
        self._tell()

    def _tell(self) -> None:
        done = len(self._found)
        self.progress.param.update(
            value=done / max(1, self._total), words=f"{done} of {self._total} visits"
        )
        self.say(f"With the knobs of {self._of}.", *held_out_sentences(self._found))

    def _ended(self) -> None:
        if self._problem is not None and self._found:
            self._tell_found(self._problem, tuple(self._found))
        self.begin.disabled, self.cancel.disabled, self.progress.visible = False, True, False


def _row(held: HeldOut) -> Row:
    return Row(
        id=str(held.id),
        name=f"visit {held.id}",
        cells={
            "visit": str(held.id),
            "model": _finite(held.model_sigma),
            "coadd": _finite(held.coadd_sigma),
            "dipoles": held.model_dipoles,
            "coadd_dipoles": held.coadd_dipoles,
        },
    )


def _finite(number: float) -> float | None:
    return number if np.isfinite(number) else None

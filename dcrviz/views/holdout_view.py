"""Visits held out one after the other: whether the model predicts what it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from dcrviz.diagnostics.holdout import HeldOut, held_out, held_out_sentences
from dcrviz.engine import Problem
from dcrviz.finite import finite_or_none
from dcrviz.runs import Run
from dcrviz.session import Session
from dcrviz.views.series_section import SeriesSection
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


class HoldOutView(SeriesSection):
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
        super().__init__(
            session,
            begin="Hold out each visit",
            progress="Progress of the held-out visits",
            worker=worker,
        )
        self._found: list[HeldOut] = []
        self._total, self._tell_found = 0, found
        self._problem: Problem | None = None
        self.table = Table(_COLUMNS, caption="Held-out visits", margin=(4, 8))
        self.box.extend([self.words, self.buttons, self.progress, self.table])
        self.say(_INVITATION)

    def _findings(self, run: Run) -> Callable[[], Iterator[HeldOut]]:
        """Of each visit that is on."""
        off = run.config.visit_factors
        self._total = sum(off.get(str(e.visit.id), 1.0) > 0 for e in run.exposures)
        self._found, self._problem = [], self._session.problem
        self.table.show([])
        self._tell()
        return lambda: held_out(
            run.exposures,
            run.config,
            template=run.template,
            bright_objects=run.bright_objects,
        )

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
        super()._ended()


def _row(held: HeldOut) -> Row:
    return Row(
        id=str(held.id),
        name=f"visit {held.id}",
        cells={
            "visit": str(held.id),
            "model": finite_or_none(held.model_sigma),
            "coadd": finite_or_none(held.coadd_sigma),
            "dipoles": held.model_dipoles,
            "coadd_dipoles": held.coadd_dipoles,
        },
    )

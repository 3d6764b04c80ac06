"""Runs as rows of a table, and what Play would make of the one on show, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dcrviz.config import SolverConfig
from dcrviz.diagnostics.course import CourseEntry
from dcrviz.engine import Outcome
from dcrviz.finite import finite_or_none
from dcrviz.io.knob_values import in_words
from dcrviz.records import Exposure
from dcrviz.session import Moment, Session
from dcrviz.views.table import Column, Row

_SCORES = (
    Column(key="metric", title="Metric", digits=5, tip="At the end, mean over the visits."),
    Column(key="holes", title="Holes [%]", digits=2, tip="Of the pixels near sources, at the end."),
    Column(key="wings", title="Wings [%]", digits=2, tip="Of the pixels near sources, at the end."),
    Column(key="outcome", title="Outcome", kind="text"),
    Column(key="iterations", title="Iterations", tip="Of the last stored step's subregion."),
    Column(
        key="seconds",
        title="Time [s]",
        digits=2,
        tip="Wall time of the engine in all iterations, without waiting for pictures; empty where "
        "it isn't known, as of a run that was opened.",
    ),
    Column(
        key="flux",
        title="Flux off [%]",
        digits=2,
        tip="By how much the planes' sum over the sources differs from the coadd's, at the end.",
    ),
)
_ACTS = ("Show", "Compare", "ZIP", "Delete")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ListedRun:
    """A run as the table has it; `present` is the one on show, `number` the run's own."""

    name: str
    number: int
    exposures: Sequence[Exposure]
    moments: Sequence[Moment]
    knobs: Mapping[str, Any]
    pinned: bool
    present: bool = False


def runs_of(session: Session) -> list[ListedRun]:
    """The run on show, then those that were left, the newest first."""
    present = ListedRun(
        name=session.title,
        number=session.number,
        exposures=session.exposures,
        moments=tuple(session.moments),
        knobs=session.config.values() | (session.moments[-1].knobs if session.moments else {}),
        pinned=session.pinned,
        present=True,
    )
    left = [
        ListedRun(
            name=branch.name,
            number=branch.number,
            exposures=branch.exposures,
            moments=branch.moments,
            knobs=branch.config.values(),
            pinned=branch.pinned,
        )
        for branch in reversed(session.branches)
    ]
    return [present, *left]


def are_of_other_visits(runs: Sequence[ListedRun]) -> bool:
    """Whether not all runs are of the same visits: then their numbers can't be compared."""
    return len({id(run.exposures[0]) for run in runs if run.exposures}) > 1


def run_columns(differing: Sequence[str], *, visits: bool = False) -> list[Column]:
    """Names, what can be done, the visits and knobs in which the runs differ, and scores.

    The table scrolls where it is wider than its place: first comes what nobody should look for.
    """
    of = Column(key="visits", title="Visits", kind="text", tip="Only runs of the same compare.")
    return [
        Column(key="name", title="Run", kind="name"),
        Column(
            key="pinned",
            title="Pin",
            kind="check",
            tip="Pinned: drawn beside the run on show, and kept until it is deleted.",
        ),
        *(Column(key=_key(act), title=act, kind="button") for act in _ACTS),
        *([of] if visits else []),
        *(Column(key=f"knob {k}", title=k.replace("_", " "), kind="text") for k in differing),
        *_SCORES,
    ]


def run_row(
    run: ListedRun, course: Sequence[CourseEntry], differing: Sequence[str], *, visits: str = ""
) -> Row:
    """A run's row.

    Parameters
    ----------
    visits
        What people read of where its visits are from.
    course
        Of its steps, as far as it is known.
    differing
        Knobs in which the runs differ.
    """
    last = run.moments[-1].step if run.moments else None
    end = course[-1] if last is not None and course and course[-1].index == last.index else None
    cells: dict[str, Any] = {
        "name": run.name,
        "pinned": run.pinned,
        "visits": visits,
        "outcome": _outcome(last.outcome) if last else None,
        "iterations": last.history.iterations if last else None,
        "seconds": _seconds(run.moments),
        "metric": finite_or_none(last.metric) if last else None,
        "holes": 100 * end.hole_fraction if end else None,
        "wings": 100 * end.wing_fraction if end else None,
        "flux": finite_or_none(100 * (end.flux_ratio - 1)) if end else None,
    }
    cells |= {f"knob {name}": in_words(run.knobs[name]) for name in differing}
    cells |= {_key(act): "" if run.present else act for act in _ACTS}
    return Row(id=str(run.number), name=run.name, look="chosen" if run.present else "", cells=cells)


def what_follows(session: Session) -> str:
    """What Play or Step would do now, and what becomes of the run on show."""
    if not session.moments:
        return "Other knobs or other visits begin a new run; the one before is kept below."
    place, last = session.cursor, len(session.moments) - 1
    iteration = session.moments[place].step.iteration
    turned = _turned(session, session.moments[min(place + 1, last)])
    if place < last and turned:
        return (
            f"Step or Play begins a new run from iteration {iteration} with other knobs "
            f"({turned}); {session.title} is kept below."
        )
    if place < last:
        return (
            f"Step or Play goes on along {session.title} as it is stored. Turn a knob here to "
            f"begin a new run from iteration {iteration}."
        )
    if session.outcome is not Outcome.RUNNING:
        return (
            f"{session.title} has ended. Go back to an earlier iteration and turn a knob, or turn "
            "one that starts anew, to begin another run; this one is kept below."
        )
    if turned and last:
        return f"The next iteration of {session.title} takes the knobs as they are now ({turned})."
    return f"Step or Play goes on with {session.title}."


def _turned(session: Session, moment: Moment) -> str:
    """Solver's knobs that are not those of a moment."""
    config = session.config
    names = [n for n in SolverConfig.knobs() if moment.knobs.get(n) != getattr(config, n)]
    return ", ".join(name.replace("_", " ") for name in names)


def _key(act: str) -> str:
    return {"ZIP": "save"}.get(act, act.lower())


def _outcome(outcome: Outcome) -> str:
    if outcome is Outcome.RUNNING:
        return "not ended"
    return outcome.name.replace("_", " ").lower()


def _seconds(moments: Sequence[Moment]) -> float | None:
    """Of all iterations; the starting model is none."""
    if len(moments) < 2:
        return None
    return finite_or_none(sum(moment.seconds for moment in moments[1:]))

"""Where a batch run stands, kept in a file now and then, so that a killed one can go on."""

from __future__ import annotations

import hashlib
import importlib.metadata
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from dcrviz.config_rules import most_threads
from dcrviz.diagnostics.course import CourseEntry
from dcrviz.diagnostics.holes import Blemish
from dcrviz.diagnostics.ledger import Ledger
from dcrviz.engine import Outcome, Problem, Step
from dcrviz.engine.anderson import AndersonMemory
from dcrviz.engine.direct import System
from dcrviz.engine.grid import Grid
from dcrviz.engine.pcg import CgMemory
from dcrviz.engine.prior import Prior
from dcrviz.engine.step import ClampReport, History
from dcrviz.frozen import Frozen
from dcrviz.io.knob_values import plain
from dcrviz.io.record_file import read_records, write_records
from dcrviz.kernels.mode_evidence import Evidence
from dcrviz.kernels.mode_solve import Whitening
from dcrviz.kernels.modes import NormalEquations

NAME = "checkpoint.dcr"
_log = logging.getLogger(__name__)
_KINDS = (
    AndersonMemory,
    Blemish,
    Ledger,
    CgMemory,
    ClampReport,
    CourseEntry,
    Evidence,
    Grid,
    History,
    NormalEquations,
    Outcome,
    Prior,
    Step,
    System,
    Whitening,
)
_SELDOM = 20
_LIBRARIES = ("dcrviz", "numpy", "scipy", "numba")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Progress(Frozen):
    """A run so far.

    Parameters
    ----------
    step
        The last one.
    clamps
        Tile and report of every iteration, in order.
    course
        The numbers of every step.
    """

    step: Step
    clamps: tuple[tuple[int, ClampReport], ...]
    course: tuple[CourseEntry, ...]


class Checkpoint:
    """The file in which the progress of one run is kept.

    Parameters
    ----------
    folder
        Of the run's products.
    run
        What the run is, from `identity`: progress of any other is refused.
    every_s
        Seconds from one writing to the next, at least; 0 is after every step. Where writing takes
        long it is done less often, so that it costs no more than a twentieth of the time.
    """

    def __init__(
        self,
        folder: Path,
        run: Mapping[str, Any],
        *,
        every_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = folder / NAME
        self._run, self._every_s, self._clock = dict(run), every_s, clock
        self._last, self._took_s = clock(), 0.0

    def read(self) -> Progress | None:
        """Where the run stands; None if nothing was kept.

        Raises
        ------
        ValueError
            If the file is damaged, or of another run: names in what that differs.
        """
        if not self.path.exists():
            return None
        found = read_records(self.path, _KINDS)
        differing = [name for name in self._run if found["run"].get(name) != self._run[name]]
        if differing:
            raise ValueError(
                f"{self.path}: must be of this run to go on from; it differs in "
                f"{', '.join(differing)}. Without --resume the run begins anew"
            )
        return Progress(step=found["step"], clamps=found["clamps"], course=found["course"])

    def keep(self, progress: Progress) -> None:
        """Write where the run stands, if the last time is long enough ago."""
        began = self._clock()
        if began - self._last < (self._every_s and max(self._every_s, _SELDOM * self._took_s)):
            return
        # Of the correction every bit is made again.
        step = replace(progress.step, correction=None)
        values = {
            "run": self._run,
            "step": step,
            "clamps": progress.clamps,
            "course": progress.course,
        }
        try:
            write_records(self.path, values)
        except ValueError as error:
            # It may end well without.
            _log.warning("no checkpoint: %s", error)
        self._last = self._clock()
        self._took_s = self._last - began

    def remove(self) -> None:
        """Once the run has ended."""
        # A process that is killed while it writes leaves the file under its other name.
        for path in (self.path, *self.path.parent.glob(f".*.{NAME}")):
            path.unlink(missing_ok=True)


def identity(problem: Problem, files: Sequence[Path]) -> dict[str, Any]:
    """What must be the same for two runs to have the same planes bit by bit, as plain values.

    Parameters
    ----------
    files
        All that was read: their names, lengths and times of change stand for what is in them.
    """
    states = {str(path): path.stat() for path in files}
    shifts = hashlib.blake2b(digest_size=16)
    for array in (problem.shifts.midpoint, problem.shifts.split, problem.shifts.weights):
        shifts.update(np.ascontiguousarray(array).data)
    knobs = plain(problem.config.values())
    return {
        **{f"knob {name}": repr(value) for name, value in knobs.items() if name != "n_threads"},
        **{
            f"file {name}": f"{state.st_size} bytes of {state.st_mtime_ns}"
            for name, state in states.items()
        },
        "number of files": len(states),
        "shifts": shifts.hexdigest(),
        "number of threads": most_threads(problem.config),
        **{f"version of {name}": _version(name) for name in _LIBRARIES},
    }


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"

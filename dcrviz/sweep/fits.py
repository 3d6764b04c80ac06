"""One configuration on visits that are at hand: its fit and its row, or why it was refused."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dcrviz.bright import BrightObject
from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.ablation import entry_of
from dcrviz.diagnostics.fit_scores import Fit, Yardstick, timed_fit
from dcrviz.engine import assemble, prepare
from dcrviz.engine.reuse import Reuse
from dcrviz.io.knob_values import with_knobs
from dcrviz.records import Coadd, Exposure
from dcrviz.simulate import Scene


def _go_on() -> None:
    """Nobody wants the fit to be dropped."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Visits:
    """What every configuration of a sweep is fitted to.

    Parameters
    ----------
    exposures, template, bright_objects
        As in `prepare`.
    reuse
        Parts of the last preparation; not to be shared between threads.
    """

    exposures: Sequence[Exposure]
    template: Coadd | None = None
    bright_objects: Sequence[BrightObject] = ()
    reuse: Reuse = field(default_factory=Reuse)

    def for_another_thread(self) -> Visits:
        """The same visits with the parts that are known so far."""
        return replace(self, reuse=self.reuse.copy())

    def yardstick(self, base: AssembleConfig, *, scene: Scene | None) -> Yardstick:
        """The fit with the knobs that all trials share, with which each is compared.

        Raises
        ------
        ValueError
            If the visits can't be fitted with them.
        """
        problem = prepare(
            self.exposures, base, template=self.template, bright_objects=self.bright_objects
        )
        *_, step = assemble(problem)
        return Yardstick.of(Fit(problem=problem, step=step, cpu_s=0.0, wall_s=0.0), scene=scene)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Tried:
    """What came of a configuration.

    Parameters
    ----------
    number, knobs
        Of the trial; what it turned, as plain values.
    fit
        None if a value was refused.
    refusal
        Why; empty if it was not.
    prepare_s
        Seconds until the fit began.
    """

    number: int
    knobs: Mapping[str, Any]
    fit: Fit | None = None
    refusal: str = ""
    prepare_s: float = math.nan

    def row(self, yardstick: Yardstick | None) -> dict[str, Any]:
        """Number, knobs, the scores by the names of `FitScores`, ``prepare_s``, ``refusal``.

        Parameters
        ----------
        yardstick
            With which the fit is compared; None is enough where there is no fit.
        """
        row = {"number": self.number, **self.knobs}
        if self.fit is None or yardstick is None:
            return row | {"refusal": self.refusal}
        scores = entry_of(yardstick.scores(self.fit))
        return row | scores | {"prepare_s": self.prepare_s, "refusal": ""}


def try_knobs(
    visits: Visits,
    base: AssembleConfig,
    knobs: Mapping[str, Any],
    *,
    number: int = 0,
    heed: Callable[[], None] = _go_on,
) -> Tried:
    """Fit the visits with some knobs turned; a value that is refused is told, not raised.

    Parameters
    ----------
    base
        The knobs that all trials share.
    knobs
        Those that are turned, as plain values.
    heed
        Called after each iteration; what it raises ends the fit.
    """
    tried = Tried(number=number, knobs=knobs)
    try:
        config = with_knobs(base, knobs)
        began = time.perf_counter()
        problem = prepare(
            visits.exposures,
            config,
            template=visits.template,
            bright_objects=visits.bright_objects,
            reuse=visits.reuse,
        )
    except ValueError as error:
        return replace(tried, refusal=str(error))
    prepare_s = time.perf_counter() - began
    fit = timed_fit(problem, problem.config, heed=heed)
    return replace(tried, fit=fit, prepare_s=prepare_s)


def shared_knobs(base: Mapping[str, Any]) -> AssembleConfig:
    """The knobs that all trials share; with one thread, as there is a worker a core."""
    return with_knobs(AssembleConfig(n_threads=1), base)

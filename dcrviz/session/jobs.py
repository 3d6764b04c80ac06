"""What a session has computed: closed over values that nobody changes, in any thread."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dcrviz.bright import BrightObject
from dcrviz.config import AssembleConfig, ProblemConfig
from dcrviz.engine import Outcome, Problem, Step, advance, first_step, prepare, start_from
from dcrviz.engine.reuse import Reuse
from dcrviz.records import Coadd, Coadds, Cube, Exposure
from dcrviz.session.moments import Moment


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Start:
    """What a run starts from beside the visits and the knobs."""

    template: Coadd | None = None
    planes: Coadds | Cube | None = None
    bright_objects: tuple[BrightObject, ...] = ()
    reuse: Reuse = field(default_factory=Reuse)

    def of(
        self, exposures: Sequence[Exposure], config: AssembleConfig, knobs: dict[str, Any]
    ) -> tuple[Problem, Moment]:
        """The prepared problem and the starting model."""
        problem = prepare(
            exposures,
            config,
            template=self.template,
            bright_objects=self.bright_objects,
            reuse=self.reuse,
        )
        if self.planes is not None:
            problem = start_from(problem, self.planes)
        return problem, Moment(step=first_step(problem, config), knobs=knobs)


def next_moment(
    problem: Problem, step: Step, config: AssembleConfig, knobs: dict[str, Any], *, anew: bool
) -> Moment:
    """The iteration after a step, or with `anew` after a starting model made with these knobs."""
    began = time.perf_counter()
    before = first_step(problem, config) if anew else step
    after = advance(problem, before, config)
    return Moment(step=after, knobs=knobs, seconds=time.perf_counter() - began)


def solved(
    start: Start,
    exposures: Sequence[Exposure],
    config: AssembleConfig,
    knobs: dict[str, Any],
    *,
    problem: Problem | None,
) -> tuple[Problem, list[Moment]]:
    """A run from its starting model to its end.

    Parameters
    ----------
    problem
        Of these exposures; prepared anew unless its knobs are still those. None if there is none.
    """
    if problem is not None and _shaping(problem.config) == _shaping(config):
        moment = Moment(step=first_step(problem, config), knobs=knobs)
    else:
        problem, moment = start.of(exposures, config, knobs)
    moments = [moment]
    while moment.step.outcome is Outcome.RUNNING:
        moment = next_moment(problem, moment.step, config, knobs, anew=False)
        moments.append(moment)
    return problem, moments


def _shaping(config: AssembleConfig) -> dict[str, Any]:
    return {name: getattr(config, name) for name in ProblemConfig.knobs()}

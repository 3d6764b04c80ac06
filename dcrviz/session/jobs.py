"""What a session has computed: closed over values that nobody changes, in any thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dcrviz.bright import BrightObject
from dcrviz.config import AssembleConfig
from dcrviz.engine import Problem, Step, advance, first_step, prepare
from dcrviz.records import Coadd, Exposure
from dcrviz.session.moments import Moment


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Start:
    """What a run starts from beside the visits and the knobs."""

    template: Coadd | None = None
    bright_objects: tuple[BrightObject, ...] = ()

    def of(
        self, exposures: Sequence[Exposure], config: AssembleConfig, knobs: dict[str, Any]
    ) -> tuple[Problem, Moment]:
        """The prepared problem and the starting model."""
        problem = prepare(
            exposures, config, template=self.template, bright_objects=self.bright_objects
        )
        return problem, Moment(step=first_step(problem, config), knobs=knobs)


def next_moment(
    problem: Problem, step: Step, config: AssembleConfig, knobs: dict[str, Any], *, anew: bool
) -> Moment:
    """The iteration after a step, or with `anew` after a starting model made with these knobs."""
    before = first_step(problem, config) if anew else step
    return Moment(step=advance(problem, before, config), knobs=knobs)

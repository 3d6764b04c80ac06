"""What a saved run consists of, and how its files are called."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dcrviz.bright import BrightObject
from dcrviz.config import AssembleConfig
from dcrviz.engine import Problem, Step
from dcrviz.frozen import Frozen
from dcrviz.records import Coadd, Exposure

SCHEMA = 1
RUN_NAME = "run.json"
TEMPLATE_NAME = "template.fits"
OWN_NAME = re.compile(r"(step|best|exposure)_\d{3,}\.fits|start\.fits")
"""Names of files that not every run has."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Run(Frozen):
    """A run with all that it was made of.

    Parameters
    ----------
    exposures
        The visits that the problem was prepared from, in its order.
    steps
        The stored steps, in order; saving goes through them once.
    config
        The knobs with which it would go on; the problem's if None.
    knobs
        The solver's knobs that made each step; those of the config for all, if none are given.
    template, bright_objects
        As they were given to `prepare`.
    shown
        Which of the steps is on show; the last if None.

    Raises
    ------
    ValueError
        If there is no step, or the numbers of exposures or knobs don't fit.
    """

    problem: Problem
    exposures: tuple[Exposure, ...]
    steps: Sequence[Step]
    config: AssembleConfig | None = None
    knobs: tuple[Mapping[str, Any], ...] = ()
    template: Coadd | None = None
    bright_objects: tuple[BrightObject, ...] = ()
    shown: int | None = None

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError("a run to save must have a step; got none")
        if len(self.exposures) != len(self.problem.visits):
            raise ValueError(
                f"a run to save must have the exposure of each of its {len(self.problem.visits)} "
                f"visits; got {len(self.exposures)}"
            )
        for exposure, visit in zip(self.exposures, self.problem.visits, strict=True):
            if exposure.visit != visit:
                raise ValueError(
                    f"a run to save must have the exposures that its problem was prepared from; "
                    f"got visit {exposure.visit.id} for {visit.id}"
                )
        if self.knobs and len(self.knobs) != len(self.steps):
            raise ValueError(
                f"a run to save must have the knobs of each of its {len(self.steps)} steps; got "
                f"{len(self.knobs)}"
            )
        # The mixin is named, as slots=True makes the class anew and super() would miss it.
        Frozen.__post_init__(self)

"""What the runs of a sweep are of, on the page or in a folder, so that each can be made again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dcrviz.config import AssembleConfig, SolverConfig
from dcrviz.io.knob_values import with_knobs
from dcrviz.session.branches import Branch
from dcrviz.session.jobs import Start, solved
from dcrviz.sweep import Found, SweepPlan, Visits, grid_of, read_sweep, read_visits
from dcrviz.views.data_choice import DataChoice


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Swept:
    """What the runs of a sweep are of.

    Parameters
    ----------
    title
        In words, to follow "of".
    config
        The knobs that all share.
    plan
        None if only the settings are known.
    visits
        Gives the visits, which may have to be read.
    look
        Gives a run with its curve and planes, where these are in files.
    """

    title: str
    config: AssembleConfig
    settings: Sequence[Mapping[str, Any]]
    knobs: Sequence[str]
    plan: SweepPlan | None
    choice: DataChoice
    visits: Callable[[], Visits]
    look: Callable[[Found], Found] | None = None

    def branch(self, found: Found) -> Branch:
        """A run with all its steps, as a session keeps it.

        Raises
        ------
        ValueError
            If the visits can't be read any more.
        """
        visits = self.visits()
        config = with_knobs(self.config, {knob: found.row[knob] for knob in self.knobs})
        start = Start(template=visits.template, bright_objects=tuple(visits.bright_objects))
        knobs = {name: getattr(config, name) for name in SolverConfig.knobs()}
        exposures = tuple(visits.exposures)
        problem, moments = solved(start, exposures, config, knobs, problem=None)
        return Branch(
            name=f"sweep run {found.number}",
            problem=problem,
            moments=tuple(moments),
            exposures=exposures,
            start=start,
        )


def swept_folder(name: str) -> tuple[Swept, Sequence[Found]]:
    """The sweep of a folder, whose visits are read when they are needed.

    Raises
    ------
    ValueError
        If it holds none, or a shared knob has no such value.
    """
    folder = read_sweep(name)
    swept = Swept(
        title=f"the visits of {name}",
        config=with_knobs(AssembleConfig(), folder.base),
        settings=folder.settings,
        knobs=folder.knobs,
        plan=grid_of(folder.settings),
        choice=DataChoice(kind="paths", paths=folder.inputs.paths),
        visits=lru_cache(lambda: read_visits(folder.inputs)),
        look=folder.look,
    )
    return swept, folder.found

"""A folder that ``dcrviz sweep`` wrote, read again to be looked at."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.io import read_coadds
from dcrviz.products import HISTORY_NAME
from dcrviz.sweep.found import Found, StampPlace, brightest, mean_course
from dcrviz.sweep.plan import SweepPlan
from dcrviz.sweep.table import read_record
from dcrviz.sweep.trial import Inputs


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class SweptFolder:
    """What a folder tells of its sweep.

    Parameters
    ----------
    base
        Knobs that all trials share, as plain values.
    settings
        What each trial turns, by its number; also of those that are not done.
    found
        Rows of those that are done, in order; curves and stamps come by `look`.
    """

    folder: Path
    inputs: Inputs
    base: Mapping[str, Any]
    settings: Sequence[Mapping[str, Any]]
    found: Sequence[Found]

    @property
    def knobs(self) -> list[str]:
        """Those that are turned, in the order in which they are declared."""
        named = {name for setting in self.settings for name in setting}
        return [name for name in AssembleConfig.knobs() if name in named]

    def look(self, found: Found) -> Found:
        """A trial with its curve and stamp, if its coadds were kept."""
        folder = trial_folder(self.folder, found.number, of=len(self.settings))
        if not (folder / HISTORY_NAME).is_file():
            return found
        coadds = read_coadds(folder)
        x, y = brightest(coadds.corrected.image)
        noise = math.sqrt(float(np.nanmedian(coadds.corrected.variance)))
        place = StampPlace(x=x, y=y, noise=noise or 1.0)
        return replace(found, curve=_curve(folder), stamp=place.stamp(coadds.planes))


def read_sweep(folder: str | Path) -> SweptFolder:
    """The sweep of a folder.

    Raises
    ------
    ValueError
        If it holds none, or its record can't be read.
    """
    path = Path(folder).expanduser()
    plan, rows, inputs = read_record(path)
    try:
        settings = [dict(setting) for setting in plan["settings"]]
        base, visits = dict(plan["base"]), tuple(map(str, plan["visits"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: must hold the plan of a sweep; got {error}") from error
    return SweptFolder(
        folder=path,
        inputs=inputs or Inputs(paths=visits),
        base=base,
        settings=settings,
        found=[Found(row=rows[number]) for number in sorted(rows)],
    )


def trial_folder(folder: Path, number: int, *, of: int) -> Path:
    """Where the coadds of a trial are, among so many trials."""
    return folder / f"trial_{number:0{len(str(of - 1))}d}"


def grid_of(settings: Sequence[Mapping[str, Any]]) -> SweepPlan | None:
    """The grid whose combinations these are, in their order; None if they are of none."""
    names = list(settings[0]) if settings else []
    if not names or any(list(setting) != names for setting in settings):
        return None
    choices = {name: _distinct([setting[name] for setting in settings]) for name in names}
    # More combinations than there are settings may be too many for any plan.
    if math.prod(map(len, choices.values())) != len(settings):
        return None
    plan = SweepPlan(choices=choices)
    return plan if plan.settings() == list(settings) else None


def _distinct(values: Sequence[Any]) -> tuple[Any, ...]:
    """Each once, in order; lists among them can't be hashed."""
    kept: list[Any] = []
    for value in values:
        if value not in kept:
            kept.append(value)
    return tuple(kept)


def _curve(folder: Path) -> tuple[float, ...]:
    path = folder / HISTORY_NAME
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        courses = [
            [math.nan if one["metric"] is None else one["metric"] for one in tile["iterations"]]
            for tile in record["tiles"]
        ]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ValueError(f"{path}: must be the history of a run; got {error}") from error
    return mean_course(courses)

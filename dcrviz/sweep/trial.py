"""One configuration tried: what travels to a worker, and what it finds there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from dcrviz.bands import Band
from dcrviz.diagnostics.fit_scores import Yardstick
from dcrviz.frozen import Frozen
from dcrviz.io import read_catalogue, read_exposures
from dcrviz.products import write_products
from dcrviz.simulate import scene_beside
from dcrviz.sweep.fits import Visits, shared_knobs, try_knobs
from dcrviz.template_file import read_template


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Where the visits are: paths travel, not pixels.

    Parameters
    ----------
    paths, table, template, bright_objects
        Absolute, and the same on every machine.
    band
        Name and wavelengths; None if the headers tell it.
    """

    paths: tuple[str, ...]
    table: str | None = None
    template: str | None = None
    bright_objects: str | None = None
    band: Band | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial(Frozen):
    """One configuration.

    Parameters
    ----------
    number
        Of the trial in its sweep.
    base
        Knobs that all trials share, as plain values; those left out have their defaults.
    knobs
        Those that this trial turns, as plain values.
    out
        Folder for the coadds; None if only the numbers are wanted.
    """

    number: int
    inputs: Inputs
    base: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    knobs: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    out: str | None = None


def run_trial(trial: Trial) -> dict[str, Any]:
    """Fit the visits with a trial's knobs; a value that is refused is told, not raised.

    Returns
    -------
    dict
        Plain values: number, the knobs that are turned, the scores of the fit by the names of
        `FitScores`, ``refusal``, and ``prepare_s``, the seconds until the fit began.
    """
    visits = _visits(trial.inputs)
    tried = try_knobs(visits, shared_knobs(trial.base), trial.knobs, number=trial.number)
    if tried.fit is None:
        return tried.row(None)
    if trial.out is not None:
        write_products(tried.fit.problem, tried.fit.step, trial.out)
    return tried.row(_yardstick(trial.inputs, json.dumps(dict(trial.base), sort_keys=True)))


# A worker tries many configurations of the same visits.
@lru_cache(maxsize=1)
def _visits(inputs: Inputs) -> Visits:
    return read_visits(inputs)


def read_visits(inputs: Inputs) -> Visits:
    """The visits at these paths, with all that goes with them.

    Raises
    ------
    ValueError
        If a file can't be read, or the visits don't belong together.
    """
    exposures = read_exposures(inputs.paths, band=inputs.band, table=inputs.table)
    return Visits(
        exposures=exposures,
        template=read_template(inputs.template, exposures[0]),
        bright_objects=read_catalogue(inputs.bright_objects) if inputs.bright_objects else [],
    )


@lru_cache(maxsize=1)
def _yardstick(inputs: Inputs, base: str) -> Yardstick:
    visits = _visits(inputs)
    return visits.yardstick(shared_knobs(json.loads(base)), scene=scene_beside(visits.exposures))

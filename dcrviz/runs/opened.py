"""A saved run, opened again."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dcrviz.bright import BrightObject
from dcrviz.config import AssembleConfig, SolverConfig
from dcrviz.engine import Problem, Step, prepare, start_from
from dcrviz.frozen import Frozen
from dcrviz.io import coadd_of, read_start
from dcrviz.io.config_files import read_config
from dcrviz.io.entries import Entries, read_json
from dcrviz.io.exposure_files import exposure_from
from dcrviz.io.knob_values import with_knobs
from dcrviz.io.lazy import image_plane
from dcrviz.io.parts import images_of
from dcrviz.io.read import reread
from dcrviz.io.scan import describe, scan
from dcrviz.io.visit_values import visit_from
from dcrviz.products import CONFIG_NAME
from dcrviz.records import Coadd, Cube, Exposure, Shifts, Visit
from dcrviz.runs.run import RUN_NAME, SCHEMA, TEMPLATE_NAME
from dcrviz.runs.steps import Stored, step_from
from dcrviz.suggest import unknown

_SIZES = ("ra_deg", "dec_deg", "radius_arcsec", "width_arcsec", "height_arcsec")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class SavedRun(Frozen):
    """A run as it was saved.

    Parameters
    ----------
    config
        The knobs with which it goes on.
    steps
        As they were, but without their memory: LSST's iteration goes on as if it had never
        stopped, bit for bit; Anderson's mixing and conjugate gradients begin anew with the next
        step, always in the same way.
    knobs
        The solver's knobs that made each step.
    visits
        Of each exposure, whether it was found or not.
    exposures
        In the order of the problem; empty if any of them is missing.
    missing
        A sentence for each exposure that was not found as it was.
    template
        The coadd that the run was given to start from; None if it was made from the visits.
    start
        (S, Y, X), planes that it was given to begin with; None for shares of the template.
    shifts
        With which it ran.
    provenance
        Version, date, command, libraries.
    """

    folder: Path
    config: AssembleConfig
    steps: tuple[Step, ...]
    knobs: tuple[Mapping[str, Any], ...]
    visits: tuple[Visit, ...]
    exposures: tuple[Exposure, ...]
    missing: tuple[str, ...]
    template: Coadd | None
    start: Cube | None
    bright_objects: tuple[BrightObject, ...]
    shifts: Shifts
    shown: int
    provenance: Mapping[str, str]

    def prepare(self) -> Problem:
        """The problem of the run, to go on with: ``advance(run.prepare(), run.steps[-1])``.

        Raises
        ------
        ValueError
            If an exposure is missing, or the planes are not of its shape.
        """
        if self.missing:
            raise ValueError(f"{self.folder}: the run needs its exposures; {self.missing[0]}")
        problem = prepare(
            self.exposures,
            self.config,
            template=self.template,
            shifts=self.shifts,
            bright_objects=self.bright_objects,
        )
        if self.start is not None:
            problem = start_from(problem, self.start)
        shape, tiles = (problem.n_subfilters, *problem.shape), len(problem.tiles)
        for number, step in enumerate(self.steps):
            if step.planes.shape != shape or len(step.histories) != tiles:
                raise ValueError(
                    f"{self.folder}: step {number} must have planes of shape {shape} and {tiles} "
                    f"histories, as its config asks for; got {step.planes.shape} and "
                    f"{len(step.histories)}"
                )
        return problem


def is_run(folder: str | os.PathLike[str]) -> bool:
    """Whether a folder holds a saved run."""
    return (Path(folder) / RUN_NAME).is_file()


def open_run(folder: str | os.PathLike[str]) -> SavedRun:
    """Open a run that `save_run` saved.

    Raises
    ------
    ValueError
        If the folder holds no run, one of another schema, or a file that was damaged; names file,
        rule and value. Exposures that are missing are no error before `SavedRun.prepare`.
    """
    place = Path(folder)
    record = _record(place)
    config = read_config(place / CONFIG_NAME)
    stored = _PlanesOf(place, config.n_subfilters, where=record.where)
    steps, knobs = _steps(record, stored)
    visits, exposures, missing = _exposures(record, place)
    given = record.flag("template_given")
    shown = record.whole("shown", high=len(steps) - 1)
    provenance = record.inner("provenance")
    return SavedRun(
        folder=place,
        config=config,
        steps=steps,
        knobs=knobs,
        visits=visits,
        exposures=() if missing else exposures,
        missing=missing,
        template=coadd_of(read_start(place / TEMPLATE_NAME)) if given else None,
        start=stored(record.text("start")) if record.value("start") else None,
        bright_objects=tuple(_bright_object(entry) for entry in record.each("bright_objects")),
        shifts=_shifts(record.inner("shifts")),
        shown=shown,
        provenance={key: provenance.text(key) for key in provenance.values},
    )


def _record(folder: Path) -> Entries:
    path = folder / RUN_NAME
    if not path.is_file():
        raise ValueError(f"{folder}: must be the folder of a saved run; got no {RUN_NAME} in it")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: must be a text file; got {error}") from error
    record = read_json(text, where=str(path))
    if record.value("schema") != SCHEMA:
        raise ValueError(f"{path}: schema must be {SCHEMA}; got {record.value('schema')!r}")
    return record


class _PlanesOf:
    """The planes in the files of a run, each read once."""

    def __init__(self, folder: Path, n_subfilters: int, *, where: str) -> None:
        self._folder, self._n_subfilters, self._where = folder, n_subfilters, where
        self._known: dict[str, Cube] = {}

    def __call__(self, name: str) -> Cube:
        if name not in self._known:
            path = _inside(self._folder, name, self._where)
            self._known[name] = _planes(path, self._n_subfilters)
        return self._known[name]


def _steps(record: Entries, stored: Stored) -> tuple[tuple[Step, ...], tuple[dict[str, Any], ...]]:
    steps: list[Step] = []
    knobs = []
    for entry in record.each("steps"):
        steps.append(step_from(entry, steps[-1] if steps else None, stored=stored))
        knobs.append(_knobs(entry.inner("knobs")))
    if not steps:
        raise ValueError(f"{record.where}: steps must be one or more; got none")
    return tuple(steps), tuple(knobs)


def _knobs(entry: Entries) -> dict[str, Any]:
    """Values of the solver's knobs; one that the run did not know yet has its default."""
    known = AssembleConfig.knobs()
    for name in entry.values:
        if name not in known:
            raise ValueError(f"{entry.where}: {unknown('knob', name, known)}")
    config = with_knobs(AssembleConfig(), entry.values, where=f"{entry.where}: ")
    return {name: getattr(config, name) for name in SolverConfig.knobs()}


def _planes(path: Path, n_subfilters: int) -> Cube:
    """The planes of a file, (S, Y, X)."""
    hdus = scan(path)
    images = images_of(hdus)
    shapes = {hdu.shape for hdu in images}
    real = all(int(hdu.header["BITPIX"]) == -32 for hdu in images)
    if len(images) != n_subfilters or len(shapes) != 1 or not real:
        raise ValueError(
            f"{path}: must hold {n_subfilters} planes of 32-bit reals and of one shape; got "
            f"{describe(hdus)}"
        )
    planes = np.stack([image_plane(hdu)[:, :] for hdu in images])
    planes.flags.writeable = False
    return planes


def _exposures(
    record: Entries, folder: Path
) -> tuple[tuple[Visit, ...], tuple[Exposure, ...], tuple[str, ...]]:
    visits, exposures, missing = [], [], []
    for entry in record.each("exposures"):
        visit = visit_from(entry.inner("visit"))
        visits.append(visit)
        try:
            if "data" in entry.values:
                path = _inside(folder, entry.text("data"), entry.where)
                exposures.append(reread(path, visit))
            else:
                exposures.append(exposure_from(entry, folder=folder))
        except ValueError as error:
            missing.append(str(error))
    return tuple(visits), tuple(exposures), tuple(missing)


def _bright_object(entry: Entries) -> BrightObject:
    sizes: dict[str, Any] = {key: entry.finite_or_none(key) for key in _SIZES}
    return BrightObject(**sizes)


def _shifts(entry: Entries) -> Shifts:
    return Shifts(
        midpoint=entry.array("midpoint", n_axes=3),
        split=entry.array("split", n_axes=4),
        weights=entry.array("weights", n_axes=2),
    )


def _inside(folder: Path, name: str, where: str) -> Path:
    """A file of the folder; nothing that a document names may lead out of it."""
    if Path(name).name != name or name in ("", ".", ".."):
        raise ValueError(f"{where}: files must lie in the folder of the run; got {name!r}")
    return folder / name

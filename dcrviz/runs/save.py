"""Saving a run to a folder, all of it or nothing."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from astropy.io import fits

from dcrviz.engine import Problem, Step
from dcrviz.engine.step import ClampReport
from dcrviz.io.atomic import AtomicFiles
from dcrviz.io.entries import encoded
from dcrviz.io.exposure_files import data_hdus, exposure_values, files_of
from dcrviz.io.grid import grid_header
from dcrviz.io.knob_values import plain
from dcrviz.io.visit_values import visit_values
from dcrviz.io.write import exposure_hdus
from dcrviz.products import product_texts
from dcrviz.records import Cube, Exposure
from dcrviz.run_log import history_record
from dcrviz.runs.run import (
    OWN_NAME,
    RUN_NAME,
    SCHEMA,
    TEMPLATE_NAME,
    Run,
)
from dcrviz.runs.steps import step_values

_LIBRARIES = ("numpy", "numba", "astropy")


def save_run(folder: str | os.PathLike[str], run: Run, *, with_data: bool = False) -> list[Path]:
    """Save a run so that `open_run` gives it back, in place of one that is there already.

    Parameters
    ----------
    folder
        Made if it is not there. It receives ``run.json``, ``config.yaml``, ``history.json``,
        ``template.fits``, ``step_000.fits`` and so on with the planes of each stored step, and
        ``exposure_000.fits`` and so on for exposures that are saved.
    with_data
        Whether to save the exposures, too; else only where they are and their checksums. Those
        that are in no file, such as simulated ones, are saved in any case.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ValueError
        If the folder can't be written to, or an exposure can't be kept in a file.
    """
    target = Path(folder)
    with AtomicFiles() as files:
        planes = _PlaneFiles(run.problem, files, target)
        steps, clamps, last = _save_steps(run, planes)
        exposures = _save_exposures(run.exposures, files, target, with_data=with_data)
        template = run.template or run.problem.template
        exposure_hdus(template, wcs=run.problem.wcs, xy0=run.problem.xy0, header={}).writeto(
            files.add(target / TEMPLATE_NAME)
        )
        config, start = run.config or run.problem.config, run.problem.start
        knobs = run.knobs or (config.values(),) * len(steps)
        record = {
            "schema": SCHEMA,
            "provenance": provenance(),
            "shown": len(steps) - 1 if run.shown is None else run.shown,
            "template_given": run.template is not None,
            "start": None if start is None else planes.add(start, "start.fits"),
            "bright_objects": [asdict(star) for star in run.bright_objects],
            "shifts": {
                "midpoint": encoded(run.problem.shifts.midpoint),
                "split": encoded(run.problem.shifts.split),
                "weights": encoded(run.problem.shifts.weights),
            },
            "exposures": exposures,
            "steps": [
                step | {"knobs": plain(dict(values))}
                for step, values in zip(steps, knobs, strict=True)
            ],
        }
        history = history_record(run.problem, last, clamps)
        texts = {
            **product_texts(config, history),
            RUN_NAME: json.dumps(record, indent=1, allow_nan=False),
        }
        for name, text in texts.items():
            files.add(target / name).write_text(text, encoding="utf-8")
        leftovers = _leftovers(target, files.paths)
    for path in leftovers:
        path.unlink()
    return files.paths


def provenance() -> dict[str, str]:
    """Who made this, when, and with what."""
    # Not the package's own __version__, which would import all of it from below.
    versions = {name: importlib.metadata.version(name) for name in _LIBRARIES}
    return {
        "dcrviz": _own_version(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
        "python": platform.python_version(),
        **versions,
    }


def _own_version() -> str:
    try:
        return importlib.metadata.version("dcrviz")
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _save_steps(
    run: Run, planes: _PlaneFiles
) -> tuple[list[dict[str, Any]], list[tuple[int, ClampReport]], Step]:
    """Save the planes of each step; its other values, what the clamps did, and the last step."""
    values: list[dict[str, Any]] = []
    clamps: list[tuple[int, ClampReport]] = []
    before: Step | None = None
    # Once and in order: steps that were not kept are computed again on the way.
    for step in run.steps:
        planes.add(step.planes, f"step_{len(values):03}.fits")
        values.append(step_values(step, before, named=planes.name))
        clamps += [] if step.clamps is None else [(step.tile, step.clamps)]
        before = step
    assert before is not None
    return values, clamps, before


class _PlaneFiles:
    """One file for planes that are the same, named after the first step that has them."""

    def __init__(self, problem: Problem, files: AtomicFiles, folder: Path) -> None:
        self._problem, self._files, self._folder = problem, files, folder
        self._names: dict[bytes, str] = {}

    def name(self, planes: Cube) -> str:
        """The file of these planes; best ones may belong to a step that is not stored."""
        extra = sum(name.startswith("best") for name in self._names.values())
        return self.add(planes, f"best_{extra:03}.fits")

    def add(self, planes: Cube, name: str) -> str:
        """Write the planes, unless a file has them already; gives the name of that which has."""
        digest = hashlib.blake2b(planes.tobytes()).digest()
        if digest not in self._names:
            self._names[digest] = name
            _plane_hdus(planes, self._problem).writeto(self._files.add(self._folder / name))
        return self._names[digest]


def _plane_hdus(planes: Cube, problem: Problem) -> fits.HDUList:
    grid = grid_header(problem.wcs, problem.xy0)
    images = [
        fits.ImageHDU(plane, header=grid.copy(), name=f"PLANE{number}")
        for number, plane in enumerate(planes)
    ]
    return fits.HDUList([fits.PrimaryHDU(), *images])


def _save_exposures(
    exposures: Sequence[Exposure], files: AtomicFiles, folder: Path, *, with_data: bool
) -> list[dict[str, Any]]:
    """Where each exposure is, or the file that it was saved to."""
    found = []
    for number, exposure in enumerate(exposures):
        paths = files_of(exposure)
        # What an earlier run of this folder holds would be gone with it.
        own = any(path.absolute().parent == folder.absolute() for path in paths)
        if paths and not own and not with_data:
            found.append(exposure_values(exposure, folder=folder))
            continue
        name = f"exposure_{number:03}.fits"
        data_hdus(exposure).writeto(files.add(folder / name))
        found.append({"visit": visit_values(exposure.visit), "data": name})
    return found


def _leftovers(folder: Path, written: Sequence[Path]) -> list[Path]:
    """Files of an earlier run that have no successor; none where no run was saved before."""
    if not (folder / RUN_NAME).is_file():
        return []
    return [
        path
        for path in sorted(folder.iterdir())
        if OWN_NAME.fullmatch(path.name) and path not in written
    ]

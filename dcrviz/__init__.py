"""DCR-matched coadds, step by step.

>>> import dcrviz
>>> exposures = dcrviz.read_exposures(dcrviz.bundled("field"))
>>> problem = dcrviz.prepare(exposures, dcrviz.AssembleConfig())
>>> for step in dcrviz.assemble(problem):
...     print(step.index, step.metric, step.gain)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dcrviz.bands import Band
from dcrviz.bundled import bundled
from dcrviz.config import AssembleConfig, ProblemConfig, SolverConfig
from dcrviz.engine import (
    Outcome,
    Problem,
    Step,
    advance,
    assemble,
    coadds,
    first_step,
    matched_template,
    prepare,
)
from dcrviz.records import Coadd, Coadds, Exposure, Shifts, Site, Visit, Weather
from dcrviz.session import Session
from dcrviz.throughput import Throughput

if TYPE_CHECKING:
    from dcrviz.io import (
        read_coadds,
        read_exposure,
        read_exposures,
        read_throughput,
        write_coadds,
        write_exposure,
        write_template,
    )
    from dcrviz.io.config_files import read_config, write_config
    from dcrviz.io.lsst_config import from_lsst, to_lsst
    from dcrviz.runs import Run, SavedRun, open_run, save_run
    from dcrviz.views import explore

__version__ = "0.1.0"

# Imported when first asked for: files need astropy, the explorer needs panel.
_LATER = {
    "Run": "dcrviz.runs",
    "SavedRun": "dcrviz.runs",
    "explore": "dcrviz.views",
    "from_lsst": "dcrviz.io.lsst_config",
    "open_run": "dcrviz.runs",
    "read_coadds": "dcrviz.io",
    "read_config": "dcrviz.io.config_files",
    "read_exposure": "dcrviz.io",
    "read_exposures": "dcrviz.io",
    "read_throughput": "dcrviz.io",
    "save_run": "dcrviz.runs",
    "to_lsst": "dcrviz.io.lsst_config",
    "write_coadds": "dcrviz.io",
    "write_config": "dcrviz.io.config_files",
    "write_exposure": "dcrviz.io",
    "write_template": "dcrviz.io",
}

__all__ = [
    "AssembleConfig",
    "Band",
    "Coadd",
    "Coadds",
    "Exposure",
    "Outcome",
    "Problem",
    "ProblemConfig",
    "Run",
    "SavedRun",
    "Session",
    "Shifts",
    "Site",
    "SolverConfig",
    "Step",
    "Throughput",
    "Visit",
    "Weather",
    "advance",
    "assemble",
    "bundled",
    "coadds",
    "explore",
    "first_step",
    "from_lsst",
    "matched_template",
    "open_run",
    "prepare",
    "read_coadds",
    "read_config",
    "read_exposure",
    "read_exposures",
    "read_throughput",
    "save_run",
    "to_lsst",
    "write_coadds",
    "write_config",
    "write_exposure",
    "write_template",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'dcrviz' has no attribute {name!r}")
    value = getattr(import_module(_LATER[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

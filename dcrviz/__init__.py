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

from dcrviz.bundled import bundled

if TYPE_CHECKING:
    from dcrviz.bands import Band
    from dcrviz.config import AssembleConfig, ProblemConfig, SolverConfig
    from dcrviz.diagnostics.ablation import Ablation, AblationRow, ablation
    from dcrviz.diagnostics.condition_map import condition_map
    from dcrviz.diagnostics.leverage import Leverage, leverage
    from dcrviz.diagnostics.night import night_of, path_of
    from dcrviz.diagnostics.planner import leave_one_out, plan_next, plan_night, plan_sky
    from dcrviz.diagnostics.verdict import Verdict
    from dcrviz.diagnostics.verdicts import verdicts
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
        refined_visit,
        start_from,
    )
    from dcrviz.engine.measured_seeing import MeasuredSeeing, measured_seeing
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
    from dcrviz.records import Coadd, Coadds, Exposure, Shifts, Site, Visit, Weather
    from dcrviz.runs import Run, SavedRun, open_run, save_run
    from dcrviz.session import Session
    from dcrviz.throughput import Throughput
    from dcrviz.views import explore

__version__ = "0.1.0"

# Imported when first asked for: all need numpy, fits numba, files astropy, the explorer panel. What
# the command says of itself needs none of them.
_LATER = {
    "Ablation": "dcrviz.diagnostics.ablation",
    "AblationRow": "dcrviz.diagnostics.ablation",
    "AssembleConfig": "dcrviz.config",
    "Band": "dcrviz.bands",
    "Coadd": "dcrviz.records",
    "Coadds": "dcrviz.records",
    "Exposure": "dcrviz.records",
    "Leverage": "dcrviz.diagnostics.leverage",
    "MeasuredSeeing": "dcrviz.engine.measured_seeing",
    "Outcome": "dcrviz.engine",
    "Problem": "dcrviz.engine",
    "ProblemConfig": "dcrviz.config",
    "Run": "dcrviz.runs",
    "SavedRun": "dcrviz.runs",
    "Session": "dcrviz.session",
    "Shifts": "dcrviz.records",
    "Site": "dcrviz.records",
    "SolverConfig": "dcrviz.config",
    "Step": "dcrviz.engine",
    "Throughput": "dcrviz.throughput",
    "Verdict": "dcrviz.diagnostics.verdict",
    "Visit": "dcrviz.records",
    "Weather": "dcrviz.records",
    "ablation": "dcrviz.diagnostics.ablation",
    "advance": "dcrviz.engine",
    "assemble": "dcrviz.engine",
    "coadds": "dcrviz.engine",
    "condition_map": "dcrviz.diagnostics.condition_map",
    "explore": "dcrviz.views",
    "first_step": "dcrviz.engine",
    "from_lsst": "dcrviz.io.lsst_config",
    "leave_one_out": "dcrviz.diagnostics.planner",
    "leverage": "dcrviz.diagnostics.leverage",
    "matched_template": "dcrviz.engine",
    "measured_seeing": "dcrviz.engine.measured_seeing",
    "night_of": "dcrviz.diagnostics.night",
    "open_run": "dcrviz.runs",
    "path_of": "dcrviz.diagnostics.night",
    "plan_next": "dcrviz.diagnostics.planner",
    "plan_night": "dcrviz.diagnostics.planner",
    "plan_sky": "dcrviz.diagnostics.planner",
    "prepare": "dcrviz.engine",
    "read_coadds": "dcrviz.io",
    "read_config": "dcrviz.io.config_files",
    "read_exposure": "dcrviz.io",
    "read_exposures": "dcrviz.io",
    "read_throughput": "dcrviz.io",
    "refined_visit": "dcrviz.engine",
    "save_run": "dcrviz.runs",
    "start_from": "dcrviz.engine",
    "to_lsst": "dcrviz.io.lsst_config",
    "verdicts": "dcrviz.diagnostics.verdicts",
    "write_coadds": "dcrviz.io",
    "write_config": "dcrviz.io.config_files",
    "write_exposure": "dcrviz.io",
    "write_template": "dcrviz.io",
}

__all__ = [
    "Ablation",
    "AblationRow",
    "AssembleConfig",
    "Band",
    "Coadd",
    "Coadds",
    "Exposure",
    "Leverage",
    "MeasuredSeeing",
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
    "Verdict",
    "Visit",
    "Weather",
    "ablation",
    "advance",
    "assemble",
    "bundled",
    "coadds",
    "condition_map",
    "explore",
    "first_step",
    "from_lsst",
    "leave_one_out",
    "leverage",
    "matched_template",
    "measured_seeing",
    "night_of",
    "open_run",
    "path_of",
    "plan_next",
    "plan_night",
    "plan_sky",
    "prepare",
    "read_coadds",
    "read_config",
    "read_exposure",
    "read_exposures",
    "read_throughput",
    "refined_visit",
    "save_run",
    "start_from",
    "to_lsst",
    "verdicts",
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

"""DCR-matched coadds, step by step."""

from __future__ import annotations

from dcrviz.bands import Band
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

__version__ = "0.1.0"
__all__ = [
    "AssembleConfig",
    "Band",
    "Coadd",
    "Coadds",
    "Exposure",
    "Outcome",
    "Problem",
    "ProblemConfig",
    "Shifts",
    "Site",
    "SolverConfig",
    "Step",
    "Visit",
    "Weather",
    "advance",
    "assemble",
    "coadds",
    "first_step",
    "matched_template",
    "prepare",
]

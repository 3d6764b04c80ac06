"""The algorithm: from exposures to a problem, from step to step, to coadds."""

from dcrviz.engine.advance import advance, assemble, first_step
from dcrviz.engine.coadds import coadds
from dcrviz.engine.outcome import Outcome
from dcrviz.engine.prediction import matched_template, refined_visit
from dcrviz.engine.prepare import prepare
from dcrviz.engine.problem import Problem
from dcrviz.engine.start import start_from
from dcrviz.engine.step import Step

__all__ = [
    "Outcome",
    "Problem",
    "Step",
    "advance",
    "assemble",
    "coadds",
    "first_step",
    "matched_template",
    "prepare",
    "refined_visit",
    "start_from",
]

"""What a run leaves in a folder: its coadds, the knobs that made them, and its course."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dcrviz.config import AssembleConfig
from dcrviz.config_rules import threads_of
from dcrviz.diagnostics.verdict import Verdict
from dcrviz.engine import Problem, Step, coadds
from dcrviz.engine.step import ClampReport
from dcrviz.io import write_coadds
from dcrviz.io.config_files import config_text
from dcrviz.run_log import history_record

CONFIG_NAME = "config.yaml"
HISTORY_NAME = "history.json"


def write_products(
    problem: Problem,
    last: Step,
    folder: str | os.PathLike[str],
    *,
    clamps: Sequence[tuple[int, ClampReport]] = (),
    verdicts: Sequence[Verdict] = (),
) -> list[Path]:
    """Write the coadds of a run with its texts, all or none, in place of an earlier run's.

    Parameters
    ----------
    last, clamps, verdicts
        As `history_record` takes them.

    Returns
    -------
    list of Path
        The files written.
    """
    history = history_record(problem, last, clamps, verdicts)
    return write_coadds(
        coadds(problem, last),
        folder,
        texts=product_texts(problem.config, history),
        threads=threads_of(problem.config, problem.shape),
    )


def product_texts(config: AssembleConfig, history: Mapping[str, Any]) -> dict[str, str]:
    """The text files of a run, by name."""
    return {
        CONFIG_NAME: config_text(config),
        HISTORY_NAME: json.dumps(history, indent=1, allow_nan=False),
    }

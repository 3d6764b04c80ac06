"""A saved run where a command takes visits, too."""

from __future__ import annotations

import argparse

from dcrviz.cli.given import OF_KNOBS, OF_VISITS, refuse_beside
from dcrviz.runs import SavedRun, is_run, open_run


def names_saved_run(options: argparse.Namespace) -> bool:
    """Whether the one path is the folder of a saved run."""
    return len(options.paths) == 1 and is_run(options.paths[0])


def saved_run(options: argparse.Namespace) -> SavedRun:
    """That run.

    Raises
    ------
    ValueError
        If an option is given that is for visits or turns knobs, or the run can't be read.
    """
    path = options.paths[0]
    whose = f"{path}: a saved run has its own visits and knobs"
    refuse_beside(options, whose, *OF_VISITS, *OF_KNOBS)
    return open_run(path)

"""Runs in folders: saved with all their steps, opened again, gone on with."""

from dcrviz.runs.opened import SavedRun, is_run, open_run
from dcrviz.runs.run import Run
from dcrviz.runs.save import save_run

__all__ = ["Run", "SavedRun", "is_run", "open_run", "save_run"]

"""Tasks of one command on this machine's cores, or on a Dask cluster."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from dcrviz.cli.numbers import whole
from dcrviz.cli.progress import progress
from dcrviz.sweep import Lost, spread

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


def add_where(parser: Any, *, what: str) -> None:
    """Add the options that say where the tasks are done; ``what`` names them in the plural."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--workers",
        type=whole(1, 1000),
        metavar="N",
        help=f"processes for {what}; one a core",
    )
    where.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help=f"of a Dask cluster that takes the {what} instead",
    )


def do_all(
    function: Callable[[_Task], _Result],
    tasks: Sequence[_Task],
    take: Callable[[_Task, _Result], None],
    options: argparse.Namespace,
    *,
    unit: str,
    folder: Path,
) -> None:
    """Do the tasks where the options say, with a bar, and hand over each result as it is done.

    Parameters
    ----------
    take
        Called here with a task and its result.
    unit
        Of what the bar counts, in the plural.
    folder
        Where the results are kept.

    Raises
    ------
    ValueError
        If there is no such scheduler, or its workers died at a task again and again.
    """
    # Before a line is shown: a scheduler that is not there is a mistake of the person.
    found = spread(function, tasks, workers=options.workers, scheduler=options.scheduler)
    options.console.open()
    bar = progress(found, told=options.command, unit=unit, quiet=options.quiet, total=len(tasks))
    try:
        with bar as results:
            for task, result in results:
                take(task, result)
    except Lost as error:
        raise ValueError(f"{error}; {folder} holds what was done") from error

"""How far a command is, on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from shutil import get_terminal_size
from typing import Any

from tqdm import tqdm
from tqdm.contrib.logging import logging_redirect_tqdm

from dcrviz.cli.console import LOGS


@contextmanager
def progress(
    items: Iterable[Any] | None = None,
    *,
    told: str,
    unit: str,
    quiet: bool,
    total: int | None = None,
) -> Iterator[tqdm[Any]]:
    """A bar on a terminal, above which log lines scroll; none elsewhere, or if it is to be quiet.

    Parameters
    ----------
    items
        What it counts as it is gone through; None if its user counts.
    told
        What is being done.
    unit
        Of what is counted, in the plural.
    """
    # A terminal that does not tell its size gets a bar too, by the size that this falls back to.
    columns, lines = get_terminal_size()
    bar = tqdm(
        items,
        desc=told,
        unit=f" {unit}",
        # None: only on a terminal.
        disable=True if quiet else None,
        total=total,
        ncols=columns,
        nrows=lines,
    )
    with logging_redirect_tqdm(LOGS), bar:
        yield bar

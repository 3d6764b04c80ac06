"""What the command logs on standard error, and when."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

_PACKAGE = logging.getLogger("dcrviz")
LOGS = [_PACKAGE, logging.getLogger("py.warnings")]
"""What the command shows: what it logs itself, and what Python and other libraries warn of."""


class Console(logging.StreamHandler[TextIO]):
    """Log lines on standard error, held back until the input has proved good.

    A mistake is told in one line; what was logged on the way to it is dropped.

    Parameters
    ----------
    about
        Which of several runs the lines are of.
    """

    def __init__(self, about: str = "") -> None:
        super().__init__(sys.stderr)
        named = f"{about}: ".replace("%", "%%") if about else ""
        self.setFormatter(logging.Formatter(f"%(levelname)s {named}%(message)s"))
        self._held: list[logging.LogRecord] | None = []

    def emit(self, record: logging.LogRecord) -> None:
        """Show a line, or keep it for later."""
        if self._held is None:
            super().emit(record)
        else:
            self._held.append(record)

    def open(self) -> None:
        """Show what was held back, and from now on every line at once."""
        held, self._held = self._held or [], None
        for record in held:
            self.emit(record)


@contextmanager
def console(*, quiet: bool, about: str = "") -> Iterator[Console]:
    """The console of one run of the command; it shows all it holds when the run ends well."""
    handler, level = Console(about), _PACKAGE.level
    for log in LOGS:
        log.addHandler(handler)
    _PACKAGE.setLevel(logging.WARNING if quiet else logging.INFO)
    logging.captureWarnings(True)
    try:
        yield handler
        handler.open()
    finally:
        logging.captureWarnings(False)
        _PACKAGE.setLevel(level)
        for log in LOGS:
            log.removeHandler(handler)

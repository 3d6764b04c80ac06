"""When a process of the command looks for garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_for_good() -> Iterator[None]:
    """What is made in the block, such as modules, is never garbage, nor looked through for any.

    Looking for it takes a quarter of the time in which the libraries of the page are imported.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()

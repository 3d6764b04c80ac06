"""Compilation of the inner loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

_Loop = TypeVar("_Loop", bound=Callable[..., Any])

# NaN keeps its meaning; sums may be reordered, as vector units do.
_FAST = {"contract", "nsz", "arcp", "reassoc"}


def inlined(loop: _Loop) -> _Loop:
    """Compile a short loop into every loop that calls it, which spares the call."""
    from numba import njit

    return cast(_Loop, njit(nogil=True, fastmath=_FAST, forceinline=True)(loop))


def compiled(loop: _Loop) -> _Loop:
    """Compile a loop on its first call, without the interpreter's lock.

    Notes
    -----
    The machine code is cached beside the source, or in the user's cache where the source is
    read-only; where neither can be written to, it is compiled anew in each process.
    """
    from numba import njit

    try:
        fast = njit(cache=True, nogil=True, fastmath=_FAST)(loop)
    except RuntimeError:
        fast = njit(nogil=True, fastmath=_FAST)(loop)
    # numba's wrapper is called as the loop is.
    return cast(_Loop, fast)

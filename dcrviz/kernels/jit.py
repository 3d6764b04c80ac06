"""Compilation of the inner loops.

A loop that others call is inlined in them. Were it compiled by itself, each process would take that
copy of it which it loads first: its own, or the one that went into a caller, which is optimised
together with it. Their last bits differ, and so would those of a run that is taken up again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numpy.typing import NDArray

_Loop = TypeVar("_Loop", bound=Callable[..., Any])
_Array = TypeVar("_Array", bound=NDArray[Any])

# A product and a sum may be rounded as one; nothing else of float arithmetic is loosened. With a
# reciprocal for a division every mean of three planes would be too small by a part in 30 million.
_COUNTING: dict[str, Any] = {"nogil": True, "fastmath": {"contract", "nsz"}}
_EXACT = {**_COUNTING, "_nrt": False}
_FREE = {**_COUNTING, "fastmath": {"contract", "nsz", "reassoc", "arcp"}}
_REORDERED = {**_EXACT, "fastmath": {"contract", "nsz", "reassoc"}}


def inlined(loop: _Loop) -> _Loop:
    """Compile a short loop into every loop that calls it, which spares the call."""
    from numba import njit

    return cast(_Loop, njit(**_EXACT, forceinline=True)(loop))


def summing(loop: _Loop) -> _Loop:
    """Compile a short loop whose sum over a row may be reordered, as vector units do."""
    from numba import njit

    return cast(_Loop, njit(**_REORDERED, forceinline=True)(loop))


def compiled(loop: _Loop) -> _Loop:
    """Compile a loop on its first call, without the interpreter's lock; it makes no arrays.

    Notes
    -----
    numba counts who holds an array: an atomic addition at a slice or call, on a number that
    threads share. Here nothing is counted: so whatever a loop works in is handed to it.

    The machine code is cached beside the source, or in the user's cache where the source is
    read-only; where neither can be written to, it is compiled anew in each process.
    """
    return _cached(loop, _EXACT)


def compiled_with_lists(loop: _Loop) -> _Loop:
    """Compile a loop that makes lists or arrays of its own."""
    return _cached(loop, _COUNTING)


def compiled_freely(loop: _Loop) -> _Loop:
    """Compile a loop that makes arrays of its own and whose sums may be reordered."""
    return _cached(loop, _FREE)


def inlined_freely(loop: _Loop) -> _Loop:
    """Compile a loop whose sums may be reordered into every loop that calls it."""
    from numba import njit

    return cast(_Loop, njit(**_FREE, forceinline=True)(loop))


def _cached(loop: _Loop, options: dict[str, Any]) -> _Loop:
    from numba import njit

    from dcrviz.kernels.compiler import compiler

    # From now on it is known whether people wait for it.
    compiler()
    try:
        fast = njit(cache=True, **options)(loop)
    except RuntimeError:
        fast = njit(**options)(loop)
    # numba's wrapper is called as the loop is.
    return cast(_Loop, fast)


def unwritable(array: _Array) -> _Array:
    """A view that can't be written to, as loops are compiled anew for arrays that can."""
    view = array.view()
    view.flags.writeable = False
    return view

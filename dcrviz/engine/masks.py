"""Mask planes by name: bits, flags, merging."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dcrviz.mask_planes import USUAL_PLANES
from dcrviz.records import Bits, Bools, Exposure, LazyPlane

_LAST_BIT = 30


def bits_of(planes: Mapping[str, int], names: Iterable[str]) -> int:
    """Bit mask of the named planes; names that are not among the planes count nothing."""
    return sum(1 << planes[name] for name in set(names) if name in planes)


def flagged(mask: Bits | LazyPlane, planes: Mapping[str, int], names: Iterable[str]) -> Bools:
    """Pixels that carry any of the named planes, (Y, X)."""
    bits: Bits = np.asarray(mask) & np.int32(bits_of(planes, names))
    pixels: Bools = bits != 0
    return pixels


def with_plane(planes: Mapping[str, int], name: str) -> dict[str, int]:
    """The planes with one more, on its usual bit if that is free.

    Raises
    ------
    ValueError
        If all 31 bits are taken.
    """
    known = dict(planes)
    if name in known:
        return known
    taken = set(known.values())
    usual = USUAL_PLANES.get(name, len(USUAL_PLANES))
    free = [bit for bit in (usual, *range(_LAST_BIT + 1)) if bit not in taken]
    if not free:
        raise ValueError(f"mask plane {name} can't be added: all {_LAST_BIT + 1} bits are in use")
    return known | {name: free[0]}


def renumbered(mask: Bits, planes: Mapping[str, int], onto: Mapping[str, int]) -> Bits:
    """The mask with its bits moved to the numbers that another set of planes uses."""
    if all(onto.get(name, bit) == bit for name, bit in planes.items()):
        kept: Bits = mask & np.int32(bits_of(planes, onto))
        return kept
    moved = np.zeros_like(mask)
    for name, bit in planes.items():
        if name in onto:
            moved |= np.where(mask & np.int32(1 << bit), np.int32(1 << onto[name]), np.int32(0))
    return moved


def merge_flags(exposure: Exposure, flags: Mapping[str, NDArray[np.bool_]]) -> Exposure:
    """An exposure whose mask carries more flags, such as those of artifacts.

    Parameters
    ----------
    flags
        (Y, X) for each plane name; a name that the mask does not know becomes a new plane.
    """
    planes = dict(exposure.planes)
    mask = np.array(exposure.mask, dtype=np.int32)
    for name, pixels in flags.items():
        planes = with_plane(planes, name)
        mask[pixels] |= np.int32(1 << planes[name])
    return replace(exposure, mask=mask, planes=planes)

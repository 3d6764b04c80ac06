"""What artifacts do to the visits: masks that tell them, and pixels that the fit leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dcrviz.engine.artifacts import Artifacts
from dcrviz.engine.candidates import Fate
from dcrviz.engine.masks import with_plane
from dcrviz.records import Bits, Exposure, Ints, Plane, Shifts

# A star of the static sky is smeared by refraction, and a little brighter where it is not.
_UNSMEARED = 0.25
_NOISE_SIGMA = 5.0


def marked(
    exposures: Sequence[Exposure], clipped: Sequence[Ints], *, edge_px: int
) -> tuple[Exposure, ...]:
    """The exposures with CLIPPED on artifacts, NO_DATA where they are NaN, and EDGE.

    The masks are made when they are read.

    Parameters
    ----------
    clipped
        V times the flat indices of the pixels of artifacts, in order.
    edge_px
        Width of the rim where bringing a visit to a common seeing needs what is beyond the field.
    """
    return tuple(
        _with_marks(exposure, places, edge_px)
        for exposure, places in zip(exposures, clipped, strict=True)
    )


def _with_marks(exposure: Exposure, clipped: Ints, edge_px: int) -> Exposure:
    planes = dict(exposure.planes)
    for name in ("CLIPPED", "NO_DATA", "EDGE"):
        planes = with_plane(planes, name)
    mask = MarkedMask(exposure=exposure, clipped=clipped, planes=planes, edge_px=edge_px)
    return replace(exposure, mask=mask, planes=planes)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class MarkedMask:
    """A visit's mask with the marks of its artifacts, read row by row as its visit is.

    Parameters
    ----------
    clipped
        Flat indices of the pixels of artifacts, in order.
    planes
        Bit number of each mask plane by name, those of the marks included.
    """

    exposure: Exposure
    clipped: Ints
    planes: Mapping[str, int]
    edge_px: int

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.exposure.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the pixels."""
        return np.dtype(np.int32)

    def __getitem__(self, key: Any) -> NDArray[Any]:
        rows, others = (key[0], key[1:]) if isinstance(key, tuple) else (key, ())
        if not isinstance(rows, slice) or (rows.step or 1) != 1:
            return np.asarray(self._rows(slice(0, self.shape[0]))[key])
        return np.asarray(self._rows(rows)[(slice(None), *others)])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if copy is False:
            raise ValueError("marks are put on anew each time: copy must not be False")
        return np.asarray(self[:, :], dtype=dtype)

    def _rows(self, rows: slice) -> Bits:
        height, width = self.shape
        first, last, _ = rows.indices(height)
        mask = np.array(self.exposure.mask[first:last], dtype=np.int32)
        clipped = np.searchsorted(self.clipped, [first * width, last * width])
        mask.ravel()[self.clipped[slice(*clipped)] - first * width] |= self._bit("CLIPPED")
        mask[~np.isfinite(self.exposure.image[first:last])] |= self._bit("NO_DATA")
        row = np.arange(first, last)
        mask[(row < self.edge_px) | (row >= height - self.edge_px)] |= self._bit("EDGE")
        mask[:, : self.edge_px] |= self._bit("EDGE")
        mask[:, max(0, width - self.edge_px) :] |= self._bit("EDGE")
        return mask

    def _bit(self, name: str) -> np.int32:
        return np.int32(1 << self.planes[name])


def places_to_clip(
    artifacts: Artifacts, *, n_visits: int, reach_px: int | None
) -> tuple[Ints, ...]:
    """V times the flat indices, in order, of the pixels of artifacts.

    Parameters
    ----------
    reach_px
        How far refraction moves light: inside sources, what that explains is none of an artifact.
        None for all pixels of artifacts, as LSST marks them.

    Notes
    -----
    Inside sources, refraction explains what is neither brighter than the brightest nor fainter than
    the faintest of the static sky within reach: whatever its spectrum, a source seen there is a
    mean of the light within reach. The static sky is smeared itself; so a quarter more is allowed,
    and 5 sigma of the noise.
    """
    clipped = [one for one in artifacts.candidates if one.fate is Fate.CLIPPED]
    places: list[list[Ints]] = [[] for _ in range(n_visits)]
    if clipped and reach_px is not None:
        low, high = _within_reach(artifacts.sky, reach_px)
        for one in clipped:
            noise = np.float32(_NOISE_SIGMA * artifacts.noise[one.visit])
            seen = artifacts.sky.ravel()[one.places] + one.excess
            most, least = high.ravel()[one.places], low.ravel()[one.places]
            strange = (seen > most + _UNSMEARED * np.abs(most) + noise) | (
                seen < least - _UNSMEARED * np.abs(least) - noise
            )
            outside = ~artifacts.sources.ravel()[one.places]
            places[one.visit].append(one.places[strange | outside])
    else:
        for one in clipped:
            places[one.visit].append(one.places)
    nothing = np.empty(0, dtype=np.int64)
    return tuple(np.sort(np.concatenate([nothing, *some])) for some in places)


def refraction_reach_px(shifts: Shifts) -> int:
    """How far refraction moves light of any wavelength from its mean place over the visits."""
    away = shifts.split - shifts.split.mean(axis=0)
    return int(np.ceil(np.abs(away).max(initial=0.0)))


def _within_reach(sky: Plane, reach_px: int) -> tuple[Plane, Plane]:
    """Lowest and highest of the sky within a square about each pixel."""
    # Slow to import: only who found artifacts waits for it.
    from scipy import ndimage

    side = 2 * reach_px + 1
    return ndimage.minimum_filter(sky, side), ndimage.maximum_filter(sky, side)

"""What artifacts do to the visits: masks that tell them, and pixels that the fit leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dcrviz.engine.artifacts import Artifacts
from dcrviz.engine.candidates import Candidate, Fate
from dcrviz.engine.masks import with_plane
from dcrviz.records import Bits, Bools, Exposure, Floats, Ints, Plane, Shifts

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
        # Row after row, as its flat view is written to.
        mask = np.array(self.exposure.mask[first:last], dtype=np.int32, order="C")
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
    artifacts: Artifacts, *, n_visits: int, offsets: Sequence[Ints] | None
) -> tuple[Ints, ...]:
    """V times the flat indices, in order, of the pixels of artifacts.

    Parameters
    ----------
    offsets
        V times what `refraction_offsets` tells: inside sources, what that explains is none of an
        artifact. None for all pixels of artifacts, as LSST marks them.
    """
    places: list[list[Ints]] = [[np.empty(0, dtype=np.int64)] for _ in range(n_visits)]
    near = _neighbours(artifacts.sky) if offsets is not None else None
    for one in artifacts.candidates:
        if one.fate is not Fate.CLIPPED:
            continue
        some = one.places
        if offsets is not None and near is not None:
            outside = ~artifacts.sources.ravel()[some]
            some = some[outside | _unlike(one, artifacts, near, offsets[one.visit])]
        places[one.visit].append(some)
    return tuple(np.sort(np.concatenate(some)) for some in places)


def refraction_offsets(shifts: Shifts, weights: Floats) -> tuple[Ints, ...]:
    """V times (K, 2), whole pixels by which refraction moves light from its place in the mean.

    One for each wavelength that the subfilters are summed at; those that are the same once.

    Parameters
    ----------
    weights
        (V,); visits that have none are in no mean.
    """
    away = shifts.split - shifts.split[weights > 0].mean(axis=0)
    return tuple(np.unique(np.rint(one.reshape(-1, 2)).astype(np.int64), axis=0) for one in away)


def _unlike(
    one: Candidate, artifacts: Artifacts, near: tuple[Plane, Plane], offsets: Ints
) -> Bools:
    """Which pixels of a candidate no light of static sources explains.

    Notes
    -----
    Whatever its spectrum, a source is seen there as a mean of the static sky where its light of
    each wavelength would be in the mean of the visits. So it is neither brighter than the brightest
    nor fainter than the faintest of these places and their neighbours. The static sky is smeared
    itself; so a quarter more is allowed, and 5 sigma of the noise.
    """
    height, width = artifacts.sky.shape
    y, x = np.divmod(one.places, width)
    from_y = np.clip(y - offsets[:, :1], 0, height - 1)
    from_x = np.clip(x - offsets[:, 1:], 0, width - 1)
    least, most = near[0][from_y, from_x].min(axis=0), near[1][from_y, from_x].max(axis=0)
    noise = np.float32(_NOISE_SIGMA * artifacts.noise[one.visit])
    seen = artifacts.sky.ravel()[one.places] + one.excess
    too_bright = seen > most + _UNSMEARED * np.abs(most) + noise
    return np.asarray(too_bright | (seen < least - _UNSMEARED * np.abs(least) - noise))


def _neighbours(sky: Plane) -> tuple[Plane, Plane]:
    """Lowest and highest of the sky at each pixel and the eight about it."""
    # Slow to import: only who found artifacts waits for it.
    from scipy import ndimage

    return ndimage.minimum_filter(sky, 3), ndimage.maximum_filter(sky, 3)

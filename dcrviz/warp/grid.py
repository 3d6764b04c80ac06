"""The pixel grid that all visits are brought to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from astropy import units
from astropy.wcs import WCS
from reproject.mosaicking import find_optimal_celestial_wcs

from dcrviz.engine.check import label
from dcrviz.io.grid import pixel_scale_arcsec
from dcrviz.records import Exposure, Floats

COVERS = ("overlap", "all")
"""What of the sky a grid covers: where every visit has pixels, or where any has."""
# Of an image's edge this many places a side are followed to the sky: distortions bend it.
_PLACES = 33


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Grid:
    """Pixels on the sky.

    Parameters
    ----------
    shape
        Height and width.
    xy0
        (x, y) of the lower left pixel in the parent grid.
    """

    wcs: WCS
    shape: tuple[int, int]
    xy0: tuple[int, int] = (0, 0)

    @property
    def scale_arcsec(self) -> float:
        """Side of a pixel."""
        return pixel_scale_arcsec(self.wcs)


def grid_of(exposure: Exposure) -> Grid:
    """The grid that an exposure is on already.

    Raises
    ------
    ValueError
        If it has no WCS.
    """
    return Grid(wcs=wcs_of(exposure), shape=exposure.shape, xy0=exposure.xy0)


def grid_around(
    centre_deg: tuple[float, float], shape: tuple[int, int], *, scale_arcsec: float
) -> Grid:
    """A tangential grid, north up and east to the left.

    Parameters
    ----------
    centre_deg
        Right ascension and declination of its middle.
    shape
        Height and width.
    scale_arcsec
        Side of a pixel.

    Raises
    ------
    ValueError
        If there is no such place or no such pixel.
    """
    ra_deg, dec_deg = centre_deg
    if not (0 <= ra_deg <= 360 and -90 <= dec_deg <= 90):
        raise ValueError(
            f"centre must be a right ascension of 0 to 360 and a declination of -90 to 90 deg; got "
            f"{ra_deg:g} and {dec_deg:g}"
        )
    if not (scale_arcsec > 0 and min(shape) > 0):
        raise ValueError(
            f"a grid must have pixels, {shape[0]} x {shape[1]} of {scale_arcsec:g} arcsec"
        )
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval = [ra_deg, dec_deg]
    wcs.wcs.crpix = [(shape[1] + 1) / 2, (shape[0] + 1) / 2]
    wcs.wcs.cdelt = [-scale_arcsec / 3600, scale_arcsec / 3600]
    wcs.wcs.set()
    return Grid(wcs=wcs, shape=shape)


def common_grid(
    visits: Sequence[Sequence[Exposure]],
    *,
    scale_arcsec: float | None = None,
    cover: str = "overlap",
) -> Grid:
    """A tangential grid, north up and east to the left, on which all visits have room.

    Parameters
    ----------
    visits
        The exposures of each visit: one, or one a detector.
    scale_arcsec
        Side of a pixel; the median of the exposures' own if none is given.
    cover
        ``overlap``: the box where every visit has pixels; ``all``: where any has.

    Raises
    ------
    ValueError
        If an exposure has no WCS, or a visit has no pixel in common with the first one.
    """
    if cover not in COVERS:
        raise ValueError(f"cover must be one of {', '.join(COVERS)}; got {cover!r}")
    if scale_arcsec is not None and not scale_arcsec > 0:
        raise ValueError(f"scale_arcsec must be above 0; got {scale_arcsec:g}")
    exposures = [exposure for visit in visits for exposure in visit]
    scales = [pixel_scale_arcsec(wcs_of(exposure)) for exposure in exposures]
    scale_deg = (scale_arcsec or float(np.median(scales))) / 3600
    wcs, _ = find_optimal_celestial_wcs(
        [(exposure.shape, wcs_of(exposure)) for exposure in exposures],
        projection="TAN",
        resolution=scale_deg * units.deg,
    )
    boxes = np.array([_box(visit, wcs) for visit in visits])
    if cover == "all":
        low, high = boxes[:, 0].min(axis=0), boxes[:, 1].max(axis=0)
    else:
        _check_overlap(visits, boxes)
        low, high = boxes[:, 0].max(axis=0), boxes[:, 1].min(axis=0)
    first = np.ceil(low).astype(int)
    width, height = np.floor(high).astype(int) - first + 1
    wcs = wcs.deepcopy()
    wcs.wcs.crpix = wcs.wcs.crpix - first
    wcs.wcs.set()
    return Grid(wcs=wcs, shape=(int(height), int(width)))


def wcs_of(exposure: Exposure) -> WCS:
    """The exposure's place on the sky; an error names one without."""
    if exposure.wcs is None:
        raise ValueError(f"{label(exposure)}: must have a celestial WCS to be warped; got none")
    return exposure.wcs


def edge_on(exposure: Exposure, wcs: WCS) -> Floats:
    """(N, 2) places (x, y) of an exposure's outer edge on another grid."""
    height, width = exposure.shape
    along_x, along_y = (np.linspace(-0.5, side - 0.5, _PLACES) for side in (width, height))
    x = np.concatenate([along_x, along_x, np.full(_PLACES, -0.5), np.full(_PLACES, width - 0.5)])
    y = np.concatenate([np.full(_PLACES, -0.5), np.full(_PLACES, height - 0.5), along_y, along_y])
    sky = wcs_of(exposure).celestial.pixel_to_world(x, y)
    return np.stack(wcs.world_to_pixel(sky), axis=1)


def reaches(exposure: Exposure, grid: Grid) -> bool:
    """Whether an exposure may have a pixel on a grid; False where the sky has no place there."""
    x, y = edge_on(exposure, grid.wcs).T
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        return False
    height, width = grid.shape
    return bool(x.max() > 0 and y.max() > 0 and x.min() < width - 1 and y.min() < height - 1)


def _box(visit: Sequence[Exposure], wcs: WCS) -> Floats:
    """(2, 2) lowest and highest centre (x, y) of pixels that lie on a visit wholly."""
    edges = np.concatenate([edge_on(exposure, wcs) for exposure in visit])
    if not np.isfinite(edges).all():
        raise ValueError(
            f"{label(visit[0])}: must lie within 90 deg of the other exposures; got parts beyond"
        )
    return np.stack([edges.min(axis=0) + 0.5, edges.max(axis=0) - 0.5])


def _check_overlap(visits: Sequence[Sequence[Exposure]], boxes: Floats) -> None:
    """Raise if the boxes have no pixel in common, and name who is apart."""
    low, high = boxes[:, 0].max(axis=0), boxes[:, 1].min(axis=0)
    if (np.floor(high) >= np.ceil(low)).all():
        return
    axis = int(np.argmin(np.floor(high) - np.ceil(low)))
    one, other = (visits[int(i)] for i in (boxes[:, 1, axis].argmin(), boxes[:, 0, axis].argmax()))
    raise ValueError(
        f"{label(other[0])}: must overlap with all other visits; got none with {label(one[0])}"
    )

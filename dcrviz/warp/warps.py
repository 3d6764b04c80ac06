"""All visits on one grid, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dcrviz.engine.check import label
from dcrviz.io.grid import pixel_scale_arcsec
from dcrviz.records import Exposure, Pixels, Visit
from dcrviz.warp.grid import Grid, reaches, wcs_of
from dcrviz.warp.merge import merged_on
from dcrviz.warp.sky import check_box
from dcrviz.warp.zero_points import (
    ENOUGH_STARS,
    NANOJANSKY_ZERO,
    header_zero_point,
    stars_scale,
)

ZERO_POINTS = ("auto", "header", "stars", "none")
"""Where the photometric scale is from; auto is the headers, or stars where one tells none."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Warp:
    """A visit on the common grid.

    Parameters
    ----------
    sky
        Median of the background that was subtracted, in the image's own units; 0 if none was.
    scale
        By what the fluxes were multiplied.
    stars
        How many stars told the scale; 0 if a header did.
    unit
        ``nJy``, or empty if the zero points are relative.
    covered
        Fraction of the grid that has data.
    """

    exposure: Exposure
    sky: float
    scale: float
    stars: int
    unit: str
    covered: float

    @property
    def few_stars(self) -> bool:
        """Whether the scale rests on so few stars that one of them can spoil it."""
        return 0 < self.stars < ENOUGH_STARS


def visits_of(exposures: Sequence[Exposure]) -> list[list[Exposure]]:
    """The exposures of each visit, which share its id: one, or one a detector.

    Raises
    ------
    ValueError
        If there is none, one lacks variance or WCS, or their filters or instruments differ.
    """
    if not exposures:
        raise ValueError("at least one exposure is needed; got none")
    first = exposures[0]
    groups: dict[int | str, list[Exposure]] = {}
    for exposure in exposures:
        wcs_of(exposure)
        if exposure.variance is None:
            raise ValueError(f"{label(exposure)}: must have a variance to be warped; got none")
        for name in ("filter", "instrument"):
            ours, theirs = getattr(exposure.visit, name), getattr(first.visit, name)
            if ours != theirs:
                raise ValueError(
                    f"{label(exposure)}: all exposures must have one {name}, as {label(first)} has "
                    f"{theirs!r}; got {ours!r}"
                )
        groups.setdefault(exposure.visit.id, []).append(exposure)
    return list(groups.values())


def warped(
    visits: Sequence[Sequence[Exposure]],
    grid: Grid,
    *,
    method: str = "bicubic",
    sky_box_px: int | None = 128,
    zero_points: str = "auto",
) -> Iterator[Warp]:
    """Bring visits to a grid, one after the other.

    Parameters
    ----------
    visits
        From `visits_of`.
    method
        One of `METHODS` of `dcrviz.warp.resample`.
    sky_box_px
        Side of the boxes in which the sky's level is found; None leaves the sky in.
    zero_points
        One of `ZERO_POINTS`. By the headers all fluxes become nJy. By stars they become those of
        the first visit whose header tells a zero point, which comes first then, or of the first
        visit if none does. ``none`` leaves them as they are.

    Raises
    ------
    ValueError
        At once if there is no such choice or box, a visit does not reach the grid, or a zero point
        that is asked of a header is not there; when its turn comes if a visit shares no star with
        the one that it is scaled to.
    """
    if zero_points not in ZERO_POINTS:
        raise ValueError(f"zero_points must be one of {', '.join(ZERO_POINTS)}; got {zero_points}")
    if sky_box_px is not None:
        check_box(sky_box_px)
    visits = [_reaching(exposures, grid) for exposures in visits]
    told = _header_scales(visits, zero_points)
    by_stars = zero_points == "stars" or (zero_points == "auto" and None in told)
    place = next((i for i, scale in enumerate(told) if scale is not None), 0)
    unit = "nJy" if told[place] is not None else ""
    order = [place, *(i for i in range(len(visits)) if i != place)]

    def each() -> Iterator[Warp]:
        reference: tuple[Pixels, Visit] | None = None
        for index in order:
            exposures = visits[index]
            merged = merged_on(exposures, grid, method=method, sky_box_px=sky_box_px)
            pixels, visit = merged.pixels, _visit_on(grid, exposures[0])
            scale, stars = told[index] or 1.0, 0
            if by_stars and reference is not None:
                scale, stars = _stars_scale(exposures[0], pixels, visit, reference)
            pixels = _scaled(pixels, scale)
            reference = reference or (pixels, visit)
            yield Warp(
                exposure=replace(
                    _exposure(pixels, visit, grid, source=label(exposures[0])), psf=merged.star
                ),
                sky=merged.sky,
                scale=scale,
                stars=stars,
                unit=unit,
                covered=float(np.isfinite(pixels.image).mean()),
            )

    return each()


def _reaching(exposures: Sequence[Exposure], grid: Grid) -> list[Exposure]:
    """The detectors of a visit that have pixels on the grid."""
    found = [exposure for exposure in exposures if reaches(exposure, grid)]
    if not found:
        raise ValueError(f"{label(exposures[0])}: must reach the grid; got no pixel on it")
    return found


def _visit_on(grid: Grid, exposure: Exposure) -> Visit:
    """The visit with its seeing in the pixels of the grid, which have its photometric scale."""
    visit, fwhm_px = replace(exposure.visit, scale=1.0), exposure.visit.psf_fwhm_px
    if fwhm_px is None:
        return visit
    ratio = pixel_scale_arcsec(wcs_of(exposure)) / grid.scale_arcsec
    return replace(visit, psf_fwhm_px=fwhm_px * ratio)


def _header_scales(visits: Sequence[Sequence[Exposure]], zero_points: str) -> list[float | None]:
    """By what each visit becomes nJy; None where its header does not tell, or nobody asks."""
    if zero_points == "none":
        return [None] * len(visits)
    scales: list[float | None] = []
    for exposures in visits:
        zero = header_zero_point(Path(exposures[0].source))
        if zero is None and zero_points == "header":
            raise ValueError(
                f"{label(exposures[0])}: a zero point must be in the header (BUNIT nJy, MAGZERO or "
                "FLUXMAG0), or be found from stars or left out; got none"
            )
        scales.append(None if zero is None else float(10 ** (0.4 * (NANOJANSKY_ZERO - zero))))
    return scales


def _stars_scale(
    exposure: Exposure, pixels: Pixels, visit: Visit, reference: tuple[Pixels, Visit]
) -> tuple[float, int]:
    theirs, first = reference
    known = [v.psf_fwhm_px for v in (visit, first) if v.psf_fwhm_px is not None]
    try:
        return stars_scale(pixels, theirs, fwhm_px=max(known, default=None))
    except ValueError as error:
        raise ValueError(f"{label(exposure)}: {error}") from error


def _scaled(pixels: Pixels, scale: float) -> Pixels:
    factor = np.float32(scale)
    return replace(pixels, image=pixels.image * factor, variance=pixels.variance * factor**2)


def _exposure(pixels: Pixels, visit: Visit, grid: Grid, *, source: str) -> Exposure:
    return Exposure(
        image=pixels.image,
        mask=pixels.mask,
        variance=pixels.variance,
        planes=dict(pixels.planes),
        wcs=grid.wcs,
        visit=visit,
        xy0=grid.xy0,
        source=source,
    )

"""What the visits of one problem must have in common, and what none may lack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from dcrviz.bands import Band, band_names
from dcrviz.config import AssembleConfig
from dcrviz.engine.check_values import check_values
from dcrviz.knobs import Names
from dcrviz.mask_planes import USUAL_PLANES
from dcrviz.records import Bools, Exposure, Floats, Visit

# Two grids are one where their corners agree on the sky within this many pixels.
_SAME_GRID_PX = 0.05
_FEW_ROWS = 16
# Pointings of one field that a telescope means to be the same scatter by less.
_SAME_POINTING_ARCSEC = 10.0


def checked_config(config: AssembleConfig) -> AssembleConfig:
    """The configuration; raise a ValueError if it is something else."""
    if not isinstance(config, AssembleConfig):
        raise ValueError(
            f"config must be an AssembleConfig, whose knobs are its arguments; got {_kind(config)}"
        )
    return config


def _kind(value: object) -> str:
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def check_exposures(exposures: Iterable[Exposure]) -> tuple[Exposure, ...]:
    """The exposures; raise a ValueError that names the first that does not fit the others."""
    exposures = _listed(exposures)
    if not exposures:
        raise ValueError("at least one exposure is needed; got none")
    seen: dict[int | str, str] = {}
    for exposure in exposures:
        name = label(exposure)
        if exposure.visit.id in seen:
            raise ValueError(
                f"{name}: visit ids must be unique; {exposure.visit.id} is also that of "
                f"{seen[exposure.visit.id]}"
            )
        seen[exposure.visit.id] = name
        check_complete(exposure)
        check_values(exposure, name)
        check_grid(exposure, exposures[0])
    _check_instruments(exposures)
    return exposures


def _listed(exposures: Iterable[Exposure]) -> tuple[Exposure, ...]:
    """The exposures; raise a ValueError if they are something else."""
    if isinstance(exposures, Exposure | str) or not isinstance(exposures, Iterable):
        raise ValueError(f"exposures must be a list of them; got {_kind(exposures)}")
    found = tuple(exposures)
    for exposure in found:
        if not isinstance(exposure, Exposure):
            raise ValueError(
                f"exposures must be a list of Exposure, as read_exposures gives; got one with "
                f"{_kind(exposure)}"
            )
    return found


def _check_instruments(exposures: Sequence[Exposure]) -> None:
    """Raise if two exposures name different instruments: their bands are not the same ones."""
    known = [exposure for exposure in exposures if exposure.visit.instrument]
    for exposure in known:
        if exposure.visit.instrument != known[0].visit.instrument:
            raise ValueError(
                f"{label(exposure)}: all visits must be of one instrument, as {label(known[0])} is "
                f"of {known[0].visit.instrument!r}; got {exposure.visit.instrument!r}"
            )


def check_overlap(exposures: Sequence[Exposure], usable: Bools) -> None:
    """Raise if no pixel is usable in two visits, though two have usable pixels."""
    # Nearly always a few rows tell, and all of a large field are many.
    few = slice(None, None, max(1, usable.shape[1] // _FEW_ROWS))
    if any((usable[:, rows].sum(axis=0, dtype=np.uint16) > 1).any() for rows in (few, slice(None))):
        return
    seen = np.flatnonzero(usable.any(axis=(1, 2)))
    if len(seen) < 2:
        return
    first, last = (label(exposures[visit]) for visit in (seen[0], seen[-1]))
    raise ValueError(
        f"{last}: visits must overlap; no pixel is usable in two of the {len(seen)}, of which the "
        f"first is {first}"
    )


def check_complete(exposure: Exposure) -> None:
    """Raise if the exposure lacks something that the shifts or the fit need."""
    visit = exposure.visit
    needs = {
        "WCS": exposure.wcs,
        "variance": exposure.variance,
        "airmass": visit.airmass if visit.airmass is not None else visit.zenith_rad,
        "parallactic angle": visit.parallactic_rad,
        "site": visit.site,
    }
    lacking = [name for name, value in needs.items() if value is None]
    if not lacking:
        return
    supplies = [
        next((text for text in visit.missing if text.lower().startswith(name.lower())), name)
        for name in lacking
    ]
    raise ValueError(f"{label(exposure)}: missing {'; '.join(supplies)}")


def check_grid(exposure: Exposure, first: Exposure) -> None:
    """Raise if the exposure is not on the pixel grid of the first one."""
    rule = f"must be on the same pixel grid as {label(first)}"
    for name in ("image", "mask", "variance"):
        shape = tuple(getattr(exposure, name).shape)
        if shape != first.shape:
            raise ValueError(
                f"{label(exposure)}: {name} {rule} ({first.shape[0]} x {first.shape[1]} pixels); "
                f"got {' x '.join(map(str, shape))}"
            )
    if exposure.xy0 != first.xy0:
        raise ValueError(f"{label(exposure)}: {rule}, whose XY0 is {first.xy0}; got {exposure.xy0}")
    offset = grid_offset_px(exposure, first)
    if offset > _SAME_GRID_PX and not same_but_for_pointing(exposure, first):
        raise ValueError(
            f"{label(exposure)}: WCS {rule}; the corners differ by up to {offset:.3g} pixels"
        )


def factors_of(visits: Sequence[Visit], factors: Mapping[str, float]) -> Floats:
    """(V,) factor on the weight of each visit, 1 for those that are not named.

    Raises
    ------
    ValueError
        If a name is that of no visit, or no visit is left on.
    """
    ids = [str(visit.id) for visit in visits]
    strange = sorted(set(factors) - set(ids))
    if strange:
        raise ValueError(
            f"visit_factors must name visits of this run, which are {', '.join(ids)}; "
            f"got {', '.join(strange)}"
        )
    each = np.array([factors.get(name, 1.0) for name in ids], dtype=np.float64)
    if not each.any():
        raise ValueError(
            f"visit_factors must leave at least one visit on; got 0 for all {len(ids)} visits"
        )
    return each


def pointing_warnings(exposures: Sequence[Exposure]) -> list[str]:
    """A sentence about visits on one grid whose headers tell the pointing of each instead."""
    first = exposures[0]
    offsets = {label(e): grid_offset_px(e, first) for e in exposures}
    off = [name for name, offset in offsets.items() if offset > _SAME_GRID_PX]
    if not off:
        return []
    return [
        f"the reference points of {len(off)} WCS differ from that of {label(first)}, by up to "
        f"{max(offsets.values()):.1f} pixels, and nothing else does: the images are taken to be "
        "aligned pixel by pixel, and the first WCS is used"
    ]


def band_warnings(exposures: Sequence[Exposure], band: Band) -> list[str]:
    """A sentence about visits that tell another band than the one they are fitted in."""
    told = [exposure.visit.band for exposure in exposures]
    others = sorted({one.name for one in told if one is not None and not band.has_middle_of(one)})
    if not others:
        return []
    return [
        f"the visits are fitted in band {band.name} ({band.min_nm:g} to {band.max_nm:g} nm), as "
        f"the knob has it, and tell that they are in {' or '.join(others)}"
    ]


def plane_warnings(exposures: Sequence[Exposure], config: AssembleConfig) -> list[str]:
    """A sentence for each knob that names mask planes which no visit has, as a slip of a key does.

    Not all files have all of the planes that knobs name by default.
    """
    known = set(USUAL_PLANES).union(*(exposure.planes for exposure in exposures))
    knobs = [name for name in config.changed() if isinstance(config.param[name], Names)]
    strange = {
        name: sorted(set(getattr(config, name)) - known - set(config.param[name].default))
        for name in knobs
    }
    return [
        f"{name} names {' and '.join(planes)}, of which no visit has a mask plane; there are "
        f"{', '.join(sorted(known))}"
        for name, planes in strange.items()
        if planes
    ]


def same_but_for_pointing(exposure: Exposure, first: Exposure) -> bool:
    """Whether two WCS differ in nothing but a reference point a few arcseconds apart.

    Some programs write where the telescope pointed into images that they have aligned already.
    """
    if exposure.wcs is None or first.wcs is None:
        return False
    here, there = exposure.wcs.wcs, first.wcs.wcs
    apart_deg = (here.crval - there.crval + 180) % 360 - 180
    return bool(
        list(here.ctype) == list(there.ctype)
        and np.allclose(here.crpix, there.crpix)
        and np.allclose(exposure.wcs.pixel_scale_matrix, first.wcs.pixel_scale_matrix, atol=1e-10)
        and np.hypot(*apart_deg) * 3600 <= _SAME_POINTING_ARCSEC
    )


def grid_offset_px(exposure: Exposure, first: Exposure) -> float:
    """Largest distance, in pixels, between the corners of two grids on the sky."""
    if exposure.wcs is None or first.wcs is None or exposure.wcs is first.wcs:
        return 0.0
    height, width = first.shape
    x, y = np.array([0, width - 1, 0, width - 1]), np.array([0, 0, height - 1, height - 1])
    sky = exposure.wcs.pixel_to_world_values(x, y)
    back_x, back_y = first.wcs.world_to_pixel_values(*sky)
    # NaN where the other half of the sky has no place on the first grid.
    return float(np.nan_to_num(np.hypot(back_x - x, back_y - y), nan=np.inf).max())


def common_band(exposures: Sequence[Exposure], given: Band | None) -> Band:
    """The band of the fit: the given one, else the one that all visits share."""
    if given is not None:
        _check_filters(exposures)
        return given
    first = exposures[0]
    for exposure in exposures:
        band = exposure.visit.band
        if band is None:
            found = f"its filter is {exposure.visit.filter!r}" if exposure.visit.filter else "none"
            raise ValueError(
                f"{label(exposure)}: the band must be one of {', '.join(band_names())}, or be "
                f"given by its wavelengths (--band, or --effective-nm --min-nm --max-nm); {found}"
            )
        if band != first.visit.band:
            assert first.visit.band is not None
            raise ValueError(
                f"{label(exposure)}: all visits must be in one band, as {label(first)} is in "
                f"{first.visit.band.name}; got {band.name}"
            )
    assert first.visit.band is not None
    return first.visit.band


def _check_filters(exposures: Sequence[Exposure]) -> None:
    first = exposures[0]
    for exposure in exposures:
        if exposure.visit.filter != first.visit.filter:
            raise ValueError(
                f"{label(exposure)}: all visits must be in one filter, as {label(first)} is in "
                f"{first.visit.filter!r}; got {exposure.visit.filter!r}"
            )


def label(exposure: Exposure) -> str:
    """How messages call an exposure: the file it came from, else its visit id."""
    return exposure.source or f"visit {exposure.visit.id}"

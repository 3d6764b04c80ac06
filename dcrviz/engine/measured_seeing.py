"""The seeing of a visit, measured from its own stars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from dcrviz.engine.bright_sources import BrightSources, bright_sources
from dcrviz.engine.check import label
from dcrviz.engine.masks import flagged
from dcrviz.mask_planes import UNTRUE_PLANES
from dcrviz.physics.geometry import wcs_jacobian
from dcrviz.physics.shifts import displacement_px
from dcrviz.physics.star_fit import StarFit, fit_star
from dcrviz.records import Bools, Exposure, Floats, Plane

FEWEST_STARS = 3
"""Of fewer, none tells whether the others are stars."""
_SOURCE_SIGMA = 5.0
_STAR_SIGMA = 10.0
# So near a neighbour may have less than a fifth of a star's light, and twice as far less than ten
# times as much.
_NEAR_FWHM = 3.0
_NEIGHBOURS = ((1, 0.2), (2, 10.0))
# The core tells the width: farther out the wings of no two profiles agree.
_REACH_FWHM = 1.5
_MOST_STARS = 60
# The brightest of a large field may be saturated without a word about it.
_CHOSEN_FROM = 300
_FIRST_LOOK = 20
_FIRST_REACH_PX = 15
# Cosmic rays are narrower than stars, and what is two sources is no star.
_LEAST_FWHM_PX = 1.2
_MOST_LEFT = 0.1
_ALIKE = 0.07
_WAVELENGTHS = 33
_NOTHING_PX = 1e-9
# Beyond this a star's own shape limits its fit, not the noise.
_MOST_WEIGHT_SIGMA = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredSeeing:
    """What the stars of a visit look like.

    Parameters
    ----------
    fwhm_px
        Full width at half maximum, before the light is summed over square pixels, and before
        refraction draws a star out, where that is known; else of a circle of the same area.
    error_px
        Of the width, by the scatter among the stars.
    beta
        Exponent of their wings as a Moffat profile: 6 or so for Kolmogorov's core, 50 for a
        Gaussian.
    ellipticity
        1 - minor / major axis of the stars as they are seen.
    angle_deg
        Of their major axis, from the x axis of the pixels towards the y axis.
    n_stars
        How many were fitted.
    without_refraction
        Whether what refraction adds is known: it asks for band, WCS, airmass, parallactic angle and
        site.
    """

    fwhm_px: float
    error_px: float
    beta: float
    ellipticity: float
    angle_deg: float
    n_stars: int
    without_refraction: bool

    @property
    def sentence(self) -> str:
        """The fit in words."""
        how = "without what refraction adds" if self.without_refraction else "mean of both axes"
        return (
            f"{self.n_stars} stars are {self.fwhm_px:.2f} +- {self.error_px:.2f} px wide ({how}), "
            f"beta {self.beta:.1f}, ellipticity {self.ellipticity:.2f} at {self.angle_deg:.0f} deg"
        )


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class _Star:
    """A source as an ellipse, and as a round star that refraction drew out, if it can have."""

    seen: StarFit
    drawn: StarFit
    weight: float


def measured_seeing(exposure: Exposure) -> MeasuredSeeing:
    """Fit the bright, lonely stars of an exposure without sky.

    Raises
    ------
    ValueError
        If it has no variance, or fewer than three such stars; names it.

    Notes
    -----
    Of the sources above 10 sigma with nothing unusable in them and no bright neighbour within 3
    widths, 60 of all degrees of brightness are fitted one by one (`fit_star`). The stars are the
    most that are as wide as one of them, within 7 %: galaxies are wider, and none as wide as
    another. Each counts by its light over the noise.
    """
    if exposure.variance is None:
        raise ValueError(f"{label(exposure)}: must have a variance to find stars by; got none")
    image = np.asarray(exposure.image[:], dtype=np.float32)
    variance = np.asarray(exposure.variance[:], dtype=np.float32)
    unusable = flagged(exposure.mask[:], exposure.planes, UNTRUE_PLANES) | ~np.isfinite(image)
    sources = bright_sources(image, variance, unusable, sigma=_SOURCE_SIGMA)
    drawn_out_px = refraction_px(exposure)
    stars = _alike(_fitted(image, unusable, sources, drawn_out_px))
    if len(stars) < FEWEST_STARS:
        raise ValueError(
            f"{label(exposure)}: seeing needs {FEWEST_STARS} or more lonely stars above "
            f"{_STAR_SIGMA:g} sigma that are as wide as each other; got {len(stars)} among "
            f"{len(sources.x)} sources"
        )
    return _summary(stars, without_refraction=drawn_out_px is not None)


def refraction_px(exposure: Exposure) -> Floats | None:
    """(x, y), the line along which refraction draws a star out; None if it is not known.

    Notes
    -----
    It is as long as that whose even light is as wide (rms) as light of all wavelengths of the band.
    Stars of any colour and filters that fade towards their ends make it shorter.
    """
    visit = exposure.visit
    place = visit.airmass if visit.zenith_rad is None else visit.zenith_rad
    needed = (exposure.wcs, visit.band, place, visit.parallactic_rad, visit.site)
    if any(value is None for value in needed):
        return None
    assert exposure.wcs is not None
    assert visit.band is not None
    wavelength_nm = np.linspace(visit.band.min_nm, visit.band.max_nm, _WAVELENGTHS)
    jacobian = wcs_jacobian(exposure.wcs, exposure.shape)
    moved = displacement_px(wavelength_nm, visit, band=visit.band, jacobian=jacobian)
    length_px = np.sqrt(12) * np.linalg.norm(np.std(moved, axis=0))
    # All displacements lie on one line.
    whole = (moved[0] - moved[-1])[::-1]
    return np.asarray(whole * length_px / max(float(np.linalg.norm(whole)), _NOTHING_PX))


def _fitted(
    image: Plane, unusable: Bools, sources: BrightSources, drawn_out_px: Floats | None
) -> list[_Star]:
    """The brightest lonely sources that a single star fits."""
    bright = sources.sigma > _STAR_SIGMA
    fwhm_px = _first_look(image, unusable, sources, np.flatnonzero(bright)[:_FIRST_LOOK].tolist())
    for times, fraction in _NEIGHBOURS:
        bright &= sources.alone(within_px=times * _NEAR_FWHM * fwhm_px, fraction=fraction)
    reach_px = _REACH_FWHM * fwhm_px
    fit = partial(fit_star, fwhm_px=fwhm_px, reach_px=reach_px)
    found = []
    for i in _some_of(np.flatnonzero(bright)[:_CHOSEN_FROM]):
        stamp = _stamp(image, unusable, sources, i, int(np.ceil(reach_px)))
        if stamp is None:
            continue
        seen = fit(stamp)
        if seen is None or seen.left > _MOST_LEFT or seen.fwhm_px < _LEAST_FWHM_PX:
            continue
        drawn = seen if drawn_out_px is None else fit(stamp, drawn_out_px=drawn_out_px)
        if drawn is not None:
            weight = min(float(sources.sigma[i]), _MOST_WEIGHT_SIGMA) ** 2
            found.append(_Star(seen=seen, drawn=drawn, weight=weight))
    return found


def _some_of(indices: NDArray[np.intp]) -> list[int]:
    """So many as are fitted, spread evenly over them."""
    places = np.linspace(0, len(indices) - 1, min(len(indices), _MOST_STARS))
    return [int(indices[round(place)]) for place in places]


def _first_look(image: Plane, unusable: Bools, sources: BrightSources, some: list[int]) -> float:
    """Roughly how wide the bright sources are; 1 if there are none."""
    stamps = [_stamp(image, unusable, sources, i, _FIRST_REACH_PX) for i in some]
    widths = [_width_at_half(stamp) for stamp in stamps if stamp is not None]
    return float(np.median(widths)) if widths else 1.0


def _width_at_half(stamp: Plane) -> float:
    """The width of a circle as large as what is above half the light of the middle."""
    middle = len(stamp) // 2
    parts, _ = ndimage.label(stamp > stamp[middle, middle] / 2)
    return float(2 * np.sqrt((parts == parts[middle, middle]).sum() / np.pi))


def _stamp(
    image: Plane, unusable: Bools, sources: BrightSources, i: int, reach: int
) -> Plane | None:
    """The pixels about a source; None if some are unusable or beyond the edge."""
    y, x = round(float(sources.y[i])), round(float(sources.x[i]))
    height, width = image.shape
    if not (reach <= y < height - reach and reach <= x < width - reach):
        return None
    box = np.s_[y - reach : y + reach + 1, x - reach : x + reach + 1]
    return None if unusable[box].any() or not image[y, x] > 0 else image[box]


def _alike(found: Sequence[_Star]) -> list[_Star]:
    """The most that are as wide as one of them; of groups as large, that of the brighter."""
    if not found:
        return []
    widths = np.log([star.drawn.fwhm_px for star in found])
    alike = np.abs(widths[:, None] - widths) < _ALIKE
    most = alike[alike.sum(axis=1).argmax()]
    return [star for star, one_of_them in zip(found, most, strict=True) if one_of_them]


def _summary(stars: Sequence[_Star], *, without_refraction: bool) -> MeasuredSeeing:
    weights = np.array([star.weight for star in stars])
    weights /= weights.sum()
    widths = np.array([star.drawn.fwhm_px for star in stars])
    mean = float(weights @ widths)
    # As of a mean of unequal weights, by the scatter alone.
    variance = (weights**2 @ (widths - mean) ** 2) * len(stars) / (len(stars) - 1)
    shape = np.median([star.seen.width2 for star in stars], axis=0)
    axes, directions = np.linalg.eigh(shape)
    return MeasuredSeeing(
        fwhm_px=mean,
        error_px=float(np.sqrt(variance)),
        beta=float(np.median([star.drawn.beta for star in stars])),
        ellipticity=float(1 - np.sqrt(axes[0] / axes[1])),
        angle_deg=float(np.degrees(np.arctan2(directions[1, 1], directions[0, 1])) % 180),
        n_stars=len(stars),
        without_refraction=without_refraction,
    )

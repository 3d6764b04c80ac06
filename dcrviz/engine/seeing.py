"""The seeing of each visit against that of the planes: K_i = Q_i / P in every Fourier mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dcrviz.engine.grid import Grid
from dcrviz.engine.psf_match import kernel_to_image, matching_kernel
from dcrviz.kernels.blur import Blur
from dcrviz.physics.shifts import subfilter_edges_nm
from dcrviz.psf import PlaneSeeing
from dcrviz.records import Floats, ForwardModel, Frozen, Plane

# Entries of a table along radius, and the highest frequency, cycles per pixel.
_ENTRIES = 1024
_HIGHEST = float(np.sqrt(0.5))
_STEP = _HIGHEST / (_ENTRIES - 1)
_FREQUENCY: Floats = _STEP * np.arange(_ENTRIES, dtype=np.float64)
# Beyond this many times what a visit is broader than the planes there is next to no light.
_REACH_FWHM = 8.0
# Where the planes have less light than this part, nothing is divided by it.
_DARK = 1e-4
# Least singular value of a star image that is not its noise.
_NEGLIGIBLE = 1e-5

Transfer = NDArray[np.complex128]
"""By what the modes of each plane are multiplied."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True, weakref_slot=True)
class VisitSeeing(Frozen):
    """The star images of visits, and of the planes.

    Parameters
    ----------
    planes
        Seeing of the planes.
    fwhm_px
        (V,), of each visit at the effective wavelength of the band.
    broader
        (S,), width of a visit's stars in each plane in units of that.
    stars
        V star images on the pixels of the field; None for a visit that tells its width alone.
    reference
        (T,), transfer function along radius against which that of the visits is taken; that of the
        planes without.
    sentence
        How it was found.
    """

    planes: PlaneSeeing
    fwhm_px: Floats
    broader: Floats
    stars: tuple[Plane | None, ...]
    reference: Floats | None = None
    sentence: str = ""

    @property
    def is_alike(self) -> bool:
        """Whether every visit is as sharp as the planes, in all of them."""
        alike = np.all(self.fwhm_px[:, None] * self.broader == self.planes.fwhm_px)
        return self.reference is None and bool(alike) and all(star is None for star in self.stars)

    def tables(self, visit: int) -> Floats:
        """(S, T) transfer function of a visit along radius over that of the planes.

        One row, where all planes are alike; of a visit with a star image what that does not tell.
        """
        below = self.reference
        if below is None:
            below = self.planes.profile.transfer(_FREQUENCY, fwhm_px=self.planes.fwhm_px)
        own = self._own(visit)
        if self.stars[visit] is not None:
            own = own / np.maximum(self._alone(self.fwhm_px[visit]), _DARK)
        return np.asarray(own / np.maximum(below, _DARK))

    def against_coadd(self, weights: Floats) -> VisitSeeing:
        """The seeing of the visits against that of their weighted mean, (V,) weights."""
        if self.is_alike:
            return self
        total = sum(
            weight * self._own(visit).mean(axis=0) for visit, weight in enumerate(weights) if weight
        )
        return replace(self, reference=np.asarray(total / weights.sum()))

    def _own(self, visit: int) -> Floats:
        """(S or 1, T), transfer function of a visit's width."""
        broader = self.broader[:1] if np.ptp(self.broader) == 0 else self.broader
        return np.stack([self._alone(self.fwhm_px[visit] * part) for part in broader])

    def _alone(self, fwhm_px: float) -> Floats:
        return self.planes.profile.transfer(_FREQUENCY, fwhm_px=fwhm_px)

    def transfer(self, visit: int, frequency_y: Floats, frequency_x: Floats) -> Transfer:
        """(S or 1, M), by what the modes at these frequencies are multiplied."""
        radius = np.hypot(frequency_y, frequency_x)
        own = np.stack([np.interp(radius, _FREQUENCY, row) for row in self.tables(visit)])
        star = self.stars[visit]
        if star is None:
            return own.astype(np.complex128)
        y, x = star_terms(star, frequency_y, frequency_x)
        return np.asarray(own * (y * x).sum(axis=0))

    @property
    def reach_px(self) -> int:
        """How far the broadest visit spreads the light of the planes."""
        broadest = float(self.fwhm_px.max() * self.broader.max())
        sides = [max(star.shape) // 2 for star in self.stars if star is not None]
        return int(np.ceil(_REACH_FWHM * max(broadest - self.planes.fwhm_px, 0))) + max(
            sides, default=0
        )

    def of(self, visits: Sequence[int]) -> VisitSeeing:
        """The seeing of some of the visits."""
        return VisitSeeing(
            planes=self.planes,
            fwhm_px=self.fwhm_px[list(visits)],
            broader=self.broader,
            stars=tuple(self.stars[visit] for visit in visits),
        )


def visit_seeing(
    model: ForwardModel, fwhm_px: Sequence[float], stars: Sequence[Plane | None]
) -> VisitSeeing | None:
    """The seeing of visits against that of the planes of a model; None if the model has none."""
    if model.seeing is None:
        return None
    wavelength_nm = plane_wavelengths_nm(model)
    broader = (wavelength_nm / model.band.effective_nm) ** model.seeing.profile.seeing_exponent
    return VisitSeeing(
        planes=model.seeing,
        fwhm_px=np.asarray(fwhm_px, float),
        broader=broader,
        stars=tuple(stars),
    )


def plane_wavelengths_nm(model: ForwardModel) -> Floats:
    """(S,), mean wavelength of the light in each plane."""
    if model.wavelength_nm:
        return np.asarray((np.array(model.wavelength_nm) * np.array(model.weights)).sum(axis=1))
    edges_nm = subfilter_edges_nm(model.band, model.n_subfilters)
    return np.asarray((edges_nm[:-1] + edges_nm[1:]) / 2)


@lru_cache(maxsize=64)
def kernel_of(seeing: VisitSeeing, visit: int) -> Plane:
    """(K, K) image with odd sides that blurs planes, of all wavelengths alike, to a visit's seeing.

    A single pixel for a visit that is as sharp as the planes, or sharper: nothing is sharpened.
    """
    star, planes = seeing.stars[visit], seeing.planes
    width = float(seeing.fwhm_px[visit])
    if star is None:
        return matching_kernel(planes.fwhm_px, target_px=width, psf=planes.profile)
    return kernel_to_image(star, fwhm_px=planes.fwhm_px, psf=planes.profile)


@lru_cache(maxsize=64)
def blur_of(seeing: VisitSeeing | None, visit: int, grid: Grid) -> Blur:
    """What the seeing of a visit multiplies the modes of a grid by."""
    if seeing is None or seeing.is_alike:
        return Blur.none()
    frequency_y, frequency_x = grid.frequencies
    star = seeing.stars[visit]
    y = np.empty((0, len(frequency_y)), complex)
    x = np.empty((0, len(frequency_x)), complex)
    if star is not None:
        y, x = star_terms(star, frequency_y, frequency_x)
    return Blur(
        tables=seeing.tables(visit).astype(np.float32),
        step=_STEP,
        star_y=_parts(y),
        star_x=_parts(x),
        frequency_y=frequency_y,
        frequency_x=frequency_x,
    )


def star_terms(star: Plane, frequency_y: Floats, frequency_x: Floats) -> tuple[Transfer, Transfer]:
    """(R, Y) and (R, X), whose products add up to the transform of a star image.

    Notes
    -----
    The singular vectors of an image a few tens of pixels wide: a handful are all of it.
    """
    left, values, right = np.linalg.svd(np.asarray(star, float) / star.sum(dtype=np.float64))
    kept = int(np.count_nonzero(values > _NEGLIGIBLE * values[0]))
    height, width = star.shape
    along_y = np.exp(-2j * np.pi * np.outer(np.arange(height) - height // 2, frequency_y))
    along_x = np.exp(-2j * np.pi * np.outer(np.arange(width) - width // 2, frequency_x))
    return (left[:, :kept] * values[:kept]).T @ along_y, right[:kept] @ along_x


def _parts(values: Transfer) -> NDArray[np.float32]:
    return np.ascontiguousarray(np.stack([values.real, values.imag], axis=1), np.float32)

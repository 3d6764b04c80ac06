"""The seeing of each visit against that of the planes: K_i = Q_i / P in every Fourier mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from dcrviz.engine.grid import Grid
from dcrviz.engine.psf_match import kernel_to_image, matching_kernel
from dcrviz.frozen import Frozen
from dcrviz.kernels.blur import Blur
from dcrviz.physics.shifts import subfilter_edges_nm
from dcrviz.psf import TABLE_FREQUENCY, TABLE_STEP, PlaneSeeing
from dcrviz.records import Floats, ForwardModel, Plane

# Beyond this many times what a visit is broader than the planes there is next to no light.
_REACH_FWHM = 8.0
# Where the planes have less light than this part, nothing is divided by it.
_DARK = 1e-4
# Of a star image's brightest pixel: what is left of it below that is its noise.
_NEGLIGIBLE = 1e-5
_ROUNDING = 1e-12

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
            below = self.planes.profile.transfer(TABLE_FREQUENCY, fwhm_px=self.planes.fwhm_px)
        own = self._own(visit)
        if self.stars[visit] is not None:
            own = own / np.maximum(self._alone(self.fwhm_px[visit]), _DARK)
        return np.asarray(own / np.maximum(below, _DARK))

    def against_coadd(self, weights: Floats) -> VisitSeeing:
        """The seeing of the visits against that of their mean.

        Parameters
        ----------
        weights
            (V,), what each visit counts in the coadd: its precision.
        """
        if self.is_alike or not weights.any():
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
        return self.planes.profile.transfer(TABLE_FREQUENCY, fwhm_px=fwhm_px)

    def transfer(self, visit: int, frequency_y: Floats, frequency_x: Floats) -> Transfer:
        """(S or 1, M), by what the modes at these frequencies are multiplied."""
        radius = np.hypot(frequency_y, frequency_x)
        own = np.stack([np.interp(radius, TABLE_FREQUENCY, row) for row in self.tables(visit)])
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
    y, x = (np.empty((0, len(f)), complex) for f in (frequency_y, frequency_x))
    if star is not None:
        y, x = _terms_on(grid, star)
    return Blur(
        tables=seeing.tables(visit).astype(np.float32),
        step=TABLE_STEP,
        star_y=_parts(y),
        star_x=_parts(x),
        frequency_y=frequency_y,
        frequency_x=frequency_x,
    )


def star_terms(star: Plane, frequency_y: Floats, frequency_x: Floats) -> tuple[Transfer, Transfer]:
    """(R, M) and (R, M), whose products add up to the transform of a star image."""
    left, right = _separated(star)
    height, width = star.shape
    along_y = np.exp(-2j * np.pi * np.outer(np.arange(height) - height // 2, frequency_y))
    along_x = np.exp(-2j * np.pi * np.outer(np.arange(width) - width // 2, frequency_x))
    return np.asarray(left @ along_y, complex), np.asarray(right @ along_x, complex)


def _terms_on(grid: Grid, star: Plane) -> tuple[Transfer, Transfer]:
    """(R, Y) and (R, X // 2 + 1), the same for the modes of a grid."""
    left, right = _separated(star)
    height, width = grid.shape
    along_y: Transfer = fft.fft(_about_zero(left, height))
    along_x: Transfer = fft.rfft(_about_zero(right, width))
    return along_y, along_x


def _about_zero(terms: Floats, length: int) -> Floats:
    """(R, length), each term with its middle at 0; what is longer comes round again."""
    placed = np.zeros((len(terms), length))
    middle = terms.shape[1] // 2
    for place, column in enumerate(terms.T):
        placed[:, (place - middle) % length] += column
    return placed


def _separated(star: Plane) -> tuple[Floats, Floats]:
    """(R, P) and (R, Q), whose products add up to a star image of sum 1."""
    return _separated_pixels(np.asarray(star, float).tobytes(), star.shape)


@lru_cache(maxsize=256)
def _separated_pixels(pixels: bytes, shape: tuple[int, int]) -> tuple[Floats, Floats]:
    """The cross through the brightest pixel, that through the brightest of the rest, ...

    Notes
    -----
    Gauss's elimination with complete pivoting: a handful of crosses are all of a smooth image. As
    many as singular vectors, and without a library whose threads wait for each other.
    """
    image = np.frombuffer(pixels).reshape(shape)
    rest = image / image.sum()
    least = _NEGLIGIBLE * np.abs(rest).max()
    left, right = [], []
    for _ in range(min(shape)):
        y, x = np.unravel_index(np.abs(rest).argmax(), shape)
        if abs(rest[y, x]) <= least:
            break
        left.append(rest[:, x] / rest[y, x])
        right.append(rest[y].copy())
        rest = rest - np.multiply.outer(left[-1], right[-1])
    return np.array(left), np.array(right)


def _parts(values: Transfer) -> NDArray[np.float32]:
    """Real and imaginary parts; what rounding left of a zero is one.

    Products of such remains would be smaller than single precision has them in full, and slow.
    """
    parts = np.stack([values.real, values.imag], axis=1)
    parts[np.abs(parts) < _ROUNDING * np.abs(parts).max(initial=0)] = 0
    return np.ascontiguousarray(parts, np.float32)

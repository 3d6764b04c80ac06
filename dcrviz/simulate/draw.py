"""Exact images of moved sources: their Fourier transform is written down and transformed once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from dcrviz.psf import Psf
from dcrviz.records import Floats, Plane
from dcrviz.simulate.scene import Source

_MARGIN_FWHM = 20
_MARGIN_PX = 64
_NEGLIGIBLE = 3e-4
"""Part of the transform at the pixels' own frequency limit that changes 3e-5 of the peak."""
_ROWS_AT_ONCE = 4096
# Frequencies that share one factor of their waves.
_BLOCK = 16
_HALF_LIGHT_OVER_SCALE = 1.6783469900166605
"""Half-light radius of an exponential disc over its scale length."""

Transform = NDArray[np.complex128]


def draw_sources(
    sources: Sequence[Source],
    *,
    shape: tuple[int, int],
    moved_px: Floats,
    flux: Floats,
    fwhm_px: Floats,
    psf: Psf,
) -> Plane:
    """Sum of sources, each seen at several wavelengths in different places.

    Parameters
    ----------
    sources
        N of them; their own flux is not read.
    shape
        Height and width.
    moved_px : (N, L, 2)
        Displacement ``(y, x)`` of each source at each wavelength.
    flux : (N, L)
        Flux of each source at each wavelength.
    fwhm_px : (L,)
        Seeing at each wavelength, 1 pixel or more.
    psf
        Shape of the star images, before the light is summed over square pixels.

    Returns
    -------
    (Y, X)

    Raises
    ------
    ValueError
        If the seeing is below 1 pixel.

    Notes
    -----
    A source at p contributes flux exp(-2 pi i k p) times the transforms of its profile, the star
    image and the pixel; the exponential is a product of one factor in y and one in x, so that the
    sum over sources and wavelengths is a matrix product. The grid is wider than the image by 20
    FWHM, beyond which a star image that comes round from the other side is below 1e-5 of its peak.
    """
    if not fwhm_px.min() >= 1:
        raise ValueError(f"seeing must be 1 pixel or more to be drawn; got {fwhm_px.min():g} px")
    margin = max(_MARGIN_PX, int(np.ceil(_MARGIN_FWHM * fwhm_px.max())))
    height, width = (fft.next_fast_len(side + margin, real=True) for side in shape)
    places = np.array([(s.y, s.x) for s in sources]).reshape(-1, 1, 2) + moved_px
    total: Transform = np.zeros((height, width // 2 + 1), dtype=np.complex128)
    for fold_y, fold_x in product((0, -1, 1), repeat=2):
        # What lies beyond the frequencies of the pixel grid is folded back by the sampling.
        frequency_y: Floats = fft.fftfreq(height) + fold_y
        frequency_x: Floats = fft.rfftfreq(width) + fold_x
        nearest = np.hypot(np.abs(frequency_y).min(), np.abs(frequency_x).min())
        if psf.transfer(nearest, fwhm_px=fwhm_px.min()) < _NEGLIGIBLE:
            continue
        total += _transform(
            sources,
            frequencies=(frequency_y, frequency_x),
            places=places,
            flux=flux,
            fwhm_px=fwhm_px,
            psf=psf,
        )
    image = fft.irfft2(total, s=(height, width))[: shape[0], : shape[1]]
    return image.astype(np.float32)


def _transform(
    sources: Sequence[Source],
    *,
    frequencies: tuple[Floats, Floats],
    places: Floats,
    flux: Floats,
    fwhm_px: Floats,
    psf: Psf,
) -> Transform:
    frequency_y, frequency_x = frequencies[0][:, None], frequencies[1][None, :]
    # Rows of opposite frequencies look the same through the air.
    height, of_row = np.unique(np.abs(frequencies[0]), return_inverse=True)
    radius = np.hypot(height[:, None], frequency_x)
    pixel = np.sinc(frequency_y) * np.sinc(frequency_x)
    is_star = np.array([s.kind == "star" for s in sources], dtype=bool)
    galaxies = {i: disc_transfer(s, frequencies) for i, s in enumerate(sources) if not is_star[i]}
    total = np.zeros(pixel.shape, dtype=np.complex128)
    for width in np.unique(fwhm_px):
        alike = fwhm_px == width
        seen = _points(frequencies, places[is_star][:, alike], flux[is_star][:, alike])
        for i, profile in galaxies.items():
            seen += profile * _points(frequencies, places[i][alike], flux[i][alike])
        total += psf.transfer(radius, fwhm_px=float(width))[of_row] * pixel * seen
    return total


def _points(frequencies: tuple[Floats, Floats], places: Floats, flux: Floats) -> Transform:
    """Transform of points of light at (..., 2) places with (...) flux."""
    places, flux = places.reshape(-1, 2), flux.ravel()
    # Evenly spaced, as the frequencies along x are.
    turn = int(frequencies[0].argmin())
    along_y, along_x = np.roll(frequencies[0], -turn), frequencies[1]
    total = np.zeros((along_y.size, along_x.size), dtype=np.complex128)
    for start in range(0, flux.size, _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        in_y = _waves(along_y, places[rows, 0]) * flux[rows, None]
        total += in_y.T @ _waves(along_x, places[rows, 1])
    return np.roll(total, turn, axis=0)


def _waves(even: Floats, place: Floats) -> Transform:
    """exp(-2 pi i k p) for each place p, at evenly spaced frequencies k."""
    # A product of two such waves is one, too, and is sooner there than sines and cosines.
    blocks = _wave(even[::_BLOCK], place)[..., None]
    waves = blocks * _wave(even[:_BLOCK] - even[0], place)[:, None]
    return waves.reshape(len(place), -1)[:, : even.size]


def _wave(frequency: Floats, place: Floats) -> Transform:
    phase = -2 * np.pi * place[:, None] * frequency
    waves: Transform = np.empty(phase.shape, dtype=np.complex128)
    # The same to the last bit as the exponential of imaginary numbers, which takes longer.
    np.cos(phase, out=waves.real)
    np.sin(phase, out=waves.imag)
    return waves


def disc_transfer(galaxy: Source, frequencies: tuple[Floats, Floats]) -> Floats:
    """Fourier transform of an inclined exponential disc of unit flux, (Ky, Kx).

    Parameters
    ----------
    galaxy
        Half-light radius, axis ratio and angle are read.
    frequencies
        (Ky,) and (Kx,), cycles per pixel.

    Notes
    -----
    A circular disc of scale h transforms to (1 + (2 pi h k)^2)^(-3/2).
    """
    angle = np.radians(galaxy.angle_deg)
    frequency_y, frequency_x = frequencies[0][:, None], frequencies[1][None, :]
    along = frequency_x * np.cos(angle) + frequency_y * np.sin(angle)
    across = frequency_y * np.cos(angle) - frequency_x * np.sin(angle)
    scale = galaxy.half_light_radius_px / _HALF_LIGHT_OVER_SCALE
    stretched = along**2 / galaxy.axis_ratio + across**2 * galaxy.axis_ratio
    return np.asarray((1 + (2 * np.pi * scale) ** 2 * stretched) ** -1.5)

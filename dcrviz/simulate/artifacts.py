"""What spoils visits: satellites' trails, cosmic rays, asteroids, and stars that vary.

Each function draws light without noise; `with_light` puts it into an exposure as a camera would.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from dcrviz.psf import Psf
from dcrviz.records import Exposure, Floats, Plane, Visit
from dcrviz.simulate.draw import draw_sources
from dcrviz.simulate.observe import simulate_exposures
from dcrviz.simulate.scene import Scene, Source
from dcrviz.simulate.spectra import flat

_STEP_PX = 0.25
_FREQUENCIES = 400
# Tracks of cosmic rays, shortest and longest.
_TRACK_PX = (1.0, 14.0)


def satellite_trail(
    shape: tuple[int, int],
    *,
    through: tuple[float, float],
    angle_deg: float,
    flux_per_px: float,
    fwhm_px: float,
    psf: Psf | None = None,
) -> Plane:
    """A straight line of light across the whole field, as wide as the seeing, (Y, X).

    Parameters
    ----------
    through
        (y, x) of a point on it.
    angle_deg
        From the x axis towards the y axis.
    flux_per_px
        Light of a pixel's length of it.
    psf
        Kolmogorov by default.

    Notes
    -----
    Its profile is the star image summed along the line, whose Fourier transform is the star's along
    one axis.
    """
    y, x = np.mgrid[: shape[0], : shape[1]]
    angle = np.radians(angle_deg)
    away = np.abs((x - through[1]) * np.sin(angle) - (y - through[0]) * np.cos(angle))
    # Beyond this frequency no seeing has any power.
    frequency = np.linspace(0, 2 / fwhm_px, _FREQUENCIES)
    power = (psf or Psf()).transfer(frequency, fwhm_px=fwhm_px) * np.sinc(frequency)
    distance = np.arange(0, away.max() + _STEP_PX, _STEP_PX)
    waves = np.cos(2 * np.pi * distance[:, None] * frequency)
    profile = 2 * np.trapezoid(power * waves, frequency, axis=1)
    return np.asarray(flux_per_px * np.interp(away, distance, profile), dtype=np.float32)


def cosmic_rays(shape: tuple[int, int], *, number: int, flux: float, seed: int) -> Plane:
    """Sharp tracks at random places, each with about so much light, (Y, X).

    Parameters
    ----------
    flux
        Mean of an exponential distribution.
    """
    rng = np.random.default_rng(seed)
    light = np.zeros(shape, dtype=np.float32)
    for _ in range(number):
        y, x = rng.uniform(0, shape[0]), rng.uniform(0, shape[1])
        angle, length = rng.uniform(0, 2 * np.pi), rng.uniform(*_TRACK_PX)
        along = np.arange(0, length, _STEP_PX)
        rows = (y + along * np.sin(angle)).astype(int)
        columns = (x + along * np.cos(angle)).astype(int)
        inside = (rows >= 0) & (rows < shape[0]) & (columns >= 0) & (columns < shape[1])
        share = rng.exponential(flux) / len(along)
        np.add.at(light, (rows[inside], columns[inside]), np.float32(share))
    return light


def points_of_light(
    shape: tuple[int, int],
    places: Sequence[tuple[float, float]],
    *,
    flux: float,
    fwhm_px: float,
    psf: Psf | None = None,
) -> Plane:
    """Star images of so much light, such as of asteroids or transients, (Y, X).

    Parameters
    ----------
    places
        (y, x) of each.
    psf
        Kolmogorov by default.
    """
    number = len(places)
    return draw_sources(
        [Source(y=y, x=x, flux=flux, spectrum=flat()) for y, x in places],
        shape=shape,
        moved_px=np.zeros((number, 1, 2)),
        flux=np.full((number, 1), flux),
        fwhm_px=np.array([fwhm_px]),
        psf=psf or Psf(),
    )


def with_light(exposure: Exposure, light: Plane, *, seed: int, gain: float = 1.0) -> Exposure:
    """The exposure with more light in it, the noise of that light included.

    Parameters
    ----------
    light
        (Y, X), not negative.
    gain
        Photo-electrons per unit of flux.
    """
    if exposure.variance is None:
        raise ValueError(f"visit {exposure.visit.id}: must have a variance to add light; got none")
    rng = np.random.default_rng(seed)
    counted = rng.poisson(np.asarray(light, dtype=np.float64) * gain) / gain
    return replace(
        exposure,
        image=np.asarray(exposure.image[:, :] + counted, dtype=np.float32),
        variance=np.asarray(exposure.variance[:, :] + light / gain, dtype=np.float32),
    )


def simulate_variable(
    scene: Scene,
    visits: Sequence[Visit],
    factors: Mapping[int, Floats],
    *,
    seed: int,
    psf: Psf | None = None,
) -> list[Exposure]:
    """Exposures of a scene some of whose sources are brighter in one visit than in another.

    Parameters
    ----------
    factors
        By the source's number in the scene: (V,) factors above 0 on its flux.
    seed, psf
        As in `simulate_exposures`.
    """
    exposures = []
    for number, visit in enumerate(visits):
        sources = list(scene.sources)
        for index, factor in factors.items():
            sources[index] = replace(sources[index], flux=sources[index].flux * factor[number])
        now = replace(scene, sources=tuple(sources))
        exposures += simulate_exposures(now, [visit], seed=seed, psf=psf)
    return exposures

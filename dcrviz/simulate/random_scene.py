"""Scenes drawn at random: stars of all colours, galaxies, quasars."""

from __future__ import annotations

import numpy as np

from dcrviz.bands import Band
from dcrviz.records import Floats
from dcrviz.simulate.curve import Curve
from dcrviz.simulate.scene import Scene, Source
from dcrviz.simulate.spectra import blackbody, quasar

_STAR_TEMPERATURES_K = (2900, 3300, 3800, 4500, 5200, 5800, 6500, 7500, 10000)
_GALAXY_TEMPERATURES_K = (4000, 5000, 6500)
_STAR_FLUX = (3e3, 1.6e5)
_QUASAR_FLUX = (1e4, 1e5)
_GALAXY_FLUX = (1e4, 5e4)
_COUNTS_SLOPE = 0.3
"""Number of sources brighter than F falls as F^-slope: flat, as stars are at high latitude."""
_CIV_NM = 154.9
_MARGIN_PX = 12.0
_SEPARATION_PX = 14.0
_TRIES = 200


def random_scene(
    seed: int,
    *,
    shape: tuple[int, int] = (192, 192),
    band: Band | None = None,
    n_stars: int = 40,
    n_galaxies: int = 5,
    n_quasars: int = 2,
) -> Scene:
    """A field at high galactic latitude; the same seed gives the same field.

    Parameters
    ----------
    seed
        Of the random numbers.
    shape
        Height and width in pixels.
    band
        Rubin's g by default, where refraction is strong.
    n_stars, n_galaxies, n_quasars
        Black bodies of 2900 to 10000 K; exponential discs of 2.5 to 5 pixels; a redshift that puts
        a broad emission line into the inner half of the band.

    Raises
    ------
    ValueError
        If the field is smaller than the margin kept free of sources, or a number is negative.

    Notes
    -----
    Sources of the brighter half keep a distance from each other, where there is room, so that a
    colour can be measured. Other properties of the scene are set by `dataclasses.replace`.
    """
    if min(shape) <= 2 * _MARGIN_PX:
        raise ValueError(
            f"a random scene must be more than {2 * _MARGIN_PX:g} px wide; got {shape}"
        )
    if min(n_stars, n_galaxies, n_quasars) < 0:
        raise ValueError(
            f"numbers of sources must not be negative; got {n_stars}, {n_galaxies}, {n_quasars}"
        )
    band = band or Band.lsst("g")
    rng = np.random.default_rng(seed)
    stars = [blackbody(float(t)) for t in rng.choice(_STAR_TEMPERATURES_K, n_stars)]
    quasars = [quasar(float(z)) for z in _redshifts(rng, n_quasars, band)]
    galaxies = [blackbody(float(t)) for t in rng.choice(_GALAXY_TEMPERATURES_K, n_galaxies)]
    flux = np.concatenate(
        [
            _fluxes(rng, n_stars, _STAR_FLUX),
            _fluxes(rng, n_quasars, _QUASAR_FLUX),
            _fluxes(rng, n_galaxies, _GALAXY_FLUX),
        ]
    )
    positions = _positions(rng, flux, shape)
    spectra = stars + quasars + galaxies
    first_galaxy = n_stars + n_quasars
    sources = [
        _source(rng, spectra[i], flux=flux[i], position=positions[i], extended=i >= first_galaxy)
        for i in range(len(spectra))
    ]
    return Scene(sources=tuple(sources), band=band, shape=shape)


def _source(
    rng: np.random.Generator, spectrum: Curve, *, flux: float, position: Floats, extended: bool
) -> Source:
    radius, ratio, angle = rng.uniform(2.5, 5.0), rng.uniform(0.4, 1.0), rng.uniform(0.0, 180.0)
    y, x = (float(p) for p in position)
    if not extended:
        return Source(x=x, y=y, flux=float(flux), spectrum=spectrum)
    return Source(
        x=x,
        y=y,
        flux=float(flux),
        spectrum=spectrum,
        half_light_radius_px=radius,
        axis_ratio=ratio,
        angle_deg=angle,
    )


def _redshifts(rng: np.random.Generator, count: int, band: Band) -> Floats:
    quarter_nm = (band.max_nm - band.min_nm) / 4
    line_nm = rng.uniform(band.min_nm + quarter_nm, band.max_nm - quarter_nm, count)
    return np.asarray(np.round(line_nm / _CIV_NM - 1, 2))


def _fluxes(rng: np.random.Generator, count: int, limits: tuple[float, float]) -> Floats:
    faint, bright = (limit**-_COUNTS_SLOPE for limit in limits)
    return np.asarray(rng.uniform(bright, faint, count) ** (-1 / _COUNTS_SLOPE))


def _positions(rng: np.random.Generator, flux: Floats, shape: tuple[int, int]) -> Floats:
    """(N, 2) positions (y, x), the brighter half apart from each other."""
    upper = np.array(shape) - 1 - _MARGIN_PX
    found = np.empty((flux.size, 2))
    placed: list[Floats] = []
    for rank, index in enumerate(np.argsort(-flux)):
        tries = rng.uniform(_MARGIN_PX, upper, (_TRIES if rank <= flux.size // 2 else 1, 2))
        others = np.array(placed).reshape(1, -1, 2)
        nearest = np.linalg.norm(tries[:, None] - others, axis=-1).min(axis=1, initial=np.inf)
        free = np.flatnonzero(nearest > _SEPARATION_PX)
        # Where the field is full, the emptiest of the places tried.
        found[index] = tries[free[0] if free.size else nearest.argmax()]
        placed.append(found[index])
    return found

"""Exposures of a scene, with noise, masks and coordinates, as a camera would deliver them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dcrviz.frozen import read_only
from dcrviz.kernels import grow_flags, smooth
from dcrviz.mask_planes import USUAL_PLANES
from dcrviz.physics.refraction import standard_atmosphere
from dcrviz.psf import Psf
from dcrviz.records import Bits, Cube, Exposure, Plane, Visit
from dcrviz.simulate.render import (
    MIN_WAVELENGTHS,
    fwhm_of,
    no_dcr_image,
    render_visit,
    truth_planes,
)
from dcrviz.simulate.scene import Scene

_DETECTION_SIGMA = 5.0
_GROW_PX = 3.0
_FWHM_OVER_SIGMA = np.sqrt(8 * np.log(2))


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Simulation:
    """A simulated field with the truth about it.

    Parameters
    ----------
    exposures
        As a camera would deliver them.
    truth
        (S, Y, X), what is truly in each subfilter, at a seeing of `truth_fwhm_px`.
    scene
        What was observed.
    """

    exposures: tuple[Exposure, ...]
    truth: Cube
    truth_fwhm_px: float
    scene: Scene

    def __post_init__(self) -> None:
        object.__setattr__(self, "truth", read_only(self.truth))


def simulate(
    scene: Scene,
    visits: Sequence[Visit],
    *,
    seed: int,
    n_subfilters: int = 3,
    psf: Psf | None = None,
    noise: bool = True,
) -> Simulation:
    """Exposures of a scene and its true planes at the median seeing of the visits.

    Parameters
    ----------
    scene, visits, seed, psf, noise
        As in `simulate_exposures`.
    n_subfilters
        Number of true planes.
    """
    exposures = simulate_exposures(scene, visits, seed=seed, psf=psf, noise=noise)
    return with_truth(scene, exposures, n_subfilters=n_subfilters, psf=psf)


def with_truth(
    scene: Scene,
    exposures: Sequence[Exposure],
    *,
    n_subfilters: int = 3,
    psf: Psf | None = None,
) -> Simulation:
    """Exposures with the true planes of their scene at their median seeing.

    Raises
    ------
    ValueError
        If there are none, or one lacks its seeing.
    """
    if not exposures:
        raise ValueError("a simulation needs one visit or more; got none")
    fwhm_px = float(np.median([fwhm_of(exposure.visit) for exposure in exposures]))
    return Simulation(
        exposures=tuple(exposures),
        truth=truth_planes(scene, n_subfilters=n_subfilters, fwhm_px=fwhm_px, psf=psf),
        truth_fwhm_px=fwhm_px,
        scene=scene,
    )


def simulate_exposures(
    scene: Scene,
    visits: Sequence[Visit],
    *,
    seed: int,
    psf: Psf | None = None,
    noise: bool = True,
    n_wavelengths: int = MIN_WAVELENGTHS,
) -> list[Exposure]:
    """Exposures of a scene, one per visit.

    Parameters
    ----------
    scene
        What is there.
    visits
        Each with its own id, airmass, parallactic angle, site and FWHM; a visit without a band
        takes the scene's.
    seed
        Of the noise. That of a visit depends on the seed and the visit's id only, so that neither
        order nor company of the visits changes its pixels.
    psf
        The scene's by default.
    noise
        Off for the noiseless image; the variance stays.
    n_wavelengths
        As in `render_visit`.

    Returns
    -------
    list of Exposure
        With the sky subtracted. DETECTED is set where the sky without refraction, at the visit's
        seeing, stands out by 5 sigma after smoothing by the seeing, grown by 3 pixels.

    Raises
    ------
    ValueError
        If two visits have one id, a visit has another band than the scene, or lacks something.
    """
    ids = [str(visit.id) for visit in visits]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ValueError(f"visits must have different ids; got {', '.join(twice)} twice")
    wcs = scene.wcs
    detected: dict[float, Bits] = {}
    exposures = []
    for visit in visits:
        if visit.band not in (None, scene.band):
            raise ValueError(
                f"visit {visit.id}: band must be the scene's, {scene.band.name}; got "
                f"{getattr(visit.band, 'name', None)}"
            )
        clean = render_visit(scene, visit, psf=psf, n_wavelengths=n_wavelengths)
        variance = scene.sky_variance + np.clip(clean, 0, None) / scene.gain
        fwhm_px = fwhm_of(visit)
        if fwhm_px not in detected:
            detected[fwhm_px] = _detected(scene, fwhm_px=fwhm_px, psf=psf)
        exposures.append(
            Exposure(
                image=_noisy(clean, scene, rng=_generator(seed, visit)) if noise else clean,
                mask=detected[fwhm_px],
                variance=variance.astype(np.float32),
                planes=USUAL_PLANES,
                wcs=wcs,
                visit=_completed(visit, scene),
                source=f"simulated visit {visit.id}",
            )
        )
    return exposures


def _completed(visit: Visit, scene: Scene) -> Visit:
    """The visit with the scene's band and the weather that it is simulated with."""
    weather = visit.weather
    if weather is None and visit.site is not None:
        # In the made world this is the weather, no longer an assumption about it.
        weather = replace(standard_atmosphere(visit.site.height_m), assumed=False)
    return replace(visit, band=scene.band, weather=weather)


def _generator(seed: int, visit: Visit) -> np.random.Generator:
    digest = hashlib.blake2b(str(visit.id).encode(), digest_size=8).digest()
    return np.random.default_rng([seed, int.from_bytes(digest, "big")])


def _noisy(clean: Plane, scene: Scene, *, rng: np.random.Generator) -> Plane:
    """Counts of photo-electrons from sky and sources, less the mean of the sky."""
    sky = scene.sky_variance * scene.gain**2
    electrons = rng.poisson(sky + np.clip(clean, 0, None) * scene.gain)
    noisy: Plane = ((electrons - sky) / scene.gain).astype(np.float32)
    return noisy


def _detected(scene: Scene, *, fwhm_px: float, psf: Psf | None) -> Bits:
    sigma_px = fwhm_px / _FWHM_OVER_SIGMA
    smoothed = smooth(no_dcr_image(scene, fwhm_px=fwhm_px, psf=psf), sigma_px, mode="reflect")
    noise = np.sqrt(scene.sky_variance) / (2 * np.sqrt(np.pi) * sigma_px)
    flags = grow_flags(smoothed > _DETECTION_SIGMA * noise, _GROW_PX)
    return np.where(flags, 1 << USUAL_PLANES["DETECTED"], 0).astype(np.int32)

"""Images of a scene without noise: as a visit sees it, and as it truly is."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from dcrviz.frozen import read_only
from dcrviz.physics.geometry import wcs_jacobian
from dcrviz.physics.shifts import displacement_px
from dcrviz.psf import Psf
from dcrviz.records import Cube, Floats, Plane, Visit
from dcrviz.simulate.curve import slice_photons
from dcrviz.simulate.draw import draw_sources
from dcrviz.simulate.scene import Scene

MIN_WAVELENGTHS = 40


def render_visit(
    scene: Scene, visit: Visit, *, psf: Psf | None = None, n_wavelengths: int = MIN_WAVELENGTHS
) -> Plane:
    """The scene through the atmosphere of a visit, without noise.

    Parameters
    ----------
    scene
        What is there.
    visit
        Airmass or zenith angle, parallactic angle, site and FWHM are needed.
    psf
        The scene's by default.
    n_wavelengths
        Slices into which the band is cut; each is moved by the refraction at the mean wavelength of
        its photons.

    Returns
    -------
    (Y, X)

    Raises
    ------
    ValueError
        If there are less than 40 wavelengths, or the visit lacks something.
    """
    if n_wavelengths < MIN_WAVELENGTHS:
        raise ValueError(f"n_wavelengths must be {MIN_WAVELENGTHS} or more; got {n_wavelengths}")
    psf = psf or scene.psf
    outer = scene.subfilter_edges_nm(1)
    edges_nm = np.linspace(outer[0], outer[1], n_wavelengths + 1)
    flux, mean_nm = _photons(scene, tuple(edges_nm))
    middle_nm = (edges_nm[:-1] + edges_nm[1:]) / 2
    broadening = (middle_nm / scene.band.effective_nm) ** psf.seeing_exponent
    jacobian = wcs_jacobian(scene.wcs, scene.shape)
    moved = displacement_px(mean_nm, visit, band=scene.band, jacobian=jacobian)
    return draw_sources(
        scene.sources,
        shape=scene.shape,
        moved_px=moved,
        flux=flux,
        fwhm_px=fwhm_of(visit) * broadening,
        psf=psf,
    )


def fwhm_of(visit: Visit) -> float:
    """Seeing of a visit in pixels, which simulating it needs."""
    if visit.psf_fwhm_px is None:
        raise ValueError(f"visit {visit.id}: simulating it needs its psf_fwhm_px; got none")
    return visit.psf_fwhm_px


def truth_planes(
    scene: Scene, *, n_subfilters: int, fwhm_px: float, psf: Psf | None = None
) -> Cube:
    """What is truly there in each subfilter: every source unmoved, at one seeing.

    Parameters
    ----------
    scene
        What is there.
    n_subfilters
        Number of equal slices of the band.
    fwhm_px
        Seeing of all planes.
    psf
        The scene's by default; its seeing exponent is not used.

    Returns
    -------
    (S, Y, X)
    """
    flux, _ = _photons(scene, tuple(scene.subfilter_edges_nm(n_subfilters)))
    return np.stack(
        [
            draw_sources(
                scene.sources,
                shape=scene.shape,
                moved_px=np.zeros((len(scene.sources), 1, 2)),
                flux=in_slice[:, None],
                fwhm_px=np.array([fwhm_px]),
                psf=psf or scene.psf,
            )
            for in_slice in flux.T
        ]
    )


def no_dcr_image(scene: Scene, *, fwhm_px: float, psf: Psf | None = None) -> Plane:
    """The whole band as it would be seen without refraction, without noise, (Y, X)."""
    plane: Plane = truth_planes(scene, n_subfilters=1, fwhm_px=fwhm_px, psf=psf)[0]
    return plane


@lru_cache(maxsize=8)
def _photons(scene: Scene, edges_nm: tuple[float, ...]) -> tuple[Floats, Floats]:
    """(N, L) flux of every source in each slice, and the mean wavelength of its photons there.

    Every visit of a scene asks for the same.
    """
    flux = np.empty((len(scene.sources), len(edges_nm) - 1))
    mean_nm = np.empty_like(flux)
    for i, source in enumerate(scene.sources):
        fraction, mean_nm[i] = slice_photons(
            source.spectrum, np.array(edges_nm), throughput=scene.throughput
        )
        flux[i] = source.flux * fraction
    return read_only(flux), read_only(mean_nm)

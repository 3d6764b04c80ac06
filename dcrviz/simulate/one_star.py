"""One star through the atmosphere: where each of its wavelengths lands, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dcrviz.frozen import Frozen
from dcrviz.physics.geometry import wcs_jacobian, zenith_direction_px
from dcrviz.physics.shifts import displacement_px
from dcrviz.records import Floats, Plane, Visit
from dcrviz.simulate.curve import Curve, slice_photons
from dcrviz.simulate.render import MIN_WAVELENGTHS, render_visit
from dcrviz.simulate.scene import PIXEL_SCALE_ARCSEC, Scene, Source


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class OneStar(Frozen):
    """A star as a visit sees it, without noise, and what refraction has done to it.

    Parameters
    ----------
    image
        (Y, X), of unit flux; the star belongs into the middle pixel, where light of the band's
        effective wavelength falls.
    wavelength_nm
        (K + 1,), evenly from one end of the band to the other.
    moved_arcsec
        (K + 1,), how far light is moved towards the zenith; negative is away from it.
    moved_px
        (K + 1, 2), the same on the detector, ``(y, x)``.
    photons
        (K,), share of the star's photons from each wavelength to the next.
    pixel_scale_arcsec
        Of the image.
    """

    image: Plane
    wavelength_nm: Floats
    moved_arcsec: Floats
    moved_px: Floats
    photons: Floats
    pixel_scale_arcsec: float

    @property
    def smear_arcsec(self) -> float:
        """Length of the smear, from one end of the band to the other."""
        return float(np.ptp(self.moved_arcsec))

    @property
    def shift_arcsec(self) -> float:
        """How far the middle of its light is moved towards the zenith."""
        return float(self.photons @ (self.moved_arcsec[:-1] + self.moved_arcsec[1:]) / 2)


def one_star(
    visit: Visit,
    spectrum: Curve,
    *,
    size_px: int = 33,
    pixel_scale_arcsec: float = PIXEL_SCALE_ARCSEC,
) -> OneStar:
    """A star in the middle of an image, north up and east left, as a visit sees it.

    Parameters
    ----------
    visit
        Band, airmass or zenith angle, parallactic angle, site and FWHM are needed.
    spectrum
        Its photons per nm.
    size_px
        Side of the image, odd.

    Raises
    ------
    ValueError
        If the size is even or less than 3, or the visit lacks something.
    """
    if size_px < 3 or size_px % 2 == 0:
        raise ValueError(f"size_px must be odd, and 3 or more; got {size_px}")
    if visit.band is None:
        raise ValueError(f"visit {visit.id}: a star needs the band it is seen in; got none")
    middle = (size_px - 1) / 2
    star = Source(x=middle, y=middle, flux=1.0, spectrum=spectrum)
    scene = Scene(
        sources=(star,),
        band=visit.band,
        shape=(size_px, size_px),
        pixel_scale_arcsec=pixel_scale_arcsec,
    )
    wavelength_nm = scene.subfilter_edges_nm(MIN_WAVELENGTHS)
    photons, _ = slice_photons(spectrum, wavelength_nm)
    image = render_visit(scene, visit)
    jacobian = wcs_jacobian(scene.wcs, scene.shape)
    moved_px = displacement_px(wavelength_nm, visit, band=visit.band, jacobian=jacobian)
    # Without it, nothing could have been rendered.
    assert visit.parallactic_rad is not None
    zenith = zenith_direction_px(visit.parallactic_rad, jacobian=jacobian)
    return OneStar(
        image=image,
        wavelength_nm=wavelength_nm,
        moved_arcsec=moved_px @ zenith / (zenith @ zenith),
        moved_px=moved_px,
        photons=photons,
        pixel_scale_arcsec=pixel_scale_arcsec,
    )

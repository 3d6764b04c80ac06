"""A made sky: sources on a pixel grid, seen in one band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dcrviz.bands import Band
from dcrviz.physics.shifts import subfilter_edges_nm
from dcrviz.psf import KOLMOGOROV, Psf
from dcrviz.records import Floats
from dcrviz.simulate.curve import Curve
from dcrviz.simulate.grid import tan_wcs

if TYPE_CHECKING:
    from astropy.wcs import WCS

PIXEL_SCALE_ARCSEC = 0.2


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Source:
    """A star, or a galaxy with an exponential profile if it has a half-light radius.

    Parameters
    ----------
    x, y
        Position in pixels where the light of the effective wavelength falls; 0 is the centre of the
        first pixel.
    flux
        Flux in the whole band.
    spectrum
        Its photons per nm, in any unit.
    half_light_radius_px
        Radius of a circle of the same area as the ellipse that holds half the flux; 0 for a star.
    axis_ratio
        Minor over major axis.
    angle_deg
        Direction of the major axis, from the x axis towards the y axis.

    Raises
    ------
    ValueError
        If flux or axis ratio is not positive, or the radius is negative.
    """

    x: float
    y: float
    flux: float
    spectrum: Curve
    half_light_radius_px: float = 0.0
    axis_ratio: float = 1.0
    angle_deg: float = 0.0

    def __post_init__(self) -> None:
        where = f"source at ({self.x:g}, {self.y:g})"
        if not 0 < self.flux < np.inf:
            raise ValueError(f"{where}: flux must be positive; got {self.flux:g}")
        if not self.half_light_radius_px >= 0:
            raise ValueError(
                f"{where}: half-light radius must not be negative; got "
                f"{self.half_light_radius_px:g}"
            )
        if not 0 < self.axis_ratio <= 1:
            raise ValueError(
                f"{where}: axis ratio must be above 0 and at most 1; got {self.axis_ratio:g}"
            )

    @property
    def kind(self) -> str:
        """``galaxy`` or ``star``."""
        return "galaxy" if self.half_light_radius_px > 0 else "star"


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Scene:
    """Sources on a pixel grid, the band and the air in which they are seen, and the sky's noise.

    Parameters
    ----------
    sources
        All inside the field.
    band
        Zero shift is at its effective wavelength.
    shape
        Height and width in pixels.
    pixel_scale_arcsec, ra_deg, dec_deg, rotation_deg, mirrored
        The grid, as in `tan_wcs`; north up and east left by default.
    sky_variance
        Variance of the noise of an empty pixel, in squared flux.
    gain
        Photo-electrons per unit of flux: the sources' own noise.
    throughput
        Detected fraction of the photons; the whole band alike without it.
    psf
        How the air shows a star, but for the width, which each visit has of its own.

    Raises
    ------
    ValueError
        If a source is outside the field, or a number is not positive that must be.
    """

    sources: tuple[Source, ...]
    band: Band
    shape: tuple[int, int]
    pixel_scale_arcsec: float = PIXEL_SCALE_ARCSEC
    ra_deg: float = 150.12
    dec_deg: float = 2.21
    rotation_deg: float = 0.0
    mirrored: bool = False
    sky_variance: float = 700.0
    gain: float = 1.0
    throughput: Curve | None = None
    psf: Psf = KOLMOGOROV

    def __post_init__(self) -> None:
        object.__setattr__(self, "sources", tuple(self.sources))
        height, width = self.shape
        if height < 1 or width < 1:
            raise ValueError(f"shape of a scene must be 1 pixel or more; got {self.shape}")
        for name in ("pixel_scale_arcsec", "sky_variance", "gain"):
            value = getattr(self, name)
            if not 0 < value < np.inf:
                raise ValueError(f"{name} of a scene must be positive; got {value:g}")
        for source in self.sources:
            if not (-0.5 <= source.x <= width - 0.5 and -0.5 <= source.y <= height - 0.5):
                raise ValueError(
                    f"sources must lie in the field of width {width} and height {height}; got one "
                    f"at ({source.x:g}, {source.y:g})"
                )

    @property
    def wcs(self) -> WCS:
        """World coordinates of the grid."""
        return tan_wcs(
            self.shape,
            pixel_scale_arcsec=self.pixel_scale_arcsec,
            ra_deg=self.ra_deg,
            dec_deg=self.dec_deg,
            rotation_deg=self.rotation_deg,
            mirrored=self.mirrored,
        )

    def subfilter_edges_nm(self, n_subfilters: int) -> Floats:
        """(S + 1,) borders of the subfilters; a throughput curve widens the outer ones to its ends.

        Parameters
        ----------
        n_subfilters
            Number of equal slices of the band.
        """
        edges = subfilter_edges_nm(self.band, n_subfilters)
        if self.throughput is not None:
            edges[0] = min(edges[0], self.throughput.wavelength_nm[0])
            edges[-1] = max(edges[-1], self.throughput.wavelength_nm[-1])
        return edges

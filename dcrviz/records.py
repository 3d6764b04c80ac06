"""The frozen records that the layers pass to each other.

Arrays in a record are read-only. Axis letters: ``V`` visits, ``S`` subfilters, ``Y``, ``X`` pixels;
shifts are ``(y, x)`` in pixels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dcrviz.bands import Band
from dcrviz.frozen import Frozen
from dcrviz.psf import PlaneSeeing

if TYPE_CHECKING:
    from astropy.wcs import WCS

Plane: TypeAlias = NDArray[np.float32]
"""An image, (Y, X)."""
Cube: TypeAlias = NDArray[np.float32]
"""A stack of images, (S, Y, X) or (V, Y, X)."""
Floats: TypeAlias = NDArray[np.float64]
"""Numbers that are not pixels."""
Bools: TypeAlias = NDArray[np.bool_]
"""Flags of pixels."""
Bits: TypeAlias = NDArray[np.int32]
"""A mask: one bit of each pixel for every mask plane, (Y, X)."""
Ints: TypeAlias = NDArray[np.int64]
"""Indices and counts."""
Bytes: TypeAlias = NDArray[np.uint8]
"""Flags as compiled loops take them: 0 or 1."""
SplineOrder: TypeAlias = Literal[0, 1, 2, 3, 4, 5]
"""Degree of an interpolating spline."""


class LazyPlane(Protocol):
    """An image that is read when it is indexed, as a section of a FITS file is.

    One that takes as long for some rows as for all says so by ``comes_by_rows = False``.
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """Height and width."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the pixels."""

    def __getitem__(self, key: Any) -> NDArray[Any]: ...

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Place of the telescope; longitude is positive to the east."""

    longitude_deg: float
    latitude_deg: float
    height_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """Air at the telescope; `assumed` says that it is the standard atmosphere, not a reading."""

    temperature_c: float
    pressure_pa: float
    humidity_percent: float
    assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One exposure's circumstances. A value that nobody gave is None; `prepare` says if it matters.

    Parameters
    ----------
    id
        Identifies the visit; unique within a problem.
    band
        Wavelength range of the filter.
    airmass, zenith_rad
        Apparent (refracted) position; either can be derived from the other.
    parallactic_rad
        Position angle of the zenith, north through east, in the frame of the WCS.
    psf_fwhm_px
        Seeing, full width at half maximum.
    weight
        Statistical weight of the visit beyond its variance.
    scale
        Photometric scale: the image is multiplied by it, the variance by its square.
    missing
        What the source did not tell, each with what would supply it.
    """

    id: int | str
    band: Band | None = None
    filter: str = ""
    instrument: str = ""
    airmass: float | None = None
    zenith_rad: float | None = None
    parallactic_rad: float | None = None
    site: Site | None = None
    weather: Weather | None = None
    time: str = ""
    exposure_s: float | None = None
    psf_fwhm_px: float | None = None
    weight: float = 1.0
    scale: float = 1.0
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Exposure(Frozen):
    """A warped visit: image, mask, variance on a pixel grid, with its circumstances.

    Parameters
    ----------
    image, variance
        (Y, X), flux and squared flux; arrays or lazy sections of a file.
    mask
        (Y, X), int32 bits.
    planes
        Bit number of each mask plane by name.
    xy0
        (x, y) of the lower left pixel in the parent grid.
    source
        Where it was read from, for messages.
    psf
        (P, P) image of a star in its middle pixel, with odd sides; None if nobody gave one.

    Raises
    ------
    ValueError
        If the image of a star has an even side, or no light.
    """

    image: Plane | LazyPlane
    mask: Bits | LazyPlane
    variance: Plane | LazyPlane | None
    planes: Mapping[str, int]
    wcs: WCS | None
    visit: Visit
    xy0: tuple[int, int] = (0, 0)
    source: str = ""
    psf: Plane | None = None

    def __post_init__(self) -> None:
        if self.psf is not None:
            check_star_image(self.psf, where=self.source or f"visit {self.visit.id}")
        Frozen.__post_init__(self)

    @classmethod
    def from_afw(
        cls, exposure: Any, *, visit_id: int | str | None = None, band: Band | None = None
    ) -> Exposure:
        """One that the Rubin pipelines hold in memory: a warp, say, from their butler.

        Parameters
        ----------
        exposure
            An ``lsst.afw.image.Exposure``, or what can do the same; nothing is imported from lsst.
        visit_id
            Its name; what its VisitInfo says if none is given.
        band
            Wins over its filter.

        Raises
        ------
        TypeError
            If it has not an image, a mask and a variance.
        ValueError
            If FITS keys can't hold its WCS, as they can that of a warp.

        Notes
        -----
        The same as writing it to a file and reading that, but for its PSF: the image of a star in
        the middle is kept. Fluxes stay in its unit, which all warps of a coadd share.
        """
        # By name, as the row of `io` lies above this one.
        made: Exposure = import_module("dcrviz.io.afw").exposure_from_afw(
            exposure, visit_id=visit_id, band=band
        )
        return made

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        height, width = self.image.shape
        return int(height), int(width)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Coadd(Frozen):
    """An image with mask and variance that belongs to no single visit, such as the template."""

    image: Plane
    mask: Bits
    variance: Plane
    planes: Mapping[str, int]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Pixels:
    """What a `Coadd` has, on its way, as it is: of parts of arrays a record would have copies."""

    image: Plane
    mask: Bits
    variance: Plane
    planes: Mapping[str, int]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Shifts(Frozen):
    """Refraction of each visit in each subfilter, in pixels ``(y, x)``.

    Parameters
    ----------
    midpoint
        (V, S, 2), the shift of the middle of the subfilter: used backward.
    split
        (V, S, K, 2), the shifts whose weighted mean is the forward model; where all K are equal,
        one is used.
    weights
        (S, K), what each counts in the mean; equal if none are given.

    Raises
    ------
    ValueError
        If the shapes differ, shifts are not finite, or the weights of a subfilter are negative or
        don't add up to 1.
    """

    midpoint: Floats
    split: Floats
    weights: Floats = field(default_factory=lambda: np.empty((0, 0)))

    def __post_init__(self) -> None:
        if self.split.ndim != 4 or self.midpoint.shape != (*self.split.shape[:2], 2):
            raise ValueError(
                "shifts must be (V, S, 2) at the midpoint and (V, S, K, 2) split; got "
                f"{self.midpoint.shape} and {self.split.shape}"
            )
        if not (np.isfinite(self.midpoint).all() and np.isfinite(self.split).all()):
            raise ValueError("shifts must be finite; got some that are NaN or infinite")
        n_subfilters, n_wavelengths = self.split.shape[1:3]
        if not self.weights.size:
            equal = np.full((n_subfilters, n_wavelengths), 1 / n_wavelengths)
            object.__setattr__(self, "weights", equal)
        _check_weights(self.weights, (n_subfilters, n_wavelengths))
        # The mixin is named, as slots=True makes the class anew and super() would miss it.
        Frozen.__post_init__(self)

    def of(self, visits: Ints) -> Shifts:
        """The shifts of some of the visits."""
        return Shifts(
            midpoint=self.midpoint[visits], split=self.split[visits], weights=self.weights
        )

    def forward(self, visit: int, subfilter: int) -> tuple[Floats, Floats]:
        """(K', 2) shifts and their (K',) weights, above 0; one row where all shifts are equal."""
        counts = self.weights[subfilter] > 0
        rows, weights = self.split[visit, subfilter, counts], self.weights[subfilter, counts]
        return (rows, weights) if (rows != rows[0]).any() else (rows[:1], np.ones(1))


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardModel:
    """What turns subfilter planes into the template of a visit.

    Parameters
    ----------
    wavelength_nm, weights
        (S, K), where the smear of each subfilter is summed and what each wavelength counts; empty
        for LSST's split, at a quarter of the way from either edge.
    interpolation_order
        Of the spline that shifts images; None for exact shifts in Fourier space.
    seeing
        Of the planes; None where the fit did not know that of the visits.

    Raises
    ------
    ValueError
        If the shapes differ, or the weights of a subfilter are negative or don't add up to 1.
    """

    band: Band
    n_subfilters: int
    split_subfilters: bool
    split_threshold_px: float
    interpolation_order: SplineOrder | None
    wavelength_nm: tuple[tuple[float, ...], ...] = ()
    weights: tuple[tuple[float, ...], ...] = ()
    seeing: PlaneSeeing | None = None

    def __post_init__(self) -> None:
        counts = [len(row) for row in self.wavelength_nm]
        if not counts and not self.weights:
            return
        if len(counts) != self.n_subfilters or set(counts) != {counts[0]} or not counts[0]:
            raise ValueError(
                f"the {self.n_subfilters} subfilters must have as many wavelengths each; got "
                f"{', '.join(map(str, counts)) or 'none'}"
            )
        if [len(row) for row in self.weights] != counts:
            raise ValueError(
                f"every wavelength must have a weight; got {', '.join(map(str, counts))} "
                f"wavelengths and {', '.join(str(len(row)) for row in self.weights)} weights"
            )
        _check_weights(np.array(self.weights), (len(counts), counts[0]))


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Coadds(Frozen):
    """The product of a run: one coadd per subfilter, their sum, and what they were made of.

    Parameters
    ----------
    planes
        (S, Y, X), flux of the sky in each subfilter.
    variance
        (S, Y, X), of each plane.
    mask
        (Y, X), the template's, shared by all planes.
    mask_planes
        Bit number of each mask plane by name.
    corrected
        The sum of the planes: the coadd corrected for refraction.
    n_images
        (S, Y, X) uint16, visits that reached each pixel of each subfilter; None if not counted.
    n_visits
        (Y, X) uint16, visits with a usable pixel there; None if not counted.
    inputs, input_weights
        The visits, with the width of the stars that the fit took where it models the seeing, and
        (V,) their weights.
    psf
        (P, P), what a star looks like in every plane and their sum, which are made of the same
        visits by the same weights; None if nobody told their seeing.
    """

    planes: Cube
    variance: Cube
    mask: Bits
    mask_planes: Mapping[str, int]
    corrected: Coadd
    n_images: NDArray[np.uint16] | None
    n_visits: NDArray[np.uint16] | None
    wcs: WCS | None
    xy0: tuple[int, int]
    model: ForwardModel
    inputs: tuple[Visit, ...]
    input_weights: Floats
    psf: Plane | None = None


def check_star_image(psf: Plane, *, where: str) -> None:
    """Raise if it can't be the image of a star in its middle pixel; written so that NaN fails."""
    if psf.ndim != 2 or not all(side % 2 for side in psf.shape):
        raise ValueError(f"{where}: psf must be an image with odd sides; got shape {psf.shape}")
    if not (np.isfinite(psf).all() and psf.sum() > 0):
        raise ValueError(f"{where}: psf must be finite and have light; got {psf.sum():g}")


def _check_weights(weights: Floats, shape: tuple[int, int]) -> None:
    """Raise if (S, K) weights can't be those of means; written so that NaN fails too."""
    if weights.shape != shape:
        raise ValueError(f"weights must have shape {shape}, as the shifts do; got {weights.shape}")
    if not (weights >= 0).all():
        raise ValueError(f"weights must be 0 or more; got {weights.min():g}")
    off = np.abs(weights.sum(axis=1) - 1)
    if not (off <= 1e-9).all():
        worst = int(off.argmax())
        raise ValueError(
            f"weights must add up to 1 in each subfilter; got {weights[worst].sum():.9g} in "
            f"subfilter {worst}"
        )

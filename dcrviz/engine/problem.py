"""What a run works on: everything that does not change from one iteration to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dcrviz.bands import Band
from dcrviz.box import Box
from dcrviz.config import AssembleConfig
from dcrviz.engine.artifacts import Artifacts
from dcrviz.engine.forward_model import forward_model
from dcrviz.engine.grid import Grid
from dcrviz.engine.outcome import Outcome
from dcrviz.engine.seeing import VisitSeeing
from dcrviz.frozen import Frozen
from dcrviz.records import (
    Bools,
    Coadd,
    Cube,
    Floats,
    ForwardModel,
    Plane,
    Shifts,
    SplineOrder,
    Visit,
)

if TYPE_CHECKING:
    from astropy.wcs import WCS


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Tile(Frozen):
    """One subregion.

    Parameters
    ----------
    inner
        The pixels that the tile owns.
    outer
        The same grown by the buffer, clipped to the field.
    omega
        Model weights on `outer`, 0 to 1.
    verdict
        RUNNING, or why nothing can be fitted here.
    """

    inner: Box
    outer: Box
    omega: Plane
    verdict: Outcome = Outcome.RUNNING


@dataclass(frozen=True, eq=False, slots=True, kw_only=True, weakref_slot=True)
class Problem(Frozen):
    """Prepared visits, template, shifts, weights and tiles.

    Parameters
    ----------
    images
        V times (Y, X) float32, scaled; where not usable they may hold anything, NaN included.
    observed
        (V, Y, X), pixels without a bad plane and without NaN, and that no artifact spoils.
    usable
        (V, Y, X), those of the visits that are on.
    detected
        (V, Y, X), pixels on a source by the visit's own mask.
    weights
        (V, Y, X), what a residual counts; None for the weights of 2019, 1 where usable, and for the
        closed form, which asks for none again.
    stack_weight
        (S, Y, X), one over the sum of the shifted weights; 0 where fewer than two visits reach.
    counts
        (S, Y, X) uint16, visits that reach each pixel; None if not counted.
    covered
        (Y, X), pixels that at least one visit reaches in the template.
    background
        (Y, X), pixels without a bad plane and off the sources by the template's mask.
    grid
        The field with room for what the visits that are on shift in.
    factors
        (V,), by which the weight of each visit is multiplied; 0 for one that is off. Such a visit
        is compared with its template, and nothing else comes of it.
    precision
        (V,), one over the variance of a typical pixel of each visit, times the visit's weight; 0
        for a visit without a usable pixel.
    unit_weight
        What `weights` of 1 mean, in the unit of `precision`.
    visit_weights
        (V,), statistical weight of each visit as the coadds record it.
    config
        The knobs it was prepared with.
    warnings
        Sentences about what was found in the input and mended.
    psf
        (P, P) star image of what is made of the visits, by their weights; None if none tells its
        seeing.
    spectrum
        Slope, curvature, ... of all light together, in units of its total flux, which is the
        spectrum within each subfilter; empty for a flat one.
    seeing
        Star images of the visits and of the planes; None where the fit does not know them.
    artifacts
        What deviates from the static sky; None if nobody looked for it.
    start
        (S, Y, X), planes to begin with, amplified as coadds are; None for shares of the template.
    """

    visits: tuple[Visit, ...]
    band: Band
    wcs: WCS | None
    xy0: tuple[int, int]
    images: Sequence[Plane]
    observed: Bools
    usable: Bools
    detected: Bools
    weights: Cube | None
    shifts: Shifts
    template: Coadd
    stack_weight: Cube
    counts: NDArray[np.uint16] | None
    covered: Bools
    background: Bools
    tiles: tuple[Tile, ...]
    buffer_px: int
    grid: Grid
    factors: Floats
    precision: Floats
    unit_weight: float
    visit_weights: Floats
    config: AssembleConfig
    warnings: tuple[str, ...] = ()
    psf: Plane | None = None
    spectrum: tuple[float, ...] = ()
    seeing: VisitSeeing | None = None
    artifacts: Artifacts | None = None
    start: Cube | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the field."""
        height, width = self.template.image.shape
        return height, width

    @property
    def n_subfilters(self) -> int:
        """Number of planes."""
        return int(self.shifts.midpoint.shape[1])

    @property
    def order(self) -> SplineOrder:
        """Order of the interpolating spline."""
        order: SplineOrder = self.config.interpolation_order
        return order

    @property
    def template_order(self) -> SplineOrder | None:
        """Order of the spline that makes templates; None where the solver shifts exactly."""
        return None if self.config.in_fourier_space else self.order

    @property
    def forward_model(self) -> ForwardModel:
        """What a coadd must remember to predict another visit."""
        model = forward_model(self.config, self.band, spectrum=self.spectrum)
        return model if self.seeing is None else replace(model, seeing=self.seeing.planes)

    @property
    def mask_planes(self) -> Mapping[str, int]:
        """Bit number of each plane of the template's mask."""
        return self.template.planes

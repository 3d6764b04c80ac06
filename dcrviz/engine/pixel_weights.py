"""What the pixels of each visit count: all alike in 2019's way, or by their variance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.config_rules import threads_of
from dcrviz.engine.weights import RowsOfVisits, pixel_weights
from dcrviz.kernels.pool import row_bands, run_all
from dcrviz.records import Bools, Cube, Exposure, Floats, Plane
from dcrviz.scratch import Room

# Variance hardly changes over a visit: of more pixels only some rows are sorted.
_ENOUGH_PIXELS = 60_000
# Of more pixels of all visits together the unit of their weights is found on some rows alone.
_ENOUGH_FOR_UNIT = 8_000_000


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class VisitWeights:
    """What pixels count, what one of weight 1 counts, and what each visit does.

    Parameters
    ----------
    pixels
        (V, Y, X), if they are kept.
    of_rows
        Weights of some rows of a visit; None where all that are usable count alike.
    """

    pixels: Cube | None
    of_rows: RowsOfVisits | None
    unit: float
    precision: Floats


def weights_of(
    exposures: Sequence[Exposure],
    usable: Bools,
    detected: Bools,
    visits: tuple[Floats, Floats],
    config: AssembleConfig,
    room: Room,
) -> VisitWeights:
    """What pixels and visits count: all alike in 2019's way, or by their variance and weight.

    The visits have their whole weights, and the factors in them, by which alone they differ in
    2019's way.

    Sources carry noise of their own, and counting their pixels less gives every star a profile by
    its brightness; of the background's variance they count as the sky around them.
    """
    weights, factors = visits
    threads = threads_of(config, exposures[0].shape)
    typical = np.array(
        run_all(
            [partial(_typical_variance, e, usable[i]) for i, e in enumerate(exposures)],
            threads=threads,
        )
    )
    known = np.isfinite(typical)
    mean = float(typical[known].mean()) if known.any() else 1.0
    if config.pixel_weights == "2019":
        alike = np.isin(factors, (0, 1)).all()
        pixels = None if alike else room.keep(usable * factors.astype(np.float32)[:, None, None])
        return VisitWeights(
            pixels=pixels,
            of_rows=None if pixels is None else partial(_rows_of, pixels),
            unit=1 / mean,
            precision=np.where(known, factors / mean, 0.0),
        )

    def inverse(visit: int, rows: slice) -> Plane:
        exposure = exposures[visit]
        assert exposure.variance is not None
        variance: Plane = np.asarray(exposure.variance[rows], dtype=np.float32)
        scale = np.float32(exposure.visit.scale**2)
        if config.pixel_weights == "background":
            sky = np.float32(typical[visit] / scale)
            # A source adds to the variance, a worn-out pixel or a vignetted corner does not go.
            variance = np.where(detected[visit, rows], np.minimum(variance, sky), variance)
        return pixel_weights(variance * scale, usable[visit, rows], weights[visit])

    every = slice(None, None, max(1, usable.size // _ENOUGH_FOR_UNIT))
    some = [inverse(visit, every) for visit in range(len(exposures))]
    positive = np.concatenate([each[each > 0] for each in some])
    # Only ratios matter; about 1 they stay clear of the limits of float32.
    unit = float(np.median(positive)) if positive.size else 1.0
    known_all = some if every.step == 1 else None

    def of_rows(visit: int, rows: slice) -> Plane:
        found = inverse(visit, rows) if known_all is None else known_all[visit][rows]
        return found / np.float32(unit)

    # The closed form asks for each once; to keep them all would take longer.
    pixels = None if config.solver == "direct" else _kept(of_rows, usable, room, threads=threads)
    return VisitWeights(
        pixels=pixels,
        of_rows=of_rows if pixels is None else partial(_rows_of, pixels),
        unit=unit,
        precision=np.where(known, weights / np.where(known, typical, 1), 0.0),
    )


def _kept(of_rows: RowsOfVisits, usable: Bools, room: Room, *, threads: int) -> Cube:
    draft = room.begin(usable.shape, np.float32)

    def write(visit: int) -> None:
        for rows in row_bands(usable.shape[1:]):
            draft.array[visit, rows] = of_rows(visit, rows)

    run_all([partial(write, visit) for visit in range(len(usable))], threads=threads)
    return draft.finish()


def _rows_of(weights: Cube, visit: int, rows: slice) -> Plane:
    return weights[visit, rows]


def _typical_variance(exposure: Exposure, usable: Bools) -> float:
    """Median variance of the usable pixels, of a few rows if there are many; NaN without any."""
    assert exposure.variance is not None
    step = max(1, usable.size // _ENOUGH_PIXELS)
    variance, counts = np.asarray(exposure.variance[::step]), usable[::step]
    if not counts.any():
        variance, counts = np.asarray(exposure.variance), usable
    good = variance[counts & np.isfinite(variance) & (variance > 0)]
    return float(np.median(good)) * exposure.visit.scale**2 if good.size else float("nan")

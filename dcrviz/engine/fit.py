"""All visits against the planes: residuals, their stack in each subfilter, and each misfit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from dcrviz.box import Box
from dcrviz.engine.problem import Problem
from dcrviz.engine.psf_match import convolved
from dcrviz.engine.seeing import kernel_of
from dcrviz.engine.taps import VisitTaps, visit_taps
from dcrviz.frozen import Frozen
from dcrviz.kernels.blocks import BLOCK
from dcrviz.kernels.pool import bands_of, run_all
from dcrviz.kernels.shift import add_shifts, add_weighted_shifts
from dcrviz.kernels.spline import (
    are_pixels,
    begin_coefficients,
    coefficients,
    end_coefficients,
    row_room,
    stack_coefficients,
)
from dcrviz.kernels.taps import PAD, Taps
from dcrviz.kernels.visit import SweepRoom, VisitPixels, misfit_sums, residual_and_misfit
from dcrviz.records import Cube, Floats, Ints, Plane
from dcrviz.rooms import fresh, fresh_like

# Visits that are compared and shifted back together, and pixels of all of them, beyond which more
# memory would be held than that is worth.
_AT_ONCE = 4
_PIXELS_HELD = 20_000_000
# Pixels of all planes whose coefficients stay in the cache while these visits are compared.
_PIXELS_AT_ONCE = 200_000
# Bands of rows that stay in the cache while they are summed and weighted.
_BANDS = 16


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Fit(Frozen):
    """How the visits differ from their templates on a rectangle.

    Parameters
    ----------
    correction
        (S, Y, X), what the stacked residuals would add to each plane; None if not asked for.
    per_visit
        (V,), misfit of each visit, also of those that are off; NaN without a pixel that counts.
    """

    correction: Cube | None
    per_visit: Floats


def fit_visits(
    problem: Problem,
    amplified: Cube,
    *,
    box: Box,
    importance: Plane | None = None,
    stack: bool = True,
    threads: int = 1,
) -> Fit:
    """Compare each visit with its matched template; visits are streamed.

    Parameters
    ----------
    amplified
        (S, Y, X) planes, cut to the rectangle already.
    importance
        (Y, X) weight of each pixel in the misfits; nothing is measured without.
    stack
        Whether the correction is wanted.
    threads
        Into how many groups the visits are parted, each with its own sum: the last bits of the
        correction depend on it.

    Notes
    -----
    ALGORITHM.md section 4: dcrWeight_a * sum_i back shift of r_i. With true weights each visit's
    back-shifted residual counts by its back-shifted weight, linearly interpolated: so the
    correction is a weighted mean, which nothing can blow up, not even a hole in a deep visit.
    """
    taps = visit_taps(problem.shifts, box.shape, problem.order)
    coefs = stack_coefficients(
        np.ascontiguousarray(amplified), order=problem.order, threads=threads
    )
    # On a large field nothing is held that is not needed any more.
    del amplified
    sweep = _Sweep(
        problem=problem,
        box=box,
        coefs=coefs,
        importance=np.zeros(box.shape, np.float32) if importance is None else importance,
    )
    on, off = np.flatnonzero(problem.factors), np.flatnonzero(problem.factors == 0)
    groups = np.array_split(on, min(threads, len(on)))
    rooms = [sweep.room(group) for group in groups] if stack else [None] * len(groups)
    jobs = [
        partial(sweep.group, group, taps, room) for group, room in zip(groups, rooms, strict=True)
    ]
    if off.size and importance is not None:
        jobs.append(partial(sweep.group, off, taps, None))
    parts = run_all(jobs, threads=threads)
    correction = None
    if stack:
        totals = [room.total for room in rooms if room is not None]
        weight = problem.stack_weight[:, *box.slices]
        correction = _weighted_sum(totals, weight, threads=threads)
    per_visit = np.full(len(taps), np.nan)
    for visits, misfits in zip([*groups, off], parts, strict=False):
        per_visit[visits] = misfits
    return Fit(correction=correction, per_visit=per_visit)


def _weighted_sum(totals: Sequence[Cube], weight: Cube, *, threads: int) -> Cube:
    """Sum of the groups' totals, which is left in the first, times the weight."""
    correction = fresh_like(weight)

    def weigh(top: int, bottom: int) -> None:
        rows = totals[0][:, top:bottom]
        for other in totals[1:]:
            rows += other[:, top:bottom]
        np.multiply(rows, weight[:, top:bottom], out=correction[:, top:bottom])

    height = correction.shape[1]
    run_all([partial(weigh, *band) for band in bands_of(height, _BANDS)], threads=threads)
    correction.flags.writeable = False
    return correction


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class _Sweep:
    problem: Problem
    box: Box
    coefs: Cube
    importance: Plane

    def at_once(self, visits: Ints) -> int:
        """How many of these visits are compared together."""
        held = _PIXELS_HELD // max(1, int(self.coefs[0].size))
        return max(1, min(_AT_ONCE, len(visits), held))

    def room(self, visits: Ints) -> _Room:
        """Room to stack a group of visits in."""
        shape = (self.at_once(visits), *self.coefs.shape[1:])
        weighted = self.problem.weights is not None
        residuals = fresh(*shape)
        return _Room(
            total=fresh(self.problem.n_subfilters, *self.box.shape),
            residuals=residuals,
            weights=fresh(*shape) if weighted else residuals[:0],
        )

    def group(self, visits: Ints, taps: Sequence[VisitTaps], room: _Room | None) -> Floats:
        """Misfits of some visits, a few at a time; their residuals are stacked if there is room."""
        misfits, number = [], self.at_once(visits)
        for start in range(0, len(visits), number):
            few = [int(visit) for visit in visits[start : start + number]]
            misfits += self.compare(few, taps, None if room is None else room.residuals)
            if room is not None:
                self.add(
                    few, [taps[visit] for visit in few], room.of_first(len(few)), anew=start == 0
                )
        return np.array(misfits)

    def compare(
        self, visits: Sequence[int], taps: Sequence[VisitTaps], coefs: Cube | None
    ) -> list[float]:
        """Misfits of a few visits; the coefficients of their residuals are begun, if wanted.

        A few rows of all of them in turn, as the coefficients of the planes then stay in the cache.
        """
        height, width = self.box.shape
        pixels = [self.pixels(visit) for visit in visits]
        if self.problem.seeing is not None:
            return [
                self.compare_blurred(visit, taps[visit], None if coefs is None else coefs[place])
                for place, visit in enumerate(visits)
            ]
        sums = np.zeros((len(visits), 2))
        rows = max(16, _PIXELS_AT_ONCE // (len(self.coefs) * max(width, 1)) // BLOCK * BLOCK)
        order, line = self.problem.order, row_room(width)
        room = SweepRoom.of([taps[visit].forward for visit in visits])
        scratch = np.empty((min(rows, height), width), np.float32)
        in_place = coefs if are_pixels(order) else None
        for top in range(0, height, rows):
            for place, visit in enumerate(visits):
                residual, edge = scratch[: height - top], 0
                if in_place is not None:
                    residual, edge = in_place[place, top : top + rows + 2 * PAD], PAD
                sums[place] += residual_and_misfit(
                    self.coefs,
                    taps[visit].forward,
                    taps[visit].sources,
                    pixels[place],
                    self.importance,
                    residual=residual,
                    top=top,
                    edge=edge,
                    room=room,
                )
                if coefs is not None and in_place is None:
                    begin_coefficients(residual, coefs[place], top=top, order=order, room=line)
        return [
            misfit(float(less), float(more), visit)
            for (less, more), visit in zip(sums, pixels, strict=True)
        ]

    def pixels(self, visit: int) -> VisitPixels:
        cut = self.box.slices
        return VisitPixels(
            image=self.problem.images[visit][cut],
            usable=self.problem.observed[visit][cut],
            detected=self.problem.detected[visit][cut],
        )

    def compare_blurred(self, visit: int, taps: VisitTaps, coefs: Plane | None) -> float:
        """Misfit of a visit whose template has its seeing; its residual goes back the same way.

        Notes
        -----
        The kernel is symmetric, but for a star image's, and the image mirrored about its edges: so
        to blur once more is the adjoint of to blur.
        """
        assert self.problem.seeing is not None
        kernel, pixels = kernel_of(self.problem.seeing, visit), self.pixels(visit)
        template = fresh(*self.box.shape)
        add_shifts(self.coefs, taps.forward, taps.sources, template[None], anew=True)
        template = convolved(template, kernel)
        if coefs is not None:
            residual = np.where(pixels.usable, pixels.image - template, np.float32(0))
            back = convolved(residual, np.ascontiguousarray(kernel[::-1, ::-1]))
            begin_coefficients(back, coefs, top=0, order=self.problem.order)
        return misfit(*misfit_sums(template, pixels, self.importance), pixels)

    def add(
        self, visits: Sequence[int], taps: Sequence[VisitTaps], room: _Room, *, anew: bool
    ) -> None:
        """Add the residuals whose coefficients are begun, shifted back into each subfilter."""
        coefs, total, order = room.residuals, room.total, self.problem.order
        for target in coefs:
            end_coefficients(target, order=order)
        backward = Taps.joined([table.backward for table in taps])
        if self.problem.weights is None:
            sources = np.repeat(np.arange(len(coefs)), len(total))
            add_shifts(coefs, backward, sources, total, anew=anew)
            return
        for visit, target in zip(visits, room.weights, strict=True):
            coefficients(self.problem.weights[visit][self.box.slices], order=1, out=target)
        linear = Taps.joined([table.linear for table in taps])
        add_weighted_shifts(coefs, backward, room.weights, linear, total, anew=anew)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class _Room:
    """What a group of visits is stacked in, a few at a time.

    Parameters
    ----------
    total
        (S, Y, X), sum of the residuals that have been shifted back.
    residuals, weights
        Coefficients of the residuals of a few visits, and of their weights; none of weights that
        are all alike.
    """

    total: Cube
    residuals: Cube
    weights: Cube

    def of_first(self, number: int) -> _Room:
        return replace(self, residuals=self.residuals[:number], weights=self.weights[:number])


def misfit(difference: float, brightness: float, visit: VisitPixels) -> float:
    """Metric of one visit from its two sums; NaN if no pixel of it counts."""
    if brightness > 0:
        return difference / brightness
    return 0.0 if (visit.usable & visit.detected).any() else float("nan")

"""The forward model: from subfilter planes to the template of a visit."""

from __future__ import annotations

import numpy as np

from dcrviz.kernels import shift_image
from dcrviz.records import Cube, Floats, Plane, Shifts, SplineOrder


def amplify(planes: Cube, accelerate: float) -> Cube:
    """Planes with their differences from the mean plane amplified, (S, Y, X).

    Notes
    -----
    ALGORITHM.md section 4: y^_a = ref + accelerate (y_a - ref).
    """
    if accelerate <= 1:
        return planes
    reference = planes.mean(axis=0, dtype=np.float32)
    amplified: Cube = reference + np.float32(accelerate) * (planes - reference)
    return amplified


def shift_forward(plane: Plane, shifts_px: Floats, *, order: SplineOrder) -> Plane:
    """Mean of a plane moved by each of the (K, 2) shifts."""
    total = shift_image(plane, shifts_px[0], order=order)
    for shift_px in shifts_px[1:]:
        total += shift_image(plane, shift_px, order=order)
    total /= np.float32(len(shifts_px))
    return total


def visit_template(amplified: Cube, shifts: Shifts, visit: int, *, order: SplineOrder) -> Plane:
    """Matched template of one visit, (Y, X): the sum of its shifted planes."""
    total: Plane = np.zeros_like(amplified[0])
    for subfilter, plane in enumerate(amplified):
        total += shift_forward(plane, shifts.forward(visit, subfilter), order=order)
    return total

"""What a visit leaves of its template, in units of what noise and the light there let expect."""

from __future__ import annotations

import numpy as np

from dcrviz.kernels.jit import compiled, unwritable
from dcrviz.records import Bools, Plane
from dcrviz.rooms import fresh_like


def residual_and_light(image: Plane, template: Plane, usable: Bools) -> tuple[Plane, Plane]:
    """The image less its template, 0 where not usable, and the size of the template, (Y, X) each.

    Both are 0 where they would not be finite.
    """
    residual, light = fresh_like(template), fresh_like(template)
    _part(unwritable(image), unwritable(template), unwritable(usable), residual, light)
    return residual, light


def in_units_of_error(residual: Plane, light: Plane, *, noise: float, share: float) -> Plane:
    """The residual, in its place, over the quadratic sum of a noise and of a share of the light."""
    _divide(residual, unwritable(light), np.float32(noise), np.float32(share))
    return residual


@compiled
def _part(image: Plane, template: Plane, usable: Bools, residual: Plane, light: Plane) -> None:
    nothing = np.float32(0)
    for y in range(len(image)):
        for x in range(image.shape[1]):
            expected = template[y, x]
            left = image[y, x] - expected
            residual[y, x] = left if usable[y, x] and np.isfinite(left) else nothing
            light[y, x] = abs(expected) if np.isfinite(expected) else nothing


@compiled
def _divide(residual: Plane, light: Plane, noise: np.float32, share: np.float32) -> None:
    for y in range(len(residual)):
        for x in range(residual.shape[1]):
            own = share * light[y, x]
            residual[y, x] /= np.sqrt(noise * noise + own * own)

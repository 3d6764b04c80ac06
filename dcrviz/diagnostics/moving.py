"""How far sources are moved from where their reference has them, however blurred they are."""

from __future__ import annotations

import math

import numpy as np

from dcrviz.diagnostics.stamps import splines_of
from dcrviz.kernels.moving import SKY, follow
from dcrviz.records import Bools, Cube, Floats

_TURNS = 12
# Equations of a star at rest overshoot for one that is moved by more than its seeing.
_DAMPING = 0.6
# Each turn leaves less than half of what was off, and errors are hundredths of a pixel.
_SETTLED_PX = 1e-4


class Moving:
    """The fit of stamps by their references: moved, dimmed, blurred, above some sky.

    Parameters
    ----------
    references : (N, Y + 2 margin, X + 2 margin)
        About N sources.
    margin
        By which the references reach beyond the stamps on each side [px].

    Notes
    -----
    A stamp is fitted by t f + sum_jk b_jk d_j d_k f, moved by o, plus a constant: f being the
    reference, t tells transparency, and b the seeing and the smear of the band. The equations of a
    reference at rest and sharp are solved again and again, each time for what the model leaves.
    Solved once, offsets of a visit that refraction blurs are a quarter low; so they are right to
    2 % up to the seeing's sigma, beyond which they grow too large.
    """

    def __init__(self, references: Cube, *, margin: int) -> None:
        image = references.astype(np.float64)
        along_y, along_x = np.gradient(image, axis=(1, 2))
        bent_yy, bent_xy = np.gradient(along_y, axis=(1, 2))
        bent_xx = np.gradient(along_x, axis=2)
        even = [image, bent_yy, bent_xy, bent_xx]
        columns = np.stack([-along_y, -along_x, np.ones_like(image), *even], axis=1)
        self._columns = columns[..., margin:-margin, margin:-margin]
        self._splines = splines_of(np.stack(even, axis=1))
        self._margin = margin

    def offsets(self, stamps: Floats, usable: Bools) -> tuple[Floats, Floats]:
        """Where the sources are in some images, relative to their references.

        Parameters
        ----------
        stamps : (I, N, Y, X)
            Anything, NaN included, where they are not usable.
        usable : (N, Y, X)

        Returns
        -------
        (I, N, 2), (N,)
            Offsets ``(y, x)`` in pixels, and the error of each component where the noise of a pixel
            is 1: infinite where they can't be told.
        """
        # Named, as -1 is not known where there is no source.
        pixels = math.prod(usable.shape[1:])
        stamps = np.where(usable, stamps, 0)
        columns = (self._columns * usable[:, None]).reshape(*self._columns.shape[:2], pixels)
        normal = columns @ np.swapaxes(columns, 1, 2)
        told = np.linalg.matrix_rank(normal, hermitian=True) == normal.shape[-1]
        inverse = np.zeros_like(normal)
        inverse[told] = np.linalg.inv(normal[told])
        found = follow(
            stamps,
            self._splines,
            inverse @ columns,
            margin=self._margin,
            turns=_TURNS,
            damping=_DAMPING,
            settled_px=_SETTLED_PX,
        )
        variance = np.diagonal(inverse, axis1=1, axis2=2)[:, :SKY].mean(axis=1)
        return found[..., :SKY], np.where(told, np.sqrt(variance), np.inf)

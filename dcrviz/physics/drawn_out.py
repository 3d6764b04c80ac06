"""A star's image without the line along which refraction drew it out."""

from __future__ import annotations

import numpy as np
from scipy import fft

from dcrviz.physics.seeing import middle_of, roomy_side
from dcrviz.physics.star_fit import fit_image
from dcrviz.records import Floats, Plane

_LEAST_LEFT = 0.3


def without_refraction(star: Plane, longest_px: Floats) -> tuple[Plane, float]:
    """A star's image as if all its light had one wavelength, and by how much it was drawn out.

    Parameters
    ----------
    star
        A star in the middle of (P, P) pixels with odd sides.
    longest_px
        (x, y), the longest line along which refraction may have drawn it out; it did so by the
        length at which a round star fits best (`fit_star`).

    Returns
    -------
    (P, P), float
        The image with a sum of 1, and the length of the line [px]; 0 and the star itself if nothing
        fits.
    """
    fit = fit_image(star, drawn_out_px=longest_px)
    longest = float(np.linalg.norm(longest_px))
    if fit is None or not longest > 0:
        return star, 0.0
    return without_line(star, longest_px * (fit.length_px / longest)), fit.length_px


def without_line(star: Plane, line_px: Floats) -> Plane:
    """The star as it was before it was drawn out evenly along a line.

    Parameters
    ----------
    star
        A star in the middle of (P, P) pixels with odd sides.
    line_px
        (x, y), from one end of the line to the other.

    Returns
    -------
    (P, P)
        With a sum of 1.

    Notes
    -----
    The line's transform, B = sinc(f line), is divided out as B / max(B^2, 0.3^2): where it leaves
    less than 0.3 of a mode, a star that is wider than the line has next to no light, and noise is
    raised by no more than a factor of 3.3.
    """
    height, width = star.shape
    reach = max(star.shape) // 2
    side = roomy_side(reach)
    placed = np.zeros((side, side))
    placed[:height, :width] = star
    centred = np.roll(placed, (-(height // 2), -(width // 2)), axis=(0, 1))
    along = fft.fftfreq(side)[:, None] * line_px[1] + fft.rfftfreq(side)[None, :] * line_px[0]
    left = np.sinc(along)
    found = middle_of(fft.rfft2(centred) * left / np.maximum(left**2, _LEAST_LEFT**2), reach)
    dy, dx = reach - height // 2, reach - width // 2
    cut = found[dy : dy + height, dx : dx + width]
    return np.asarray(cut / cut.sum(), dtype=np.float32)

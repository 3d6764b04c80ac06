"""A star's width, shape and wings from its pixels: a Moffat profile, stretched or drawn out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from scipy.optimize import least_squares

from dcrviz.frozen import Frozen
from dcrviz.physics.seeing import width_px
from dcrviz.records import Floats, Plane

# Places in a pixel whose mean is its light, and along a line with what each counts: Gauss and
# Legendre.
_IN_PIXEL = tuple(product((-0.5 / 3**0.5, 0.5 / 3**0.5), repeat=2))
_AT_REST = ((0.0, 1.0),)
_ALONG = ((-(0.15**0.5), 5 / 18), (0.0, 8 / 18), (0.15**0.5, 5 / 18))
# (4, K, 1): x and y in the pixel, the part of the line, and what it counts, for K of both together.
_SAMPLED = {
    line: np.array(
        [(dx, dy, part, w / len(_IN_PIXEL)) for (dx, dy), (part, w) in product(_IN_PIXEL, line)]
    ).T[..., None]
    for line in (_AT_REST, _ALONG)
}
# 1 / beta: nearly Gaussian, and wings that hold much of the light.
_INVERSE_BETA = (0.02, 0.8)
_MOST_STEPS = 60
# Of sum of squares and values: what a step must change them by.
_ENOUGH = 1e-5
# The core tells the width: farther out the wings of no two profiles agree.
_REACH_FWHM = 1.5
# The values of a model; the sine of the angle is the part of the longest line that is drawn out.
_X, _Y, _XX, _XY, _YY, _ANGLE, _PEAK, _SKY, _B = range(9)
_FIRST_ANGLE = 0.9


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class StarFit(Frozen):
    """What fits a star.

    Parameters
    ----------
    x, y
        Its place in the stamp.
    width2
        (2, 2) of (x, y), squared widths [px^2]: in a direction u the full width at half maximum is
        sqrt(u width2 u), before the star is drawn out and its light summed over square pixels.
    length_px
        By how much it is drawn out.
    beta
        Exponent of the Moffat wings; 50 is nearly Gaussian.
    peak
        Light at its middle.
    left
        Root mean square of what the fit leaves, over the peak.
    """

    x: float
    y: float
    width2: Floats
    length_px: float
    beta: float
    peak: float
    left: float

    @property
    def fwhm_px(self) -> float:
        """Of a circle of the same area."""
        return float(np.linalg.det(self.width2) ** 0.25)


def fit_star(
    stamp: Plane, *, fwhm_px: float, reach_px: float, drawn_out_px: Floats | None = None
) -> StarFit | None:
    """Fit a star near the middle of a stamp; None if nothing fits.

    Parameters
    ----------
    stamp
        (P, P) with odd sides, finite.
    fwhm_px
        First guess.
    reach_px
        Pixels farther than this from the middle are left out.
    drawn_out_px
        (x, y), the longest line along which a round star may be drawn out evenly, as refraction
        does; None for a star with elliptical contours.

    Notes
    -----
    All pixels count the same: so the core tells, whatever the wings are. The profile is
    (1 + (2^b - 1) w)^(-1/b) with b = 1 / beta, where w is 1 at half maximum: its width hardly
    depends on b, and b = 0 is a Gaussian. Moffat 1969, A&A 3, 455.
    """
    middle = stamp.shape[0] // 2
    y, x = np.indices(stamp.shape, dtype=np.float64) - middle
    near = np.hypot(x, y) <= reach_px
    light = stamp[near].astype(np.float64)
    peak = float(light.max())
    if not peak > 0:
        return None
    places, light = np.stack([x[near], y[near]]), light / peak
    free, first = _free(fwhm_px, drawn_out=drawn_out_px is not None)
    line = np.zeros(2) if drawn_out_px is None else drawn_out_px

    @lru_cache(maxsize=1)
    def model(values: bytes) -> tuple[Floats, Floats]:
        return _model(places, free @ np.frombuffer(values), line)

    # The slopes are asked for where the model has just been.
    def left(values: Floats) -> Floats:
        return np.asarray(model(values.tobytes())[0] - light)

    def slopes(values: Floats) -> Floats:
        return np.asarray(model(values.tobytes())[1] @ free)

    found = least_squares(
        left, first, jac=slopes, method="lm", max_nfev=_MOST_STEPS, ftol=_ENOUGH, xtol=_ENOUGH
    )
    values = free @ found.x
    form = np.array([[values[_XX], values[_XY]], [values[_XY], values[_YY]]])
    if not (values[_PEAK] > 0 and values[_XX] > 0 and np.linalg.det(form) > 0):
        return None
    return StarFit(
        x=middle + float(values[_X]),
        y=middle + float(values[_Y]),
        width2=4 * np.linalg.inv(form),
        length_px=abs(float(np.sin(values[_ANGLE]) * np.linalg.norm(line))),
        beta=1 / _inverse_beta(values),
        peak=peak * float(values[_PEAK]),
        left=float(np.sqrt(np.mean(found.fun**2)) / values[_PEAK]),
    )


def _free(fwhm_px: float, *, drawn_out: bool) -> tuple[Floats, Floats]:
    """(9, K) what the K free values of a model are among all, and (K,) where they begin."""
    free = np.eye(9)
    if drawn_out:
        free[_YY, _XX] = 1.0
        free = np.delete(free, [_XY, _YY], axis=1)
        first = [0.0, 0.0, 4 / fwhm_px**2, _FIRST_ANGLE, 1.0, 0.0, 0.25]
    else:
        free = np.delete(free, _ANGLE, axis=1)
        first = [0.0, 0.0, 4 / fwhm_px**2, 0.0, 4 / fwhm_px**2, 1.0, 0.0, 0.25]
    return free, np.array(first)


def _inverse_beta(values: Floats) -> float:
    return float(np.clip(values[_B], *_INVERSE_BETA))


def _model(places: Floats, values: Floats, longest: Floats) -> tuple[Floats, Floats]:
    """(N,) light of the pixels, and its (N, 9) derivatives by the values."""
    x0, y0, xx, xy, yy, angle, peak, sky = values[:_B]
    b = _inverse_beta(values)
    rise = 2.0**b - 1
    drawn_out, by_angle = np.sin(angle) * longest, np.cos(angle) * longest
    dx, dy, part, count = _SAMPLED[_ALONG if longest.any() else _AT_REST]
    x = places[0] + (dx - x0 - part * drawn_out[0])
    y = places[1] + (dy - y0 - part * drawn_out[1])
    w = xx * x * x + 2 * xy * x * y + yy * y * y
    # A step may leave what is an ellipse.
    base = 1 + rise * np.maximum(w, 0)
    log = np.log(base)
    profile = count * np.exp(-log / b)
    by_w = -(rise / b * peak) * profile / base
    by_x, by_y = 2 * by_w * (xx * x + xy * y), 2 * by_w * (xy * x + yy * y)
    by = np.empty((9, places.shape[1]))
    by[_X], by[_Y] = -by_x.sum(axis=0), -by_y.sum(axis=0)
    by[_XX], by[_YY] = (by_w * x * x).sum(axis=0), (by_w * y * y).sum(axis=0)
    by[_XY] = 2 * (by_w * x * y).sum(axis=0)
    by[_ANGLE] = -(part * (by_angle[0] * by_x + by_angle[1] * by_y)).sum(axis=0)
    by[_PEAK], by[_SKY] = profile.sum(axis=0), 1
    by_b = log / b**2 - (np.log(2) * (rise + 1) / b) * w / base
    by[_B] = peak * (profile * by_b).sum(axis=0)
    return peak * by[_PEAK] + sky, by.T


def fit_image(image: Plane, *, drawn_out_px: Floats | None = None) -> StarFit | None:
    """What fits a star in the middle of its image; as `fit_star`, but nothing need be guessed."""
    about_px = width_px(image)
    middle = [length // 2 for length in image.shape]
    reach_px = _REACH_FWHM * about_px
    reach = min(*middle, int(np.ceil(reach_px)))
    stamp = image[tuple(slice(m - reach, m + reach + 1) for m in middle)]
    return fit_star(stamp, fwhm_px=about_px, reach_px=reach_px, drawn_out_px=drawn_out_px)


def star_width_px(image: Plane) -> float:
    """Full width at half maximum of a star in the middle of its image, before the pixels.

    Notes
    -----
    Of a circle of the same area as what fits it; of its light above half, if nothing does.
    """
    fit = fit_image(image)
    return width_px(image) if fit is None else fit.fwhm_px

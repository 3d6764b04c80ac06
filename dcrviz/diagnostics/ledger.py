"""The light of each source, plane by plane, against that of the plain coadd.

Refraction moves light and neither adds nor takes any: in a box about a source, wide enough for all
that it is moved by, the planes together hold what the plain coadd holds there, both at the coadd's
seeing. And spectra are smooth: what one plane has, its neighbours have, too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dcrviz.diagnostics.like_seeing import kernel_to_coadd
from dcrviz.diagnostics.peaks import known_peaks
from dcrviz.diagnostics.pictures import sky_noise, typical_fwhm_px
from dcrviz.diagnostics.remembered import remembered
from dcrviz.engine import Problem
from dcrviz.frozen import Frozen
from dcrviz.records import Cube, Floats, Ints, Plane

LEAST_SIGMA = 50.0
"""Light in a box, over its noise, from which a source is weighed to a few per cent."""
_REACH_FWHM = 1.5
_FWHM_PX = 4.0


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Ledger(Frozen):
    """What each bright source has, the brightest first.

    Parameters
    ----------
    x, y
        (N,), the pixel of each peak.
    planes
        (S, N), sum of each plane over the box, at the seeing of the coadd.
    coadd
        (N,), the same of the template.
    noise
        Of such a sum over the plain coadd.
    """

    x: Floats
    y: Floats
    planes: Floats
    coadd: Floats
    noise: float

    @property
    def off(self) -> Floats:
        """(N,), by which part of the coadd's light the planes together differ from it."""
        return np.asarray(self.planes.sum(axis=0) / self.coadd - 1)

    @property
    def alternation(self) -> Floats:
        """(N,), part of the light of the inner planes that alternates between neighbours.

        0.1 where planes hold 1.1, 0.9, 1.1 and so on of what a smooth spectrum has, -0.1 where they
        hold 0.9, 1.1, 0.9; 0 without a plane between two others.
        """
        inner = self.planes[1:-1]
        if not len(inner):
            return np.zeros(self.coadd.size)
        bends = (self.planes[:-2] + self.planes[2:]) / 2 - inner
        signs = (-1.0) ** np.arange(len(bends))
        return np.asarray(signs @ bends / (2 * np.abs(inner).sum(axis=0)))


def ledger_of(problem: Problem, planes: Cube) -> Ledger:
    """Weigh the sources of the template whose boxes lie wholly in the field.

    Parameters
    ----------
    planes
        (S, Y, X), as they become coadds.
    """
    weighed = _weighed(problem)
    sums = np.array([_sums(plane, weighed.soft, weighed.weight) for plane in planes])
    x, y, coadd = weighed.x, weighed.y, weighed.coadd
    return Ledger(x=x, y=y, planes=sums, coadd=coadd, noise=_noise(problem))


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class _Weighed(Frozen):
    """The sources that are bright enough, their light in the coadd, and where planes have theirs.

    Parameters
    ----------
    soft, weight
        (N, K) flat indices, and (K,) what each pixel of the planes puts into the box at the seeing
        of the coadd: to blur a plane and sum over a box is to sum over a blurred box.
    """

    x: Floats
    y: Floats
    coadd: Floats
    soft: Ints
    weight: Floats


@remembered
def _weighed(problem: Problem) -> _Weighed:
    image, peaks, reach = problem.template.image, known_peaks(problem), _reach(problem)
    height, width = image.shape
    x, y = peaks.x.astype(np.int64), peaks.y.astype(np.int64)
    inside = (np.minimum(x, width - 1 - x) >= reach) & (np.minimum(y, height - 1 - y) >= reach)
    x, y = x[inside], y[inside]
    coadd = _sums(image, _places(x, y, reach, image.shape))
    bright = coadd > LEAST_SIGMA * _noise(problem)
    x, y = x[bright], y[bright]
    kernel = kernel_to_coadd(problem)
    soft = reach + len(kernel) // 2
    return _Weighed(
        x=x.astype(np.float64),
        y=y.astype(np.float64),
        coadd=coadd[bright],
        soft=_places(x, y, soft, image.shape),
        weight=_blurred_box(kernel, reach),
    )


def _places(x: Ints, y: Ints, reach: int, shape: tuple[int, ...]) -> Ints:
    """(N, K), flat indices of boxes; of those that reach over the edge its own pixels once more."""
    height, width = shape
    along = np.arange(-reach, reach + 1)
    rows = np.clip(y[:, None] + along, 0, height - 1)
    columns = np.clip(x[:, None] + along, 0, width - 1)
    places = rows[:, :, None] * width + columns[:, None, :]
    return np.asarray(places.reshape(len(x), along.size**2))


def _blurred_box(kernel: Plane, reach: int) -> Floats:
    """(K,), a box of this reach convolved with a symmetric kernel, row after row."""
    side = 2 * reach + 1
    # Sums over all boxes that meet the kernel.
    sums = np.pad(kernel.astype(np.float64), 2 * reach).cumsum(axis=0).cumsum(axis=1)
    sums = np.pad(sums, ((1, 0), (1, 0)))
    boxes = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    return np.asarray(boxes.ravel())


def _reach(problem: Problem) -> int:
    return round(_REACH_FWHM * (typical_fwhm_px(problem) or _FWHM_PX))


def _noise(problem: Problem) -> float:
    return sky_noise(problem) * (2 * _reach(problem) + 1)


def _sums(image: Plane, places: Ints, weight: Floats | None = None) -> Floats:
    """(N,), sums over boxes of pixels, or weighted ones."""
    pixels = image.ravel()[places]
    if weight is None or weight.size == 0 or (weight == 1).all():
        return np.asarray(np.nansum(pixels, axis=1, dtype=np.float64))
    return np.asarray(np.nan_to_num(pixels).astype(np.float64) @ weight)

"""The light of each source, plane by plane, against that of the plain coadd.

Refraction moves light and neither adds nor takes any: in a box about a source, wide enough for all
that it is moved by, the planes together hold what the plain coadd holds there. And spectra are
smooth: what one plane has, its neighbours have, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dcrviz.diagnostics.peaks import known_peaks
from dcrviz.diagnostics.pictures import sky_noise, typical_fwhm_px
from dcrviz.engine import Problem
from dcrviz.records import Cube, Floats, Frozen, Ints, Plane

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
        (S, N), sum of each plane over the box.
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
    x, y, places, coadd = _weighed(problem)
    sums = np.array([_sums(plane, places) for plane in planes])
    return Ledger(x=x, y=y, planes=sums, coadd=coadd, noise=_noise(problem))


@lru_cache(maxsize=8)
def _weighed(problem: Problem) -> tuple[Floats, Floats, Ints, Floats]:
    """Of the sources that are bright enough: x, y, flat indices of the box (N, K), and light."""
    image, peaks, reach = problem.template.image, known_peaks(problem), _reach(problem)
    (height, width), x, y = image.shape, peaks.x, peaks.y
    inside = (np.minimum(x, width - 1 - x) >= reach) & (np.minimum(y, height - 1 - y) >= reach)
    rows, columns = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    centres = y.astype(np.int64) * width + x.astype(np.int64)
    places = centres[inside, None] + (rows * width + columns).ravel()
    coadd = _sums(image, places)
    bright = coadd > LEAST_SIGMA * _noise(problem)
    return x[inside][bright], y[inside][bright], places[bright], coadd[bright]


def _reach(problem: Problem) -> int:
    return round(_REACH_FWHM * (typical_fwhm_px(problem) or _FWHM_PX))


def _noise(problem: Problem) -> float:
    return sky_noise(problem) * (2 * _reach(problem) + 1)


def _sums(image: Plane, places: Ints) -> Floats:
    """(N,), sums over boxes of pixels."""
    return np.asarray(np.nansum(image.ravel()[places], axis=1, dtype=np.float64))

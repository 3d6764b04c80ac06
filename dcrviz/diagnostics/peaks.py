"""The sources of an image as single peaks: what a hole lies beside, and how bright that is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import ndimage

from dcrviz.config_rules import threads_of
from dcrviz.diagnostics.pictures import sky_noise, source_pixels, typical_fwhm_px
from dcrviz.diagnostics.remembered import remembered
from dcrviz.engine import Problem
from dcrviz.engine.detect import FWHM_PER_SIGMA
from dcrviz.frozen import Frozen
from dcrviz.kernels.gauss import smooth
from dcrviz.kernels.pool import row_bands, run_all
from dcrviz.records import Bools, Floats, Ints, Plane

_LEAST_SIGMA = 5.0
_FWHM_PX = 3.0
# Beyond a few FWHM light falls off as the sixth power of the distance or so.
_WING = 3


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Peaks(Frozen):
    """Sources, the brightest first.

    Parameters
    ----------
    x, y
        (N,), the pixel of each peak.
    light
        (N,), of the image averaged over the PSF.
    fwhm_px
        Of the PSF.
    """

    x: Floats
    y: Floats
    light: Floats
    fwhm_px: float

    def beside(self, x: float, y: float) -> tuple[float, float, float]:
        """Place and light of the source with most light at a pixel; NaN without any.

        A bright star reaches farther than a faint one that is nearer.
        """
        if not self.x.size:
            return math.nan, math.nan, math.nan
        away = np.hypot(self.x - x, self.y - y) / self.fwhm_px
        main = int(np.argmax(self.light / (1 + away**2) ** _WING))
        return float(self.x[main]), float(self.y[main]), float(self.light[main])


@remembered
def known_peaks(problem: Problem) -> Peaks:
    """The sources of the template."""
    return peaks_of(
        problem.template.image,
        source_pixels(problem),
        noise=sky_noise(problem),
        fwhm_px=typical_fwhm_px(problem) or _FWHM_PX,
        threads=threads_of(problem.config, problem.shape),
    )


def peaks_of(
    image: Plane, detected: Bools, *, noise: float, fwhm_px: float, threads: int = 1
) -> Peaks:
    """Peaks within footprints, that stand 5 sigma out of the image averaged over the PSF.

    Parameters
    ----------
    noise
        Of a pixel of the image.
    """
    width_px = fwhm_px / FWHM_PER_SIGMA
    light = smooth(np.nan_to_num(image), width_px, mode="constant", threads=threads)
    reach = round(fwhm_px / 2)
    # White noise, averaged over a Gaussian.
    least = _LEAST_SIGMA * (noise / (2 * math.sqrt(math.pi) * width_px))

    def tops_of(rows: slice) -> tuple[Ints, Ints]:
        first = max(0, rows.start - reach)
        near = light[first : rows.stop + reach]
        highest = ndimage.maximum_filter(near, size=2 * reach + 1)
        own, highest = light[rows], highest[rows.start - first :][: rows.stop - rows.start]
        y, x = np.nonzero((own == highest) & detected[rows] & (own > least))
        return y + rows.start, x

    tops = run_all([partial(tops_of, rows) for rows in row_bands(light.shape)], threads=threads)
    y, x = (np.concatenate(places) for places in zip(*tops, strict=True))
    order = np.argsort(-light[y, x], kind="stable")
    return Peaks(
        x=x[order].astype(np.float64),
        y=y[order].astype(np.float64),
        light=light[y, x][order].astype(np.float64),
        fwhm_px=fwhm_px,
    )

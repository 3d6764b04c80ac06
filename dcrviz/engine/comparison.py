"""One visit after the other beside the static sky."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dcrviz.config import ProblemConfig
from dcrviz.engine.candidates import Found
from dcrviz.engine.deviations import (
    Compared,
    Search,
    deviating,
    footprints,
    noise_gain,
    robust_noise,
)
from dcrviz.engine.masks import flagged
from dcrviz.engine.matched_sky import MatchedVisits, StaticSky
from dcrviz.kernels import smooth
from dcrviz.records import Bools, Plane


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Comparison:
    """All visits against the static sky, one at a time."""

    visits: MatchedVisits
    sky: StaticSky
    sources: Bools
    config: ProblemConfig

    def of(self, index: int, visit: int) -> tuple[list[Found], float]:
        """All that deviates in a visit, and the noise of its pixels at the common seeing.

        Parameters
        ----------
        index
            Among the visits that are on.
        visit
            Among all.
        """
        config, exposure = self.config, self.visits.exposures[index]
        search = _search(self.visits.fwhm_px, config)
        matched, known = self._matched(index)
        variance = np.asarray(exposure.variance, dtype=np.float32)
        variance = variance * np.float32(exposure.visit.scale**2)
        known = known & np.isfinite(variance) & (variance > 0)
        variance = np.where(known, variance, np.float32(1))
        difference = np.where(known, matched - self.sky.image, np.float32(0))
        smoothed = smooth(difference, search.sigma_px, mode="reflect")
        gain = noise_gain(self.visits.kernels[index], search)
        significance = np.asarray(smoothed / (np.sqrt(variance) * gain), dtype=np.float32)
        empty = known & ~self.sources
        if config.scale_warp_variance:
            significance /= np.float32(robust_noise(significance, empty))
        noise = robust_noise(difference, empty)
        labels = deviating(np.abs(significance), known, search)
        if not labels.any():
            return [], noise
        compared = Compared(
            difference=difference,
            significance=significance,
            sky=self.sky.image,
            variance=variance,
        )
        good = ~flagged(exposure.mask, exposure.planes, config.prefilter_planes)
        least = config.prefilter_ratio if config.prefilter_artifacts else 0.0
        found = [
            Found(
                visit=visit,
                footprint=mark,
                excess=difference.ravel()[mark.places],
                is_good=bool(good.ravel()[mark.places].mean() >= least),
            )
            for mark in footprints(labels, compared, margin_px=int(np.ceil(search.fwhm_px / 2)))
        ]
        return found, noise

    def _matched(self, index: int) -> tuple[Plane, Bools]:
        if self.sky.matched is None:
            return self.visits.rows(index)
        images, known = self.sky.matched
        return images[index], known[index]


def _search(fwhm_px: float, config: ProblemConfig) -> Search:
    return Search(
        fwhm_px=fwhm_px,
        threshold_sigma=config.artifact_threshold,
        least_pixels=config.artifact_pixels,
        growth_sigma=config.artifact_growth,
    )

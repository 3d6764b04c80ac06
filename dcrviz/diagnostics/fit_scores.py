"""What a fit comes to, measured on the pixels and sources of the fit it is compared with."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dcrviz.config import AssembleConfig
from dcrviz.config_rules import threads_of
from dcrviz.diagnostics.colour import channel_fluxes
from dcrviz.diagnostics.holes import find_holes, near_pixels
from dcrviz.diagnostics.like_seeing import brought_to
from dcrviz.diagnostics.pictures import planes_fwhm_px, shown_planes, sky_noise, source_pixels
from dcrviz.diagnostics.residuals import residual_rms_sigma
from dcrviz.diagnostics.source import APERTURE_PX, aperture_flux, brightest_pixels
from dcrviz.diagnostics.truth_scores import colour_line, star_colours
from dcrviz.engine import Outcome, Problem, Step, assemble
from dcrviz.engine.step import History
from dcrviz.engine.template import template_maker_of
from dcrviz.frozen import Frozen
from dcrviz.records import Cube, Floats, Ints
from dcrviz.simulate import Scene

LEAST_SIGMA = 20.0
"""Flux of a source above which its colour counts, in sigma of the sky within its aperture."""
_CHANNELS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How a number of a fit is shown: times the scale, in that unit, with so many decimals."""

    title: str
    unit: str = ""
    scale: float = 1.0
    digits: int = 0


SCORES: Mapping[str, Score] = {
    "planes_change": Score(title="Change of the planes", unit="sky sigma", digits=2),
    "colour_change": Score(title="Change of colours", digits=3),
    "metric": Score(title="Metric", digits=4),
    "template_sigma": Score(title="Visits minus templates", unit="sky sigma", digits=3),
    "holes": Score(title="Holes"),
    "wings": Score(title="Wings"),
    "colour_slope": Score(title="Slope of colours", digits=3),
    "colour_error": Score(title="Error of colours", digits=3),
    "flux": Score(title="Flux", unit="% of the coadd's", scale=100, digits=1),
    "iterations": Score(title="Iterations"),
    "cpu_s": Score(title="CPU time", unit="s", digits=2),
    "wall_s": Score(title="Wall time", unit="s", digits=2),
}
"""The numbers of `FitScores`, those that tell most first."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Fit:
    """A run at its end, and what it took; the preparation is not counted."""

    problem: Problem
    step: Step
    cpu_s: float
    wall_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FitScores:
    """The numbers of one fit; NaN where there is no such number.

    Parameters
    ----------
    iterations
        Of the subregion that took most.
    metric
        Convergence metric of the planes that are kept, mean over the subregions.
    template_sigma
        Root mean square of visit minus matched template on and near sources, in sigma of the
        visit's sky; mean over the visits.
    holes, wings
        In all planes.
    flux
        Of all planes on the sources, over that of the template.
    colour_slope, colour_error
        Of the stars' colours, (blue - red) / sum, against the true ones: slope, and root mean
        square of the difference.
    colour_change
        Root mean square over the bright sources of what their colours differ from the baseline's.
    planes_change
        The same of each third of the band on and near sources, in sigma of the coadd's sky.
    cpu_s, wall_s
        Of all iterations.
    """

    outcome: Outcome
    iterations: int
    metric: float
    template_sigma: float
    holes: int
    wings: int
    flux: float
    colour_slope: float
    colour_error: float
    colour_change: float
    planes_change: float
    cpu_s: float
    wall_s: float


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Yardstick(Frozen):
    """The fit that others are compared with.

    Parameters
    ----------
    thirds
        (3, Y, X), flux in each third of the band, so that fits of any number of planes compare.
    places
        (N, 2), x and y of its bright sources.
    colours
        (N,), of those.
    scene
        The truth; None if it is not known.
    """

    problem: Problem
    thirds: Cube
    places: Ints
    colours: Floats
    scene: Scene | None = None

    @classmethod
    def of(cls, fit: Fit, *, scene: Scene | None = None) -> Yardstick:
        """The yardstick that a fit is."""
        thirds = band_thirds(np.nan_to_num(shown_planes(fit.step)))
        places, _ = brightest_pixels(fit.problem)
        least = LEAST_SIGMA * sky_noise(fit.problem) * math.sqrt(math.pi) * APERTURE_PX
        fluxes = _fluxes(thirds, places)
        bright = fluxes.sum(axis=1) >= least
        return cls(
            problem=fit.problem,
            thirds=thirds,
            places=places[bright],
            colours=_colours(fluxes[bright]),
            scene=scene,
        )

    def scores(self, fit: Fit) -> FitScores:
        """The numbers of a fit of the same visits."""
        problem, planes = self.problem, np.nan_to_num(shown_planes(fit.step))
        noise, detected = sky_noise(problem), source_pixels(problem)
        blemishes = find_holes(
            planes, noise=noise, detected=detected, fwhm_px=planes_fwhm_px(fit.problem)
        )
        holes = sum(blemish.kind == "hole" for blemish in blemishes)
        thirds = band_thirds(planes)
        slope, error = self._against_truth(fit.problem, planes)
        counted = detected if detected.any() else np.ones_like(detected)
        template_flux = float(np.nan_to_num(problem.template.image)[counted].sum(dtype=np.float64))
        return FitScores(
            outcome=fit.step.outcome,
            iterations=max(history.iterations for history in fit.step.histories),
            metric=_mean(_kept_metric(history) for history in fit.step.histories),
            template_sigma=_mean(self._template_sigmas(fit, planes)),
            holes=holes,
            wings=len(blemishes) - holes,
            flux=_ratio(float(planes[:, counted].sum(dtype=np.float64)), template_flux),
            colour_slope=slope,
            colour_error=error,
            colour_change=_rms(_colours(_fluxes(thirds, self.places)) - self.colours),
            planes_change=_rms(self._change(fit, thirds)[:, near_pixels(problem)]) / noise,
            cpu_s=fit.cpu_s,
            wall_s=fit.wall_s,
        )

    def _change(self, fit: Fit, thirds: Cube) -> Cube:
        """(3, Y, X), by what a fit differs, both at the broader of their two seeings."""
        own, other = planes_fwhm_px(fit.problem), planes_fwhm_px(self.problem)
        if own is None or other is None:
            return thirds - self.thirds
        psf, target_px = fit.problem.config.star_profile, max(own, other)
        return brought_to(thirds, fwhm_px=own, target_px=target_px, psf=psf) - brought_to(
            self.thirds, fwhm_px=other, target_px=target_px, psf=psf
        )

    def _template_sigmas(self, fit: Fit, planes: Cube) -> list[float]:
        problem = self.problem
        visits = np.flatnonzero(problem.factors).tolist()
        templates = map(template_maker_of(fit.problem, planes), visits)
        nothing = np.float32(np.nan)
        return [
            residual_rms_sigma(
                problem, v, np.where(problem.observed[v], problem.images[v], nothing) - template
            )
            for v, template in zip(visits, templates, strict=True)
        ]

    def _against_truth(self, problem: Problem, planes: Cube) -> tuple[float, float]:
        if self.scene is None:
            return math.nan, math.nan
        found, true = star_colours(self.scene, problem, planes)
        slope, _ = colour_line(found, true)
        return slope, _rms(found - true) if math.isfinite(slope) else math.nan


def timed_fit(
    problem: Problem, config: AssembleConfig, *, heed: Callable[[], None] = lambda: None
) -> Fit:
    """A run to its end; what is compiled for it is compiled before the clock runs.

    Parameters
    ----------
    heed
        Called after each iteration; what it raises ends the fit.
    """

    def steps() -> Iterator[Step]:
        for step in assemble(problem, config):
            heed()
            yield step

    for _ in islice(steps(), 2):
        pass
    # Of a fit in one thread, what others do meanwhile is not its time.
    cpu_clock = time.thread_time if threads_of(config, problem.shape) == 1 else time.process_time
    cpu_s, wall_s = cpu_clock(), time.perf_counter()
    *_, step = steps()
    return Fit(
        problem=problem,
        step=step,
        cpu_s=cpu_clock() - cpu_s,
        wall_s=time.perf_counter() - wall_s,
    )


def band_thirds(planes: Cube) -> Cube:
    """(3, Y, X), flux in each third of the band, the red one first; of three planes they are it."""
    share = np.float32(len(planes) / _CHANNELS)
    return np.ascontiguousarray(np.moveaxis(channel_fluxes(planes), -1, 0) * share)


def _fluxes(thirds: Cube, places: Ints) -> Floats:
    """(N, 3), light of sources in each third of the band."""
    each = [aperture_flux(thirds, x=x, y=y) for x, y in places.tolist()]
    return np.array(each, dtype=np.float64).reshape(-1, _CHANNELS)


def _colours(fluxes: Floats) -> Floats:
    """(N,), blue minus red over the sum."""
    colours: Floats = (fluxes[:, 2] - fluxes[:, 0]) / fluxes.sum(axis=1)
    return colours


def _kept_metric(history: History) -> float:
    if not history.metrics:
        return math.nan
    returned = history.ending is not None
    return history.metrics[history.best_iteration if returned else history.iterations]


def _mean(values: Iterable[float]) -> float:
    known = [value for value in values if math.isfinite(value)]
    return float(np.mean(known)) if known else math.nan


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def _rms(values: NDArray[Any]) -> float:
    return float(np.sqrt(np.mean(values.astype(np.float64) ** 2))) if values.size else math.nan

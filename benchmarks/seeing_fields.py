"""Fields whose fits can be scored against their truth: GalSim's, and those of `dcrviz.simulate`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from published_parts import Made, fit, found, galsim_field

import dcrviz
from dcrviz.diagnostics.truth_scores import colour_line, star_colours
from dcrviz.simulate import (
    PIXEL_SCALE_ARCSEC,
    Psf,
    random_scene,
    read_conditions,
    render_visit,
    simulate_exposures,
    spread_visits,
)

SEEING_ARCSEC = (0.6, 1.1)
"""Best and worst, as in the GalSim field of variable seeing."""
_VISITS, _SCIENCE = 16, 6
_EDGE_PX = 10


@dataclass(frozen=True, eq=False)
class ScoredField:
    """Template and science visits, the true exponent of the seeing, and how a fit is scored.

    `score` takes the fit and the matched templates of the science visits.
    """

    template: list
    science: list
    exponent: float
    throughput: dcrviz.Throughput | None
    score: Callable

    def scores(self, config, *, template=None, science=None, refined=False):
        """Scores of a fit; of visits that are told otherwise than they are, if they are given.

        Parameters
        ----------
        refined
            Whether the science visits' widths are those at which their templates are nearest.
        """
        if self.throughput is not None and config.in_fourier_space:
            config = config.with_values(throughput=self.throughput)
        fitted = fit(template or self.template, config)
        science = science or self.science
        if refined:
            science = [fitted.refined(exposure) for exposure in science]
        templates = list(fitted.templates(science))
        return self.score(fitted, templates), fitted


def kind_of(path):
    """`seeing` or `fixed`: whether the template visits differ in seeing."""
    truth = np.load(path)
    return "seeing" if np.ptp(truth["fwhm_arcsec"][truth["is_template"]]) > 0 else "fixed"


def galsim(path):
    """A field that GalSim rendered, scored by the tool that lies above it."""
    one = galsim_field(path)
    places = {int(name): place for place, name in enumerate(one.truth["exposure"])}

    def score(fitted, templates):
        by_place = {
            places[int(exposure.visit.id)]: image
            for exposure, image in zip(one.science, templates, strict=True)
        }
        of_templates = one.scorer.score_templates(one.truth, by_place)
        planes = fitted.planes.astype(float)
        colours = one.scorer.colours(planes, one.truth)
        return {
            "template_rms": of_templates["mean"],
            "dipoles": of_templates["dipoles"],
            "colour_slope": colours["slope"],
            "colour_rms": colours["rms"],
            "flux_ratio": float(planes.sum() / one.truth[f"planes{len(planes)}"].sum()),
        }

    return ScoredField(
        template=one.template,
        science=one.science,
        exponent=float(json.loads(str(one.truth["meta"]))["alpha"]),
        throughput=one.throughput,
        score=score,
    )


@lru_cache(maxsize=16)
def made(seed, *, size_px, n_stars, exponent):
    """A field at the conditions of the GalSim ones, its seeing proportional to lambda^exponent."""
    scene = random_scene(seed, shape=(size_px, size_px), n_stars=n_stars)
    psf = Psf(seeing_exponent=exponent)
    exposures = simulate_exposures(scene, _visits(seed), seed=seed, psf=psf)
    science, template = exposures[:_SCIENCE], exposures[_SCIENCE:]
    clean = [render_visit(scene, exposure.visit, psf=psf) for exposure in science]
    inside = (slice(_EDGE_PX, -_EDGE_PX),) * 2

    def score(fitted, templates):
        rms = [np.std((c - t)[inside]) for c, t in zip(clean, templates, strict=True)]
        made = [
            Made.of_template(fitted.problem, image, exposure.visit)
            for exposure, image in zip(science, templates, strict=True)
        ]
        colours = star_colours(scene, fitted.problem, fitted.planes)
        flux = sum(source.flux for source in scene.sources)
        return {
            "template_rms": float(np.mean(rms) / np.sqrt(scene.sky_variance)),
            "dipoles": sum(found(one, t)[1] for one, t in zip(science, made, strict=True)),
            "colour_slope": colour_line(*colours)[0],
            "colour_rms": float(np.sqrt(np.mean((colours[0] - colours[1]) ** 2))),
            "flux_ratio": float(fitted.planes.sum() / flux),
        }

    return ScoredField(
        template=template, science=science, exponent=exponent, throughput=None, score=score
    )


def _visits(seed):
    """Of the HiTS survey, in an order and of a seeing that the seed has."""
    rng = np.random.default_rng(seed)
    visits = spread_visits(read_conditions("hits2015"), _VISITS)
    return [
        replace(visits[place], psf_fwhm_px=float(rng.uniform(*SEEING_ARCSEC)) / PIXEL_SCALE_ARCSEC)
        for place in rng.permutation(_VISITS)
    ]


def stated(exposures, factors):
    """The same visits, which tell their FWHM too large or too small by these factors."""
    return [
        replace(
            exposure,
            visit=replace(exposure.visit, psf_fwhm_px=exposure.visit.psf_fwhm_px * float(factor)),
        )
        for exposure, factor in zip(exposures, factors, strict=True)
    ]

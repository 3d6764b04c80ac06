"""What the seeing costs: CPU time of a whole fit with it over that without, in turn."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from published_page import table
from published_parts import SOLVERS
from seeing_fields import SEEING_ARCSEC
from seeing_rows import Row

import dcrviz
from dcrviz.physics.seeing import star_image
from dcrviz.psf import KOLMOGOROV
from dcrviz.simulate import (
    PIXEL_SCALE_ARCSEC,
    random_scene,
    read_conditions,
    simulate_exposures,
    spread_visits,
)

NAME = "time"
OFF, RADIUS, STARS = "off", "FWHM", "star images"
_MOST = 1.5
_REACH_FWHM = 4


@dataclass(frozen=True)
class Settings:
    """How large the field is, and how often each fit is timed."""

    size_px: int = 512
    n_visits: int = 8
    repeat: int = 7
    threads: int = 1


FULL, QUICK, TOY = Settings(), Settings(size_px=256, repeat=5), Settings(size_px=64, repeat=1)


def measure(settings, _):
    """{way: {"whole", "fit": CPU seconds of each turn}}."""
    exposures = _exposures(settings)
    _turn(exposures, settings.threads, 0)
    turns = [_turn(exposures, settings.threads, turn) for turn in range(1, settings.repeat + 1)]
    return {
        way: {part: [turn[way][part] for turn in turns] for part in ("whole", "fit")}
        for way in (OFF, RADIUS, STARS)
    }


def _turn(exposures, threads, turn):
    """Seconds of each way, one after another."""
    config = SOLVERS["direct"].with_values(n_threads=threads, fit_seeing="on")
    # Of other counts, so that nothing is remembered of them.
    stars = _with_stars(exposures, counts=1 + turn)
    return {
        OFF: _seconds(exposures, config.with_values(fit_seeing="off")),
        RADIUS: _seconds(exposures, config),
        STARS: _seconds(stars, config),
    }


def _exposures(settings):
    rng = np.random.default_rng(1)
    visits = [
        replace(visit, psf_fwhm_px=float(rng.uniform(*SEEING_ARCSEC)) / PIXEL_SCALE_ARCSEC)
        for visit in spread_visits(read_conditions("hits2015"), settings.n_visits)
    ]
    stars = max(10, settings.size_px**2 // 2500)
    shape = (settings.size_px, settings.size_px)
    scene = random_scene(1, shape=shape, n_stars=stars)
    return simulate_exposures(scene, visits, seed=1)


def _with_stars(exposures, *, counts):
    return [
        replace(
            exposure,
            psf=counts * star_image(width, psf=KOLMOGOROV, reach_px=int(_REACH_FWHM * width)),
        )
        for exposure in exposures
        for width in [exposure.visit.psf_fwhm_px]
    ]


def _seconds(exposures, config):
    """CPU time of a run from exposures to planes, and of that without `prepare`."""
    start = time.process_time()
    problem = dcrviz.prepare(exposures, config)
    prepared = time.process_time()
    for _ in dcrviz.assemble(problem):
        pass
    end = time.process_time()
    return {"whole": end - start, "fit": end - prepared}


def _ratio(results, way, part="whole"):
    """Median of the ratios turn by turn: what slows the machine slows both."""
    ours, off = (np.array(results[one][part]) for one in (way, OFF))
    return float(np.median(ours / off))


def rows(results):
    """The time that was asked for."""
    return [
        Row(
            what=f"CPU time over that without seeing, {way}",
            measured={"direct": _ratio(results, way)},
            most=_MOST,
        )
        for way in (RADIUS, STARS)
    ]


def tables(results):
    """Seconds and ratios."""
    lines = [
        [
            way,
            f"{np.median(results[way]['whole']):.2f} s",
            f"{_ratio(results, way):.2f}",
            f"{np.median(results[way]['fit']):.2f} s",
            f"{_ratio(results, way, 'fit'):.2f}",
        ]
        for way in (OFF, RADIUS, STARS)
    ]
    return {NAME: table(["seeing", "prepare and fit", "ratio", "fit alone", "ratio"], lines)}


def pictures(_):
    """None."""
    return {}

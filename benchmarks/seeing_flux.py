"""Flux of bright stars in apertures against a sky without refraction: DMTN-121, first figure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sep
from published_page import COLOURS, GREY, Line, chart_svg, table
from published_parts import SOLVERS, Stars, fit
from published_seeing import LOWEST_ARCSEC, template_visits
from seeing_rows import Row

from dcrviz.simulate import PIXEL_SCALE_ARCSEC, no_dcr_image

NAME = "flux"
COADD = "plain coadd"
PUBLISHED = 0.957
"""What its widest range of seeing leaves in an aperture of 9 px."""
_RADIUS_PX = 9.0
_SOLVERS = ("lsst-2019", "direct", "pcg")
_EDGE_PX = 20
_BRIGHTEST = 0.4


@dataclass(frozen=True)
class Settings:
    """How large the experiment is."""

    size_px: int = 320
    n_stars: int = 60
    seed: int = 5
    highest_arcsec: tuple = (0.60, 0.66, 0.73, 0.80, 0.88, 0.97, 1.06, 1.17, 1.29)
    radii_px: tuple = (3.0, 4.5, 6.0, 9.0, 12.0)


FULL = Settings()
QUICK = Settings(size_px=192, n_stars=30, highest_arcsec=(0.60, 0.88, 1.29))
TOY = Settings(size_px=64, n_stars=5, highest_arcsec=(0.60, 1.29))


def measure(settings, _):
    """{"radii", "true": at 0.60", "ranges": {highest: {name: {"fwhm", "ratio", "share"}}}}.

    `ratio` is the median over the stars of their flux over the true one in the same aperture, at
    the seeing of the planes or of the sharpest visit; `share` its part of the star's whole flux.
    """
    field = Stars(settings.seed, settings.size_px, settings.n_stars)
    sharp = no_dcr_image(field.scene, fwhm_px=LOWEST_ARCSEC / PIXEL_SCALE_ARCSEC)
    return {
        "radii": settings.radii_px,
        "true": _shares(sharp, field.scene, settings.radii_px),
        "ranges": {
            f"{highest:.2f}": _of_range(field, highest, settings.radii_px)
            for highest in settings.highest_arcsec
        },
    }


def _of_range(field, highest, radii):
    exposures = field.seen_by(template_visits(highest), noise=1)
    found = {}
    for name in _SOLVERS:
        fitted = fit(exposures, SOLVERS[name])
        found[name] = _compared(fitted.planes.sum(axis=0), fitted.problem, field.scene, radii)
        if name == "lsst-2019":
            coadd = np.nan_to_num(fitted.problem.template.image)
            found[COADD] = _compared(coadd, fitted.problem, field.scene, radii)
    return found


def _compared(image, problem, scene, radii):
    sharpest = min(visit.psf_fwhm_px for visit in problem.visits)
    fwhm_px = sharpest if problem.seeing is None else problem.seeing.planes.fwhm_px
    true = no_dcr_image(scene, fwhm_px=fwhm_px)
    stars = _bright(scene)
    ratio = {
        f"{radius:g}": np.array(_sums(image, stars, radius)) / _sums(true, stars, radius)
        for radius in radii
    }
    return {
        "fwhm_arcsec": fwhm_px * PIXEL_SCALE_ARCSEC,
        "ratio": {radius: float(np.median(values)) for radius, values in ratio.items()},
        "scatter": {radius: float(np.std(values)) for radius, values in ratio.items()},
        "share": _shares(image, scene, radii),
    }


def _shares(image, scene, radii):
    stars = _bright(scene)
    flux = np.array([star.flux for star in stars])
    return {f"{radius:g}": float(np.median(_sums(image, stars, radius) / flux)) for radius in radii}


def _sums(image, stars, radius):
    x, y = ([getattr(star, axis) for star in stars] for axis in "xy")
    return sep.sum_circle(np.ascontiguousarray(image, dtype=float), x, y, radius, subpix=9)[0]


def _bright(scene):
    """The brighter stars that an aperture holds."""
    height, width = scene.shape
    inside = [
        star
        for star in scene.sources
        if _EDGE_PX < star.x < width - _EDGE_PX and _EDGE_PX < star.y < height - _EDGE_PX
    ]
    least = np.quantile([star.flux for star in inside], 1 - _BRIGHTEST)
    return [star for star in inside if star.flux >= least]


def rows(results):
    """The lowest and the highest ratio over the ranges of seeing."""
    ratios = {
        name: [found[name]["ratio"][f"{_RADIUS_PX:g}"] for found in results["ranges"].values()]
        for name in ("direct", "pcg")
    }
    return [
        Row(
            what=f"flux within {_RADIUS_PX:g} px over true, the {word} of all ranges",
            measured={name: end(values) for name, values in ratios.items()},
            least=0.99,
            most=1.01,
        )
        for word, end in (("least", min), ("most", max))
    ]


def tables(results):
    """Flux within the aperture against the truth, by the range of seeing."""
    lines = []
    for highest, found in results["ranges"].items():
        cells = [found[name]["ratio"][f"{_RADIUS_PX:g}"] for name in (COADD, *_SOLVERS)]
        published = f"{PUBLISHED:g}" if float(highest) == 1.29 else None
        lines.append(
            [
                f'0.60-{highest}"',
                published,
                *(f"{cell:.3f}" for cell in cells),
                f'{found["direct"]["fwhm_arcsec"]:.2f}"',
            ]
        )
    head = ["seeing", "DMTN-121", COADD, *_SOLVERS, "seeing of the planes"]
    return {NAME: table(head, lines)}


def pictures(results):
    """The share of a star's flux by the radius of the aperture."""
    radii, ranges = list(results["radii"]), list(results["ranges"])
    shown = [(ranges[0], ""), (ranges[-1], "6 4")]
    colours = {COADD: GREY, "lsst-2019": COLOURS["lsst-2019"], "direct": COLOURS["direct"]}
    lines = [
        Line(
            name=f'{name}, 0.60-{highest}"',
            x=radii,
            y=[results["ranges"][highest][name]["share"][f"{radius:g}"] for radius in radii],
            colour=colour,
            dash=dash,
        )
        for name, colour in colours.items()
        for highest, dash in shown
    ]
    true = [results["true"][f"{radius:g}"] for radius in radii]
    lines.append(
        Line(name='truth at 0.60"', x=radii, y=true, colour=COLOURS["published"], dash="2 3")
    )
    svg = chart_svg(
        "Part of a star's light within an aperture, bright stars",
        lines,
        x_title="radius of the aperture, px",
        y_title="part of the flux",
        low=0.5,
    )
    return {NAME: svg}

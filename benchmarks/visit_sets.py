"""Sets of visits from hopeless to good, made skies seen by them, and errors of colours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

import dcrviz
from dcrviz.engine.direct import usual_spectrum
from dcrviz.engine.template import amplify
from dcrviz.simulate import RUBIN, made_scene, simulate_exposures, truth_planes
from dcrviz.simulate.made_field import MadeField

BAND = dcrviz.Band.lsst("g")
FWHM_PX = 3.5
FLUX = (2e4, 6e4)
QUARTER = np.pi / 2


def visits_of(circumstances, fwhm_px=None):
    """Visits at these airmasses and parallactic angles [rad], of one seeing or of these."""
    widths = np.full(len(circumstances), FWHM_PX) if fwhm_px is None else fwhm_px
    return [
        dcrviz.Visit(
            id=number,
            band=BAND,
            airmass=float(airmass),
            parallactic_rad=float(angle),
            site=RUBIN,
            psf_fwhm_px=float(width),
        )
        for number, ((airmass, angle), width) in enumerate(zip(circumstances, widths, strict=True))
    ]


def varied_seeing(n_visits, *, seed=5):
    """(V,) widths in pixels, of 0.6 to 1.3 arcseconds, evenly spaced and in any order."""
    return np.random.default_rng(seed).permutation(np.linspace(0.6, 1.3, n_visits)) / 0.2


def visit_sets(n_visits=8, n_random=8):
    """Named sets: the well-known ways to be degenerate, and some drawn at random."""
    rng = np.random.default_rng(2)
    ones = np.ones(n_visits)
    angles = rng.uniform(-np.pi, np.pi, n_visits)
    halves = np.arange(n_visits) % 2
    sets = {
        "all the same": (1.3 * ones, 0.6 * ones),
        "nearly the same": (1.3 + rng.normal(0, 0.01, n_visits), rng.normal(0.6, 0.1, n_visits)),
        "one angle": (np.linspace(1.05, 1.7, n_visits), 0.6 * ones),
        "low airmass": (rng.uniform(1.01, 1.1, n_visits), angles),
        "two angles": (1.3 * ones, 0.6 + halves * QUARTER),
        "opposite angles": (1.3 * ones, 0.6 + halves * 2 * QUARTER),
        "spread": (rng.uniform(1.05, 1.7, n_visits), angles),
    }
    for number in range(n_random):
        most, wide = rng.uniform(0.02, 0.6), rng.uniform(0.05, np.pi)
        sets[f"random {number}"] = (
            1.05 + rng.uniform(0, most, n_visits),
            rng.uniform(-wide, wide, n_visits),
        )
    return {name: np.column_stack(both) for name, both in sets.items()}


class Sky:
    """A made field of stars, seen by any visits; what a visit sees is rendered once.

    The stars are of all colours and similarly bright: so that the errors are those of many colours,
    not of the brightest star's.
    """

    def __init__(self, seed, *, size_px=128, n_stars=40):
        scene = made_scene(MadeField(seed=seed, size_px=size_px, n_stars=n_stars))
        flux = np.random.default_rng(seed).uniform(*FLUX, n_stars)
        stars = [replace(s, flux=float(f)) for s, f in zip(scene.sources, flux, strict=True)]
        self.scene = replace(scene, sources=tuple(stars))
        self.seed = seed
        self._clean = {}

    def exposures(self, visits, *, noise):
        """What the visits see, with noise that depends on `noise` and the visit's id."""
        return [self._exposure(visit, noise) for visit in visits]

    def _exposure(self, visit, noise):
        key = (visit.airmass, visit.parallactic_rad, visit.psf_fwhm_px)
        if key not in self._clean:
            (self._clean[key],) = simulate_exposures(self.scene, [visit], seed=0, noise=False)
        clean = self._clean[key]
        rng = np.random.default_rng([self.seed, noise, visit.id])
        image = clean.image + np.sqrt(clean.variance) * rng.normal(size=clean.image.shape)
        return replace(
            clean,
            image=image.astype(np.float32),
            visit=replace(clean.visit, id=visit.id),
        )

    def truth(self, n_subfilters, *, fwhm_px=FWHM_PX):
        """(S, Y, X), at this seeing."""
        return truth_planes(self.scene, n_subfilters=n_subfilters, fwhm_px=fwhm_px)


def fitted(exposures, *, solver, n_subfilters=3, **knobs):
    """Planes of a whole run, as they become coadds."""
    config = dcrviz.AssembleConfig(solver=solver, n_subfilters=n_subfilters, **knobs)
    for step in dcrviz.assemble(dcrviz.prepare(exposures, config)):
        last = step
    return amplify(last.planes, last.accelerate)


def colour_errors_of(planes, truth):
    """(2,) errors over all pixels, in units of what is true: of all colour, and of the slope alone.

    1 for planes without colour.
    """
    _, basis = usual_spectrum(BAND, len(truth))
    to_terms = np.linalg.inv(basis)[1:]
    terms, true = (np.tensordot(to_terms, cube, axes=1) for cube in (planes, truth))
    return np.array(
        [
            np.linalg.norm(terms[part] - true[part]) / np.linalg.norm(true[part])
            for part in (slice(None), slice(1))
        ]
    )


def rank_correlation(one, other):
    """Spearman's."""
    from scipy.stats import spearmanr

    return float(spearmanr(one, other).statistic)

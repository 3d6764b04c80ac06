"""What the published experiments share: star fields, fits, matching of seeing, and detection."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import zlib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import sep
from field import throughput_of, tool
from scipy import ndimage

import dcrviz
from dcrviz.diagnostics.dipoles import find_dipoles
from dcrviz.diagnostics.pictures import shown_planes
from dcrviz.engine.detect import FWHM_PER_SIGMA
from dcrviz.engine.refined_seeing import refined_width
from dcrviz.engine.seeing import visit_seeing
from dcrviz.engine.template import template_maker
from dcrviz.physics.geometry import wcs_jacobian
from dcrviz.physics.shifts import dcr_shifts
from dcrviz.psf import kolmogorov_transfer
from dcrviz.simulate import random_scene, simulate_exposures

# As the note describes its iteration: a gain of 1, nothing amplified, no clamp between planes.
_DMTN_037 = {
    "accelerate": 1.0,
    "clamp_subfilters": 0.0,
    "base_gain": 1.0,
    "use_progressive_gain": False,
    "on_divergence": "best",
    "max_iterations": 50,
}
SOLVERS = {
    "dmtn-037": dcrviz.AssembleConfig.preset("lsst-2019").with_values(**_DMTN_037),
    "lsst-2019": dcrviz.AssembleConfig.preset("lsst-2019"),
    "anderson": dcrviz.AssembleConfig(solver="anderson"),
    "direct": dcrviz.AssembleConfig(solver="direct"),
    "pcg": dcrviz.AssembleConfig(solver="pcg"),
}
LABELS = {"dmtn-037": "as in DMTN-037"}
"""Of solvers whose name says too little."""
REFERENCE = "reference"
"""The part of an experiment that needs no solver."""
GALSIM = {"fixed": "hits_g_fixed.npz", "seeing": "hits_g_seeing.npz"}
THRESHOLD_SIGMA = 5.0
_EDGE_PX = 12
_MAD_PER_SIGMA = 0.6744897501960817


@dataclass(frozen=True)
class Stars:
    """A field of stars of all colours; the same numbers give the same field."""

    seed: int
    size_px: int
    n_stars: int

    @property
    def scene(self):
        """The sky itself."""
        return _scene(self)

    def seen_by(self, visits, *, noise):
        """Exposures of these visits, with noise that depends on `noise` and the visit's id."""
        return [_noisy(_clean(self, visit), seed=(self.seed, noise)) for visit in visits]


@lru_cache(maxsize=8)
def _scene(stars):
    shape = (stars.size_px, stars.size_px)
    return random_scene(stars.seed, shape=shape, n_stars=stars.n_stars, n_galaxies=0, n_quasars=0)


@lru_cache(maxsize=256)
def _clean(stars, visit):
    (exposure,) = simulate_exposures(stars.scene, [visit], seed=0, noise=False)
    return exposure


def _noisy(exposure, *, seed):
    rng = np.random.default_rng([*seed, zlib.crc32(str(exposure.visit.id).encode())])
    image = exposure.image + rng.normal(size=exposure.shape) * np.sqrt(exposure.variance)
    return replace(exposure, image=image.astype(np.float32))


@dataclass(frozen=True, eq=False)
class Fitted:
    """The planes of a fit, and the problem that they solve."""

    problem: dcrviz.Problem
    planes: np.ndarray
    iterations: int

    def templates(self, science):
        """Matched templates of visits that were not fitted, one after another."""
        problem, first = self.problem, science[0]
        shifts = dcr_shifts(
            [exposure.visit for exposure in science],
            model=problem.forward_model,
            jacobian=wcs_jacobian(first.wcs, first.shape),
        )
        seeing = visit_seeing(
            problem.forward_model,
            [exposure.visit.psf_fwhm_px for exposure in science],
            [exposure.psf for exposure in science],
        )
        make = template_maker(self.planes, shifts, order=problem.template_order, seeing=seeing)
        return map(make, range(len(science)))

    def refined(self, exposure):
        """A visit with the width at which its template is nearest to its image."""

        def with_width(fwhm_px):
            return replace(exposure, visit=replace(exposure.visit, psf_fwhm_px=fwhm_px))

        found = refined_width(
            exposure.image,
            np.isfinite(exposure.image),
            lambda fwhm_px: next(self.templates([with_width(fwhm_px)])),
            fwhm_px=exposure.visit.psf_fwhm_px,
            psf=self.problem.seeing.planes.profile,
        )
        return with_width(found)

    def made(self, science):
        """The same, to subtract."""
        for exposure, image in zip(science, self.templates(science), strict=True):
            yield Made.of_template(self.problem, image, exposure.visit)


def fit(exposures, config):
    problem = dcrviz.prepare(exposures, config)
    *_, step = dcrviz.assemble(problem)
    planes = np.nan_to_num(shown_planes(step))
    return Fitted(problem=problem, planes=planes, iterations=step.history.iterations)


@dataclass(frozen=True, eq=False)
class Made:
    """A template to subtract: its pixels, their variance, and the seeing of what it is made of."""

    image: np.ndarray
    variance: np.ndarray
    fwhm_px: tuple

    @classmethod
    def of_visit(cls, exposure):
        """A single image."""
        return cls(exposure.image, exposure.variance, (exposure.visit.psf_fwhm_px,))

    @classmethod
    def of_coadd(cls, problem):
        """The plain mean of the visits."""
        coadd = np.nan_to_num(problem.template.image)
        return cls(coadd, problem.template.variance, _seeing_of(problem))

    @classmethod
    def of_template(cls, problem, image, visit):
        """A template matched to a visit, whose seeing it has if the fit knew that of its own."""
        fwhm_px = _seeing_of(problem) if problem.seeing is None else (visit.psf_fwhm_px,)
        return cls(image, problem.template.variance, fwhm_px)


def _seeing_of(problem):
    return tuple(visit.psf_fwhm_px for visit in problem.visits)


def found(exposure, template, *, match=False):
    """Detections and dipoles on an exposure minus a template, [detections, dipoles].

    A dipole counts as one detection. With `match`, both images are smoothed to the lower of their
    two transfer functions at each frequency, which raises no noise.
    """
    inside = (slice(_EDGE_PX, -_EDGE_PX),) * 2
    whole = difference_of(exposure, template, match=match)
    difference = np.ascontiguousarray(whole[inside], dtype=np.float32)
    variance = np.asarray(exposure.variance + template.variance, dtype=np.float32)[inside]
    fwhm_px = max(exposure.visit.psf_fwhm_px, float(np.mean(template.fwhm_px)))
    # Smoothing and the variance of templates are known by the noise that is there.
    significance, unit = _significance(difference, variance, fwhm_px)
    sigma = np.ascontiguousarray(unit * np.sqrt(variance))
    dipoles = len(find_dipoles(difference, sigma=sigma, fwhm_px=fwhm_px))
    signs = [len(sep.extract(sign * significance, THRESHOLD_SIGMA, minarea=1)) for sign in (1, -1)]
    return [sum(signs) - dipoles, dipoles]


def difference_of(exposure, template, *, match=False):
    """The exposure minus a template, both smoothed as in `found` if they are to be matched."""
    image, other = exposure.image, template.image
    if match:
        image, other = _matched(image, other, exposure.visit.psf_fwhm_px, template.fwhm_px)
    return image - other


def _significance(difference, variance, fwhm_px):
    """Flux under the PSF in units of the noise as it is, and that unit."""
    sigma_px = fwhm_px / FWHM_PER_SIGMA
    smooth = ndimage.gaussian_filter(difference / variance, sigma_px)
    norm = ndimage.gaussian_filter(1 / variance, sigma_px / np.sqrt(2)) / (4 * np.pi * sigma_px**2)
    significance = smooth / np.sqrt(norm)
    unit = float(np.median(np.abs(significance)) / _MAD_PER_SIGMA)
    return np.ascontiguousarray(significance / unit, dtype=np.float32), unit


def _matched(image, template, fwhm_px, template_fwhm_px):
    height, width = image.shape
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width))
    own = kolmogorov_transfer(frequency, fwhm_px=fwhm_px)
    values, counts = np.unique(template_fwhm_px, return_counts=True)
    other = (
        sum(
            number * kolmogorov_transfer(frequency, fwhm_px=float(value))
            for value, number in zip(values, counts, strict=True)
        )
        / counts.sum()
    )
    lower = np.minimum(own, other)
    return (
        np.fft.irfft2(np.fft.rfft2(image) * (lower / own), s=image.shape),
        np.fft.irfft2(np.fft.rfft2(template) * (lower / other), s=image.shape),
    )


@dataclass(frozen=True, eq=False)
class GalSimField:
    """A field that another simulator rendered: template and science visits, and its truth."""

    template: list
    science: list
    truth: dict
    scorer: object
    throughput: dcrviz.Throughput | None

    def config(self, name):
        """The solver's knobs, with the filter's throughput for those that take the whole band."""
        config = SOLVERS[name]
        if not config.in_fourier_space or self.throughput is None:
            return config
        return config.with_values(throughput=self.throughput)

    def colour_slope(self, planes):
        """Slope of the colours of stars against the true ones."""
        # Of planes that are all alike no correlation is known.
        with np.errstate(invalid="ignore"):
            return self.scorer.colours(planes.astype(float), self.truth)["slope"]


@lru_cache(maxsize=2)
def galsim_field(path):
    truth = dict(np.load(path))
    curve = throughput_of(path)
    with tempfile.TemporaryDirectory() as folder:
        with contextlib.redirect_stdout(io.StringIO()):
            tool(path, "to_warps").convert(str(path), folder)
        visits = {
            kind: [
                _in_memory(exposure)
                for exposure in dcrviz.read_exposures([str(Path(folder) / kind)])
            ]
            for kind in ("template", "science")
        }
    return GalSimField(
        **visits,
        truth=truth,
        scorer=tool(path, "score"),
        throughput=None if curve is None else dcrviz.read_throughput(str(curve)),
    )


def galsim_fields(folder):
    """The fields that are there, by name."""
    paths = {name: Path(folder) / file for name, file in GALSIM.items()} if folder else {}
    return {name: galsim_field(path) for name, path in paths.items() if path.exists()}


def _in_memory(exposure):
    """The same without the files, which go."""
    arrays = {name: np.array(getattr(exposure, name)[:]) for name in ("image", "mask", "variance")}
    return replace(exposure, **arrays)


def rounded(value, digits=4):
    """Numbers of a nested result, short enough to be read in JSON."""
    return json.loads(json.dumps(value), parse_float=lambda text: round(float(text), digits))

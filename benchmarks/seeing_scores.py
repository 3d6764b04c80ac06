"""Templates, dipoles and colours of GalSim fields, through the command line, and what others leave.

Also which exponent of the seeing the visits of each field show.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from field import score
from published_page import table
from published_parts import SOLVERS, fit
from seeing_fields import galsim, kind_of
from seeing_rows import Row

import dcrviz
from dcrviz.psf import kolmogorov_transfer

NAME = "scores"
_DIRECT = ("direct", "pcg")
_NOISE_FLOOR = 0.01
_NONE = {"least": 0, "most": 0}
_MUSTS = {
    "seeing": {
        "template_rms": {3: {"most": 0.40}, 5: {"most": 0.40}},
        "dipoles": {3: _NONE, 5: _NONE},
        "colour_slope": {3: {"least": 0.95, "most": 1.06}},
        "colour_rms": {3: {"most": 0.036}},
    },
    "fixed": {
        "template_rms": {3: {"most": 0.30}, 5: {"most": 0.30}},
        "dipoles": {3: _NONE, 5: _NONE},
        "colour_slope": {3: {"least": 0.93, "most": 1.09}, 5: {"least": 0.96, "most": 1.04}},
        "colour_rms": {3: {"most": 0.028}, 5: {"most": 0.024}},
        "flux_ratio": {3: {"least": 0.99, "most": 1.01}, 5: {"least": 0.99, "most": 1.01}},
    },
}
"""By what the template visits' seeing is, and the number of planes."""
_WORDS = {
    "template_rms": "template rms, sky sigma",
    "dipoles": "dipoles in the science differences",
    "colour_slope": "slope of colours",
    "colour_rms": "rms of colours",
    "flux_ratio": "flux over true flux",
}


@dataclass(frozen=True)
class Settings:
    """How much is measured."""

    subfilters: tuple = (3, 5)
    others: bool = True


FULL, QUICK, TOY = Settings(), Settings(others=False), Settings(subfilters=(3,), others=False)


def measure(settings, fields):
    """{field: {"kind", "fits": {solver: {N: scores}}, "others", "exponent"}}."""
    return {path.stem: _of_field(path, settings) for path in fields}


def _of_field(path, settings):
    return {
        "kind": kind_of(path),
        "fits": {
            solver: {str(n): _scored(path, solver, n) for n in settings.subfilters}
            for solver in _DIRECT
        },
        "others": _others(path, settings) if settings.others else {},
        "exponent": _exponent(path),
    }


def _scored(path, solver, subfilters):
    options = {"preset": "default", "set": [], "throughput": None, "masked": 0}
    asked = SimpleNamespace(field=path, solver=solver, subfilters=subfilters, **options)
    with tempfile.TemporaryDirectory() as folder:
        found = score(asked, Path(folder))
    return {name: found[name] for name in _WORDS}


def _exponent(path):
    """The true one and the one that is found, with its sentence."""
    field = galsim(path)
    problem = dcrviz.prepare(field.template, SOLVERS["direct"])
    found = problem.seeing
    return {
        "true": field.exponent,
        "found": found.planes.profile.seeing_exponent,
        "sentence": found.sentence,
    }


def _others(path, settings):
    """{name: [rms, dipoles]} of coadd and 2019 templates, as they are and matched by the PSF."""
    field = galsim(path)
    config = SOLVERS["lsst-2019"]
    first = fit(field.template, config)
    coadd = np.nan_to_num(first.problem.template.image)
    images = {"plain coadd": (first, [coadd] * len(field.science))}
    for n in settings.subfilters:
        fitted = (
            first
            if n == config.n_subfilters
            else fit(field.template, config.with_values(n_subfilters=n))
        )
        images[f"lsst-2019, N = {n}"] = fitted, list(fitted.templates(field.science))
    found = {}
    for name, (fitted, templates) in images.items():
        found[name] = _pair(field.score(fitted, templates))
        matched = [
            _brought_to(exposure.visit, image, field.template)
            for exposure, image in zip(field.science, templates, strict=True)
        ]
        found[f"{name}, PSF-matched"] = _pair(field.score(fitted, matched))
    return found


def _brought_to(visit, image, visits):
    """An image of the visits' mean seeing at that of one, by the ratio of their transforms."""
    height, width = image.shape
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width))
    own = np.mean(
        [kolmogorov_transfer(frequency, fwhm_px=one.visit.psf_fwhm_px) for one in visits], axis=0
    )
    wanted = kolmogorov_transfer(frequency, fwhm_px=visit.psf_fwhm_px)
    # Where there is no light nothing is divided by it.
    ratio = wanted * own / np.maximum(own, _NOISE_FLOOR) ** 2
    return np.fft.irfft2(np.fft.rfft2(image) * ratio, s=image.shape)


def _pair(scores):
    return [scores["template_rms"], scores["dipoles"]]


def rows(results):
    """What was asked of each field."""
    lines = []
    for field, found in results.items():
        fits = found["fits"]
        for name, musts in _MUSTS[found["kind"]].items():
            lines += [
                Row(
                    what=f"{field}, N = {number}: {_WORDS[name]}",
                    measured={solver: fits[solver][str(number)][name] for solver in fits},
                    **must,
                )
                for number, must in musts.items()
                if all(str(number) in by_number for by_number in fits.values())
            ]
        exponent = found["exponent"]
        lines.append(
            Row(
                what=f"{field}: exponent of the seeing by evidence",
                measured={"direct": exponent["found"]},
                least=exponent["true"],
                most=exponent["true"],
            )
        )
    return lines


def tables(results):
    """Every score of every fit, and those of what is no fit of seeing."""
    lines = []
    for field, found in results.items():
        for name, (rms, dipoles) in found["others"].items():
            lines.append([field, name, f"{rms:.2f}", dipoles, None, None, None])
        for solver, by_number in found["fits"].items():
            for number, scores in by_number.items():
                lines.append([field, f"`{solver}`, N = {number}", *shown(scores)])
    head = ["field", "template", "template rms", "dipoles", "slope", "rms of colours", "flux"]
    return {NAME: table(head, lines)}


def shown(scores):
    """The five scores as they stand in tables."""
    return [
        f"{scores['template_rms']:.3f}",
        scores["dipoles"] if isinstance(scores["dipoles"], int) else f"{scores['dipoles']:.1f}",
        f"{scores['colour_slope']:.3f}",
        f"{scores['colour_rms']:.3f}",
        f"{scores['flux_ratio']:.3f}",
    ]


def pictures(_):
    """None."""
    return {}

"""What becomes of the scores where visits tell a FWHM that is wrong, or their stars tell it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from published_page import COLOURS, Line, chart_svg, table
from published_parts import SOLVERS
from seeing_fields import galsim, kind_of, made, stated
from seeing_scores import shown

from dcrviz import measured_seeing

NAME = "errors"
_STATED = 0.05
_ASKED = "all at random, science visits refined"
_BELIEVED = "all at random, refine_seeing off"
_KINDS = (
    "all too large",
    "all too small",
    "all at random",
    "fitted visits too large",
    "fitted visits at random",
    _ASKED,
    _BELIEVED,
)
_DIRECT = ("direct", "pcg")


@dataclass(frozen=True)
class Settings:
    """How much is measured, and the field where GalSim's is not there."""

    errors: tuple = (0.0, 0.02, 0.05, 0.10)
    draws: int = 4
    solvers: tuple = _DIRECT
    size_px: int = 192
    n_stars: int = 40


FULL = Settings()
QUICK = Settings(errors=(0.0, 0.05), draws=2, solvers=("direct",))
TOY = Settings(errors=(0.0, 0.05), draws=1, solvers=("direct",), size_px=96, n_stars=20)


def measure(settings, fields):
    """{"told": {solver: {kind: {error: scores}}}, "stars": {solver: scores}}.

    On the first field whose seeing varies; "stars" with the widths that the visits' stars have.
    """
    varied = [path for path in fields if kind_of(path) == "seeing"]
    field = (
        galsim(varied[0])
        if varied
        else made(1, size_px=settings.size_px, n_stars=settings.n_stars, exponent=0.0)
    )
    widths = [_by_stars(exposures) for exposures in (field.template, field.science)]
    return {
        "told": {solver: _of_solver(field, solver, settings) for solver in settings.solvers},
        "stars": {solver: _mean_scores(field, solver, [widths]) for solver in settings.solvers},
    }


def _by_stars(exposures):
    """The widths that are measured over those that are told."""
    return [measured_seeing(one).fwhm_px / one.visit.psf_fwhm_px for one in exposures]


def _of_solver(field, solver, settings):
    right = _scores(field, solver, _KINDS[0], 0.0, 1)
    return {
        kind: {
            f"{error:g}": _scores(field, solver, kind, error, settings.draws) if error else right
            for error in settings.errors
        }
        for kind in _KINDS
    }


def _scores(field, solver, kind, error, draws):
    refine_seeing = "off" if kind == _BELIEVED else "auto"
    factors = _factors(field, kind, error, draws)
    return _mean_scores(field, solver, factors, refine_seeing=refine_seeing, refined=kind == _ASKED)


def _mean_scores(field, solver, factors, *, refine_seeing="auto", refined=False):
    """Means over several pairs of factors, of the template and of the science visits' widths."""
    found = [
        field.scores(
            SOLVERS[solver].with_values(refine_seeing=refine_seeing),
            template=stated(field.template, of_template),
            science=stated(field.science, of_science),
            refined=refined,
        )[0]
        for of_template, of_science in factors
    ]
    return {name: float(np.mean([scores[name] for scores in found])) for name in found[0]}


def _factors(field, kind, error, draws):
    """By what the template and the science visits' FWHM are wrong."""
    template, science = np.ones(len(field.template)), np.ones(len(field.science))
    reaches_science = float(kind.startswith("all"))
    if "at random" in kind:
        for draw in range(draws):
            rng = np.random.default_rng(draw)
            errors = [error * rng.standard_normal(len(one)) for one in (template, science)]
            yield np.exp(errors[0]), np.exp(reaches_science * errors[1])
    else:
        signed = -error if kind.endswith("small") else error
        yield template * (1 + signed), science * (1 + reaches_science * signed)


def rows(_):
    """Nothing was asked but a report."""
    return []


def tables(results):
    """The scores at an error of 5 %, beside those without."""
    lines = []
    for solver, kinds in results["told"].items():
        lines.append([f"`{solver}`", "none", *shown(kinds[_KINDS[0]]["0"])])
        lines.append([f"`{solver}`", "measured from stars", *shown(results["stars"][solver])])
        for kind, by_error in kinds.items():
            lines.append([f"`{solver}`", f"5 %, {kind}", *shown(by_error[f"{_STATED:g}"])])
    head = [
        "solver",
        "error of the FWHM",
        "template rms",
        "dipoles",
        "slope",
        "rms of colours",
        "flux",
    ]
    return {NAME: table(head, lines)}


def pictures(results):
    """The template rms by the error."""
    kinds = next(iter(results["told"].values()))
    drawn = {
        kind: by_error for kind, by_error in kinds.items() if kind != "fitted visits too large"
    }
    colours = ("direct", "pcg", "lsst-2019", "published", "anderson", "dmtn-037")
    lines = [
        Line(
            name=kind,
            x=[100 * float(error) for error in by_error],
            y=[scores["template_rms"] for scores in by_error.values()],
            colour=COLOURS[colour],
        )
        for (kind, by_error), colour in zip(drawn.items(), colours, strict=True)
    ]
    svg = chart_svg(
        "Template rms against the error of the stated FWHM, direct, N = 3",
        lines,
        x_title="error of the FWHM, %",
        y_title="sky sigma",
    )
    return {NAME: svg}

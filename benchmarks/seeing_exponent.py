"""Whether the seeing's dependence on wavelength is found, and what a wrong one costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from published_page import table
from published_parts import SOLVERS
from seeing_fields import made
from seeing_rows import Row
from seeing_scores import shown

from dcrviz.engine.first_look import EXPONENTS

NAME = "exponent"
AUTO = "auto"


@dataclass(frozen=True)
class Settings:
    """How many fields there are, and how large they are."""

    seeds: tuple = (1, 2, 3, 4)
    size_px: int = 192
    n_stars: int = 40


FULL, QUICK = Settings(), Settings(seeds=(1,))
TOY = Settings(seeds=(1,), size_px=96, n_stars=20)


def measure(settings, _):
    """{true exponent: {knob: {"scores": means, "found": exponents, "sentences"}}}."""
    return {f"{exponent:g}": _of_exponent(exponent, settings) for exponent in EXPONENTS}


def _of_exponent(exponent, settings):
    fields = [
        made(seed, size_px=settings.size_px, n_stars=settings.n_stars, exponent=exponent)
        for seed in settings.seeds
    ]
    return {
        AUTO if knob is None else f"{knob:g}": _fitted(fields, knob) for knob in (None, *EXPONENTS)
    }


def _fitted(fields, knob):
    pairs = [field.scores(SOLVERS["direct"].with_values(seeing_exponent=knob)) for field in fields]
    seeings = [fitted.problem.seeing for _, fitted in pairs]
    return {
        "scores": {
            name: float(np.mean([scores[name] for scores, _ in pairs])) for name in pairs[0][0]
        },
        "found": [seeing.planes.profile.seeing_exponent for seeing in seeings],
        "sentences": [seeing.sentence for seeing in seeings],
    }


def rows(results):
    """On how many of the fields the exponent that is found is the true one."""
    lines = []
    for true, by_knob in results.items():
        found = by_knob[AUTO]["found"]
        lines.append(
            Row(
                what=f"fields of {len(found)} whose exponent is found, lambda^{true}",
                measured={"direct": found.count(float(true))},
                least=len(found),
                most=len(found),
            )
        )
    return lines


def tables(results):
    """Scores with the exponent that is found, and with each of the two."""
    lines = [
        [true, knob if knob != AUTO else _found(one), *shown(one["scores"])]
        for true, by_knob in results.items()
        for knob, one in by_knob.items()
    ]
    head = [
        "true exponent",
        "knob",
        "template rms",
        "dipoles",
        "slope",
        "rms of colours",
        "flux",
    ]
    return {NAME: table(head, lines)}


def _found(one):
    return f"auto: {', '.join(f'{exponent:g}' for exponent in one['found'])}"


def pictures(_):
    """None."""
    return {}

"""Knob ablation: each knob at its neighbours, and what that changes.

>>> found = dcrviz.ablation(exposures)  # doctest: +SKIP
>>> for row in found:  # doctest: +SKIP
...     print(row.sentence)
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dcrviz.bright import BrightObject
from dcrviz.config import AssembleConfig
from dcrviz.config_rules import acts_in, idle_knobs
from dcrviz.diagnostics.fit_scores import SCORES, Fit, FitScores, Yardstick, timed_fit
from dcrviz.diagnostics.neighbours import meaning, neighbours
from dcrviz.engine import Problem, prepare
from dcrviz.engine.reuse import Reuse
from dcrviz.finite import finite_or_none
from dcrviz.frozen import Frozen
from dcrviz.io.knob_values import in_words, plain
from dcrviz.plurals import counted
from dcrviz.records import Coadd, Exposure
from dcrviz.simulate import Scene
from dcrviz.suggest import unknown

# Of the sky: less is rounding, as by another number of threads.
_NOTHING_SIGMA = 1e-3
# What they do is done to the coadds when the fit has ended.
_AFTER_THE_FIT = {
    "interpolate": "acts on the coadds that are written, not on the fit",
    "count_images": "acts on the files that are written, not on the fit",
}
_NO_STARS = "no bright stars are given around which to mask"
_NO_NEIGHBOUR = "has no neighbour to try"


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class AblationRow:
    """One knob at one of its neighbours.

    Parameters
    ----------
    value, before
        What it is turned to, and what it was.
    meant
        What it was where that is not what it said: auto, or larger than the field.
    baseline
        The fit before.
    scores
        The fit with it; None if the value was refused.
    refusal
        Why; empty if it was not.
    """

    knob: str
    value: Any
    before: Any
    meant: Any
    baseline: FitScores
    scores: FitScores | None = None
    refusal: str = ""

    @property
    def effect(self) -> float:
        """By how much the planes change, in sigma of the sky; NaN if the value was refused."""
        return math.nan if self.scores is None else self.scores.planes_change

    @property
    def has_effect(self) -> bool:
        """Whether the fit is another one, or the knob is there to change its time only."""
        computes = AssembleConfig.knobs()[self.knob].group == "Computing"
        return computes or self.effect >= _NOTHING_SIGMA

    def change(self, score: str) -> float:
        """By how much a number of `FitScores` changes; NaN if it isn't known."""
        if self.scores is None:
            return math.nan
        return float(getattr(self.scores, score) - getattr(self.baseline, score))

    @property
    def title(self) -> str:
        """The knob and both values: "max_iterations: auto (9) to 18"."""
        meant = "" if self.meant == self.before else f" ({in_words(self.meant)})"
        return f"{self.knob}: {in_words(self.before)}{meant} to {in_words(self.value)}"

    @property
    def sentence(self) -> str:
        """What changes, in words."""
        if self.scores is None:
            return f"{self.title} is refused: {self.refusal}"
        return f"{self.title}: {', '.join(_changes(self))}."

    def entry(self) -> dict[str, Any]:
        """The row as plain values by name, for JSON and tables; None where there is none."""
        scores = (
            dict.fromkeys(("outcome", *SCORES)) if self.scores is None else entry_of(self.scores)
        )
        # Those of planes and colours are changes already.
        changes = {
            f"{n}_change": finite_or_none(self.change(n)) for n in SCORES if "change" not in n
        }
        return {
            "knob": self.knob,
            "value": plain(self.value),
            "before": plain(self.before),
            **scores,
            **changes,
            "refusal": self.refusal,
            "sentence": self.sentence,
        }


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Ablation(Frozen):
    """What there is to try; each row is found when it is asked for, so that anybody may stop.

    Parameters
    ----------
    problem
        As prepared with the knobs as they are.
    baseline
        The fit with them.
    variants
        Knobs and values to try, in the order of declaration.
    skipped
        Knobs that are not tried, each with the reason.
    """

    problem: Problem
    baseline: FitScores
    variants: tuple[tuple[str, Any], ...]
    skipped: Mapping[str, str]
    _yardstick: Yardstick
    _trial: _Trial

    def __len__(self) -> int:
        return len(self.variants)

    def __iter__(self) -> Iterator[AblationRow]:
        for knob, value in self.variants:
            yield self.row(knob, value)

    def row(self, knob: str, value: Any) -> AblationRow:
        """One knob at any value."""
        before = getattr(self.problem.config, knob)
        row = AblationRow(
            knob=knob,
            value=value,
            before=before,
            meant=meaning(knob, before, self.problem),
            baseline=self.baseline,
        )
        try:
            fit = self._trial.fit(knob, value)
        except ValueError as error:
            return replace(row, refusal=str(error))
        return replace(row, scores=self._yardstick.scores(fit))


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class _Trial:
    """All that a fit needs but its knobs."""

    exposures: Sequence[Exposure]
    problem: Problem
    template: Coadd | None
    bright_objects: Sequence[BrightObject]
    reuse: Reuse

    def fit(self, knob: str, value: Any) -> Fit:
        config = self.problem.config.with_values(**{knob: value})
        if acts_in(knob) == "advance":
            return timed_fit(self.problem, config)
        problem = prepare(
            self.exposures,
            config,
            template=self.template,
            bright_objects=self.bright_objects,
            # A copy, so that the next one finds the baseline's parts.
            reuse=self.reuse.copy(),
        )
        return timed_fit(problem, config)


def ablation(
    exposures: Sequence[Exposure],
    config: AssembleConfig | None = None,
    *,
    knobs: Iterable[str] | None = None,
    template: Coadd | None = None,
    bright_objects: Sequence[BrightObject] = (),
    scene: Scene | None = None,
) -> Ablation:
    """Fit the visits with the knobs as they are, and find what there is to try.

    Parameters
    ----------
    exposures, config, template, bright_objects
        As in `prepare`.
    knobs
        Those to turn, in any order; all if none are named.
    scene
        The truth, if it is known.

    Returns
    -------
    Ablation
        To be iterated over: each row is told as soon as its fit is done.

    Raises
    ------
    ValueError
        If a knob is unknown, or the visits can't be fitted with the knobs as they are.
    """
    config, declared = config or AssembleConfig(), AssembleConfig.knobs()
    asked = set(declared) if knobs is None else set(knobs)
    for name in asked:
        if name not in declared:
            raise ValueError(unknown("knob", name, declared))
    reuse = Reuse()
    problem = prepare(
        exposures, config, template=template, bright_objects=bright_objects, reuse=reuse
    )
    skipped = _skipped(problem.config, with_stars=bool(bright_objects))
    variants = {
        name: () if name in skipped else neighbours(name, problem)
        for name in declared
        if name in asked
    }
    baseline = timed_fit(problem, problem.config)
    yardstick = Yardstick.of(baseline, scene=scene)
    return Ablation(
        problem=problem,
        baseline=yardstick.scores(baseline),
        variants=tuple((name, value) for name, values in variants.items() for value in values),
        skipped={n: skipped.get(n, _NO_NEIGHBOUR) for n, values in variants.items() if not values},
        _yardstick=yardstick,
        _trial=_Trial(
            exposures=exposures,
            problem=problem,
            template=template,
            bright_objects=bright_objects,
            reuse=reuse,
        ),
    )


def entry_of(scores: FitScores) -> dict[str, Any]:
    """The numbers of a fit by name; None where there is none."""
    numbers = {name: finite_or_none(getattr(scores, name)) for name in SCORES}
    return {"outcome": scores.outcome.name, **numbers}


def by_effect(rows: Iterable[AblationRow]) -> list[AblationRow]:
    """The rows by how much the planes change, the greatest change first, those refused last."""
    return sorted(rows, key=lambda row: -row.effect if math.isfinite(row.effect) else math.inf)


def _skipped(config: AssembleConfig, *, with_stars: bool) -> dict[str, str]:
    stars = {} if with_stars else {"mask_bright_objects": _NO_STARS}
    return idle_knobs(config) | _AFTER_THE_FIT | stars


def _changes(row: AblationRow) -> Iterator[str]:
    scores = row.scores
    assert scores is not None
    if scores.planes_change < _NOTHING_SIGMA:
        yield "the planes stay as they are"
    else:
        yield f"the planes change by {scores.planes_change:.2g} sky sigma"
        if math.isfinite(scores.colour_change):
            yield f"colours by {scores.colour_change:.2g}"
        percent = 100 * row.change("metric") / (row.baseline.metric or math.nan)
        if math.isfinite(percent):
            yield f"the metric by {percent:+.2g} %"
    for score, word in (("holes", "hole"), ("wings", "wing")):
        number = int(row.change(score))
        if number:
            yield f"{counted(abs(number), word)} {'more' if number > 0 else 'fewer'}"
    yield f"CPU time {row.change('cpu_s'):+.2g} s"
    ending = scores.outcome.name.lower().replace("_", " ")
    yield f"{ending} after {counted(scores.iterations, 'iteration')}"

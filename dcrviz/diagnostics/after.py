"""What the tests of finished planes say, as verdicts: direction, held-out visits, truth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dcrviz.diagnostics.direction import Direction
from dcrviz.diagnostics.holdout import HeldOut
from dcrviz.diagnostics.shifted_visits import LEAST_SHIFT_PX
from dcrviz.diagnostics.smears import AS_GIVEN, any_of
from dcrviz.diagnostics.transients import Transient
from dcrviz.diagnostics.truth_scores import TruthScores
from dcrviz.diagnostics.verdict import Place, Remedy, Verdict
from dcrviz.engine import Problem

WASHED_OUT = 0.5
"""Slope of the colours found against the true ones below which they are no colours any more."""
REVERSED = -0.1
"""Slope below which they are reversed: nearer to 0 they are but lost, and its sign is noise."""
_ARTIFACTS_OUT = Remedy(
    sentence="Leave out what single visits have seen, and keep the rest of them: switch "
    "find_artifacts on.",
    knobs={"find_artifacts": True},
)
_SHRINK_RULE = (
    "Residuals of the bright and lonely sources shrink by a tenth or more under another angle, and "
    "chi squared falls by 30 or more, with one colour and one place of each source fitted anew."
)


def after_verdicts(
    problem: Problem,
    *,
    direction: Direction | None = None,
    transients: Sequence[Transient] = (),
) -> tuple[Verdict, ...]:
    """What is wrong by the tests that were made; a single good verdict if nothing is."""
    told = [
        *_about_direction(problem, direction),
        *_about_transients(problem, transients),
    ]
    if told:
        return tuple(told)
    tests = "" if direction is None else "direction of the residuals and "
    return (
        Verdict(
            kind="healthy",
            when="after",
            severity="good",
            title="Passes its tests",
            sentence=f"Nothing is wrong by {tests}outliers of single visits.",
            rule="Said when no test of the finished planes finds anything.",
            confidence=1.0,
        ),
    )


def _about_direction(problem: Problem, direction: Direction | None) -> list[Verdict]:
    if direction is None:
        return []
    told = []
    shrink = {one.name: one.shrink for one in direction.hypotheses}
    if direction.best != AS_GIVEN:
        by = shrink[direction.best]
        mirrored = direction.best.startswith("mirrored")
        told.append(
            Verdict(
                kind="mirrored_angle" if mirrored else "turned_angle",
                when="after",
                severity="alarm",
                title=f"Angle {direction.best}",
                sentence=f"Residuals shrink {by:.1f}x if the parallactic angle is "
                f"{direction.best}: the headers' convention, or a flip of the images, is not what "
                "was assumed.",
                rule=_SHRINK_RULE,
                confidence=float(1 - 0.5 / by),
                remedies=(
                    Remedy(
                        sentence=f"Give the visits an angle that is {direction.best}, by a table "
                        "with parallactic_deg (--table), or the WCS the flip that the images have."
                    ),
                ),
            )
        )
    if direction.best == AS_GIVEN and direction.undecided:
        told.append(_cannot_tell(direction))
    # One that is off has been dealt with.
    for off in (one for one in direction.shifted if problem.factors[one.index] > 0):
        name = str(problem.visits[off.index].id)
        told.append(
            Verdict(
                kind="bad_astrometry",
                when="after",
                severity="warning",
                title=f"Visit {name} is shifted",
                sentence=f"Visit {name} lies off by ({off.x_px:+.2f}, {off.y_px:+.2f}) px in x and "
                f"y, whatever the source's colour (error {off.error_px:.2f} px): its astrometry is "
                f"bad. Residuals shrink {off.shrink:.1f}x without it.",
                rule=f"The median of what its sources are off is {LEAST_SHIFT_PX:g} px or more "
                "and 5 times its error, and residuals shrink by a tenth or more without it.",
                confidence=float(1 - 0.5 / off.shrink),
                remedies=(_without(problem, name),),
                places=(),
            )
        )
    strength = direction.strength
    silent = all(verdict.severity == "notice" for verdict in told)
    if abs(strength - 1) > max(0.4, 5 * direction.strength_error) and silent:
        told.append(
            Verdict(
                kind="refraction_strength",
                when="after",
                severity="alarm" if strength < 0 else "warning",
                title="Refraction of the opposite sign"
                if strength < 0
                else "Wrong amount of colour",
                sentence=f"The visits move sources {strength:.2f} times as far as the templates "
                "do: "
                + (
                    "the planes were made with refraction of the opposite sign."
                    if strength < 0
                    else f"the planes hold too {'little' if strength > 1 else 'much'} colour, or "
                    "refraction is off by this factor."
                ),
                rule="Off 1 by more than 0.4 and by more than 5 times the error.",
                confidence=0.8,
                remedies=(
                    Remedy(
                        sentence="Solve in closed form, which needs no iterations to find colours.",
                        knobs={"solver": "direct"},
                    ),
                ),
            )
        )
    return told


def _cannot_tell(direction: Direction) -> Verdict:
    return Verdict(
        kind="undecided_angle",
        when="after",
        severity="notice",
        title="Angle can't be tested",
        sentence=f"Angles that are {any_of(direction.undecided)} would fit the sources' places as "
        "well as those given: the visits' angles are too much alike, or refraction too weak, to "
        "tell.",
        rule="Chi squared differs by less than 9.",
        confidence=0.9,
        remedies=(Remedy(sentence="Add visits at other parallactic angles."),),
    )


def _without(problem: Problem, name: str) -> Remedy:
    return Remedy(
        sentence=f"Switch visit {name} off.",
        knobs={"visit_factors": {**problem.config.visit_factors, name: 0.0}},
    )


def held_out_verdicts(problem: Problem, held: Sequence[HeldOut]) -> list[Verdict]:
    """Visits that the planes predict worse than the plain coadd does."""
    worse = [one for one in held if one.model_sigma > 1.1 * one.coadd_sigma]
    if not worse:
        return []
    worst = max(worse, key=lambda one: one.model_sigma / one.coadd_sigma)
    many = 2 * len(worse) > len(held)
    names = ", ".join(str(one.id) for one in worse)
    return [
        Verdict(
            kind="badly_predicted",
            when="after",
            severity="alarm" if many else "warning",
            title=f"{len(worse)} of {len(held)} visits badly predicted",
            sentence=f"Held out, visits {names} are predicted worse than by the plain coadd; worst "
            f"{worst.id}, {worst.model_sigma:.2f} against {worst.coadd_sigma:.2f} sigma.",
            rule="The residual near sources is a tenth larger than that of the plain coadd: what "
            "the planes learnt of the other visits does not hold for it.",
            confidence=float(min(1.0, worst.model_sigma / worst.coadd_sigma - 0.5)),
            remedies=_of_prediction(problem, worst, many=many),
        )
    ]


def _of_prediction(problem: Problem, worst: HeldOut, *, many: bool) -> tuple[Remedy, ...]:
    """What is wrong with most visits is the fit's fault; with few, theirs."""
    remedies = []
    if many and not problem.config.in_fourier_space:
        exact = "Solve in closed form, with the prior of smooth spectra."
        remedies.append(Remedy(sentence=exact, knobs={"solver": "direct"}))
    if many and problem.n_subfilters > 2:
        remedies.append(Remedy(sentence="Lower n_subfilters to 2.", knobs={"n_subfilters": 2}))
    return tuple(remedies) or (_without(problem, str(worst.id)),)


def truth_verdicts(truth: TruthScores | None) -> list[Verdict]:
    """Colours that are lost, or reversed, where the true ones are known."""
    if truth is None or not truth.colour_slope < WASHED_OUT:
        return []
    reversed_ = truth.colour_slope < REVERSED
    return [
        Verdict(
            kind="reversed_colours" if reversed_ else "washed_out_colours",
            when="after",
            severity="alarm" if reversed_ else "notice",
            title="Colours reversed" if reversed_ else "Colours washed out",
            sentence=f"The colours of {truth.n_stars} stars have the slope "
            f"{truth.colour_slope:.2f} against the true ones, scatter {truth.colour_scatter:.3f}.",
            rule=f"A slope below {WASHED_OUT}: half of all colour is lost; below {REVERSED} blue "
            "stars are red; 1 is right.",
            confidence=1.0,
            remedies=(
                Remedy(
                    sentence="Solve in closed form, which needs no iterations to find colours.",
                    knobs={"solver": "direct"},
                ),
            ),
        )
    ]


def _about_transients(problem: Problem, transients: Sequence[Transient]) -> list[Verdict]:
    """One verdict for each visit that has something of its own."""
    told = []
    for visit in sorted({one.visit for one in transients}):
        seen = [one for one in transients if one.visit == visit]
        name = str(problem.visits[visit].id)
        worst = seen[0]
        plural = "s" if len(seen) > 1 else ""
        patches = f"{len(seen)} patches" if plural else "a patch"
        brightest = "the brightest of" if plural else "of"
        told.append(
            Verdict(
                kind="transient",
                when="after",
                severity="warning",
                title=f"{len(seen)} transient{plural} in visit {name}",
                sentence=f"Visit {name} has {patches} that no other visit has, {brightest} "
                f"{worst.sigma:+.0f} sigma at x {worst.x:.0f}, y {worst.y:.0f}: a trail, a moving "
                "or a variable object, or an artifact.",
                rule="The residual, matched-filtered by the PSF, is beyond 8 sigma in one visit "
                "and of the other visits none comes to a third of that with the same sign.",
                confidence=float(np.clip(1 - 4 / abs(worst.sigma), 0.5, 1)),
                remedies=(_ARTIFACTS_OUT, _without(problem, name)),
                places=tuple(Place(x=one.x, y=one.y, visit=visit) for one in seen),
            )
        )
    return told

"""What the seeing of the visits does to a fit, as verdicts: it varies, or planes outdo it."""

from __future__ import annotations

import numpy as np

from dcrviz.diagnostics.verdict import FEWEST_VISITS, Remedy, Verdict, beyond
from dcrviz.engine import Problem
from dcrviz.engine.fitted_seeing import NOISY, beyond_the_data

SEEING_SPREAD = 0.10
"""(best to worst) / median from which seeing counts as variable; from twice that a fit suffers."""
_BLURS = "which blurs its planes to the seeing of each visit, and keeps all visits."


def seeing_verdicts(problem: Problem, on: np.ndarray) -> list[Verdict]:
    """That the seeing varies, and that planes are to be sharper than the visits can tell.

    Parameters
    ----------
    on
        Indices of the visits that are on.
    """
    return [one for one in (_varies(problem, on), _too_sharp(problem)) if one is not None]


def _varies(problem: Problem, on: np.ndarray) -> Verdict | None:
    fwhm = _widths_px(problem, on)
    if len(fwhm) < 2:
        return None
    middle = float(np.median(list(fwhm.values())))
    spread = (max(fwhm.values()) - min(fwhm.values())) / middle
    if spread <= SEEING_SPREAD:
        return None
    known = problem.seeing
    suffers = known is None and spread > 2 * SEEING_SPREAD
    wide = f"The PSF is {min(fwhm.values()):.2f} to {max(fwhm.values()):.2f} px wide"
    return Verdict(
        kind="variable_seeing",
        when="before",
        severity="warning" if suffers else "notice",
        title="Seeing varies",
        sentence=f"{wide}: the model has one PSF, so what differs is left as rings, or becomes a "
        "colour."
        if known is None
        else f"{wide}, which the fit knows: it blurs planes of {known.planes.fwhm_px:.2f} px to "
        "each visit's.",
        rule=f"Best and worst seeing differ by more than {100 * SEEING_SPREAD:.0f} % of the "
        "median; a warning from twice that, where the fit does not know the seeing.",
        confidence=beyond(spread, SEEING_SPREAD),
        remedies=() if known is not None else _remedies(problem, fwhm),
    )


def _widths_px(problem: Problem, on: np.ndarray) -> dict[int, float]:
    """By visit, of those that tell theirs."""
    if problem.seeing is not None:
        return {int(v): float(problem.seeing.fwhm_px[v]) for v in on}
    known = {int(v): problem.visits[v].psf_fwhm_px for v in on}
    return {v: width for v, width in known.items() if width is not None}


def _remedies(problem: Problem, fwhm: dict[int, float]) -> tuple[Remedy, ...]:
    """To fit the seeing where that is known, and to do without the visits that differ."""
    config, middle = problem.config, float(np.median(list(fwhm.values())))
    told = [visit.psf_fwhm_px is not None for visit in problem.visits]
    remedies = []
    if all(told) and not config.in_fourier_space:
        knobs = {"solver": "direct", "fit_seeing": "auto"}
        remedies.append(Remedy(sentence=f"Solve in closed form, {_BLURS}", knobs=knobs))
    elif all(told):
        knobs = {"fit_seeing": "auto"}
        remedies.append(Remedy(sentence=f"Set fit_seeing to auto, {_BLURS}", knobs=knobs))
    # Those that are left then differ by twice the spread at most.
    off = [v for v, width in fwhm.items() if abs(width / middle - 1) > SEEING_SPREAD]
    if off and len(fwhm) - len(off) >= FEWEST_VISITS:
        dropped = {str(problem.visits[v].id): 0.0 for v in off}
        remedies.append(
            Remedy(
                sentence=f"Switch off visit{'s' if len(dropped) > 1 else ''} {', '.join(dropped)}.",
                knobs={"visit_factors": {**config.visit_factors, **dropped}},
            )
        )
    elif not remedies:
        remedies.append(Remedy(sentence="Choose visits of like seeing."))
    return tuple(remedies)


def _too_sharp(problem: Problem) -> Verdict | None:
    if problem.seeing is None:
        return None
    sentence = beyond_the_data(problem.seeing, problem.precision)
    if not sentence:
        return None
    return Verdict(
        kind="planes_too_sharp",
        when="before",
        severity="warning",
        title="Planes sharper than the visits",
        sentence=f"{sentence[0].upper()}{sentence[1:]}.",
        rule=f"Somewhere the planes' sum is noisier than the coadd by more than {NOISY:g} times.",
        confidence=1.0,
        remedies=(
            Remedy(
                sentence="Set model_fwhm to auto, which is as sharp as a quarter of the visits' "
                "weight.",
                knobs={"model_fwhm": None},
            ),
        ),
    )

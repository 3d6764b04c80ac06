"""Held-out visits: fit on all but one, predict that one, and compare with the plain coadd."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dcrviz.bright import BrightObject
from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.dipoles import find_dipoles
from dcrviz.diagnostics.pictures import shown_planes, visit_fwhm_px
from dcrviz.diagnostics.residuals import noise_of, residual_rms_sigma
from dcrviz.engine import assemble, prepare
from dcrviz.engine.check import factors_of
from dcrviz.engine.reuse import Reuse
from dcrviz.engine.template import template_maker_of
from dcrviz.records import Coadd, Exposure

LEAST_VISITS = 3
_FWHM_PX = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """A visit that the fit never saw, less what predicts it.

    Parameters
    ----------
    model_sigma, coadd_sigma
        Root mean square of visit minus template, on and near sources, in sigma of the visit's sky:
        of the matched template, and of the plain coadd of the others. Noise alone leaves 1, and
        more on bright sources.
    model_dipoles, coadd_dipoles
        Dipoles on the same differences.
    """

    index: int
    id: int | str
    model_sigma: float
    coadd_sigma: float
    model_dipoles: int
    coadd_dipoles: int

    @property
    def is_judged(self) -> bool:
        """Whether it has a pixel near sources to be predicted."""
        return math.isfinite(self.model_sigma) and math.isfinite(self.coadd_sigma)


def held_out(
    exposures: Sequence[Exposure],
    config: AssembleConfig | None = None,
    *,
    template: Coadd | None = None,
    bright_objects: Sequence[BrightObject] = (),
) -> Iterator[HeldOut]:
    """Hold out one visit after another; each is told when its fit is done.

    Parameters
    ----------
    exposures, config, template, bright_objects
        As in `prepare`; visits that are off by the config stay off, and are not predicted. Any
        solver. A template that is given is the plain coadd, too.

    Raises
    ------
    ValueError
        At once, if fewer than three visits are on: with one left, no fit can tell colours.
    """
    config = config or AssembleConfig()
    on = np.flatnonzero(factors_of([e.visit for e in exposures], config.visit_factors)).tolist()
    if len(on) < LEAST_VISITS:
        raise ValueError(
            f"holding out a visit needs {LEAST_VISITS} visits that are on or more; got {len(on)}"
        )
    reuse = Reuse()

    def each() -> Iterator[HeldOut]:
        for index in on:
            name = str(exposures[index].visit.id)
            without = config.with_values(visit_factors={**config.visit_factors, name: 0.0})
            problem = prepare(
                exposures, without, template=template, bright_objects=bright_objects, reuse=reuse
            )
            *_, step = assemble(problem)
            predicted = template_maker_of(problem, shown_planes(step))(index)
            image = np.where(problem.observed[index], problem.images[index], np.float32(np.nan))
            sigma, fwhm_px = noise_of(exposures[index]), visit_fwhm_px(problem, index) or _FWHM_PX
            of_model, of_coadd = image - predicted, image - problem.template.image
            yield HeldOut(
                index=index,
                id=exposures[index].visit.id,
                model_sigma=residual_rms_sigma(problem, index, of_model),
                coadd_sigma=residual_rms_sigma(problem, index, of_coadd),
                model_dipoles=len(find_dipoles(of_model, sigma=sigma, fwhm_px=fwhm_px)),
                coadd_dipoles=len(find_dipoles(of_coadd, sigma=sigma, fwhm_px=fwhm_px)),
            )

    return each()


def held_out_sentences(visits: Sequence[HeldOut]) -> tuple[str, ...]:
    """What held-out visits tell, in words; nothing without any."""
    if not visits:
        return ()
    visits = [visit for visit in visits if visit.is_judged]
    if not visits:
        return ("No visit has a usable pixel near a source by which it could be predicted.",)
    model, coadd = (
        float(np.mean([getattr(visit, name) for visit in visits]))
        for name in ("model_sigma", "coadd_sigma")
    )
    better = sum(visit.model_sigma < visit.coadd_sigma for visit in visits)
    worst = max(visits, key=lambda visit: visit.model_sigma / max(visit.coadd_sigma, 1e-30))
    return (
        f"A visit that was not fitted is predicted to {model:.2f} sigma near sources, where the "
        f"plain coadd leaves {coadd:.2f}; the model is better in {better} of {len(visits)} visits.",
        f"Dipoles: {sum(v.model_dipoles for v in visits)} with the model, "
        f"{sum(v.coadd_dipoles for v in visits)} with the plain coadd.",
        f"Least is gained for visit {worst.id}: {worst.model_sigma:.2f} after "
        f"{worst.coadd_sigma:.2f} sigma.",
    )

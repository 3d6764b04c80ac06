"""How well visits can tell colours, before any fit: from geometry, weights and seeing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.expected_sky import sky_of
from dcrviz.diagnostics.posterior import Posterior, posterior_of
from dcrviz.diagnostics.visit_system import (
    PIXEL_SCALE_ARCSEC,
    lever_px,
    system_of,
)
from dcrviz.engine import Problem
from dcrviz.frozen import Frozen
from dcrviz.plurals import percent
from dcrviz.records import Floats, Visit

NOT_AT_ALL = 0.9
"""Error of a term, in units of its usual size, from which it counts as not constrained."""
# Of more terms that nobody can tell only the first has its name told.
_NAMED = 3
_TERMS = ("slope", "curvature", "cubic term", "quartic term")


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Leverage(Frozen):
    """What a set of visits can tell of the spectrum within the band.

    Parameters
    ----------
    n_visits, n_on
        All visits, and those that count.
    terms
        Names of the chromatic terms of the spectrum, Legendre polynomials over the band: slope
        (blue against red), curvature, ...
    colours
        (S - 1,), their usual amplitudes in units of the total flux.
    lost
        (S - 1,), part of the amplitude of each term that a fit under the prior of smooth spectra
        does not return, 0 to 1; `errors` are the square roots.
    term_noise, plane_noise
        (S,), noise in a pixel of each term, the total flux first, and of each plane: what the noise
        of the visits makes in the solution of `direct`.
    term_amplification, plane_amplification
        The same over the noise of the plain coadd, or of its equal share in the plane.
    plane_sigma
        (S,), posterior deviation of each plane in a pixel, which counts what is lost, too.
    singular_values
        (S,), of the system of visits and planes, the largest first and at most 1: root mean squares
        over the frequencies, by the light that stars have there.
    lever_px
        How differently the visits move the ends of the band apart, along the direction in which
        they differ most, and across it.
    assumed
        Sentences on what nobody told.
    """

    n_visits: int
    n_on: int
    terms: tuple[str, ...]
    colours: Floats
    lost: Floats
    term_noise: Floats
    plane_noise: Floats
    term_amplification: Floats
    plane_amplification: Floats
    plane_sigma: Floats
    singular_values: Floats
    lever_px: tuple[float, float]
    assumed: tuple[str, ...]

    @property
    def errors(self) -> Floats:
        """(S - 1,), expected error of each term in units of its usual size, 0 to 1."""
        return np.sqrt(self.lost)

    @property
    def colour_error(self) -> float:
        """The verdict in one number: expected error of all colour, in units of all colour, 0 to 1.

        0 for a single subfilter, which has no colour.
        """
        return colour_error(self.lost, self.colours)

    @property
    def unconstrained(self) -> tuple[str, ...]:
        """Names of the terms that the visits don't tell."""
        return tuple(
            term for term, error in zip(self.terms, self.errors, strict=True) if error >= NOT_AT_ALL
        )

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        return _sentence(self)

    def as_mapping(self) -> dict[str, Any]:
        """All numbers by name, as JSON takes them."""
        names = ("total flux", *self.terms)
        return {
            "n_visits": self.n_visits,
            "n_on": self.n_on,
            "colour_error": self.colour_error,
            "sentence": self.sentence,
            "unconstrained": list(self.unconstrained),
            "lost": dict(zip(self.terms, self.lost.tolist(), strict=True)),
            "errors": dict(zip(self.terms, self.errors.tolist(), strict=True)),
            "usual_colours": dict(zip(self.terms, self.colours.tolist(), strict=True)),
            "term_noise": dict(zip(names, self.term_noise.tolist(), strict=True)),
            "term_amplification": dict(zip(names, self.term_amplification.tolist(), strict=True)),
            "plane_noise": self.plane_noise.tolist(),
            "plane_amplification": self.plane_amplification.tolist(),
            "plane_sigma": self.plane_sigma.tolist(),
            "singular_values": self.singular_values.tolist(),
            "lever_px": list(self.lever_px),
            "assumed": list(self.assumed),
        }


def leverage(
    source: Problem | Sequence[Visit],
    config: AssembleConfig | None = None,
    *,
    pixel_scale_arcsec: float = PIXEL_SCALE_ARCSEC,
    signal_to_noise: float | None = None,
    colours: Floats | None = None,
) -> Leverage:
    """What visits can tell of colours, in milliseconds and without a fit.

    Parameters
    ----------
    source
        A problem, of which no image is read but the template; or visits, which need not have been
        taken.
    config
        Knobs for visits: subfilters, band, throughput, factors. A problem has its own.
    pixel_scale_arcsec
        Of visits.
    signal_to_noise
        Of the light of all sources in a typical visit, per Fourier mode at low frequency; None for
        that of a problem's template, and 30 for visits.
    colours
        (S - 1,), usual slope, curvature, ... in units of the total flux; 0.4, 0.1, ... without it.

    Raises
    ------
    ValueError
        If there is no visit, none is left on, their band is unknown, or one lacks its airmass,
        parallactic angle or site.

    Notes
    -----
    The model and prior of the solver `direct` (docs/solvers.md), with usual amplitudes instead of
    learnt ones. `posterior` holds the equations.
    """
    system = system_of(source, config, pixel_scale_arcsec=pixel_scale_arcsec)
    sky = sky_of(source, system, signal_to_noise=signal_to_noise, colours=colours)
    return leverage_of(posterior_of(system, sky))


def leverage_of(posterior: Posterior) -> Leverage:
    """The numbers of a posterior."""
    system, sky = posterior.system, posterior.sky
    noise, total = posterior.noise_covariance(), float(system.precision.sum())
    term_noise = np.sqrt(np.diag(noise))
    plane_noise = _deviations(system.basis, noise)
    coadd_noise = 1 / np.sqrt(total) if total else np.inf
    return Leverage(
        n_visits=len(system.visits),
        n_on=int(np.count_nonzero(system.on)),
        terms=term_names(system.n_subfilters),
        colours=sky.amplitudes[1:] / sky.amplitudes[0],
        lost=posterior.lost_colours,
        term_noise=term_noise,
        plane_noise=plane_noise,
        term_amplification=term_noise / coadd_noise,
        plane_amplification=plane_noise / (coadd_noise * system.shares),
        plane_sigma=_deviations(system.basis, posterior.covariance()),
        singular_values=np.sqrt(posterior.seen_mean(posterior.singular**2)),
        lever_px=lever_px(system),
        assumed=sky.assumed,
    )


def colour_error(lost: Floats, colours: Floats) -> float:
    """Root of the lost part of the power of all chromatic terms; 0 without any."""
    power = np.square(colours)
    return float(np.sqrt(lost @ power / power.sum())) if power.size else 0.0


def term_names(n_subfilters: int) -> tuple[str, ...]:
    """Slope, curvature, ...: the chromatic terms that so many subfilters can show."""
    further = (f"term of degree {degree}" for degree in range(len(_TERMS) + 1, n_subfilters))
    return (*_TERMS, *further)[: n_subfilters - 1]


def _deviations(basis: Floats, covariance: Floats) -> Floats:
    return np.asarray(np.sqrt(np.maximum(np.diag(basis @ covariance @ basis.T), 0)))


def _sentence(leverage: Leverage) -> str:
    if not leverage.n_on:
        return "No visit has a usable pixel: nothing is constrained."
    if not leverage.terms:
        return "A single subfilter has no colour that visits could constrain."
    several = leverage.n_on > 1
    these = f"These {leverage.n_on} visits constrain" if several else "This one visit constrains"
    told = [
        f"the {term} to {percent(error)}"
        for term, error in zip(leverage.terms, leverage.errors, strict=True)
        if error < NOT_AT_ALL
    ]
    missed = [f"the {term}" for term in leverage.unconstrained]
    if len(missed) > _NAMED:
        missed = [missed[0], f"the {len(missed) - 1} terms beyond it"]
    if not told:
        return f"{these} no colour: {_listed(missed)} stay as the prior has them."
    if not missed:
        return f"{these} {_listed(told)}."
    return f"{these} {_listed(told)}, {_listed(missed)} not at all."


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))

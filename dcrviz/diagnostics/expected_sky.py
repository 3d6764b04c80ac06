"""The sky that visits may meet: how bright against their noise, how blue and red, how sharp."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from dcrviz.config_rules import threads_of
from dcrviz.diagnostics.frequencies import nested_frequencies
from dcrviz.diagnostics.visit_system import VisitSystem
from dcrviz.engine import Problem
from dcrviz.engine.field_spectra import sky_level
from dcrviz.engine.prior import freedom
from dcrviz.engine.sky_power import at_radius, seeing_profile, straying
from dcrviz.frozen import Frozen
from dcrviz.kernels.pool import row_bands, run_all
from dcrviz.records import Floats, Visit

SIGNAL_TO_NOISE = 30.0
"""Of one star of 18th magnitude in every three square arcminutes, in a visit of Rubin's."""
FWHM_PX = 4.0
"""Seeing of visits that do not tell theirs."""
# Amplitudes as the solver `direct` finds them on stars in g: slope, and each further term by that
# much less; none below the least that it believes.
_SLOPE, _FALL, _LEAST = 0.4, 0.25, 1e-3
# Brightness below which there is nothing to tell colours of: that of the noise.
_DIMMEST = 1.0


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class ExpectedSky(Frozen):
    """A prior that nobody has learnt from the pixels: of point sources with smooth spectra.

    Parameters
    ----------
    amplitudes
        (S,), of total flux, slope, curvature, ...: standard deviations of their Fourier modes at
        low frequency, in flux, so that white noise of 1 a pixel has 1.
    profile
        (T,), square root of the power along radius, as in `engine.sky_power`: the transfer function
        of the planes' seeing.
    error
        Variance by which visits stray from any model, in units of the noise and of `straying`; none
        where the fit knows the seeing of each.
    assumed
        Sentences on what nobody told.
    """

    amplitudes: Floats
    profile: Floats
    error: float = 0.0
    assumed: tuple[str, ...] = ()

    @property
    def allowed(self) -> Floats:
        """(S,), the amplitudes with the freedom that the solver gives them."""
        return np.asarray(self.amplitudes * freedom(len(self.amplitudes)))

    def height(self, radius: Floats) -> Floats:
        """The profile at these frequencies, cycles per pixel."""
        return at_radius(self.profile, radius)

    def trust(self, radius: Floats) -> Floats:
        """What the visits count there, 0 to 1: less where their seeing may differ."""
        return np.asarray(1 / (1 + self.error * straying(self.height(radius))))


def colour_amplitudes(n_subfilters: int) -> Floats:
    """(S - 1,), slope, curvature, ... of usual spectra, in units of their total flux."""
    falling = _SLOPE * _FALL ** np.arange(n_subfilters - 1)
    return np.asarray(np.maximum(falling, _LEAST))


def sky_of(
    source: Problem | Sequence[Visit],
    system: VisitSystem,
    *,
    signal_to_noise: float | None = None,
    colours: Floats | None = None,
) -> ExpectedSky:
    """What to expect: from the template's light and the visits' seeing, as far as there are any.

    Parameters
    ----------
    signal_to_noise
        Of the light of all sources in a typical visit, per Fourier mode at low frequency. None for
        that of a problem's template, and `SIGNAL_TO_NOISE` for visits without pixels.
    colours
        (S - 1,), slope, curvature, ... in units of the total flux; the usual ones without it.

    Raises
    ------
    ValueError
        If the signal-to-noise ratio is not above 0, or there are not S - 1 colours above 0.
    """
    colours = colour_amplitudes(system.n_subfilters) if colours is None else np.asarray(colours)
    if colours.shape != (system.n_subfilters - 1,) or not (colours > 0).all():
        raise ValueError(
            f"colours must be {system.n_subfilters - 1} numbers above 0, one for each term but the "
            f"total flux; got {colours.tolist()}"
        )
    if signal_to_noise is not None and not 0 < signal_to_noise < np.inf:
        raise ValueError(f"signal_to_noise must be above 0; got {signal_to_noise:g}")
    assumed: list[str] = []
    fwhm_px, scatter = _seeing(system, assumed)
    profile = seeing_profile(fwhm_px, system.stars)
    typical = system.typical
    if signal_to_noise is None and isinstance(source, Problem):
        brightness = max(_brightness(source, profile), _DIMMEST / np.sqrt(typical))
    else:
        if signal_to_noise is None:
            assumed.append(f"sources are taken to have a signal-to-noise of {SIGNAL_TO_NOISE:g}")
        brightness = (signal_to_noise or SIGNAL_TO_NOISE) / np.sqrt(typical)
    return ExpectedSky(
        amplitudes=brightness * np.r_[1.0, colours],
        profile=profile,
        # Visits whose seeing is off by a part d stray by d^2 of the light.
        error=typical * (brightness * scatter) ** 2,
        assumed=tuple(assumed),
    )


def _seeing(system: VisitSystem, assumed: list[str]) -> tuple[float, float]:
    """FWHM of the planes in pixels, and relative scatter of the visits about it.

    Where the fit does not know the seeing of each, those of the visits that are on and tell theirs.
    """
    if system.seeing is not None:
        return system.seeing.planes.fwhm_px, 0.0
    visits = [visit for visit, on in zip(system.visits, system.on, strict=True) if on]
    told = [visit.psf_fwhm_px for visit in visits if visit.psf_fwhm_px]
    if not told:
        assumed.append(f"the seeing is taken to be {FWHM_PX:g} px")
        return FWHM_PX, 0.0
    typical = float(np.median(told))
    return typical, float(np.std(told)) / typical


def _brightness(problem: Problem, profile: Floats) -> float:
    """Amplitude of the template's light at low frequency.

    Notes
    -----
    Parseval: the sum of the squared pixels is the mean of the squared moduli of the modes, which
    fall with frequency as the profile does.
    """
    if problem.seeing is not None:
        # The template has the seeing of all visits, not the planes'.
        coadd = problem.seeing.against_coadd(problem.precision).reference
        profile = profile if coadd is None else coadd
    level = np.float32(sky_level(problem))

    def power_of(rows: slice) -> tuple[float, int]:
        image, variance = problem.template.image[rows], problem.template.variance[rows]
        usable = np.isfinite(variance) & problem.covered[rows]
        squared = np.square(image[usable] - level, dtype=np.float64)
        return float((squared - variance[usable]).sum()), len(squared)

    tasks = [partial(power_of, rows) for rows in row_bands(problem.shape)]
    bands = run_all(tasks, threads=threads_of(problem.config, problem.shape))
    pixels = sum(number for _, number in bands)
    if not pixels:
        return 0.0
    frequencies = nested_frequencies()
    falling = frequencies.mean(at_radius(profile, frequencies.radius) ** 2)
    power = math.fsum(power for power, _ in bands) / pixels
    return float(np.sqrt(max(power, 0.0) / falling))

"""What is known of the planes before the data: a mean image times a smooth spectrum.

The unknowns of every Fourier mode are the coefficients of polynomials over the band: total flux,
slope with wavelength, curvature, ... Their prior variances are one radial power of the sky times
the square of an amplitude each, and the amplitudes are learnt from the data.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from dcrviz.bands import Band
from dcrviz.engine.forward_model import spectral_terms
from dcrviz.engine.grid import Grid
from dcrviz.engine.sky_power import at_radius, sky_profile, straying
from dcrviz.engine.window import Window
from dcrviz.frozen import Frozen
from dcrviz.kernels.blur import Parts
from dcrviz.kernels.mode_evidence import Evidence, Sample, weigh_evidence
from dcrviz.kernels.mode_solve import Whitening
from dcrviz.kernels.modes import NormalEquations
from dcrviz.psf import KOLMOGOROV, TABLE_STEP, Psf
from dcrviz.records import Bools, Floats, Ints, Shifts

# Of more modes only evenly spaced ones are weighed: the amplitudes are known to a few percent then.
_ENOUGH_MODES = 2500
# Relative height of the profile beyond which no light is left to weigh.
_DARK = 1e-3
_FIRST_SLOPE = 0.3
# Least and greatest amplitude, in units of the total flux's: what the data do not ask for would
# fall without end, and no light of a smooth spectrum is negative.
_RELATIVE = (1e-3, 1.0)
# In logarithms of the variances.
_LARGEST_STEP = 2.0
# In the logarithm of the evidence.
_SMALL_GAIN = 0.1
_DAMPING = 0.1
_MOST_STEPS = 25
# Of a step, one after the other until the evidence grows.
_PARTS = (1.0, 0.5, 0.25, 0.125, 0.0625)
# Where positions that are off by .05 px make a slope of .2 (`tell_colours`).
_LEAST_LEVER_PX = 0.85
# Squared relative error of the widths of the visits' seeing, at most.
_MOST_ASTRAY = 1.0
# By how much more than is most probable the bright sources of a field may differ from its mean
# spectrum. All sources share one power, by which the colours of the brightest, whose signal to
# noise is above the mean, are held too close to it: in templates that may show as dipoles. Chosen
# by the truth of one field, and of no use or harm on others (docs/solvers.md).
_BRIGHTER = 1.2


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Prior(Frozen):
    """The prior of a field, and how well it explains the data.

    Parameters
    ----------
    whitening
        Square root of the covariance in every mode, with a little more freedom for the colours than
        is most probable.
    amplitudes
        (S,), the most probable ones, of all unknowns.
    basis
        (S, S), planes in terms of the unknowns.
    evidence
        Of the modes that were weighed.
    error
        Variance by which visits stray from the model, in units of the noise and of `straying`.
    strays
        The same as a part of the width of the visits' stars.
    profile
        (T,), square root of the radial power of the sky, 1 at low frequency.
    mean
        (S - 1,), slope, curvature, ... of the light of all sources together, in units of its total
        flux: the unknowns are what a spectrum differs from it by.
    """

    whitening: Whitening
    amplitudes: Floats
    basis: Floats
    evidence: Evidence
    error: float
    strays: float
    profile: Floats
    mean: Floats

    @property
    def colour_amplitudes(self) -> Floats:
        """(S - 1,), amplitudes of slope, curvature, ... in units of the total flux's."""
        return np.asarray(self.amplitudes[1:] / self.amplitudes[0])


def ends_apart_px(shifts: Shifts) -> Floats:
    """(V, 2), how far each visit moves the blue end of the band from the red one; 0 for one plane.

    Subfilters are of one width, so that the middles of the outer ones are all but one of it apart.
    """
    number = shifts.midpoint.shape[1]
    apart: Floats = shifts.midpoint[:, 0] - shifts.midpoint[:, -1]
    return apart * (number / (number - 1)) if number > 1 else apart


def lever_px(shifts: Shifts, seen: Bools) -> float:
    """How differently the visits move the ends of the band apart: root of the sum of squares.

    Parameters
    ----------
    seen
        (V,), visits with a usable pixel: no other tells anything.
    """
    if not seen.any():
        return 0.0
    apart = ends_apart_px(shifts)[seen]
    return float(np.linalg.norm(apart - apart.mean(axis=0)))


def tell_colours(shifts: Shifts, seen: Bools) -> bool:
    """Whether the visits seen move the ends of the band apart by more than positions may be off.

    Notes
    -----
    A slope of 1 moves a source by .29 of what is between the ends. If each visit has its sources
    off by .05 px, as good astrometry leaves them, the slope is off by .17 px / lever: of a lever
    that is shorter than this next to nothing can be told of usual slopes, of .2 to .4.
    """
    return lever_px(shifts, seen) > _LEAST_LEVER_PX


def spectral_basis(wavelength_nm: Floats, flux: Floats, *, band: Band) -> Floats:
    """(S, S) planes in terms of total flux, slope, curvature, ... of the spectrum.

    Parameters
    ----------
    wavelength_nm, flux : (S, K)
        Of a source with a flat spectrum, at the wavelengths of each subfilter; the sum is 1.

    Notes
    -----
    Column j is what falls in each plane of a spectrum that is the Legendre polynomial of degree j
    over the band, of mean square 1.
    """
    terms = spectral_terms(wavelength_nm, band=band, number=len(flux))
    return np.asarray((flux[..., None] * terms).sum(axis=1))


def learn_prior(  # noqa: PLR0913 - what the equations do not know, each by its name
    equations: NormalEquations,
    window: Window,
    grid: Grid,
    *,
    visits: int,
    basis: Floats,
    fwhm_px: float | None,
    psf: Psf = KOLMOGOROV,
    told: bool = True,
) -> Prior:
    """The amplitudes, and the errors of the visits, under which the data are most probable.

    Parameters
    ----------
    equations, window
        Normal equations of the modes that are seen through the window.
    visits
        How many the equations are of.
    basis
        (S, S), planes in terms of the unknowns.
    fwhm_px, psf
        Width and profile of the stars in the planes; None for a width that is not known.
    told
        Whether the visits differ enough to tell colours; if not, all spectra are held flat, as near
        as their amplitudes may be to nothing.

    Notes
    -----
    MacKay 1992, Neural Computation 4, 415: at the best amplitude the squared posterior means of an
    unknown, in units of its prior, sum up to as many modes as the data determine.
    """
    frequency_y, frequency_x = window.frequencies(grid)
    radius = np.hypot(frequency_y[:, None], frequency_x).ravel()
    profile = sky_profile(equations, radius, fwhm_px=fwhm_px, psf=psf)
    sample = _sample(equations, radius, profile, visits=visits)
    guess = _first_guess(sample, len(basis), slope=_FIRST_SLOPE if told else _RELATIVE[0])
    found = _most_probable(sample, replace(guess, flat=not told))
    best = found.asked
    frequency_y, frequency_x = grid.frequencies
    scale = freedom(len(basis)) if told else np.ones(len(basis))
    # Through the window there is as much less light as there is less noise.
    seen = math.prod(grid.field) / window.energy
    amplitudes = best.amplitudes * math.sqrt(seen)
    whitening = Whitening(
        amplitudes=amplitudes * scale,
        profile=profile / np.sqrt(1 + best.error * straying(profile)),
        step=TABLE_STEP,
        frequency_y=frequency_y,
        frequency_x=frequency_x,
    )
    return Prior(
        whitening=whitening,
        amplitudes=amplitudes,
        basis=leaning_basis(basis, best.mean),
        evidence=found.evidence,
        error=best.error,
        strays=math.sqrt(best.strays),
        profile=profile,
        mean=best.mean,
    )


def freedom(unknowns: int) -> Floats:
    """(J,), what a fit gives each unknown in units of its most probable amplitude."""
    return np.asarray(np.r_[1.0, np.full(unknowns - 1, _BRIGHTER)])


def leaning_basis(basis: Floats, mean: Floats) -> Floats:
    """(S, S), planes in terms of the total flux with the mean spectrum, and of what differs."""
    leaning = basis.copy()
    leaning[:, 0] += basis[:, 1:] @ mean
    return leaning


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class _Asked(Frozen):
    """What is learnt; `light` is the unit in which `strays`, the error of the visits, is sought."""

    amplitudes: Floats
    mean: Floats
    light: float
    strays: float = 0.0
    flat: bool = False

    @property
    def error(self) -> float:
        return self.strays * self.light

    @property
    def usual_mean(self) -> Floats:
        """(J - 1,), how far a mean spectrum is from flat: as far as spectra are from their mean."""
        return np.asarray(self.amplitudes[1:] / self.amplitudes[0])


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class _Found(Frozen):
    """A prior, and what the data say of it."""

    asked: _Asked
    evidence: Evidence

    @classmethod
    def of(cls, sample: Sample, asked: _Asked) -> _Found:
        evidence = weigh_evidence(sample, asked.amplitudes, error=asked.error, mean=asked.mean)
        return cls(asked=asked, evidence=evidence)

    @property
    def unlikely(self) -> float:
        """Minus the logarithm of its probability, but for a constant."""
        lean = self.asked.mean / self.asked.usual_mean
        return self.evidence.minus_log + float(lean @ lean) / 2


def _most_probable(sample: Sample, guess: _Asked) -> _Found:
    """Error of the visits, amplitudes and mean spectrum of the highest evidence.

    Notes
    -----
    Fisher's scoring, in the logarithms of the variances and in the error.
    """
    best = _Found.of(sample, guess)
    for _ in range(_MOST_STEPS):
        step, lean, gain = _uphill(best)
        found = _higher(sample, best, step, lean)
        best = found or best
        if found is None or gain < _SMALL_GAIN:
            break
    return best


def _higher(sample: Sample, best: _Found, step: Floats, lean: Floats) -> _Found | None:
    """After such a step, or part of it; None if no part leads to a higher evidence."""
    # Far from the top a whole step may lead down again on the other side.
    for part in _PARTS:
        found = _Found.of(sample, _moved(best.asked, part * step, part * lean))
        if found.unlikely < best.unlikely:
            return found
    return None


def _uphill(found: _Found) -> tuple[Floats, Floats, float]:
    """Step of the logarithms of the variances and of the error, of the mean, and what they gain."""
    asked, told = found.asked, found.evidence
    number, light = len(asked.amplitudes), asked.light
    slopes = np.r_[told.explained - told.determined, light * told.error_slope]
    # What the mean spectrum asks of the amplitudes.
    asks = (asked.mean / asked.usual_mean) ** 2 / 2
    slopes[:number] += np.r_[-asks.sum(), asks]
    information = np.empty((number + 1, number + 1))
    information[:number, :number] = told.information
    information[number] = information[:, number] = light * told.error_information
    information[number, number] *= light
    # What is at its limit and would go on falling holds still, and nothing follows it.
    low = np.r_[asked.amplitudes <= asked.amplitudes[0] * _RELATIVE[0] * 1.001, asked.strays == 0]
    free = ~low | (slopes > 0)
    step = np.zeros(number + 1)
    step[free] = np.clip(
        _solved(information[np.ix_(free, free)], slopes[free]), -_LARGEST_STEP, _LARGEST_STEP
    )
    usual = asked.usual_mean
    pull = 2 * told.alike[1:] / usual - asked.mean / usual**2
    lean = _solved(2 * told.leaning / np.outer(usual, usual) + np.diag(1 / usual**2), pull)
    if asked.flat:
        step[1:number], lean = step[0], np.zeros(len(lean))
    return step, lean, float(abs(step @ slopes) + abs(lean @ pull))


def _solved(information: Floats, slopes: Floats) -> Floats:
    damped = information + np.diag(_DAMPING + 1e-3 * np.diag(information))
    return np.asarray(np.linalg.solve(damped, slopes))


def _moved(asked: _Asked, step: Floats, lean: Floats) -> _Asked:
    """After such a step; within the limits."""
    mean = asked.mean + lean
    amplitudes = asked.amplitudes * np.exp(step[:-1] / 2)
    lowest, highest = amplitudes[0] * _RELATIVE[0], amplitudes[0] * _RELATIVE[1]
    amplitudes[1:] = np.clip(amplitudes[1:], lowest, highest)
    # A smooth spectrum has no more of a higher term than of a lower one.
    amplitudes[1:] = np.minimum.accumulate(amplitudes[1:])
    strays = min(max(asked.strays + float(step[-1]), 0.0), _MOST_ASTRAY)
    return replace(asked, amplitudes=amplitudes, mean=mean, strays=strays)


def _sample(equations: NormalEquations, radius: Floats, profile: Floats, *, visits: int) -> Sample:
    """Evenly spaced modes among those that light may reach."""
    heights = at_radius(profile, radius)
    reached = np.flatnonzero((heights > _DARK) & (radius > 0))
    chosen = reached[:: max(1, reached.size // _ENOUGH_MODES)]
    return sample_of(equations, chosen, heights[chosen], visits=visits)


def sample_of(equations: NormalEquations, modes: Ints, heights: Floats, *, visits: int) -> Sample:
    """Some of the modes of a half spectrum.

    Parameters
    ----------
    modes : (M,)
        Their places in the half spectrum, row after row.
    heights : (M,)
        The profile of the sky there.
    visits
        How many the equations are of.
    """
    return Sample(
        normal=_columns(equations.normal, modes),
        right=_columns(equations.right, modes),
        power=_columns(equations.power[None], modes)[0],
        profile=heights,
        straying=straying(heights),
        visits=visits,
    )


def _columns(planes: Parts, chosen: Ints) -> Floats:
    return np.ascontiguousarray(planes.reshape(len(planes), -1)[:, chosen], np.float64)


def _first_guess(sample: Sample, unknowns: int, *, slope: float) -> _Asked:
    """Amplitudes from the power of the mean image, with spectra that slope a little."""
    precision, half = np.maximum(sample.normal[0], 1e-30), len(sample.right) // 2
    power = (sample.right[0] ** 2 + sample.right[half] ** 2) / precision**2 - 1 / precision
    squared = (power * sample.profile**2).sum() / (sample.profile**4).sum()
    noise = float(np.median(1 / precision))
    squared = max(squared, noise)
    amplitudes: Floats = math.sqrt(squared) * np.r_[1, np.full(unknowns - 1, slope)]
    # Power of all light together, in units of the noise of a visit.
    light = float(np.median(sample.normal[0])) / sample.visits * squared
    return _Asked(amplitudes=amplitudes, mean=np.zeros(unknowns - 1), light=light)

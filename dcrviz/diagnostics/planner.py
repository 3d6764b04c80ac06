"""Which visit to take next, and which of those taken matters most, by the colours that it tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.expected_sky import sky_of
from dcrviz.diagnostics.frequencies import nested_frequencies
from dcrviz.diagnostics.leverage import colour_error
from dcrviz.diagnostics.night import AIRMASS_LIMIT, Path
from dcrviz.diagnostics.plans import GainMap, LeaveOneOut, Plan
from dcrviz.diagnostics.posterior import Posterior, posterior_of
from dcrviz.diagnostics.seeing_ahead import at_one_seeing, seeing_ahead
from dcrviz.diagnostics.visit_system import PIXEL_SCALE_ARCSEC, system_of
from dcrviz.engine import Problem
from dcrviz.engine.seeing import VisitSeeing
from dcrviz.physics.shifts import dcr_shifts
from dcrviz.records import Floats, Visit

# Cells of the frequencies at which a map of many candidates looks: good to a hundredth of a gain.
_MAP_CELLS = 12


def plan_next(
    source: Problem | Sequence[Visit],
    candidates: Sequence[Visit],
    config: AssembleConfig | None = None,
    *,
    pixel_scale_arcsec: float = PIXEL_SCALE_ARCSEC,
) -> Plan:
    """What each of these visits would add.

    Parameters
    ----------
    source, config, pixel_scale_arcsec
        The visits taken, as in `leverage`.
    candidates
        Each with airmass or zenith angle, parallactic angle and site. One of weight 1 is as deep as
        a typical visit. Where the fit knows the seeing of the visits, a candidate has the FWHM that
        it tells, or the visits' median, which grows as airmass to the power 0.6; where not, all
        count as equally sharp.

    Raises
    ------
    ValueError
        As `leverage`; also if a candidate lacks something, or the problem has no WCS.
    """
    posterior = _posterior(source, config, pixel_scale_arcsec)
    return _weighing_seeing(_plan(posterior, candidates), posterior)


def plan_night(
    source: Problem | Sequence[Visit],
    night: Path,
    config: AssembleConfig | None = None,
    *,
    airmass_limit: float = AIRMASS_LIMIT,
    pixel_scale_arcsec: float = PIXEL_SCALE_ARCSEC,
) -> Plan:
    """When in a night to look next; without candidates where the target can't be seen.

    Parameters
    ----------
    source, config, pixel_scale_arcsec
        The visits taken, as in `leverage`.
    night
        From `night_of`, or `path_of` for any hour angles.
    airmass_limit
        Nobody looks beyond.
    """
    posterior = _posterior(source, config, pixel_scale_arcsec)
    plan = _plan(posterior, _visits_along(night, airmass_limit))
    return replace(_weighing_seeing(plan, posterior), note=night.sentence(airmass_limit))


def plan_sky(
    source: Problem | Sequence[Visit],
    paths: Sequence[Path],
    config: AssembleConfig | None = None,
    *,
    airmass_limit: float = AIRMASS_LIMIT,
    pixel_scale_arcsec: float = PIXEL_SCALE_ARCSEC,
) -> GainMap:
    """What a next visit would gain anywhere in the sky; the row of the target's own is its path.

    Parameters
    ----------
    source, config, pixel_scale_arcsec
        The visits taken, as in `leverage`.
    paths
        From `path_of`, one for each declination, all at the same hour angles.
    airmass_limit
        Nobody looks beyond.

    Raises
    ------
    ValueError
        As `plan_next`; also without a path, or if their hour angles differ.
    """
    if not paths or any(not _same_hours(path, paths[0]) for path in paths):
        raise ValueError("paths of a map must be at the same hour angles, and there must be one")
    posterior = _posterior(source, config, pixel_scale_arcsec, cells=_MAP_CELLS)
    reachable = np.array([path.below(airmass_limit) for path in paths])
    candidates = [visit for path in paths for visit in _visits_along(path, airmass_limit)]
    plan, gains = _plan(posterior, candidates), np.zeros(reachable.shape)
    gains[reachable] = plan.gains
    return GainMap(
        before=plan.before,
        hour_angle_h=np.degrees(paths[0].hour_angle_rad) / 15,
        dec_deg=np.array([path.dec_deg for path in paths]),
        gains=gains,
        reachable=reachable,
        altitude_deg=np.degrees([path.altitude_rad for path in paths]),
        parallactic_deg=np.degrees([path.parallactic_rad for path in paths]),
    )


def leave_one_out(
    source: Problem | Sequence[Visit],
    config: AssembleConfig | None = None,
    *,
    pixel_scale_arcsec: float = PIXEL_SCALE_ARCSEC,
) -> LeaveOneOut:
    """Which of the visits matters most: the error of colours without each of them.

    Parameters
    ----------
    source, config, pixel_scale_arcsec
        As in `leverage`.
    """
    posterior = _posterior(source, config, pixel_scale_arcsec)
    system, on = posterior.system, np.flatnonzero(posterior.system.on)
    others = (np.where(np.arange(len(system.visits)) == visit, 0, system.precision) for visit in on)
    lost = [
        posterior_of(replace(system, precision=left), posterior.sky).lost_colours for left in others
    ]
    return LeaveOneOut(
        before=_error(posterior.lost_colours, posterior),
        visits=tuple(system.visits[visit] for visit in on),
        errors=_errors(np.array(lost), posterior),
        term_errors=np.sqrt(lost),
        fwhm_px=None if system.seeing is None else system.seeing.fwhm_px[on],
    )


def _posterior(
    source: Problem | Sequence[Visit],
    config: AssembleConfig | None,
    pixel_scale_arcsec: float,
    *,
    cells: int | None = None,
) -> Posterior:
    system = system_of(source, config, pixel_scale_arcsec=pixel_scale_arcsec)
    frequencies = nested_frequencies(cells=cells) if cells else nested_frequencies()
    return posterior_of(system, sky_of(source, system), frequencies=frequencies)


def _plan(posterior: Posterior, candidates: Sequence[Visit]) -> Plan:
    seeing = seeing_ahead(posterior.system, candidates)
    lost = _lost_with(posterior, candidates, seeing)
    return Plan(
        before=_error(posterior.lost_colours, posterior),
        visits=tuple(candidates),
        errors=_errors(lost, posterior),
        term_errors=np.sqrt(lost),
        fwhm_px=None if seeing is None else seeing.fwhm_px,
    )


def _weighing_seeing(plan: Plan, posterior: Posterior) -> Plan:
    """The plan with what it would be, were the candidates as sharp as each other."""
    seeing = seeing_ahead(posterior.system, plan.visits)
    if seeing is None or not plan.visits or np.ptp(seeing.fwhm_px) == 0:
        return plan
    lost = _lost_with(posterior, plan.visits, at_one_seeing(seeing))
    return replace(plan, errors_at_one_seeing=_errors(lost, posterior))


def _lost_with(
    posterior: Posterior, candidates: Sequence[Visit], seeing: VisitSeeing | None
) -> Floats:
    """(C, S - 1), what stays lost with each of the candidates."""
    system = posterior.system
    if system.jacobian is None:
        raise ValueError("planning needs the WCS of the visits, which nobody gave")
    if not candidates:
        return np.empty((0, system.n_subfilters - 1))
    shifts = dcr_shifts(candidates, model=system.model, jacobian=system.jacobian)
    weights = system.typical * np.array([visit.weight for visit in candidates])
    return posterior.losses_with(shifts, weights, seeing=seeing)


def _errors(lost: Floats, posterior: Posterior) -> Floats:
    return np.array([_error(one, posterior) for one in lost])


def _error(lost: Floats, posterior: Posterior) -> float:
    return colour_error(lost, posterior.sky.amplitudes[1:])


def _same_hours(path: Path, first: Path) -> bool:
    return np.array_equal(path.hour_angle_rad, first.hour_angle_rad)


def _visits_along(path: Path, airmass_limit: float) -> list[Visit]:
    return [
        Visit(
            id=path.times[index],
            site=path.site,
            zenith_rad=float(np.pi / 2 - path.altitude_rad[index]),
            parallactic_rad=float(path.parallactic_rad[index]),
        )
        for index in np.flatnonzero(path.below(airmass_limit))
    ]

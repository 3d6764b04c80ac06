"""The path of a target through a night: hour angle, airmass, parallactic angle."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from dcrviz.engine import Problem
from dcrviz.frozen import Frozen
from dcrviz.physics.geometry import airmass_from_zenith, parallactic_angle_rad
from dcrviz.records import Bools, Floats, Site

AIRMASS_LIMIT = 2.0
"""Beyond it nobody looks, unless told otherwise."""
SUN_BELOW_DEG = 18.0
"""Astronomical twilight."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Path(Frozen):
    """Where a target stands at a few times.

    Parameters
    ----------
    times
        What each is called: UTC, or the hour angle.
    hour_angle_rad
        (T,), from -pi to pi, positive west of the meridian.
    altitude_rad
        (T,), without refraction; negative below the horizon.
    parallactic_rad
        (T,), position angle of the zenith, north through east.
    dark
        Sentence on when it is dark; empty where nobody asked.
    """

    site: Site
    dec_deg: float
    times: tuple[str, ...]
    hour_angle_rad: Floats
    altitude_rad: Floats
    parallactic_rad: Floats
    dark: str = ""

    def below(self, airmass_limit: float) -> Bools:
        """(T,), times at which the target is up and its airmass at most this.

        Raises
        ------
        ValueError
            If the limit is below 1, or not finite.
        """
        if not 1 <= airmass_limit < math.inf:
            raise ValueError(f"airmass_limit must be 1 or more; got {airmass_limit:g}")
        # Airmass 1 is the zenith itself, which rounding must not miss.
        return np.asarray(np.sin(self.altitude_rad) >= (1 - 1e-12) / airmass_limit)

    def sentence(self, airmass_limit: float = AIRMASS_LIMIT) -> str:
        """When the target can be seen, or why it can't."""
        up = np.flatnonzero(self.below(airmass_limit))
        if not self.times:
            return self.dark
        if up.size == len(self.times):
            seen = f"The target is within airmass {airmass_limit:g} all the time"
        elif up.size:
            seen = (
                f"The target is within airmass {airmass_limit:g} at {up.size} of "
                f"{len(self.times)} times, from {self.times[up[0]]} to {self.times[up[-1]]}"
            )
        else:
            seen = _unseen(self, airmass_limit)
        return f"{seen}. {self.dark}".strip()


def path_of(
    hour_angle_h: Floats, *, dec_deg: float, site: Site, times: tuple[str, ...] = ()
) -> Path:
    """Where a target of this declination stands at these hour angles.

    Parameters
    ----------
    hour_angle_h : (T,)
        Hours, positive west of the meridian.
    times
        Names of the hour angles; made from them without it.

    Raises
    ------
    ValueError
        If the declination is not from -90 to 90 deg.
    """
    if not -90 <= dec_deg <= 90:
        raise ValueError(f"declination must be from -90 to 90 deg; got {dec_deg:g} deg")
    hour_angle_h = np.asarray(hour_angle_h, dtype=float)
    hour_angle = np.radians(15 * ((hour_angle_h + 12) % 24 - 12))
    dec, latitude = math.radians(dec_deg), math.radians(site.latitude_deg)
    sine = math.sin(latitude) * math.sin(dec) + math.cos(latitude) * math.cos(dec) * np.cos(
        hour_angle
    )
    return Path(
        site=site,
        dec_deg=dec_deg,
        times=times or tuple(f"hour angle {hour:+.2f} h" for hour in hour_angle_h),
        hour_angle_rad=hour_angle,
        altitude_rad=np.arcsin(np.clip(sine, -1, 1)),
        parallactic_rad=np.array(
            [parallactic_angle_rad(float(angle), dec, latitude) for angle in hour_angle]
        ),
    )


def night_of(
    date: str,
    *,
    ra_deg: float,
    dec_deg: float,
    site: Site,
    step_min: float = 10.0,
    sun_below_deg: float = SUN_BELOW_DEG,
) -> Path:
    """The path of a target through the night that begins on this date at the site.

    Parameters
    ----------
    date
        Of the evening, ``YYYY-MM-DD``.
    ra_deg, dec_deg
        ICRS.
    step_min
        Minutes between the times.
    sun_below_deg
        How far below the horizon the Sun must be for it to be dark.

    Returns
    -------
    Path
        At the dark times only; at none where it does not get dark, and its sentence says so.

    Raises
    ------
    ValueError
        If the date, a coordinate or the step is none.

    Notes
    -----
    By the mean equator of date, without UT1 - UTC, nutation and aberration: good to half an
    arcminute, without a table from the net.
    """
    from dcrviz.diagnostics.sun import dark_times, equator_of_date

    if not 0 < step_min <= 24 * 60:
        raise ValueError(f"step_min must be above 0 and at most a day; got {step_min:g} minutes")
    if not -90 <= dec_deg <= 90:
        raise ValueError(f"declination must be from -90 to 90 deg; got {dec_deg:g} deg")
    moments, names = dark_times(date, site=site, step_min=step_min, sun_below_deg=sun_below_deg)
    below = f"the Sun is {sun_below_deg:g} deg below the horizon"
    if not names:
        nowhere = path_of(np.empty(0), dec_deg=dec_deg, site=site)
        dark = f"It does not get dark in the night of {date}: at no time {below}."
        return replace(nowhere, dark=dark)
    hour_angle_h, dec_of_date_deg, turned_rad = equator_of_date(
        moments, ra_deg=ra_deg, dec_deg=dec_deg, site=site
    )
    path = path_of(hour_angle_h, dec_deg=dec_of_date_deg, site=site, times=names)
    return replace(
        path,
        parallactic_rad=path.parallactic_rad + turned_rad,
        dark=f"It is dark from {names[0]} to {names[-1]} UTC: {below}.",
    )


def target_of(problem: Problem) -> tuple[float, float] | None:
    """Right ascension and declination [deg] of the middle of the field; None without a WCS."""
    if problem.wcs is None:
        return None
    height, width = problem.shape
    ra, dec = problem.wcs.pixel_to_world_values((width - 1) / 2, (height - 1) / 2)
    return float(ra), float(dec)


def least_airmass(dec_deg: float, latitude_deg: float) -> float:
    """Airmass on the meridian; infinite for a target that never rises."""
    highest_deg = 90 - abs(dec_deg - latitude_deg)
    return airmass_from_zenith(math.radians(90 - highest_deg)) if highest_deg > 0 else math.inf


def _unseen(path: Path, airmass_limit: float) -> str:
    least = least_airmass(path.dec_deg, path.site.latitude_deg)
    if least == math.inf:
        return (
            f"A target at declination {path.dec_deg:g} deg never rises at latitude "
            f"{path.site.latitude_deg:g} deg"
        )
    if least > airmass_limit:
        return (
            f"The target never comes within airmass {airmass_limit:g} at this site: at its highest "
            f"it stands at {least:.2f}"
        )
    return f"The target is not within airmass {airmass_limit:g} at any of these times"

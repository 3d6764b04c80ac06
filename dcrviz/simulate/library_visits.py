"""The visits of the library's scenes: the same stars each time, with one thing wrong."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache

from dcrviz.records import Exposure, Visit
from dcrviz.simulate.conditions import read_conditions
from dcrviz.simulate.made_field import CONDITIONS, MadeField, made_scene, made_visits
from dcrviz.simulate.observe import simulate_exposures
from dcrviz.simulate.scene import Scene, Source
from dcrviz.simulate.spectra import blackbody
from dcrviz.simulate.spoilt import mirrored, moved, saturated, with_trail

_SEED = 1
_BRIGHT = 4.0
# Of the survey's other visits, those that `plan_next` would take next, one after the other.
ADDED_TO_NARROW = (411472, 411657, 411456)
ADDED_TO_ONE_ANGLE = (411657, 410929, 412060)
ADDED_TO_LOW = (411657, 411858, 412060)
HIGH = 411456
SHIFTED = 419802
CROSSED, FLARED = 411758, 412720
BLURRED = (410931, 412654, 412250)
FULL = (415378, 411758, 411808, 412720)
_SHIFT_PX = {"x_px": 0.4, "y_px": -0.3}
_BRIGHTEST = Source(x=64.0, y=70.0, flux=3e6, spectrum=blackbody(4500.0))
_NEW = Source(x=86.0, y=40.0, flux=1.2e5, spectrum=blackbody(8000.0))


@cache
def stars() -> Scene:
    """Twenty stars of 2900 to 10000 K."""
    return made_scene(MadeField())


@cache
def bright_stars() -> Scene:
    """The same stars four times as bright, so that noise hides nothing."""
    scene = stars()
    return replace(scene, sources=tuple(replace(s, flux=_BRIGHT * s.flux) for s in scene.sources))


@cache
def star_too_bright() -> Scene:
    """The same stars, and one amid them that fills the detector."""
    scene = stars()
    return replace(scene, sources=(*scene.sources, _BRIGHTEST))


def spread() -> list[Exposure]:
    """Airmass 1.09 to 1.91, parallactic angles over 110 deg."""
    return _seen(stars(), _visits())


def narrow_airmass(*, more: bool = False) -> list[Exposure]:
    """Airmass 1.18 alone; or with three visits more, of airmass 1.8 to 1.9."""
    added = _numbered(ADDED_TO_NARROW) if more else []
    return _seen(bright_stars(), [*_visits(visits="narrow airmass"), *added])


def one_angle(*, more: bool = False) -> list[Exposure]:
    """Parallactic angle 123 deg alone; or with three visits more, across the meridian."""
    added = _numbered(ADDED_TO_ONE_ANGLE) if more else []
    return _seen(stars(), [*_visits(visits="one angle"), *added])


def single_high_airmass(*, more: bool = False) -> list[Exposure]:
    """Seven visits near the zenith and one at airmass 1.9; or with three more of that kind."""
    low = sorted(read_conditions(CONDITIONS), key=lambda visit: visit.airmass or 0.0)[:7]
    added = _numbered(ADDED_TO_LOW) if more else []
    return _seen(stars(), [*low, *_numbered([HIGH]), *added])


def bad_astrometry() -> list[Exposure]:
    """One visit lies half a pixel aside."""
    aside = moved(stars(), **_SHIFT_PX)
    return [_seen(aside if v.id == SHIFTED else stars(), [v])[0] for v in _visits()]


def transient() -> list[Exposure]:
    """A satellite crosses one visit, and a new star is in another."""
    scene = stars()
    flared = replace(scene, sources=(*scene.sources, _NEW))
    exposures = [_seen(flared if v.id == FLARED else scene, [v])[0] for v in _visits()]
    return [
        with_trail(exposure, start=(0.0, 20.0), end=(127.0, 100.0), peak=1500.0)
        if exposure.visit.id == CROSSED
        else exposure
        for exposure in exposures
    ]


def variable_seeing() -> list[Exposure]:
    """Ten visits, of which three are blurred: 0.6 to 0.7 and 1.1 arcsec."""
    return _seen(
        stars(),
        [
            replace(visit, psf_fwhm_px=5.5 if visit.id in BLURRED else 3.0 + 0.05 * place)
            for place, visit in enumerate(_visits(n_visits=10))
        ],
    )


def saturated_star() -> list[Exposure]:
    """A star fills the detector in every other visit; the others were exposed for less long."""
    return [
        saturated(exposure, level=4e4, bleed_px=6) if exposure.visit.id in FULL else exposure
        for exposure in _seen(star_too_bright(), _visits())
    ]


def mirrored_angle() -> list[Exposure]:
    """Every header tells its parallactic angle with the wrong sign."""
    return [mirrored(exposure) for exposure in spread()]


def _seen(scene: Scene, visits: Sequence[Visit]) -> list[Exposure]:
    return simulate_exposures(scene, visits, seed=_SEED)


def _visits(*, n_visits: int = 8, visits: str = "spread") -> list[Visit]:
    return made_visits(MadeField(n_visits=n_visits, visits=visits))


def _numbered(numbers: Collection[int]) -> list[Visit]:
    by_number = {visit.id: visit for visit in read_conditions(CONDITIONS)}
    return [by_number[number] for number in numbers]

"""The scenes of the library: made fields, each with one thing wrong, and what cures it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from dcrviz.simulate import library_visits as visits
from dcrviz.simulate.library_records import Cure, Knobs, LibraryScene

_SAT_LET_IN = ["NO_DATA", "BAD"]


def _off(*numbers: int) -> Knobs:
    return {"visit_factors": {str(number): 0.0 for number in numbers}}


LIBRARY: Mapping[str, LibraryScene] = MappingProxyType(
    {
        "healthy": LibraryScene(
            title="Healthy: airmasses and angles spread",
            trouble="Nothing: visits from airmass 1.1 to 1.9 and at many angles tell the colours "
            "of all stars.",
            expose=visits.spread,
        ),
        "one-angle": LibraryScene(
            title="One parallactic angle",
            trouble="All visits smear the stars in one direction by nearly as much, so nothing "
            "tells blue light from a place further along: the fit ends well, yet no star gets its "
            "colour.",
            expose=visits.one_angle,
            cures=(
                Cure(
                    label="Add three visits",
                    sentence="Add three visits from the other side of the meridian, as the planner "
                    "advises: their smear points elsewhere.",
                    expose=partial(visits.one_angle, more=True),
                ),
            ),
        ),
        "narrow-airmass": LibraryScene(
            title="Narrow airmass",
            trouble="All visits are of airmass 1.18, so the planes can trade light beside a star "
            "and still fit each visit: one gets holes, another wings.",
            expose=visits.narrow_airmass,
            sky=visits.bright_stars,
            knobs={"solver": "direct"},
            cures=(
                Cure(
                    label="Add three visits",
                    sentence="Add three visits of airmass 1.8 to 1.9, as the planner advises: they "
                    "smear the stars two and a half times as far.",
                    expose=partial(visits.narrow_airmass, more=True),
                ),
            ),
        ),
        "single-high-airmass": LibraryScene(
            title="Single visit at high airmass",
            trouble="Seven visits near the zenith show hardly any colour: all of it hangs on one "
            "visit at airmass 1.9, and so do that visit's faults.",
            expose=visits.single_high_airmass,
            cures=(
                Cure(
                    label="Add three visits",
                    sentence="Add three visits at high airmass, as the planner advises: then none "
                    "decides alone.",
                    expose=partial(visits.single_high_airmass, more=True),
                ),
            ),
        ),
        "bad-astrometry": LibraryScene(
            title="Bad astrometry of one visit",
            trouble=f"Visit {visits.SHIFTED} lies half a pixel aside, which no colour explains: it "
            "fits worst of all, with a dipole on every star.",
            expose=visits.bad_astrometry,
            cures=(
                Cure(
                    label="Drop the visit",
                    sentence=f"Switch visit {visits.SHIFTED} off.",
                    knobs=_off(visits.SHIFTED),
                ),
            ),
        ),
        "transient": LibraryScene(
            title="Satellite and new star",
            trouble=f"A satellite crosses visit {visits.CROSSED}, and a star flares up in visit "
            f"{visits.FLARED}: what one visit alone has seen, the planes take for a colour.",
            expose=visits.transient,
            cures=(
                Cure(
                    label="Leave out artifacts",
                    sentence="Switch find_artifacts on: what one visit alone has seen is left out, "
                    "and the rest of that visit is kept.",
                    knobs={"find_artifacts": True},
                ),
                Cure(
                    label="Drop both visits",
                    sentence=f"Switch visits {visits.CROSSED} and {visits.FLARED} off.",
                    knobs=_off(visits.CROSSED, visits.FLARED),
                ),
            ),
        ),
        "variable-seeing": LibraryScene(
            title="Variable seeing",
            trouble="Three of ten visits are blurred, 1.1 arcsec where the others have 0.6 to 0.7: "
            "the planes are of one sharpness, and every star leaves a ring.",
            expose=visits.variable_seeing,
            cures=(
                Cure(
                    label="Fit the seeing",
                    sentence="Switch solver to direct, which blurs the planes to the seeing of "
                    "each visit (fit_seeing): all visits stay, and the sharp ones tell the detail.",
                    knobs={"solver": "direct", "fit_seeing": "auto"},
                ),
                Cure(
                    label="Drop blurred visits",
                    sentence="Switch the three blurred visits off.",
                    knobs=_off(*visits.BLURRED),
                ),
            ),
        ),
        "saturated-star": LibraryScene(
            title="Saturated star",
            trouble="A star fills the detector in every other visit, and those pixels are let into "
            "the fit: its cut core and its bleeding pass for colour.",
            expose=visits.saturated_star,
            sky=visits.star_too_bright,
            knobs={"bad_planes": _SAT_LET_IN},
            cures=(
                Cure(
                    label="Leave out SAT",
                    sentence="Name SAT among the bad planes: each pixel is then fitted by the "
                    "visits in which it is not full.",
                    knobs={"bad_planes": [*_SAT_LET_IN, "SAT"]},
                ),
                Cure(
                    label="Drop full visits",
                    sentence="Switch the four visits off in which the detector is full.",
                    knobs=_off(*visits.FULL),
                ),
            ),
        ),
        "mirrored-angle": LibraryScene(
            title="Mirrored angle",
            trouble="The headers tell every parallactic angle with the wrong sign, so the "
            "templates smear the stars in a wrong direction: blue stars come out red.",
            expose=visits.mirrored_angle,
            cures=(
                Cure(
                    label="Mirror the angles",
                    sentence="Take the angles with the other sign: the same pixels, read rightly.",
                    expose=visits.spread,
                ),
            ),
        ),
        "too-many-subfilters": LibraryScene(
            title="Too many subfilters",
            trouble="Twelve planes are more than eight visits can tell apart: neighbours pass "
            "light back and forth, and the fit gets better and worse in turn.",
            expose=visits.spread,
            knobs={"n_subfilters": 12},
            cures=(
                Cure(
                    label="Three subfilters",
                    sentence="Lower n_subfilters to 3.",
                    knobs={"n_subfilters": 3},
                ),
            ),
        ),
        "gain-too-high": LibraryScene(
            title="Gain too high",
            trouble="Each iteration takes half of the new solution and no clamp holds it: it "
            "overshoots, and from the second iteration on the fit gets worse.",
            expose=visits.spread,
            knobs={"base_gain": 1.0, "clamp_iterations": 0.0, "clamp_subfilters": 0.0},
            cures=(
                Cure(
                    label="Lower the gain",
                    sentence="Lower base_gain to 0.2.",
                    knobs={"base_gain": 0.2},
                ),
                Cure(
                    label="Clamp the subfilters",
                    sentence="Set clamp_subfilters back to 4, which holds the planes together.",
                    knobs={"clamp_subfilters": 4.0},
                ),
            ),
        ),
    }
)
"""The scenes by the word that links and the command name them by."""

"""What the visits must have in common, and what none may lack."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz.simulate.grid import tan_wcs


def with_visit(exposure, **changes):
    return replace(exposure, visit=replace(exposure.visit, **changes))


def refused(exposures, match, **knobs):
    with pytest.raises(ValueError, match=match):
        dcrviz.prepare(exposures, dcrviz.AssembleConfig(**knobs))


def test_no_exposure_is_an_error():
    refused([], "at least one exposure is needed; got none")


def test_exposures_may_come_one_by_one(exposures, problem):
    found = dcrviz.prepare(exposure for exposure in exposures)
    np.testing.assert_array_equal(found.template.image, problem.template.image)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (lambda exposures: exposures[0], r"must be a list of them; got an Exposure$"),
        (lambda _: "warps/*.fits", r"must be a list of them; got a str$"),
        (
            lambda _: ["warp.fits"],
            r"a list of Exposure, as .* gives; got one with a str",
        ),
        (lambda exposures: [exposures[0].visit], r"got one with a Visit"),
    ],
)
def test_what_is_no_list_of_exposures_is_told(exposures, changed, told):
    with pytest.raises(ValueError, match=told):
        dcrviz.prepare(changed(exposures))


@pytest.mark.parametrize("config", [{"n_subfilters": 3}, "lsst-2019"])
def test_what_is_no_configuration_is_told(exposures, config):
    kind = type(config).__name__
    with pytest.raises(ValueError, match=rf"must be an AssembleConfig.*; got a {kind}"):
        dcrviz.prepare(exposures, config)


def test_two_visits_of_one_id_are_an_error_that_names_both(exposures):
    twin = replace(exposures[1], visit=exposures[0].visit)
    refused(
        [exposures[0], twin],
        "simulated visit 101: visit ids must be unique; 100 is also that of simulated visit 100",
    )


@pytest.mark.parametrize(
    ("lacking", "named"),
    [
        ({"airmass": None, "zenith_rad": None}, "airmass"),
        ({"parallactic_rad": None}, "parallactic angle"),
        ({"site": None}, "site"),
    ],
)
def test_a_visit_that_lacks_its_circumstances_is_an_error_that_names_them(
    exposures, lacking, named
):
    bad = with_visit(exposures[2], **lacking)
    refused([*exposures[:2], bad], f"simulated visit 102: missing {named}")


@pytest.mark.parametrize(("field", "named"), [("wcs", "WCS"), ("variance", "variance")])
def test_an_exposure_that_lacks_a_part_is_an_error_that_names_it(exposures, field, named):
    refused(
        [exposures[0], replace(exposures[1], **{field: None})],
        f"simulated visit 101: missing {named}",
    )


def test_the_error_says_what_would_supply_what_is_missing(exposures):
    bad = with_visit(exposures[1], site=None, missing=("site (keys OBS-LONG, OBS-LAT)",))
    refused([exposures[0], bad], r"visit 101: missing site \(keys OBS-LONG, OBS-LAT\)")


def test_the_error_names_the_file_or_else_the_visit(exposures):
    bad = with_visit(exposures[1], site=None)
    refused([exposures[0], replace(bad, source="warp_7.fits")], "^warp_7.fits: missing")
    refused([exposures[0], replace(bad, source="")], "^visit 101: missing")


@pytest.mark.parametrize("field", ["image", "mask", "variance"])
def test_a_part_of_another_shape_is_an_error_that_names_it(exposures, field):
    cut = {field: getattr(exposures[1], field)[:-1]}
    refused(
        [exposures[0], replace(exposures[1], **cut)],
        rf"visit 101: {field} must be on the same pixel grid .*48 x 48 pixels\); got 47 x 48",
    )


def test_another_lower_left_pixel_is_an_error(exposures):
    refused([exposures[0], replace(exposures[1], xy0=(0, 5))], r"XY0 is \(0, 0\); got \(0, 5\)")


def test_another_orientation_on_the_sky_is_an_error(exposures, scene):
    turned = tan_wcs(
        scene.shape,
        pixel_scale_arcsec=scene.pixel_scale_arcsec,
        ra_deg=scene.ra_deg,
        dec_deg=scene.dec_deg,
        rotation_deg=3.0,
    )
    refused(
        [exposures[0], replace(exposures[1], wcs=turned)],
        "visit 101: WCS must be on the same pixel grid .* corners differ by up to 1.7",
    )


def test_a_template_of_another_shape_is_an_error(exposures, problem):
    template = problem.template
    for field in ("image", "mask", "variance"):
        cut = replace(template, **{field: getattr(template, field)[:-1]})
        with pytest.raises(ValueError, match=r"template must have the shape .*\(48, 48\)"):
            dcrviz.prepare(exposures, template=cut)


def test_injected_shifts_of_another_number_of_visits_are_an_error(exposures, problem):
    for n_visits in (5, 7):
        rows = np.arange(n_visits) % 6
        shifts = replace(
            problem.shifts, midpoint=problem.shifts.midpoint[rows], split=problem.shifts.split[rows]
        )
        with pytest.raises(ValueError, match=rf"shifts .* 6 visits; got {n_visits}"):
            dcrviz.prepare(exposures, shifts=shifts)


def test_injected_shifts_of_another_number_of_subfilters_are_an_error(exposures, problem):
    config = dcrviz.AssembleConfig(n_subfilters=4)
    with pytest.raises(ValueError, match=r"shifts .* 4 subfilters; got 3"):
        dcrviz.prepare(exposures, config, shifts=problem.shifts)


def test_visits_of_two_bands_are_an_error(exposures):
    other = with_visit(exposures[1], band=dcrviz.Band.lsst("r"))
    refused(
        [exposures[0], other], "visit 101: all visits must be in one band, .* lsst-g; got lsst-r"
    )


def test_visits_without_a_band_are_an_error_that_names_the_filter(exposures):
    unknown = with_visit(exposures[0], band=None, filter="SPECIAL")
    refused([unknown], "visit 100: the band must be one of .* its filter is 'SPECIAL'")


def test_a_given_band_serves_visits_without_one(exposures):
    unknown = [with_visit(exposure, band=None) for exposure in exposures]
    config = dcrviz.AssembleConfig(band=dcrviz.Band.lsst("r"))
    assert dcrviz.prepare(unknown, config).band.name == "lsst-r"


def test_a_given_band_does_not_serve_visits_of_two_filters(exposures):
    mixed = [with_visit(exposures[0], filter="g"), with_visit(exposures[1], filter="r")]
    refused(mixed, "visit 101: all visits must be in one filter", band=dcrviz.Band.lsst("g"))


def test_a_band_far_from_what_the_visits_tell_is_told(exposures):
    config = dcrviz.AssembleConfig(band=dcrviz.Band.lsst("r"))
    assert dcrviz.prepare(exposures, config).warnings == (
        "the visits are fitted in band lsst-r (552 to 691 nm), as the knob has it, and tell that "
        "they are in lsst-g",
    )


def test_a_band_of_the_same_letter_is_no_news(exposures):
    config = dcrviz.AssembleConfig(band=dcrviz.Band.decam("g"))
    assert dcrviz.prepare(exposures, config).warnings == ()


def test_a_mask_plane_that_no_visit_has_is_told(exposures):
    config = dcrviz.AssembleConfig(bad_planes=["BAD", "STA"])
    (warning,) = dcrviz.prepare(exposures, config).warnings
    assert warning.startswith("bad_planes names STA, of which no visit has a mask plane; there are")
    assert "NO_DATA, SAT, SUSPECT" in warning


def test_planes_that_one_visit_has_or_a_knob_names_by_default_are_no_news(exposures):
    with_glow = replace(exposures[1], planes={**exposures[1].planes, "GLOW": 20})
    config = dcrviz.AssembleConfig(bad_planes=["GLOW"], remove_planes=["NOT_DEBLENDED"])
    prepared = dcrviz.prepare([exposures[0], with_glow, *exposures[2:]], config)
    assert prepared.warnings == ()


@pytest.mark.parametrize("zenith_rad", [0.62, 0.66])
def test_airmass_and_zenith_angle_of_one_place_may_be_rounded(exposures, zenith_rad):
    dcrviz.prepare([with_visit(exposures[0], airmass=1.25, zenith_rad=zenith_rad), *exposures[1:]])


@pytest.mark.parametrize(
    ("airmass", "zenith_rad", "told"),
    [
        (1.2, 1.2, r"of one place; got 1.2 and 68.75 deg, where the airmass is 2.76"),
        (float("nan"), 1.2, r"of one place; got nan and 68.75 deg"),
        (1.2, 2.0, r"zenith angle must be at least 0 and less than 90 deg; got 114.592 deg"),
    ],
)
def test_airmass_and_zenith_angle_of_two_places_are_an_error(exposures, airmass, zenith_rad, told):
    odd = with_visit(exposures[0], airmass=airmass, zenith_rad=zenith_rad)
    refused([odd, *exposures[1:]], f"visit 100: .*{told}")

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

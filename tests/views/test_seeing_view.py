"""The section on seeing: how sharp each visit is, and what it tells at each spatial frequency."""

from dataclasses import replace

import numpy as np
import pytest

from dcrviz import AssembleConfig
from dcrviz.diagnostics.seeing_words import seeing_words
from dcrviz.diagnostics.sharpness import sharpness
from dcrviz.physics.seeing import star_image
from dcrviz.psf import Psf
from dcrviz.session import Session
from dcrviz.simulate import MadeField, made_exposures
from dcrviz.views.charts import GREY
from dcrviz.views.groups import KnobPanel
from dcrviz.views.inspector import Inspector
from dcrviz.views.seeing_view import SeeingView
from dcrviz.views.visits import VisitsView

FIELD = MadeField(n_stars=4, n_visits=5, size_px=48, best_arcsec=0.6, worst_arcsec=1.1)


@pytest.fixture(scope="module")
def blurred():
    return made_exposures(FIELD)


@pytest.fixture
def started(blurred):
    """A session of visits of different seeing."""

    def start(exposures=blurred, **knobs):
        session = Session(exposures, AssembleConfig(**{"solver": "direct", **knobs}))
        session.start()
        return session

    return start


def by_visit(source):
    return dict(zip(source.data["visit"], range(len(source.data["visit"])), strict=True))


def test_the_width_of_each_visit_stands_at_its_airmass_and_that_of_the_planes_across(started):
    session = started()
    view, found = SeeingView(session), sharpness(session.problem)
    assert view.visits.data["airmass"] == [visit.airmass for visit in found.visits]
    assert view.visits.data["fwhm"] == [visit.fwhm_px for visit in found.visits]
    assert view.planes.data["fwhm"] == [found.planes_fwhm_px] * 2
    assert view.planes.data["airmass"] == [
        min(v.airmass for v in found.visits),
        max(v.airmass for v in found.visits),
    ]


def test_what_visits_tell_is_stacked_to_one_with_the_sharpest_at_the_bottom(started):
    view = SeeingView(started())
    bands = view.shares.data
    assert bands["fwhm"] == sorted(bands["fwhm"])
    low = np.array([band[: len(band) // 2] for band in bands["ys"]])
    high = np.array([band[len(band) // 2 :][::-1] for band in bands["ys"]])
    np.testing.assert_allclose(low[1:], high[:-1])
    np.testing.assert_allclose([low[0], high[-1]], [0 * low[0], 1 + 0 * low[0]], atol=1e-9)


def test_the_sharpest_visit_has_more_of_the_detail_than_of_the_weight(started):
    view = SeeingView(started())
    rows = sorted((row["cells"] for row in view.table.rows), key=lambda cells: cells["fwhm"])
    assert rows[0]["share"] > 1.1 * rows[0]["weight"]
    assert rows[-1]["share"] < 0.8 * rows[-1]["weight"]


def test_a_visit_that_is_off_is_grey_and_hollow_and_tells_nothing(started, blurred):
    off = str(blurred[1].visit.id)
    view = SeeingView(started(visit_factors={off: 0.0}))
    place = by_visit(view.visits)[f"{off}, off"]
    assert (view.visits.data["colour"][place], view.visits.data["fill"][place]) == (GREY, 0)
    assert off not in view.shares.data["visit"]
    assert len(view.shares.data["visit"]) == len(blurred) - 1


def test_stars_that_are_drawn_out_are_drawn_flat(started, blurred):
    round_star = star_image(4.0, psf=Psf(), reach_px=10)
    drawn_out = np.stack([np.interp(np.arange(21) / 1.4 + 10 - 10 / 1.4, np.arange(21), row)
                          for row in round_star]) / 1.4  # fmt: skip
    first, *others = blurred
    view = SeeingView(started([replace(first, psf=drawn_out.astype(np.float32)), *others]))
    heights = np.array(view.visits.data["height"])
    assert heights[0] < 0.85 * heights[1]
    assert set(heights[1:]) == {view.visits.data["width"][0]}


def test_it_says_how_the_seeing_is_fitted_and_by_which_evidence(started):
    view = SeeingView(started())
    assert "blurs the planes to the seeing of each visit" in view.words.object
    assert "the evidence of the visits is e^" in view.words.object
    given = SeeingView(started(seeing_exponent=-0.2))
    assert "lambda^-0.2, as seeing_exponent says" in given.words.object


def test_it_says_of_how_many_visits_the_told_width_is_corrected(started, blurred):
    wrong = [
        replace(e, visit=replace(e.visit, psf_fwhm_px=e.visit.psf_fwhm_px * factor))
        for e, factor in zip(blurred, (1.2, 1, 1, 1, 0.85), strict=True)
    ]
    told = [SeeingView(started(wrong, refine_seeing=how)).words.object for how in ("on", "off")]
    assert "are corrected by what the fit leaves of their stars" in told[0]
    assert "corrected" not in told[1]


def test_it_warns_where_planes_are_to_be_sharper_than_the_visits(started):
    assert "Warning" not in SeeingView(started()).words.object
    assert "Warning: the planes&#x27; seeing of 1.5 px is sharper than the visits tell" in (
        SeeingView(started(model_fwhm=1.5)).words.object
    )


@pytest.mark.parametrize(
    ("knobs", "told"),
    [
        ({"solver": "iterative"}, "iterative takes all visits for equally sharp"),
        ({"fit_seeing": "off"}, "fit_seeing is off"),
    ],
)
def test_it_says_why_the_seeing_is_not_fitted(started, knobs, told):
    view = SeeingView(started(**knobs))
    assert told in view.words.object
    assert view.planes.data["fwhm"] == []
    assert len(view.visits.data["fwhm"]) == FIELD.n_visits


def test_visits_that_do_not_tell_their_seeing_are_named_by_the_input_and_not_drawn(
    started, blurred
):
    silent = replace(blurred[0], visit=replace(blurred[0].visit, psf_fwhm_px=None))
    session = started([silent, *blurred[1:]])
    (warning,) = session.problem.warnings
    assert str(silent.visit.id) in warning
    assert "the input's warnings name them" in seeing_words(session.problem)[0]
    assert len(SeeingView(session).visits.data["fwhm"]) == FIELD.n_visits - 1


def test_cutouts_of_a_source_are_of_templates_at_the_seeing_of_each_visit(started):
    left = {}
    for choice in ("auto", "off"):
        session = started(fit_seeing=choice)
        session.step()
        y, x = np.unravel_index(session.problem.template.image.argmax(), session.problem.shape)
        inspector = Inspector(session)
        inspector.look_at(x, y)
        left[choice] = np.nanstd(inspector.findings.residuals, axis=(1, 2)).max()
    assert left["auto"] < 0.5 * left["off"]


def test_the_width_of_a_star_image_stands_in_the_table_of_visits(started, blurred):
    star = star_image(4.0, psf=Psf(), reach_px=10)
    silent = replace(blurred[0], psf=star, visit=replace(blurred[0].visit, psf_fwhm_px=None))
    session = started([silent, *blurred[1:]])
    row = next(r for r in VisitsView(session).table.rows if r["id"] == str(silent.visit.id))
    assert row["cells"]["seeing"] == pytest.approx(0.8, rel=0.03)


def test_automatic_knobs_show_what_they_stand_for_on_these_visits(started):
    session = started()
    panel = KnobPanel(session.config, refused=pytest.fail)
    # One view was there before, the other is made afterwards.
    early = panel.knobs["model_fwhm"]
    panel.tell(session.problem)
    assert panel.knobs["model_fwhm"] is early
    planes = session.problem.seeing.planes
    for name, value in [
        ("model_fwhm", planes.fwhm_px),
        ("seeing_exponent", planes.profile.seeing_exponent),
    ]:
        view = panel.knobs[name]
        assert (view.auto.value, view.widget.value) == (True, value)
    panel.knobs["model_fwhm"].auto.value = False
    assert session.config.model_fwhm == planes.fwhm_px

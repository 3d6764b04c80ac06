"""The small fit of stamps is what it is in plain numpy and scipy, and stays within its limits."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import ndimage

from dcrviz.kernels.moving import SKY, SPLINE_PX, follow

MARGIN, SIDE, SOURCES, IMAGES, DAMPING = 5, 7, 3, 2, 0.6


@pytest.fixture
def case():
    """Stamps, splines of four images a source, and a solver; all random."""
    rng = np.random.default_rng(1)
    side = SIDE + 2 * MARGIN
    return (
        rng.normal(size=(IMAGES, SOURCES, SIDE, SIDE)),
        rng.normal(size=(SOURCES, 4, side, side)),
        rng.normal(size=(SOURCES, 7, SIDE**2)) / SIDE**2,
    )


def plain_model(splines, unknowns):
    image = np.einsum("k,kyx->yx", unknowns[SKY + 1 :], splines)
    across = np.arange(SIDE) + MARGIN
    places = np.meshgrid(across - unknowns[0], across - unknowns[1], indexing="ij")
    return ndimage.map_coordinates(image, places, order=3, prefilter=False) + unknowns[SKY]


def plainly_followed(stamp, splines, solver, *, turns):
    unknowns = np.array([0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0])
    for _ in range(turns):
        unknowns += DAMPING * solver @ (stamp - plain_model(splines, unknowns)).ravel()
        unknowns[:SKY] = np.clip(unknowns[:SKY], SPLINE_PX - MARGIN, MARGIN - SPLINE_PX)
    return unknowns


@pytest.mark.parametrize("turns", [0, 1, 5])
def test_every_stamp_is_followed_by_itself(case, turns):
    stamps, splines, solver = case
    found = follow(*case, margin=MARGIN, turns=turns, damping=DAMPING)
    for image, source in np.ndindex(IMAGES, SOURCES):
        expected = plainly_followed(
            stamps[image, source], splines[source], solver[source], turns=turns
        )
        np.testing.assert_allclose(found[image, source], expected, atol=1e-12)


def test_a_stamp_that_has_settled_is_done_with_after_the_first_turn_that_moves_it_less(case):
    stamps, splines, solver = case
    settled_px = 0.01
    found = follow(*case, margin=MARGIN, turns=50, damping=DAMPING, settled_px=settled_px)
    taken = []
    for image, source in np.ndindex(IMAGES, SOURCES):
        course = [
            plainly_followed(stamps[image, source], splines[source], solver[source], turns=turns)
            for turns in range(51)
        ]
        moved = [np.abs(now - was)[:SKY].max() for was, now in pairwise(course)]
        turns = next((turn for turn, by in enumerate(moved, 1) if by < settled_px), 50)
        np.testing.assert_allclose(found[image, source], course[turns], atol=1e-9)
        taken.append(turns)
    assert 1 < min(taken) < 50


def test_no_source_leaves_the_margin(case):
    stamps, splines, solver = case
    found = follow(stamps, splines, 1e6 * solver, margin=MARGIN, turns=1, damping=DAMPING)
    np.testing.assert_array_equal(np.abs(found[..., :SKY]), MARGIN - SPLINE_PX)


def test_where_nothing_can_be_solved_for_nothing_moves(case):
    stamps, splines, solver = case
    found = follow(stamps, splines, 0 * solver, margin=MARGIN, turns=3, damping=DAMPING)
    np.testing.assert_array_equal(found, np.broadcast_to([0, 0, 0, 1, 0, 0, 0], found.shape))


def test_no_source_is_followed_without_complaint():
    empty = np.empty((IMAGES, 0, SIDE, SIDE))
    splines = np.empty((0, 4, SIDE + 2 * MARGIN, SIDE + 2 * MARGIN))
    solver = np.empty((0, 7, SIDE**2))
    found = follow(empty, splines, solver, margin=MARGIN, turns=3, damping=DAMPING)
    assert found.shape == (IMAGES, 0, 7)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_stamp_that_is_not_finite_leads_nowhere_and_spoils_no_other(case, value):
    stamps, splines, solver = case
    whole = follow(*case, margin=MARGIN, turns=3, damping=DAMPING)
    stamps[1, 2] = value
    found = follow(stamps, splines, solver, margin=MARGIN, turns=3, damping=DAMPING)
    assert np.isnan(found[1, 2, :SKY]).any()
    others = np.ones((IMAGES, SOURCES), bool)
    others[1, 2] = False
    np.testing.assert_array_equal(found[others], whole[others])

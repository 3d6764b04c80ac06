"""The arrow of a visit points to its zenith."""

from dataclasses import replace

import numpy as np
import pytest

from dcrviz.diagnostics.zenith import zenith_axis, zenith_directions


def test_every_direction_has_the_length_of_a_pixel(plain):
    lengths = [np.hypot(*direction) for direction in zenith_directions(plain[0])]
    np.testing.assert_allclose(lengths, 1)


def test_blue_light_is_moved_towards_the_zenith(plain):
    """In the first subfilter a source is refracted more, so it stands higher."""
    problem = plain[0]
    moved = problem.shifts.midpoint[:, 0] - problem.shifts.midpoint[:, -1]
    for (y, x), (to_x, to_y) in zip(moved, zenith_directions(problem), strict=True):
        assert (x * to_x + y * to_y) / np.hypot(x, y) == pytest.approx(1, abs=0.01)


def test_without_a_position_angle_or_a_wcs_there_is_no_direction(plain):
    problem = plain[0]
    first, *others = problem.visits
    lost = replace(problem, visits=(replace(first, parallactic_rad=None), *others))
    assert zenith_directions(lost)[0] is None
    assert zenith_directions(lost)[1:] == zenith_directions(problem)[1:]
    assert set(zenith_directions(replace(problem, wcs=None))) == {None}


def test_visits_of_one_angle_share_the_line_to_their_zenith(plain):
    problem = plain[0]
    first = problem.visits[0]
    alike = replace(
        problem,
        visits=tuple(replace(v, parallactic_rad=first.parallactic_rad) for v in problem.visits),
    )
    x, y = zenith_directions(alike)[0]
    assert abs(zenith_axis(alike) @ (x, y)) == pytest.approx(1)


def test_visits_refracted_crosswise_share_no_line(plain):
    problem = plain[0]
    angles = np.arange(len(problem.visits)) * np.pi / len(problem.visits)
    turned = [
        replace(v, parallactic_rad=angle) for v, angle in zip(problem.visits, angles, strict=True)
    ]
    assert zenith_axis(replace(problem, visits=tuple(turned))) is None

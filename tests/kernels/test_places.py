"""Colours and places are those of least squares, source by source."""

import numpy as np

from dcrviz.kernels.places import unexplained

SOURCES, VISITS = 4, 6


def plainly(seen, weight, spans):
    """What least squares leaves of one source, of three unknowns: its place and its colour."""
    rows = np.concatenate([np.c_[np.tile(unit, (VISITS, 1)), spans[:, k]] for k, unit in AXES])
    root = np.sqrt(np.r_[weight, weight])
    wanted = np.r_[seen[:, 0], seen[:, 1]]
    found, *_ = np.linalg.lstsq(root[:, None] * rows, root * wanted, rcond=None)
    return (wanted - rows @ found).reshape(2, VISITS).T


AXES = ((0, (1.0, 0.0)), (1, (0.0, 1.0)))


def test_each_source_is_left_what_least_squares_leaves():
    rng = np.random.default_rng(1)
    seen = rng.normal(size=(SOURCES, VISITS, 2))
    weight = rng.uniform(0.5, 2, (SOURCES, VISITS))
    # Of what is not known in a visit, the others tell.
    weight[0, 2] = 0
    spans = rng.normal(size=(VISITS, 2))
    rest, squares = unexplained(seen, weight, spans)
    for source in range(SOURCES):
        expected = plainly(seen[source], weight[source], spans)
        np.testing.assert_allclose(rest[source], expected, atol=1e-12)
    np.testing.assert_allclose(squares, (weight[..., None] * rest**2).sum())


def test_a_source_of_which_nothing_is_known_is_left_as_it_is():
    seen = np.ones((1, VISITS, 2))
    rest, squares = unexplained(seen, np.zeros((1, VISITS)), np.ones((VISITS, 2)))
    np.testing.assert_array_equal(rest, seen)
    assert squares == 0

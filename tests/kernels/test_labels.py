"""Labels that grow."""

import numpy as np

from dcrviz.kernels import grow_flags, grow_labels


def test_labels_grow_as_flags_do_and_the_nearest_wins():
    rng = np.random.default_rng(5)
    labels = np.where(rng.random((20, 24)) > 0.97, rng.integers(1, 9, (20, 24)), 0).astype(np.int32)
    grown = grow_labels(labels, 3.5)
    np.testing.assert_array_equal(grown > 0, grow_flags(labels > 0, 3.5))
    places = np.argwhere(labels)
    for y, x in np.argwhere(grown):
        distance = np.hypot(*(places - (y, x)).T)
        nearest = places[np.isclose(distance, distance.min())]
        assert grown[y, x] in labels[tuple(nearest.T)]

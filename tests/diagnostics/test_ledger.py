"""The light of each source in a box, plane by plane."""

import numpy as np
import pytest

from dcrviz.diagnostics.ledger import ledger_of
from dcrviz.diagnostics.pictures import shown_planes


@pytest.fixture(scope="module")
def problem(plain):
    return plain[0]


def thirds(problem, *parts):
    """Planes that each hold a part of the template."""
    return np.stack([np.float32(part) * problem.template.image for part in parts])


def test_planes_that_share_out_the_coadd_are_off_nowhere(problem):
    ledger = ledger_of(problem, thirds(problem, 0.5, 0.3, 0.2))
    assert ledger.off.size >= 3
    np.testing.assert_allclose(ledger.off, 0, atol=1e-6)
    np.testing.assert_allclose(ledger.planes.T, ledger.coadd[:, None] * [0.5, 0.3, 0.2], rtol=1e-6)


def test_light_that_one_source_lacks_is_missed_at_that_source_alone(problem):
    whole = ledger_of(problem, thirds(problem, 0.4, 0.3, 0.3))
    planes = thirds(problem, 0.4, 0.3, 0.3)
    x, y = int(whole.x[0]), int(whole.y[0])
    planes[:, y, x] = 0
    off = ledger_of(problem, planes).off
    assert off[0] == pytest.approx(-problem.template.image[y, x] / whole.coadd[0], rel=1e-4)
    far = np.hypot(whole.x - x, whole.y - y) > 20
    np.testing.assert_allclose(off[far], 0, atol=1e-6)


def test_what_alternates_is_told_by_its_part_and_sign(problem):
    for part in (0.1, -0.1):
        ledger = ledger_of(problem, thirds(problem, *(1 + part * np.array([1, -1, 1, -1])) / 4))
        np.testing.assert_allclose(ledger.alternation, part, atol=1e-5)


def test_a_spectrum_that_rises_evenly_does_not_alternate(problem):
    ledger = ledger_of(problem, thirds(problem, 0.1, 0.2, 0.3, 0.4))
    np.testing.assert_allclose(ledger.alternation, 0, atol=1e-6)


def test_without_a_plane_between_two_others_nothing_alternates(problem):
    assert not ledger_of(problem, thirds(problem, 0.7, 0.3)).alternation.any()


def test_a_healthy_fit_keeps_the_light_of_every_source(plain):
    problem, steps = plain
    assert np.abs(ledger_of(problem, shown_planes(steps[-1])).off).max() < 0.1

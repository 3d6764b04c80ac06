"""How a field is divided for computing never changes the answer."""

from unittest import mock

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import Phase, given, settings

import dcrviz
from dcrviz.engine import fit, regularize, static_sky
from dcrviz.engine.reuse import Reuse
from dcrviz.scratch import Scratch

TOLERANCE = 1e-6
SIDES = st.integers(1, 60)
HOLES = st.tuples(st.integers(0, 3), st.integers(0, 40), st.integers(0, 40), st.integers(1, 8))
KNOBS = {"iterative": {}, "anderson": {}, "pcg": {"tolerance": 1e-6}}


def with_holes(exposures, holes, flag):
    """The exposures with squares of bad pixels: visit, y, x and side of each."""
    spoilt = list(exposures)
    for visit, y, x, side in holes:
        pixels = np.zeros(spoilt[visit].shape, dtype=bool)
        pixels[y : y + side, x : x + side] = True
        spoilt[visit] = flag(spoilt[visit], "BAD", pixels)
    return spoilt


def run(exposures, *, room=None, **knobs):
    config = dcrviz.AssembleConfig(subregion_mode="seamless", max_iterations=4, **knobs)
    *_, last = dcrviz.assemble(dcrviz.prepare(exposures, config, reuse=Reuse(room)))
    return last


@pytest.mark.parametrize("solver", KNOBS)
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    # A run is no quick example, and the first that fails tells enough.
    phases=(Phase.explicit, Phase.generate),
)
@given(
    size=st.tuples(SIDES, SIDES),
    holes=st.lists(HOLES, max_size=4),
    computing=st.tuples(st.integers(1, 4), st.integers(100, 3000)),
)
def test_tiles_bands_and_groups_of_visits_change_nothing(
    exposures, flag, solver, size, holes, computing
):
    visits, (threads, pixels) = with_holes(exposures[:4], holes, flag), computing
    # Each thread has a sum of its own: another number of them would round another way.
    knobs = {"solver": solver, "n_threads": threads, **KNOBS[solver]}
    whole = run(visits, **knobs)
    with (
        mock.patch.multiple(fit, _PIXELS_HELD=pixels, _PIXELS_AT_ONCE=pixels),
        mock.patch.object(regularize, "_PIXELS_AT_ONCE", pixels),
        mock.patch.object(static_sky, "_PIXELS_AT_ONCE", pixels),
    ):
        parts = run(visits, subregion_size=size, **knobs)
    assert parts.history.iterations == whole.history.iterations
    off = np.abs(parts.planes - whole.planes).max()
    assert off <= TOLERANCE * np.abs(whole.planes).max()


@pytest.mark.parametrize("solver", [*KNOBS, "direct"])
def test_visits_on_a_disk_are_the_same_to_the_last_bit(exposures, tmp_path, solver):
    in_memory = run(exposures, solver=solver)
    on_disk = run(exposures, solver=solver, room=Scratch(tmp_path))
    np.testing.assert_array_equal(on_disk.planes, in_memory.planes)
    assert on_disk.history.metrics == in_memory.history.metrics


def test_scratch_files_have_no_names_and_their_arrays_can_not_be_written_to(exposures, tmp_path):
    problem = dcrviz.prepare(exposures, reuse=Reuse(Scratch(tmp_path)))
    assert list(tmp_path.iterdir()) == []
    assert not problem.weights.flags.owndata
    with pytest.raises(ValueError, match="read-only"):
        problem.weights[0, 0, 0] = 1


def test_a_folder_without_room_for_scratch_files_is_named(tmp_path):
    folder = tmp_path / "missing"
    with pytest.raises(ValueError, match=r"missing: must have room for 4 MB of scratch files; got"):
        Scratch(folder).begin((1000, 1000), np.float32)

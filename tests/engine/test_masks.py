"""Mask planes by name."""

import numpy as np
import pytest

from dcrviz.engine.masks import bits_of, flagged, merge_flags, renumbered, with_plane

PLANES = {"SAT": 1, "DETECTED": 5, "OWN": 12}


def test_the_bits_are_those_of_the_named_planes_that_exist():
    assert bits_of(PLANES, ["SAT", "OWN", "UNKNOWN", "SAT"]) == (1 << 1) + (1 << 12)
    assert bits_of(PLANES, []) == 0


def test_a_pixel_is_flagged_that_carries_any_of_the_planes():
    mask = np.array([[0, 2, 32], [34, 4096, 1]], dtype=np.int32)
    flags = flagged(mask, PLANES, ["SAT", "DETECTED"])
    np.testing.assert_array_equal(flags, [[False, True, True], [True, False, False]])


def test_a_new_plane_takes_its_usual_bit_if_that_is_free():
    assert with_plane(PLANES, "NO_DATA")["NO_DATA"] == 8
    assert with_plane({"OTHER": 8}, "NO_DATA")["NO_DATA"] == 0


def test_a_plane_that_exists_keeps_its_bit():
    assert with_plane(PLANES, "OWN") == PLANES


def test_the_given_planes_are_left_as_they_were():
    with_plane(PLANES, "CR")
    assert "CR" not in PLANES


def test_no_free_bit_is_an_error_that_names_the_plane():
    full = {f"PLANE_{bit}": bit for bit in range(31)}
    with pytest.raises(ValueError, match="mask plane CR can't be added: all 31 bits are in use"):
        with_plane(full, "CR")


def test_renumbering_moves_every_plane_to_its_new_bit():
    onto = {"DETECTED": 0, "SAT": 5, "OWN": 30}
    mask = np.array([[0, 2, 32, 4096, 2 + 32 + 4096]], dtype=np.int32)
    moved = renumbered(mask, PLANES, onto)
    np.testing.assert_array_equal(moved, [[0, 32, 1, 1 << 30, 33 + (1 << 30)]])


def test_renumbering_drops_what_the_other_planes_do_not_name():
    moved = renumbered(np.array([[2 + 4096]], dtype=np.int32), PLANES, {"SAT": 3})
    np.testing.assert_array_equal(moved, [[8]])


def test_merged_flags_add_to_the_mask_of_a_new_exposure(exposures):
    pixels = np.zeros(exposures[0].shape, dtype=bool)
    pixels[3:5, 7] = True
    merged = merge_flags(exposures[0], {"CLIPPED": pixels, "SAT": pixels})
    for name in ("CLIPPED", "SAT"):
        np.testing.assert_array_equal(flagged(merged.mask, merged.planes, [name]), pixels)
    before = flagged(exposures[0].mask, exposures[0].planes, ["DETECTED"])
    np.testing.assert_array_equal(flagged(merged.mask, merged.planes, ["DETECTED"]), before)
    assert "CLIPPED" not in exposures[0].planes
    assert not flagged(exposures[0].mask, exposures[0].planes, ["SAT"]).any()

"""Rooms are nobody else's while somebody is in them, and are entered again."""

import numpy as np
import pytest

from dcrviz.kernels import rooms
from dcrviz.kernels.rooms import room_of


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(rooms, "_free", [])


def test_two_who_are_in_a_room_at_once_share_no_pixel():
    with room_of(3, 5) as first, room_of(3, 5) as second:
        assert first.shape == second.shape == (3, 5)
        assert not np.shares_memory(first, second)


def test_a_room_that_was_left_is_entered_again_by_who_wants_its_shape():
    with room_of(3, 5) as first:
        pass
    with room_of(5, 3) as other, room_of(3, 5) as again:
        assert again is first
        assert other is not first


def test_a_room_is_left_by_an_error_too():
    with pytest.raises(RuntimeError), room_of(3, 5) as first:
        raise RuntimeError
    with room_of(3, 5) as again:
        assert again is first


def test_of_more_bytes_than_are_kept_the_newest_stay(monkeypatch):
    monkeypatch.setattr(rooms, "KEPT_BYTES", 2 * 15 * 4)
    with room_of(3, 5) as last, room_of(5, 3), room_of(15) as first:
        pass
    with room_of(15) as other, room_of(3, 5) as again:
        assert again is last
        assert other is not first

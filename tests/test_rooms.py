"""Rooms are nobody else's while anybody is in them, and are entered again."""

import gc

import numpy as np
import pytest

from dcrviz import rooms
from dcrviz.frozen import read_only
from dcrviz.rooms import fresh, give_up


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(rooms, "_free", [])
    monkeypatch.setattr(rooms, "_LEAST_BYTES", 0)


def place(array):
    return array.__array_interface__["data"][0]


def test_two_who_are_in_a_room_at_once_share_no_pixel():
    first, second = fresh(3, 5), fresh(3, 5)
    assert (first.shape, first.dtype) == ((3, 5), np.float32)
    assert first.flags.writeable
    assert first.flags.c_contiguous
    assert not np.shares_memory(first, second)


def test_a_room_that_was_left_is_entered_again_by_who_wants_as_much():
    first = fresh(3, 5)
    was = place(first)
    del first
    larger, again = fresh(3, 6), fresh(5, 3)
    assert place(again) == was
    assert place(larger) != was


def test_who_sees_a_part_of_a_room_is_still_in_it():
    whole = fresh(3, 5)
    part = whole[1:].view()
    part[:] = 7
    del whole
    fresh(3, 5)[:] = 8
    assert (part == 7).all()


def test_what_was_made_read_only_may_be_written_by_the_next():
    first = fresh(3, 5)
    first.flags.writeable = False
    del first
    fresh(3, 5)[:] = 1


def test_a_record_has_a_whole_room_as_it_is_and_a_copy_of_a_part():
    whole = fresh(3, 5)
    whole.flags.writeable = False
    assert read_only(whole) is whole
    assert not np.shares_memory(read_only(whole[1:]), whole)


def test_a_room_is_left_by_an_error_too():
    with pytest.raises(RuntimeError):
        leave_by_an_error()
    gc.collect()
    assert len(rooms._free) == 1


def leave_by_an_error():
    _in_it = fresh(3, 5)
    raise RuntimeError


def test_of_more_bytes_than_are_kept_the_newest_stay(monkeypatch):
    monkeypatch.setattr(rooms, "KEPT_BYTES", 2 * 60)
    held = [fresh(15) for _ in range(3)]
    places = [place(room) for room in held]
    while held:
        del held[0]
    assert {place(room) for room in rooms._free} == set(places[1:])


def test_nothing_is_kept_once_it_is_given_up():
    fresh(3, 5)
    assert rooms._free
    give_up()
    assert rooms._free == []

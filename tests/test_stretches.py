"""Stretches of memory: nobody's twice, shared out, put together again, handed back."""

import mmap
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dcrviz.stretches import Store

GRAIN = 1 << 16
MB = 1 << 20


def held_by(store):
    return [stretch for stretch in store._free if stretch.held]


# Lengths to take, and places of stretches that are out to give back.
courses = st.lists(
    st.one_of(
        st.tuples(st.just("take"), st.integers(1, 40 * GRAIN)),
        st.tuples(st.just("give back"), st.integers(0, 1_000)),
    ),
    max_size=40,
)


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(courses, st.integers(0, 100 * GRAIN))
def test_no_two_have_a_byte_in_common_and_no_more_is_kept_than_allowed(course, kept_bytes):
    store, out = Store(kept_bytes=kept_bytes), []
    for what, number in course:
        if what == "take":
            stretch = store.take(number)
            assert stretch.nbytes >= number
            stretch.floats(stretch.nbytes // 4)[:] = len(out)
            out.append(stretch)
        elif out:
            store.give_back(out.pop(number % len(out)))
        assert store.held_bytes <= kept_bytes
        no_byte_is_in_two([*out, *store._free])
    for stretch in out:
        store.give_back(stretch)
    store.give_up()
    assert store._free == []


def no_byte_is_in_two(stretches):
    by_block = {}
    for stretch in stretches:
        by_block.setdefault(id(stretch.block), []).append(stretch)
    for of_one in by_block.values():
        of_one.sort(key=lambda stretch: stretch.start)
        assert all(before.stop <= after.start for before, after in pairwise(of_one))
        # None is lost either.
        assert sum(stretch.nbytes for stretch in of_one) == len(of_one[0].block)


def test_what_was_given_back_is_one_with_its_neighbours():
    store = Store(kept_bytes=100 * MB)
    store.give_back(store.take(6 * MB))
    parts = [store.take(2 * MB) for _ in range(3)]
    assert len({id(part.block) for part in parts}) == 1
    for part in (parts[0], parts[2], parts[1]):
        store.give_back(part)
    (whole,) = held_by(store)
    assert whole.nbytes == 6 * MB


def test_the_shortest_that_is_long_enough_is_taken():
    store = Store(kept_bytes=100 * MB)
    long, short = store.take(6 * MB), store.take(3 * MB)
    for stretch in (long, short):
        store.give_back(stretch)
    assert store.take(2 * MB).block is short.block


def test_of_more_bytes_than_are_kept_the_newest_stay():
    store = Store(kept_bytes=2 * MB)
    out = [store.take(MB) for _ in range(3)]
    for stretch in out:
        store.give_back(stretch)
    assert [kept.block for kept in held_by(store)] == [out[1].block, out[2].block]


@pytest.mark.skipif(not hasattr(mmap, "MADV_DONTNEED"), reason="no such call on this system")
def test_a_part_that_is_handed_back_holds_zeros_when_it_is_taken_again():
    store = Store(kept_bytes=100 * MB)
    store.give_back(store.take(4 * MB))
    stays, goes = store.take(2 * MB), store.take(2 * MB)
    for stretch in (stays, goes):
        stretch.floats(MB // 2)[:] = 7
    store.give_back(goes)
    store.give_up()
    again = store.take(2 * MB)
    assert again.block is stays.block
    assert not again.floats(MB // 2).any()
    assert (stays.floats(MB // 2) == 7).all()


def test_more_than_the_system_has_is_an_error_of_memory():
    with pytest.raises(MemoryError, match="no memory for"):
        Store(kept_bytes=0).take(1 << 60)


def test_stretches_are_floats_that_can_be_written():
    values = Store(kept_bytes=0).take(12).floats(3)
    values[:] = np.arange(3)
    assert (values.dtype, values.tolist()) == (np.float32, [0, 1, 2])

"""Commands are short: what they import is not looked through for garbage."""

import gc
import weakref

import pytest

from dcrviz.cli.garbage import kept_for_good


class Imported:
    pass


def in_a_ring():
    one, other = Imported(), Imported()
    one.other, other.other = other, one
    return weakref.ref(one)


def test_what_is_made_meanwhile_stays_and_garbage_is_found_again_afterwards():
    with kept_for_good():
        kept = in_a_ring()
        assert not gc.isenabled()
    assert gc.isenabled()
    garbage = in_a_ring()
    gc.collect()
    assert garbage() is None
    assert kept() is not None
    gc.unfreeze()
    gc.collect()
    assert kept() is None
    gc.freeze()


def test_an_import_that_fails_leaves_the_collector_on():
    with pytest.raises(ImportError), kept_for_good():
        raise ImportError
    assert gc.isenabled()

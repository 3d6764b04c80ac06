"""Commands are short: what they import is not looked through for garbage."""

import gc

import pytest

from dcrviz.cli.garbage import kept_for_good


class Imported:
    pass


def in_a_ring():
    one, other = Imported(), Imported()
    one.other, other.other = other, one


def test_what_is_made_meanwhile_stays_and_garbage_is_found_again_afterwards():
    with kept_for_good():
        in_a_ring()
        assert not gc.isenabled()
    assert gc.isenabled()
    in_a_ring()
    gc.collect()
    # Not those of the ring that was kept: the collector does not know them any more.
    assert not [one for one in gc.get_objects() if isinstance(one, Imported)]
    gc.unfreeze()
    assert gc.collect() >= 2
    gc.freeze()


def test_an_import_that_fails_leaves_the_collector_on():
    with pytest.raises(ImportError), kept_for_good():
        raise ImportError
    assert gc.isenabled()

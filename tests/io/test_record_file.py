"""Records in a file, and back bit for bit."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
import pytest
from numpy.typing import NDArray

from dcrviz.frozen import Frozen
from dcrviz.io.record_file import read_records, write_records


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Inner(Frozen):
    image: NDArray[np.complex64]
    number: float


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Outer(Frozen):
    parts: tuple[Inner, ...]
    again: NDArray[np.complex64]
    colour: Colour
    name: str | None = None


IMAGE = (np.arange(12, dtype=np.float32).reshape(3, 4) * (1 + 2j)).astype(np.complex64)
IMAGE.flags.writeable = False


@pytest.fixture
def path(tmp_path):
    inner = Inner(image=IMAGE, number=float("nan"))
    outer = Outer(parts=(inner, inner), again=IMAGE, colour=Colour.RED)
    write_records(tmp_path / "a.dcr", {"outer": outer, "words": {"a": (1, True, 0.1)}})
    return tmp_path / "a.dcr"


def test_they_come_back_with_every_bit(path):
    found = read_records(path, [Inner, Outer, Colour])
    outer = found["outer"]
    assert found["words"] == {"a": (1, True, 0.1)}
    assert (outer.colour, outer.name) == (Colour.RED, None)
    assert np.isnan(outer.parts[0].number)
    for image in (outer.again, outer.parts[1].image):
        assert image.dtype == IMAGE.dtype
        np.testing.assert_array_equal(image, IMAGE)
        assert not image.flags.writeable


def test_an_array_that_is_met_twice_is_kept_once(path):
    outer = read_records(path, [Inner, Outer, Colour])["outer"]
    assert outer.again is outer.parts[0].image
    assert path.stat().st_size < 2 * IMAGE.nbytes + 700


@pytest.mark.parametrize("place", [0, 20, -1, -40])
def test_a_damaged_file_is_refused(path, place):
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.dcr: must be (as it was written|a file of records)"):
        read_records(path, [Inner, Outer, Colour])


@pytest.mark.parametrize("content", [b"", b"SIMPLE  =", b"dcrviz records 1\n"])
def test_another_file_is_refused(tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(ValueError, match="a: must be a file of records; got"):
        read_records(tmp_path / "a", [])


def test_a_class_that_may_not_be_in_it_is_refused(path):
    with pytest.raises(ValueError, match=r"must be of this version of dcrviz; got 'Inner'"):
        read_records(path, [Outer, Colour])


def test_what_no_record_holds_is_named(tmp_path):
    with pytest.raises(TypeError, match="a record can't hold a set"):
        write_records(tmp_path / "a", {"set": {1}})
    assert list(tmp_path.iterdir()) == []

"""Pictures as any reader of PNG finds them."""

import struct
import zlib

import numpy as np
import pytest

from dcrviz.io.png import png_bytes


def decoded(content):
    """The colours of a PNG without filters, each chunk's check proved."""
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    place, chunks = 8, {}
    while place < len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        kind, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
        (check,) = struct.unpack(">I", content[place + 8 + length : place + 12 + length])
        assert check == zlib.crc32(kind + data)
        chunks[kind] = data
        place += 12 + length
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, -1)
    assert (rows[:, 0] == 0).all()
    return rows[:, 1:].reshape(height, width, 3)


@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (40, 5)])
def test_the_colours_come_back(shape):
    colours = np.random.default_rng(1).integers(0, 256, (*shape, 3), dtype=np.uint8)
    np.testing.assert_array_equal(decoded(png_bytes(colours)), colours)


@pytest.mark.parametrize(
    "wrong", [np.zeros((2, 2)), np.zeros((2, 2, 3)), np.zeros((0, 2, 3), "u1")]
)
def test_what_is_no_picture_is_refused(wrong):
    with pytest.raises(ValueError, match=r"colours must be bytes of shape \(Y, X, 3\); got"):
        png_bytes(wrong)

"""Pictures as PNG, by nothing but zlib."""

from __future__ import annotations

import struct
import zlib

import numpy as np

from dcrviz.records import Bytes

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BITS, _TRUE_COLOUR = 8, 2


def png_bytes(colours: Bytes) -> bytes:
    """A picture as the bytes of a PNG file.

    Parameters
    ----------
    colours
        (Y, X, 3), red, green, blue from 0 to 255; the first row is at the top.

    Raises
    ------
    ValueError
        If it has another shape or type.

    Notes
    -----
    PNG specification, third edition: each row begins with its filter, which is none here.
    """
    if colours.ndim != 3 or colours.shape[2] != 3 or not colours.size or colours.dtype != np.uint8:
        raise ValueError(
            f"colours must be bytes of shape (Y, X, 3); got {colours.dtype} of {colours.shape}"
        )
    height, width = colours.shape[:2]
    rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)
    rows[:, 1:] = colours.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, _BITS, _TRUE_COLOUR, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b"")]
    return _SIGNATURE + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

"""The bytes of the wall: pixels in their code, and the message of an iteration; without Panel."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dcrviz.kernels.quantise import quantise
from dcrviz.records import Bytes, Cube, Plane


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """How the pixels of a scale become bytes.

    Parameters
    ----------
    unit
        What is 1 before the curve is taken.
    low, high
        After the curve.
    """

    unit: float
    low: float
    high: float
    curved: bool


def code_of(scale: str, *, noise: float, most: float = 1.0) -> Code:
    """The code of a scale: fine about zero in units of the noise, or even from 0 to the most."""
    if scale == "flux":
        return Code(unit=noise, low=float(np.arcsinh(-100.0)), high=13.0, curved=True)
    if scale == "sign":
        return Code(unit=1.0, low=-1.0, high=1.0, curved=False)
    if scale == "sigma":
        return Code(unit=1.0, low=-8.0, high=8.0, curved=True)
    return Code(unit=1.0, low=0.0, high=most, curved=False)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Frame:
    """Panels of one iteration as they go to the browser.

    Parameters
    ----------
    id
        Of the iteration.
    seq
        Number of the message, which the browser gives back when it has painted it.
    bin_px
        Pixels of the field along a side of one that is sent.
    visits
        Those of the iteration, as the plan has them.
    region
        (x, y) of the lower left pixel, if it is a piece of the field.
    pixels
        By the panel's key: (Y, X) bytes in their code, or (Y, X, 3) in colour.
    rings
        By the panel's key: x, y, radius and kind of each.
    """

    id: str
    seq: int
    label: str
    bin_px: int
    pixels: Mapping[str, tuple[Bytes, Code]]
    visits: str
    region: tuple[int, int] | None = None
    rings: Mapping[str, Sequence[tuple[float, float, float, str]]] = field(default_factory=dict)

    def message(self) -> bytes:
        """Length of the header, header, bytes."""
        arrays = [pixels for pixels, _ in self.pixels.values()]
        height, width = arrays[0].shape[:2] if arrays else (0, 0)
        header = {
            "id": self.id,
            "seq": self.seq,
            "label": self.label,
            "bin": self.bin_px,
            "visits": self.visits,
            "width": width,
            "height": height,
            "region": self.region,
            "rings": self.rings,
            "panels": [
                {
                    "key": key,
                    "unit": c.unit,
                    "low": c.low,
                    "high": c.high,
                    "curved": c.curved,
                    "channels": 1 if pixels.ndim == 2 else 3,
                }
                for key, (pixels, c) in self.pixels.items()
            ],
        }
        text = json.dumps(header, allow_nan=False).encode()
        return b"".join([struct.pack("<I", len(text)), text, *(a.tobytes() for a in arrays)])


def coded(image: Plane, code: Code, *, bin_px: int) -> tuple[Bytes, Code]:
    """An image in its code; one in colour, (Y, X, 3) from 0 to 1, needs none."""
    if image.ndim == 3:
        return colour_bytes(image, bin_px=bin_px), code
    pixels = quantise(
        image, unit=code.unit, low=code.low, high=code.high, bin_px=bin_px, curved=code.curved
    )
    return pixels, code


def colour_bytes(colours: Cube, *, bin_px: int) -> Bytes:
    """Means over squares of pixels of (Y, X, 3) colours from 0 to 1, as bytes."""
    rows, columns = (np.arange(0, size, bin_px) for size in colours.shape[:2])
    sums = np.add.reduceat(np.add.reduceat(colours, rows, axis=0), columns, axis=1)
    heights = np.diff([*rows, colours.shape[0]])
    widths = np.diff([*columns, colours.shape[1]])
    means = sums / np.outer(heights, widths)[..., None]
    return np.rint(255 * means).astype(np.uint8)

"""Rectangles of pixels."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle of pixels, half open: rows ``y0`` to ``y1``, columns ``x0`` to ``x1``."""

    y0: int
    y1: int
    x0: int
    x1: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Indices that cut the rectangle out of an image."""
        return slice(self.y0, self.y1), slice(self.x0, self.x1)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width."""
        return self.y1 - self.y0, self.x1 - self.x0

    def grown(self, margin: int, *, shape: tuple[int, int]) -> Box:
        """The rectangle with a margin on each side, clipped to a field of this shape."""
        return Box(
            y0=max(0, self.y0 - margin),
            y1=min(shape[0], self.y1 + margin),
            x0=max(0, self.x0 - margin),
            x1=min(shape[1], self.x1 + margin),
        )

    def within(self, outer: Box) -> Box:
        """The same rectangle in the pixel coordinates of a cut along `outer`."""
        return Box(
            y0=self.y0 - outer.y0,
            y1=self.y1 - outer.y0,
            x0=self.x0 - outer.x0,
            x1=self.x1 - outer.x0,
        )

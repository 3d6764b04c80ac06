"""Curves as SVG, for pages that stand alone."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

_WIDTH, _HEIGHT = 460, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 12, 28, 40


def curve_svg(
    title: str, thick: Sequence[float], *, thin: Sequence[Sequence[float]] = (), start: int = 0
) -> str:
    """Values against iteration; values that are not finite leave a gap.

    Parameters
    ----------
    thick
        The curve that counts.
    thin
        Others, drawn behind it.
    start
        Iteration of the first value.
    """
    finite = [v for curve in (thick, *thin) for v in curve if math.isfinite(v)]
    top = max([*finite, 0.0]) * 1.08 or 1.0
    bottom = min([*finite, 0.0])
    number = max(len(thick), 2)

    def place(index: int, value: float) -> str:
        x = _LEFT + index / (number - 1) * (_WIDTH - _LEFT - _RIGHT)
        y = _TOP + (top - value) / (top - bottom) * (_HEIGHT - _TOP - _BOTTOM)
        return f"{x:.1f},{y:.1f}"

    def path(curve: Sequence[float], style: str) -> str:
        pieces, pen = [], "M"
        for index, value in enumerate(curve):
            if math.isfinite(value):
                pieces.append(f"{pen}{place(index, value)}")
            pen = "L" if math.isfinite(value) else "M"
        return f'<path d="{" ".join(pieces)}" fill="none" {style}/>'

    middle = _TOP + (_HEIGHT - _TOP - _BOTTOM) / 2
    floor, last = _HEIGHT - _BOTTOM, start + len(thick) - 1
    lines = [
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img" '
        f'aria-label="{html.escape(title)}">',
        f'<text x="{_LEFT}" y="18" font-weight="600">{html.escape(title)}</text>',
        *(path(curve, 'stroke="#8aa4c8" stroke-width="1"') for curve in thin),
        path(thick, 'stroke="#1f4e8c" stroke-width="2.5"'),
        f'<path d="M{_LEFT},{_TOP} V{floor} H{_WIDTH - _RIGHT}" fill="none" stroke="#777"/>',
        f'<text x="{_LEFT - 6}" y="{_TOP + 8}" text-anchor="end">{top:.3g}</text>',
        f'<text x="{_LEFT - 6}" y="{middle:.0f}" text-anchor="end">{(top + bottom) / 2:.3g}</text>',
        f'<text x="{_LEFT - 6}" y="{floor}" text-anchor="end">{bottom:.3g}</text>',
        f'<text x="{_LEFT}" y="{floor + 16}">{start}</text>',
        f'<text x="{_WIDTH - _RIGHT}" y="{floor + 16}" text-anchor="end">{last}</text>',
        f'<text x="{_WIDTH / 2:.0f}" y="{floor + 32}" text-anchor="middle">iteration</text>',
        "</svg>",
    ]
    return "\n".join(lines)

"""Curves as SVG, for pages that stand alone."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_WIDTH, _HEIGHT = 460, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 12, 28, 40
_FLOOR = _HEIGHT - _BOTTOM
_LABEL_PX = 16
# Told apart by all kinds of colour vision, on light and dark pages (Okabe and Ito 2008).
BLUE, ORANGE, GREEN, GREY = "#0072b2", "#d55e00", "#009e73", "#8c8c8c"
_THICK, _PALE = "#1f4e8c", "#8aa4c8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One value for each iteration; those that are not finite leave a gap.

    Parameters
    ----------
    label
        What it is called in the picture; empty where the title says it.
    """

    values: Sequence[float]
    colour: str = _THICK
    width: float = 2.5
    label: str = ""
    dotted: bool = False


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
    behind = [Curve(values=values, colour=_PALE, width=1) for values in thin]
    return curves_svg(title, [*behind, Curve(values=thick)], start=start)


def curves_svg(
    title: str, curves: Sequence[Curve], *, start: int = 0, marked: int | None = None
) -> str:
    """Curves in one picture, the last in front.

    Parameters
    ----------
    start
        Iteration of the first value.
    marked
        Place of the iteration that is marked by an upright line, which the script of a page may
        move: it is the element ``.mark``, from ``data-left`` at the first place to ``data-right``
        at the last.
    """
    finite = [v for curve in curves for v in curve.values if math.isfinite(v)]
    top = max([*finite, 0.0]) * 1.08 or 1.0
    bottom = min([*finite, 0.0])
    number = max([2, *(len(curve.values) for curve in curves)])
    lines = [
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img" '
        f'aria-label="{html.escape(title)}">',
        f'<text x="{_LEFT}" y="18" font-weight="600">{html.escape(title)}</text>',
        *(_path(curve, number=number, top=top, bottom=bottom) for curve in curves),
        *_axes(top, bottom, ends=(start, start + number - 1)),
        *_labels(curves),
        *([] if marked is None else [_mark(marked, number=number)]),
        "</svg>",
    ]
    return "\n".join(lines)


def _across(place: int, number: int) -> float:
    return _LEFT + place / (number - 1) * (_WIDTH - _LEFT - _RIGHT)


def _path(curve: Curve, *, number: int, top: float, bottom: float) -> str:
    pieces, pen = [], "M"
    for place, value in enumerate(curve.values):
        if math.isfinite(value):
            y = _TOP + (top - value) / (top - bottom) * (_FLOOR - _TOP)
            pieces.append(f"{pen}{_across(place, number):.1f},{y:.1f}")
        pen = "L" if math.isfinite(value) else "M"
    dotted = ' stroke-dasharray="2 4"' if curve.dotted else ""
    return (
        f'<path d="{" ".join(pieces)}" fill="none" stroke="{curve.colour}" '
        f'stroke-width="{curve.width:g}"{dotted}/>'
    )


def _axes(top: float, bottom: float, *, ends: tuple[int, int]) -> Iterator[str]:
    middle = _TOP + (_FLOOR - _TOP) / 2
    yield f'<path d="M{_LEFT},{_TOP} V{_FLOOR} H{_WIDTH - _RIGHT}" fill="none" stroke="#777"/>'
    for y, value in ((_TOP + 8.0, top), (middle, (top + bottom) / 2), (float(_FLOOR), bottom)):
        yield f'<text x="{_LEFT - 6}" y="{y:.0f}" text-anchor="end">{value:.3g}</text>'
    yield f'<text x="{_LEFT}" y="{_FLOOR + 16}">{ends[0]}</text>'
    yield f'<text x="{_WIDTH - _RIGHT}" y="{_FLOOR + 16}" text-anchor="end">{ends[1]}</text>'
    yield (f'<text x="{_WIDTH / 2:.0f}" y="{_FLOOR + 32}" text-anchor="middle">iteration</text>')


def _labels(curves: Sequence[Curve]) -> Iterator[str]:
    """A line for each curve that has a name, at the upper right, in its colour."""
    for place, curve in enumerate(curve for curve in curves if curve.label):
        y = _TOP + 10 + place * _LABEL_PX
        dotted = ' stroke-dasharray="2 4"' if curve.dotted else ""
        yield (
            f'<path d="M{_WIDTH - _RIGHT - 18},{y - 4} h18" stroke="{curve.colour}" '
            f'stroke-width="{curve.width:g}"{dotted}/>'
        )
        words = html.escape(curve.label)
        yield f'<text x="{_WIDTH - _RIGHT - 24}" y="{y}" text-anchor="end">{words}</text>'


def _mark(place: int, *, number: int) -> str:
    x = f"{_across(place, number):.1f}"
    return (
        f'<line class="mark" x1="{x}" x2="{x}" y1="{_TOP}" y2="{_FLOOR}" stroke="currentColor" '
        f'stroke-dasharray="5 3" data-left="{_LEFT}" data-right="{_WIDTH - _RIGHT}"/>'
    )

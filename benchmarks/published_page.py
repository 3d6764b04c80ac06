"""Charts as SVG and tables as Markdown for the page of the published experiments."""

from __future__ import annotations

import html
import math
import textwrap
from dataclasses import dataclass

COLOURS = {
    "dmtn-037": "#cc79a7",
    "lsst-2019": "#0072b2",
    "anderson": "#3d8fc4",
    "direct": "#d55e00",
    "pcg": "#009e73",
    "published": "#1c2330",
}
DASHES = {"pcg": "6 6"}
"""Of curves that lie on others."""
GREY = "#8c8c8c"
_ROOT_TICKS = (0, 10, 50, 100, 200, 500, 1000, 2000)
_WIDTH, _HEIGHT = 720, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 190, 36, 48


@dataclass(frozen=True, kw_only=True)
class Line:
    """A curve with its name in the legend; `dash` as in SVG, `dots` marks its points."""

    name: str
    x: list
    y: list
    colour: str = GREY
    dash: str = ""
    dots: bool = True


def chart_svg(title, lines, *, x_title, y_title, root=False, low=0.0):
    """Curves over a common axis that has 0, or `low`; values that are None leave a gap.

    With `root`, values of 0 or more are drawn by their square roots, which are equally noisy where
    values are counts.
    """
    xs = [x for line in lines for x in line.x]
    ys = [y for line in lines for y in line.y if y is not None]
    left, right = min(xs, default=0), max(xs, default=1)
    low = min([low, *ys])
    high = max(ys, default=1) + 0.05 * (max(ys, default=1) - low) or 1.0
    right = right if right > left else left + 1

    ticks = [t for t in _ROOT_TICKS if t <= high] if root else _ticks(low, high)

    def place(x, y):
        up = math.sqrt(y / high) if root else (y - low) / (high - low)
        return (
            _LEFT + (x - left) / (right - left) * (_WIDTH - _LEFT - _RIGHT),
            _HEIGHT - _BOTTOM - up * (_HEIGHT - _TOP - _BOTTOM),
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="{html.escape(title)}" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#1c2330">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="20" font-weight="600">{html.escape(title)}</text>',
        *_axes(place, (left, right), ticks, x_title, y_title),
    ]
    for number, line in enumerate(lines):
        parts += _curve(place, line, _TOP + 10 + 18 * number)
    return "\n".join([*parts, "</svg>\n"])


def _axes(place, across, up_ticks, x_title, y_title):
    for value in up_ticks:
        x, y = place(across[0], value)
        yield f'<path d="M{x:.1f},{y:.1f} H{_WIDTH - _RIGHT}" stroke="#e3e6ea"/>'
        yield f'<text x="{x - 6:.1f}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>'
    floor = _HEIGHT - _BOTTOM
    for value in _ticks(*across):
        x, _ = place(value, 0)
        yield f'<path d="M{x:.1f},{floor} v5" stroke="#59616e"/>'
        yield f'<text x="{x:.1f}" y="{floor + 18}" text-anchor="middle">{value:g}</text>'
    yield f'<path d="M{_LEFT},{_TOP} V{floor} H{_WIDTH - _RIGHT}" fill="none" stroke="#59616e"/>'
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    yield (
        f'<text x="{middle}" y="{floor + 38}" text-anchor="middle">{html.escape(x_title)}</text>'
    )
    yield (
        f'<text transform="translate(16 {(_TOP + floor) / 2}) rotate(-90)" '
        f'text-anchor="middle">{html.escape(y_title)}</text>'
    )


def _curve(place, line, legend_y):
    pen, pieces, dots = "M", [], []
    for x, y in zip(line.x, line.y, strict=True):
        if y is None:
            pen = "M"
            continue
        px, py = place(x, y)
        pieces.append(f"{pen}{px:.1f},{py:.1f}")
        dots.append(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3" fill="{line.colour}"/>')
        pen = "L"
    dash = f' stroke-dasharray="{line.dash}"' if line.dash else ""
    style = f'fill="none" stroke="{line.colour}" stroke-width="2"{dash}'
    yield f'<path d="{" ".join(pieces)}" {style}/>'
    yield from dots if line.dots else ()
    x = _WIDTH - _RIGHT + 14
    yield f'<path d="M{x},{legend_y - 4} h22" {style}/>'
    yield f'<text x="{x + 28}" y="{legend_y}">{html.escape(line.name)}</text>'


def _ticks(low, high):
    """Round numbers from low to high, about five."""
    step = 10 ** math.floor(math.log10((high - low) / 4))
    step *= next((m for m in (1, 2, 5, 10) if (high - low) / (m * step) <= 6), 10)
    first = math.ceil(low / step - 1e-9)
    return [round(n * step, 10) for n in range(first, math.floor(high / step + 1e-9) + 1)]


def paragraph(text):
    """A text in the width of the other pages, however it is broken."""
    return textwrap.fill(" ".join(text.split()), 118)


def table(head, rows):
    """A table as Markdown; None is a dash."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(value):
    if value is None:
        return "-"
    return f"{value:.3g}" if isinstance(value, float) else str(value)

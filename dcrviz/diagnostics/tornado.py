"""A tornado plot: what each knob can do to a score, the knob that does most on top."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dcrviz.diagnostics.ablation import AblationRow
from dcrviz.diagnostics.fit_scores import SCORES
from dcrviz.io.knob_values import in_words
from dcrviz.suggest import unknown

LESS, MORE = "#0072b2", "#d55e00"
"""Colours of bars to the left and to the right of the baseline."""
_MOST = 20
_WIDTH, _LEFT, _RIGHT, _TOP, _ROW = 760, 300, 130, 56, 22
_LONGEST = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One value of a knob, in words, and by how much it changes the score, in its unit."""

    value: str
    change: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A knob with the values of its lowest and its highest change; one arm if there is but one."""

    knob: str
    arms: tuple[Arm, ...]

    @property
    def reach(self) -> float:
        """The largest change."""
        return max(abs(arm.change) for arm in self.arms)


def tornado(rows: Iterable[AblationRow], score: str, *, most: int = _MOST) -> tuple[Bar, ...]:
    """The knobs that change a score, the one that does most first.

    Parameters
    ----------
    rows
        In any order; those that were refused are left out, and those whose change is shown as 0.
    score
        Name of a number of `FitScores`.
    most
        Knobs at most.

    Raises
    ------
    ValueError
        If there is no such score.
    """
    if score not in SCORES:
        raise ValueError(unknown("score", score, SCORES))
    shown, arms = SCORES[score], dict[str, list[Arm]]()
    for row in rows:
        change = shown.scale * row.change(score)
        if round(abs(change), shown.digits) > 0:
            arms.setdefault(row.knob, []).append(Arm(value=in_words(row.value), change=change))
    bars = [Bar(knob=knob, arms=_ends(found)) for knob, found in arms.items()]
    return tuple(sorted(bars, key=lambda bar: (-bar.reach, bar.knob))[:most])


def _ends(arms: Sequence[Arm]) -> tuple[Arm, ...]:
    lowest, highest = (pick(arms, key=lambda arm: arm.change) for pick in (min, max))
    return (lowest, highest) if lowest is not highest else (lowest,)


def score_title(score: str) -> str:
    """The score with its unit."""
    shown = SCORES[score]
    return f"{shown.title} [{shown.unit}]" if shown.unit else shown.title


def tornado_svg(rows: Iterable[AblationRow], score: str) -> str:
    """The plot as SVG, to be looked at alone or put into a page."""
    rows = list(rows)
    bars, shown = tornado(rows, score), SCORES[score]
    axis = _Axis.of(bars)
    height = _TOP + _ROW * max(1, len(bars)) + 12
    baseline = getattr(rows[0].baseline, score) * shown.scale if rows else math.nan
    title = html.escape(f"{score_title(score)}: change by each knob")
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" role="img" aria-label="{title}" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#1c2330">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="12" y="20" font-weight="600">{title}</text>',
        f'<text x="{axis.x(0):.1f}" y="{_TOP - 10}" text-anchor="middle">'
        f"baseline {baseline:.{shown.digits}f}</text>",
        f'<path d="M{axis.x(0):.1f},{_TOP - 4} V{height - 8}" stroke="#8c8c8c"/>',
    ]
    for place, bar in enumerate(bars):
        lines += _bar_lines(bar, _TOP + _ROW * place, axis, shown.digits)
    if not bars:
        lines.append(f'<text x="12" y="{_TOP + 14}">No knob changes it.</text>')
    return "\n".join([*lines, "</svg>\n"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """From the lowest change to the highest; the baseline is on it."""

    low: float
    high: float

    @classmethod
    def of(cls, bars: Sequence[Bar]) -> _Axis:
        changes = [0.0, *(arm.change for bar in bars for arm in bar.arms)]
        low, high = min(changes), max(changes)
        return cls(low=low, high=high if high > low else low + 1)

    def x(self, change: float) -> float:
        """Place on the picture."""
        return _LEFT + (change - self.low) / (self.high - self.low) * (_WIDTH - _LEFT - _RIGHT)


def _bar_lines(bar: Bar, top: float, axis: _Axis, digits: int) -> Iterator[str]:
    yield f'<text x="12" y="{top + 15}">{html.escape(bar.knob)}</text>'
    # The longer one is behind where both go the same way, and has the label.
    labelled: set[bool] = set()
    for arm in sorted(bar.arms, key=lambda arm: -abs(arm.change)):
        more = arm.change > 0
        x, end = sorted((axis.x(0), axis.x(arm.change)))
        tip = html.escape(f"{bar.knob} {arm.value}: {arm.change:+.{digits}f}")
        yield (
            f'<rect x="{x:.1f}" y="{top + 3}" width="{max(end - x, 1):.1f}" height="{_ROW - 6}" '
            f'fill="{MORE if more else LESS}" fill-opacity="0.65"><title>{tip}</title></rect>'
        )
        if more not in labelled:
            place, anchor = (end + 5, "start") if more else (x - 5, "end")
            yield (
                f'<text x="{place:.1f}" y="{top + 15}" text-anchor="{anchor}" '
                f'font-size="11">{html.escape(_short(arm.value))}</text>'
            )
        labelled.add(more)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"

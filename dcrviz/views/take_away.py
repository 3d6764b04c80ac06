"""A run as one page that needs neither Python nor a network: wall, slider, curves and words."""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dcrviz.diagnostics.course import CourseEntry
from dcrviz.diagnostics.panels import Row, rows_of
from dcrviz.diagnostics.report import knob_rows, table_html, visit_rows
from dcrviz.diagnostics.svg import BLUE, GREEN, GREY, ORANGE, Curve, curves_svg
from dcrviz.engine import Problem
from dcrviz.runs import Run
from dcrviz.suggest import unknown
from dcrviz.views.modules import one_script
from dcrviz.views.take_away_steps import TakenStep, taken
from dcrviz.views.wall_plan import FIRST_ROWS, plan_of

SIDE_PX = 256
"""Most pixels along a side of a panel; larger fields are binned."""
MOST_MB = 15.0
# What of a page is neither images nor much.
_BESIDES_IMAGES_MB = 0.5
# Rows that say what others say, too: a residual is a visit minus its template.
_CAN_BE_MISSED = ("template", "since_best", "change", "rgb")
_JS, _CSS = (Path(__file__).parent / name for name in ("js", "css"))
_WALL_CSS = """
/* The slider stays in sight here; and a finger that moves up and down moves the page. */
.bar { position: static; }
.look { flex-wrap: wrap; }
.box { touch-action: pan-y; }
@media print { .bar, .readout, figcaption button { display: none !important; } }
"""
_KEYS = {
    "← →": "the iteration before, the one after",
    "Space": "play, or pause",
    "Home, End": "the first iteration, the last",
    "1 … 9": "the plane of this subfilter alone, large",
    "b, B": "blink to the next or the previous of what is compared with +",
    "Esc": "leave the comparison",
}


def take_away_html(
    run: Run,
    *,
    title: str = "A dcrviz run",
    rows: Sequence[str] = (),
    side_px: int = SIDE_PX,
    provenance: Mapping[str, str] | None = None,
    most_mb: float = MOST_MB,
) -> str:
    """The page: one file, opened from anywhere.

    Parameters
    ----------
    run
        Its stored steps are gone through once.
    title
        Heading of the page.
    rows
        Names of the wall's rows that the page holds. If none are named all of them, but for those
        that say what others say, too, where the page would be too large.
    side_px
        Most pixels along a side of a panel; of larger fields squares of pixels are averaged.
    provenance
        Words and their values for the foot of the page.
    most_mb
        Megabytes beyond which there is no page.

    Raises
    ------
    ValueError
        If a row does not exist, or the page is larger than it may be.
    """
    problem = run.problem
    chosen = _chosen(problem, rows)
    bin_px = max(1, math.ceil(max(problem.shape) / side_px))
    steps, packed = taken(run, chosen, bin_px=bin_px)
    kept = chosen if rows else _that_fit(chosen, packed, most_mb=most_mb)
    shown = len(steps) - 1 if run.shown is None else run.shown
    body = [
        _head(title, problem, n_steps=len(steps)),
        *_PLAYER,
        '<main><section><h2 class="unseen">Images</h2><div id="wall"></div></section><aside>',
        '<section><h2 class="unseen">What this shows</h2>',
        '<ul id="said" aria-live="polite"></ul></section>',
        '<section id="curves"><h2 class="unseen">Curves</h2>',
        *_curves(problem, [step.entry for step in steps], shown=shown),
        "</section></aside></main>",
        *_foot(run, shown, provenance or {}, left_out=[row for row in chosen if row not in kept]),
        *_data(plan_of(problem, kept, visible=FIRST_ROWS, marked=None), steps, shown=shown),
        *(
            f'<script type="text/plain" class="row" data-row="{row.name}">{packed[row.name]}'
            "</script>"
            for row in kept
        ),
    ]
    page = _document(title, body)
    size_mb = len(page.encode()) / 1e6
    if size_mb > most_mb:
        raise ValueError(
            f"{title}: the page must be at most {most_mb:g} MB; got {size_mb:.1f} MB of "
            f"{len(steps)} steps, {len(kept)} rows and {side_px} px a side: fewer rows or pixels "
            "make it smaller"
        )
    return page


def _that_fit(rows: Sequence[Row], packed: Mapping[str, str], *, most_mb: float) -> tuple[Row, ...]:
    """All rows, or without those that can be missed best where there is no room for all."""
    kept = list(rows)
    for name in _CAN_BE_MISSED:
        if sum(len(packed[row.name]) for row in kept) / 1e6 < most_mb - _BESIDES_IMAGES_MB:
            break
        kept = [row for row in kept if row.name != name]
    return tuple(kept)


def _chosen(problem: Problem, names: Sequence[str]) -> tuple[Row, ...]:
    """The rows of these names, in the order of the wall."""
    rows = rows_of(problem)
    known = [row.name for row in rows]
    for name in names:
        if name not in known:
            raise ValueError(unknown("row", name, known))
    return tuple(row for row in rows if not names or row.name in names)


def _head(title: str, problem: Problem, *, n_steps: int) -> str:
    height, width = problem.shape
    about = (
        f"{len(problem.visits)} visits of {width} x {height} pixels, {problem.n_subfilters} "
        f"subfilters, solver {problem.config.solver}, {n_steps - 1} iterations."
    )
    return f"<header><h1>{html.escape(title)}</h1><p>{html.escape(about)}</p></header>"


_PLAYER = (
    '<nav aria-label="Iterations">',
    '<button id="previous" title="The iteration before (left arrow)">Previous</button>',
    '<button id="play" title="Play, or pause (space)">Play</button>',
    '<button id="next" title="The iteration after (right arrow)">Next</button>',
    '<label for="place">Iteration</label>',
    '<input id="place" type="range" min="0" value="0" disabled>',
    '<output id="words" for="place" role="status">Unpacking.</output>',
    "</nav>",
    "<noscript><p>The images and the slider need JavaScript.</p></noscript>",
)


def _curves(problem: Problem, course: Sequence[CourseEntry], *, shown: int) -> list[str]:
    """Convergence, what the solver goes by, holes and wings; the page moves their marks."""

    def values(name: str, *, scale: float = 1.0) -> list[float]:
        return [scale * float(getattr(entry, name)) for entry in course]

    each = [Curve(values=list(v), colour=GREY, width=1) for v in _by_visit(course)]
    metric = [
        *each,
        Curve(values=values("best"), colour=GREEN, width=2, label="best"),
        Curve(values=values("threshold"), colour=ORANGE, dotted=True, label="must fall below"),
        Curve(values=values("metric"), colour=BLUE, label="all visits"),
    ]
    pictures = {"Metric: all visits, and each (thin)": metric}
    pictures["Holes and wings, % of source pixels"] = [
        Curve(values=values("hole_fraction", scale=100), colour=BLUE, label="holes"),
        Curve(values=values("wing_fraction", scale=100), colour=ORANGE, label="wings"),
    ]
    if problem.config.solver == "pcg":
        pictures["Residual of the equations"] = [Curve(values=values("residual"), colour=BLUE)]
    elif problem.config.solver != "direct":
        pictures["Gain"] = [Curve(values=values("gain"), colour=ORANGE)]
    return [curves_svg(title, curves, marked=shown) for title, curves in pictures.items()]


def _by_visit(course: Sequence[CourseEntry]) -> list[tuple[float, ...]]:
    """The metrics of each visit, one by one."""
    return list(zip(*(map(float, entry.visit_metrics) for entry in course), strict=True))


def _foot(
    run: Run, shown: int, provenance: Mapping[str, str], *, left_out: Sequence[Row]
) -> list[str]:
    """What the run was made of, and how the page is worked."""
    problem, turned = run.problem, run.knobs[shown] if run.knobs else {}
    made = [{"what": name, "value": value} for name, value in provenance.items()]
    keys = [{"key": key, "what it does": what} for key, what in _KEYS.items()]
    gone = "; ".join(html.escape(row.title) for row in left_out)
    warnings = "".join(f"<li>{html.escape(one)}</li>" for one in problem.warnings)
    return [
        "<footer>",
        f"<p>Left out, as the page would be too large: {gone}.</p>" if gone else "",
        f"<section><h2>Noticed in the input</h2><ul>{warnings}</ul></section>" if warnings else "",
        "<section><h2>Knobs that differ from their defaults</h2>",
        table_html(knob_rows(problem.config, turned)),
        "</section><section><h2>Visits</h2>",
        table_html(visit_rows(problem)),
        "</section><section><h2>Made with</h2>",
        table_html(made),
        '</section><section class="keys"><h2>Keys</h2>',
        table_html(keys),
        "</section></footer>",
    ]


def _data(plan: Mapping[str, Any], steps: Sequence[TakenStep], *, shown: int) -> list[str]:
    """What the script reads beside the images."""
    told = {
        "plan": plan,
        "shown": shown,
        "steps": [{"words": step.words, "said": step.said} for step in steps],
    }
    # A title with a tag in it must not end the element.
    text = json.dumps(told, allow_nan=False).replace("<", "\\u003c")
    style = (_JS / "wall" / "wall.css").read_text(encoding="utf-8") + _WALL_CSS
    return [
        f'<script type="application/json" id="told">{text}</script>',
        f'<template id="wall-style"><style>{style}</style></template>',
    ]


def _document(title: str, body: Sequence[str]) -> str:
    script = one_script(_JS / "wall", _JS / "take_away", begin="takeAway")
    style = _colours() + (_CSS / "take_away.css").read_text(encoding="utf-8")
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<link rel="icon" href="data:,">',
            f"<title>{html.escape(title)}</title><style>{style}</style></head>\n<body>",
            *body,
            f'<script type="module">\n{script}</script>',
            "</body></html>\n",
        ]
    )


def _colours() -> str:
    """The explorer's colours, light, or dark where the system is."""
    frame = (_CSS / "frame.css").read_text(encoding="utf-8")
    light, dark = (
        "".join(re.findall(r"--dcrviz-[\w-]+: #\w+;", _block(frame, selector)))
        for selector in (":host(.dcrviz)", ':host(.dcrviz[data-look="dark"])')
    )
    return (
        f":root {{ color-scheme: light dark; {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
    )


def _block(style: str, selector: str) -> str:
    """The declarations of a selector that stands alone."""
    return style.split(f"{selector} {{", 1)[1].split("}", 1)[0]

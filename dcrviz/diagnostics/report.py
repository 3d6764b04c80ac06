"""A run as one HTML page that stands alone: nothing in it is fetched from anywhere."""

from __future__ import annotations

import base64
import html
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.colouring import binned, coloured, limits_of
from dcrviz.diagnostics.history_table import history_rows
from dcrviz.diagnostics.panels import Row, Scene, images, rows_of
from dcrviz.diagnostics.progress import metric_words
from dcrviz.diagnostics.svg import curve_svg
from dcrviz.engine import Problem, Step
from dcrviz.io.png import png_bytes
from dcrviz.physics.geometry import airmass_of

_ROWS = ("plane", "minus_mean", "residual", "coadd")
_SIDE_PX = 256
_MOST_PANELS = 24
_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #1c2330; background: #fff; margin: 24px; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 1.6em 0 0.4em; }
table { border-collapse: collapse; font-size: 0.85rem; }
td, th { border: 1px solid #ccd2da; padding: 2px 7px; text-align: right; }
th { background: #eef1f5; } td:first-child { text-align: left; }
figure { display: inline-block; margin: 0 8px 8px 0; }
figcaption { font-size: 0.8rem; } img { image-rendering: pixelated; width: 220px; }
svg { font: 12px system-ui, sans-serif; fill: currentColor; }
.wide { overflow-x: auto; }
"""


def report_html(
    problem: Problem,
    steps: Sequence[Step],
    *,
    knobs: Sequence[Mapping[str, Any]] = (),
    shown: int = -1,
    provenance: Mapping[str, str] | None = None,
) -> str:
    """The report of a run: outcome, warnings, visits, knobs, curves, images and the history.

    Parameters
    ----------
    knobs
        The solver's knobs that made each step.
    shown
        Of which step the images are.
    provenance
        Words and their values for the foot of the page.
    """
    step, last = steps[shown], steps[-1]
    body = [
        "<h1>dcrviz: report of a run</h1>",
        f"<p><b>{html.escape(last.outcome.name)}</b> {html.escape(last.outcome.sentence)} "
        f"{len(steps) - 1} stored steps; {metric_words(step.metric)} at step {step.index}, whose "
        "images are shown.</p>",
        *_warnings(problem),
        "<h2>Knobs that differ from their defaults</h2>",
        table_html(knob_rows(problem.config, knobs[shown] if knobs else {})),
        "<h2>Curves</h2>",
        *_curves(last, step.tile),
        *_pictures(Scene(problem=problem, step=step)),
        "<h2>Visits</h2>",
        table_html(visit_rows(problem)),
        "<h2>History</h2>",
        table_html(history_rows(problem, steps, knobs)),
        "<h2>Made with</h2>",
        table_html([dict(provenance)] if provenance else []),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<link rel="icon" href="data:,">'
        f"<title>dcrviz report</title><style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def _warnings(problem: Problem) -> Iterator[str]:
    if problem.warnings:
        items = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in problem.warnings)
        yield f"<h2>Noticed in the input</h2><ul>{items}</ul>"


def knob_rows(config: AssembleConfig, turned: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row for each knob that differs from its default.

    Parameters
    ----------
    turned
        Values that differ from the config's.
    """
    declared = AssembleConfig.knobs()
    return [
        {
            "knob": name,
            "value": f"{value} {declared[name].unit}".strip(),
            "default": declared[name].default,
        }
        for name, value in config.with_values(**turned).changed().items()
    ]


def _curves(last: Step, tile: int) -> Iterator[str]:
    history = last.histories[tile]
    per_visit = np.array(history.visit_metrics).T.tolist() if history.visit_metrics else []
    yield curve_svg(
        "Convergence metric: all visits (thick) and each", history.metrics, thin=per_visit
    )
    yield curve_svg("Gain", history.gains, start=1)


def _pictures(scene: Scene) -> Iterator[str]:
    for row in rows_of(scene.problem):
        if row.name in _ROWS:
            yield f"<h2>{html.escape(row.title)}</h2>"
            yield from _figures(scene, row)


def _figures(scene: Scene, row: Row) -> Iterator[str]:
    panels = row.panels[:_MOST_PANELS]
    made = images(scene, panels)
    small = {panel.key: binned(made[panel.key], side_px=_SIDE_PX) for panel in panels}
    limits = limits_of(list(small.values()), row.scale)
    for panel in panels:
        title = html.escape(panel.title)
        picture = png_bytes(coloured(small[panel.key], row.scale, limits=limits))
        inline = base64.b64encode(picture).decode()
        yield (
            f'<figure><img alt="{title}" src="data:image/png;base64,{inline}">'
            f"<figcaption>{title}</figcaption></figure>"
        )
    left_out = len(row.panels) - len(panels)
    more = f"; {left_out} more are left out" if left_out else ""
    yield f"<p>Shown from {limits[0]:.4g} to {limits[1]:.4g}{more}.</p>"


def visit_rows(problem: Problem) -> list[dict[str, Any]]:
    """A row for each visit: how it was taken, and what it counts."""
    return [
        {
            "visit": visit.id,
            "airmass": airmass_of(visit),
            "parallactic angle [deg]": math.degrees(visit.parallactic_rad or 0.0),
            "seeing [px]": visit.psf_fwhm_px,
            "weight": float(problem.visit_weights[index]),
        }
        for index, visit in enumerate(problem.visits)
    ]


def table_html(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows with the same columns as a table; a word where there is none."""
    if not rows:
        return "<p>None.</p>"
    head = "".join(f"<th>{html.escape(str(name))}</th>" for name in rows[0])
    lines = "\n".join(f"<tr>{_cells(row.values())}</tr>" for row in rows)
    return f'<div class="wide"><table><tr>{head}</tr>\n{lines}</table></div>'


def _cells(values: Iterable[Any]) -> str:
    return "".join(f"<td>{html.escape(_shown(value))}</td>" for value in values)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.5g}" if isinstance(value, float) else str(value)

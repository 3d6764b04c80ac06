"""The runs of a sweep as rows of a table, and those that are looked at as small images."""

from __future__ import annotations

import base64
import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dcrviz.diagnostics.colouring import coloured
from dcrviz.diagnostics.fit_scores import SCORES
from dcrviz.io.knob_values import in_words
from dcrviz.io.png import png_bytes
from dcrviz.sweep import Found
from dcrviz.sweep.axes import SCORE_ORDER
from dcrviz.views.table import Column, Row

_OF_IMAGES = (
    "Planes minus their mean around the brightest source, from -12 to 12 sigma: holes are blue."
)
# Of columns that would be wider than their numbers.
_TITLES = {
    "colour_error": "Colour error",
    "template_sigma": "Visits - templates",
    "colour_slope": "Colour slope",
    "planes_change": "Planes' change",
    "colour_change": "Colours' change",
}


def sweep_columns(knobs: Sequence[str]) -> list[Column]:
    """What a person does with a run, its knobs, scores and end."""
    return [
        Column(key="run", title="Run"),
        Column(key="front", title="Front", kind="text", tip="Whether no other run beats it."),
        Column(key="show", title="Show", kind="check", tip="Its curve and planes."),
        Column(key="open", title="Open", kind="button"),
        Column(key="pin", title="Pin", kind="button"),
        *(Column(key=f"knob {k}", title=k.replace("_", " "), kind="text") for k in knobs),
        *(_score_column(name) for name in SCORE_ORDER),
        Column(key="outcome", title="Outcome", kind="text"),
    ]


def sweep_row(
    found: Found, knobs: Sequence[str], *, shown: bool, within: bool, on_front: bool
) -> Row:
    """A run's row."""
    row, number = found.row, found.number
    acts = ("", "") if found.refused else ("Open", "Pin")
    cells: dict[str, Any] = {
        "run": number,
        "front": "front" if on_front else None,
        "show": shown,
        "open": acts[0],
        "pin": acts[1],
        "outcome": f"refused: {row['refusal']}" if found.refused else _outcome(row),
    }
    cells |= {f"knob {name}": in_words(row.get(name)) for name in knobs}
    cells |= {name: _scaled(name, row.get(name)) for name in SCORE_ORDER}
    look = "chosen" if shown else "" if within else "off"
    return Row(id=str(number), name=f"run {number}", look=look, cells=cells)


def images_html(runs: Sequence[Found], knobs: Sequence[str], colours: Mapping[int, str]) -> str:
    """The planes of some runs, minus their mean, each run under its colour and its knobs."""
    parts = []
    for found in runs:
        turned = ", ".join(f"{k.replace('_', ' ')} {in_words(found.row.get(k))}" for k in knobs)
        caption = f"run {found.number}: {turned}" if turned else f"run {found.number}"
        dot = f'<span class="dot" style="background:{colours[found.number]}"></span>'
        images = "" if found.stamp is None else "".join(_images(found))
        images = images or "<small>no planes were kept</small>"
        parts.append(
            f"<figure><figcaption>{dot}{html.escape(caption)}</figcaption>"
            f'<div class="planes">{images}</div></figure>'
        )
    return f"<p>{_OF_IMAGES}</p><div class='runs'>{''.join(parts)}</div>" if parts else ""


def _images(found: Found) -> list[str]:
    assert found.stamp is not None
    made = []
    for place, plane in enumerate(found.stamp):
        png = base64.b64encode(png_bytes(coloured(plane.astype(np.float32), "sigma"))).decode()
        words = f"run {found.number}, plane {place} minus mean"
        made.append(f'<img alt="{words}" title="{words}" src="data:image/png;base64,{png}">')
    return made


def _score_column(name: str) -> Column:
    score = SCORES[name]
    title = _TITLES.get(name, score.title)
    unit = {"sky sigma": "sigma", "% of the coadd's": "% of coadd"}.get(score.unit, score.unit)
    return Column(
        key=name,
        title=f"{title} [{unit}]" if unit else title,
        digits=score.digits,
        tip=f"{score.title}{f', {score.unit}' if score.unit else ''}",
    )


def _outcome(row: Mapping[str, Any]) -> str:
    return str(row.get("outcome") or "").replace("_", " ").lower()


def _scaled(name: str, value: Any) -> float | None:
    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return SCORES[name].scale * value

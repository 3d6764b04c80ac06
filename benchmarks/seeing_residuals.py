"""DMTN-121's pictures of one science visit minus its templates, at three ranges of seeing."""

from __future__ import annotations

import base64
import html
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image
from published_parts import REFERENCE, SOLVERS, Stars, difference_of
from published_seeing import made_for, science_visits, template_visits

NAME = "residuals"
VISIT = 2010011
"""The one that the note shows: airmass 1.261, seeing 0.876 arcsec."""
_PARTS = {REFERENCE: "plain coadd", "lsst-2019": "lsst-2019", "direct": "direct"}
_RANGE_SIGMA = 10.0
_CELL, _GAP, _LEFT, _TOP = 180, 8, 96, 52


@dataclass(frozen=True)
class Settings:
    """How large the experiment is."""

    size_px: int = 256
    n_stars: int = 150
    seed: int = 3
    highest_arcsec: tuple = (0.60, 0.88, 1.29)
    shown_px: int = 100


FULL = Settings()
QUICK = Settings(size_px=160, n_stars=60, highest_arcsec=(1.29,))
TOY = Settings(size_px=64, n_stars=6, highest_arcsec=(1.29,), shown_px=40)


def measure(settings, _):
    """{"images": {highest: {part: PNG in base 64}}, "sigma": {highest: {part: scatter}}}.

    Scatter of the whole difference in units of the visit's own noise of the sky.
    """
    field = Stars(settings.seed, settings.size_px, settings.n_stars)
    science = field.seen_by([v for v in science_visits(None) if v.id == VISIT], noise=1)
    images, sigma = {}, {}
    for highest in settings.highest_arcsec:
        visits = field.seen_by(template_visits(highest), noise=1)
        made = {part: made_for(part, visits, science, SOLVERS.get(part))[0] for part in _PARTS}
        noise = float(np.sqrt(np.median(science[0].variance)))
        differences = {
            part: difference_of(science[0], template, match=True) / noise
            for part, template in made.items()
        }
        key = f"{highest:.2f}"
        images[key] = {part: _png(d, settings.shown_px) for part, d in differences.items()}
        sigma[key] = {part: float(d.std()) for part, d in differences.items()}
    return {"images": images, "sigma": sigma}


def _png(significance, side):
    """The middle of a difference, black to white from -10 to 10 sigma, in steps of a half."""
    top, left = ((length - side) // 2 for length in significance.shape)
    part = significance[top : top + side, left : left + side]
    steps = np.round(2 * np.clip(part / _RANGE_SIGMA, -1, 1) * _RANGE_SIGMA) / 2
    grey = np.round(127.5 * (1 + steps / _RANGE_SIGMA)).astype(np.uint8)
    stream = io.BytesIO()
    # y upwards.
    Image.fromarray(grey[::-1]).save(stream, "PNG", optimize=True)
    return base64.b64encode(stream.getvalue()).decode()


def rows(_):
    """Nothing was asked but the picture."""
    return []


def tables(_):
    """None: it is to be looked at."""
    return {}


def pictures(results):
    """Ranges of seeing in rows, templates in columns."""
    ranges = results["images"]
    width = _LEFT + len(_PARTS) * (_CELL + _GAP)
    height = _TOP + len(ranges) * (_CELL + _GAP)
    title = (
        f"Visit {VISIT} minus its template, -{_RANGE_SIGMA:g} to {_RANGE_SIGMA:g} sigma of its sky"
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{html.escape(title)}" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#1c2330">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="18" font-weight="600">{html.escape(title)}</text>',
    ]
    for column, label in enumerate(_PARTS.values()):
        x = _LEFT + column * (_CELL + _GAP) + _CELL / 2
        parts.append(f'<text x="{x:g}" y="{_TOP - 8}" text-anchor="middle">{label}</text>')
    for row, (highest, images) in enumerate(ranges.items()):
        y = _TOP + row * (_CELL + _GAP)
        parts.append(
            f'<text x="{_LEFT - 8}" y="{y + _CELL / 2:g}" text-anchor="end">0.60-{highest}"</text>'
        )
        for column, png in enumerate(images.values()):
            x = _LEFT + column * (_CELL + _GAP)
            parts.append(
                f'<image x="{x}" y="{y}" width="{_CELL}" height="{_CELL}" '
                f'style="image-rendering: pixelated" href="data:image/png;base64,{png}"/>'
            )
    return {NAME: "\n".join([*parts, "</svg>\n"])}

"""Formulas as pictures in the page, drawn when it is built: no script, and no font but the text's.

The picture scales with the text around it and has its colour; a screen reader is told the TeX.
"""

from __future__ import annotations

import html
import re
from functools import cache
from typing import Any

import ziamath
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html import HTML5Translator

_EM = 16.0
_BOX = re.compile(r'width="[^"]*" height="[^"]*" viewBox="([^"]*)"')


def setup(app: Sphinx) -> dict[str, Any]:
    """Take formulas over from Sphinx, whose own ways need a script or LaTeX."""
    # Glyphs as paths: as symbols they would have the same names in every formula.
    ziamath.config.svg2 = False
    app.add_html_math_renderer("drawn", (_inline, None), (_display, None))
    app.connect("config-inited", lambda _, config: setattr(config, "html_math_renderer", "drawn"))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


@cache
def drawn(tex: str, *, inline: bool) -> str:
    """A formula in TeX as SVG, in units of the text's size, its base line on that of the text."""
    picture = ziamath.Latex(tex, size=_EM, color="currentColor", inline=inline).svg()
    found = _BOX.search(picture)
    if found is None:
        raise ValueError(f"a formula must be drawn in a box; {tex!r} is in none")
    _, top, width, height = (float(number) / _EM for number in found[1].split())
    style = f"width:{width:.3f}em;height:{height:.3f}em;vertical-align:{-(top + height):.3f}em"
    words = f'role="img" aria-label="{html.escape(" ".join(tex.split()))}" style="{style}"'
    return picture.replace(found[0], f'{words} viewBox="{found[1]}"')


def _inline(page: HTML5Translator, node: nodes.math) -> None:
    page.body.append(f'<span class="formula">{drawn(node.astext(), inline=True)}</span>')
    raise nodes.SkipNode


def _display(page: HTML5Translator, node: nodes.math_block) -> None:
    anchor = f' id="{node["ids"][0]}"' if node["ids"] else ""
    number = f'<span class="number">({node["number"]})</span>' if node.get("number") else ""
    picture = drawn(node.astext(), inline=False)
    page.body.append(
        f'<div class="formula"{anchor}><div class="drawing">{picture}</div>{number}</div>'
    )
    raise nodes.SkipNode

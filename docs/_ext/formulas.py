"""Formulas as MathML, which browsers draw themselves: no script and no font from anywhere."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.writers.html import HTML5Translator


def setup(app: Sphinx) -> dict[str, Any]:
    """Take formulas over from Sphinx, whose own ways need a script or LaTeX."""
    app.add_html_math_renderer("mathml", (_inline, None), (_display, None))
    app.connect("config-inited", lambda _, config: setattr(config, "html_math_renderer", "mathml"))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def mathml(tex: str, *, display: bool) -> str:
    """A formula in TeX as MathML that scales with the text around it."""
    return convert(tex.strip(), display="block" if display else "inline")


def _inline(page: HTML5Translator, node: nodes.math) -> None:
    page.body.append(mathml(node.astext(), display=False))
    raise nodes.SkipNode


def _display(page: HTML5Translator, node: nodes.math_block) -> None:
    anchor = f' id="{node["ids"][0]}"' if node["ids"] else ""
    number = ""
    if node.get("number"):
        number = f'<span class="eqno">({node["number"]})</span>'
    page.body.append(f'<div class="math"{anchor}>{mathml(node.astext(), display=True)}{number}</div>')
    raise nodes.SkipNode

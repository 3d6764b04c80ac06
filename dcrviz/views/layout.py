"""Where everything is on the page; the stylesheets in `css` do the rest."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import panel as pn
from bokeh.models import UIElement
from panel.io.notebook import patch_inline_stylesheets

_CSS = Path(__file__).parent / "css"
_FRAME, _PAGE = ((_CSS / name).read_text(encoding="utf-8") for name in ("frame.css", "page.css"))
_TITLE = "h1 { font-size: 1.4em; margin: 0; letter-spacing: 0.02em; }"
_UNSEEN = """
:host { position: absolute !important; }
h2 { width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); }
"""
# Not for a class; see frame.css.
_DETAILS = ":host { display: var(--dcrviz-details, flex) !important; }"


class Frame(pn.Column):
    """The outermost box, which a notebook shows sooner than others.

    Notes
    -----
    What a notebook shows brings its stylesheets along. Panel puts them into one component after the
    other, and Bokeh walks over all components after each: a quarter of a minute for the explorer.
    """

    def _render_model(self, doc: Any = None, comm: Any = None) -> Any:
        model = super()._render_model(doc, comm)
        if model.document is not None:
            with model.document.models.freeze():
                for part in model.select({"type": UIElement}):
                    patch_inline_stylesheets(part)
        return model


def framed(*parts: Any) -> Frame:
    """Parts below each other in the colours and sizes of the page, without the page."""
    return Frame(
        *parts,
        css_classes=["dcrviz"],
        stylesheets=[_FRAME],
        sizing_mode="stretch_width",
        margin=(4, 0),
    )


def laid_out(
    *,
    head: Sequence[Any],
    side: Sequence[Any],
    main: Sequence[Any],
    details: Sequence[Any],
    beside: Any,
    alone: bool,
) -> Frame:
    """The whole page.

    Parameters
    ----------
    head
        Lines above all else; the first one stands beside the title.
    side
        In the narrow column at the left, which can be hidden.
    main, details
        In the middle; the details are left out for a class.
    beside
        Curves and diagnosis, at the right, or below where the page is narrow.
    alone
        Whether the whole document is this page; its columns then scroll one by one.
    """
    title = pn.pane.HTML("<h1>dcrviz</h1>", margin=(0, 6, 0, 12), stylesheets=[_TITLE])
    first, *others = head
    top = pn.FlexBox(title, *first, align_items="center", margin=0)
    wide: dict[str, Any] = {"sizing_mode": "stretch_width", "margin": 0}
    below = pn.Column(_heading("Runs and visits"), *details, stylesheets=[_DETAILS], **wide)
    page = pn.Column(
        pn.Column(top, *others, css_classes=["dcrviz-head"], **wide),
        pn.Column(_heading("Settings"), *side, css_classes=["dcrviz-side"], width=330, margin=0),
        pn.Column(_heading("Images"), *main, below, css_classes=["dcrviz-main"], **wide),
        pn.Column(_heading("Curves, diagnosis"), beside, css_classes=["dcrviz-curves"], margin=0),
        css_classes=["dcrviz-page", *(["dcrviz-alone"] if alone else [])],
        stylesheets=[_PAGE],
        **wide,
    )
    return Frame(page, css_classes=["dcrviz"], stylesheets=[_FRAME], **wide)


def show_details(page: pn.Column, shown: bool) -> None:
    """Show what stands beside and below the images, or not: before there are visits it is empty."""
    page.css_classes = ["dcrviz"] if shown else ["dcrviz", "dcrviz-empty"]


def _heading(words: str) -> pn.pane.HTML:
    """For those who go from heading to heading; to the eye the place says it."""
    return pn.pane.HTML(f"<h2>{words}</h2>", stylesheets=[_UNSEEN], margin=0, height=0)

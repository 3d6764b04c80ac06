"""Parts of pages that are made from the code and from measured results, by a mark in the page.

A line ``<!-- made: NAME -->`` is replaced by the Markdown that the maker of that name gives.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from command_page import command_page
from difference_table import difference_table, scores_table
from gallery_page import gallery_page
from knob_table import knob_table
from performance_table import performance_table

if TYPE_CHECKING:
    from sphinx.application import Sphinx

MAKERS: Mapping[str, Callable[[], str]] = {
    "command": command_page,
    "differences": difference_table,
    "difference-scores": scores_table,
    "gallery": gallery_page,
    "knobs": knob_table,
    "performance": performance_table,
}
_MARK = re.compile(r"^<!-- made: ([\w-]+) -->$", flags=re.MULTILINE)


def setup(app: Sphinx) -> dict[str, Any]:
    """Fill every page as it is read."""
    app.connect("source-read", _fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def filled(text: str) -> str:
    """A page with all its parts.

    Raises
    ------
    KeyError
        If a mark names no maker.
    """
    return _MARK.sub(lambda mark: MAKERS[mark[1]](), text)


def _fill(_app: Sphinx, _page: str, source: list[str]) -> None:
    source[0] = filled(source[0])

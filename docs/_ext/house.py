"""Roles of the house: names between single backticks, and knobs.

A name is a link where the reference describes it, else code; a knob is a link to its row.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.nodes import Node, system_message
from knob_table import knob_anchor
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole
from sphinx.util.nodes import make_refnode

from dcrviz.config import AssembleConfig

KNOB_PAGE = "reference/knobs"
_log = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the roles; conf.py makes the first the default one of docstrings."""
    app.add_role("house", HouseRole())
    app.add_role("knob", KnobRole())
    app.connect("missing-reference", _resolved)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class HouseRole(SphinxRole):
    """Names of functions, classes and modules, and any other words of code."""

    def run(self) -> tuple[list[Node], list[system_message]]:
        """A reference to be resolved once all pages have been read."""
        context = self.env.ref_context
        within = [context.get("py:module"), context.get("py:class")]
        link = pending_xref(
            self.rawtext,
            nodes.literal(self.rawtext, self.text, classes=["xref", "py"]),
            reftype="house",
            reftarget=self.text,
            house=names(self.text.removesuffix("()"), *(one for one in within if one)),
        )
        return [link], []


class KnobRole(SphinxRole):
    """A knob by its name."""

    def run(self) -> tuple[list[Node], list[system_message]]:
        """A reference to its row in the table of knobs."""
        if self.text not in AssembleConfig.knobs():
            _log.warning("there is no knob %r", self.text, location=self.get_location())
        words = nodes.literal(self.rawtext, self.text, classes=["xref", "knob"])
        return [pending_xref(self.rawtext, words, reftype="knob", reftarget=self.text)], []


def names(text: str, *within: str) -> list[str]:
    """What a name may stand for: as it is, public, or of the module and the class around it."""
    around = [".".join(within[:end]) for end in range(len(within), 0, -1)]
    return [f"{place}.{text}" for place in around] + [f"dcrviz.{text}", text]


def _resolved(
    app: Sphinx, env: BuildEnvironment, node: Any, words: nodes.Element
) -> nodes.Element | None:
    here = node.get("refdoc", env.docname)
    if node["reftype"] == "knob":
        return make_refnode(app.builder, here, KNOB_PAGE, knob_anchor(node["reftarget"]), words)
    if "house" not in node:
        return None
    known = env.domains.python_domain.objects
    for name in node["house"]:
        if (found := known.get(name)) is not None:
            return make_refnode(app.builder, here, found.docname, found.node_id, words, name)
    return words

"""What docstrings become on the site: links for what they cite, and each name described once."""

from __future__ import annotations

import re
from types import GenericAlias, UnionType
from typing import TYPE_CHECKING, Any

import dcrviz

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_TYPES = (GenericAlias, UnionType)
_SECTION = re.compile(r"ALGORITHM\.md section (\d)")
_PAGE = re.compile(r"docs/([\w-]+)\.md")


def setup(app: Sphinx) -> dict[str, Any]:
    """Look at every member that is about to be described, and at what is said of it."""
    public = [getattr(dcrviz, name) for name in dcrviz.__all__]

    def skip(_app: Sphinx, what: str, _name: str, member: object, *_: object) -> bool | None:
        """The page of a module leaves out the public names, and names of types."""
        elsewhere = any(member is one for one in public) or _is_type_alias(member)
        return True if what == "module" and elsewhere else None

    def link(_app: Sphinx, *given: Any) -> None:
        lines = given[-1]
        lines[:] = [linked(line) for line in lines]

    app.connect("autodoc-skip-member", skip)
    app.connect("autodoc-process-docstring", link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def linked(line: str) -> str:
    """A line with its citations of the algorithm and of other pages as links."""
    line = _SECTION.sub(r":ref:`method, section \1 <method-\1>`", line)
    return _PAGE.sub(r":doc:`/\1`", line)


def _is_type_alias(member: object) -> bool:
    return isinstance(member, _TYPES) or hasattr(member, "__origin__")

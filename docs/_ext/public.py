"""What the page of a module leaves out: what the public names describe, and names of types."""

from __future__ import annotations

from types import GenericAlias, UnionType
from typing import Any

from sphinx.application import Sphinx

import dcrviz

_TYPES = (GenericAlias, UnionType)


def setup(app: Sphinx) -> dict[str, Any]:
    """Look at every member that is about to be described."""
    public = [getattr(dcrviz, name) for name in dcrviz.__all__]

    def skip(_app: Sphinx, what: str, _name: str, member: object, *_: object) -> bool | None:
        elsewhere = any(member is one for one in public) or _is_type_alias(member)
        return True if what == "module" and elsewhere else None

    app.connect("autodoc-skip-member", skip)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _is_type_alias(member: object) -> bool:
    return isinstance(member, _TYPES) or hasattr(member, "__origin__")

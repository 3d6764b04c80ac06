"""What all configurations share: copying, comparing and setting with checks."""

from __future__ import annotations

from copy import copy
from typing import Any, ClassVar, Self

import param

from dcrviz.knobs import Knob


class Config(param.Parameterized):
    """A set of knobs: the parameters that are declared as such."""

    _known: ClassVar[dict[type, dict[str, Any]]] = {}

    @classmethod
    def knobs(cls) -> dict[str, Any]:
        """The knob declarations by name, in the order of declaration."""
        return dict(cls._declared())

    @classmethod
    def _declared(cls) -> dict[str, Any]:
        """The same, found once; not to be changed."""
        if cls not in cls._known:
            found = {name: cls.param[name] for name in cls.param if name != "name"}
            cls._known[cls] = {n: knob for n, knob in found.items() if isinstance(knob, Knob)}
        return cls._known[cls]

    def values(self) -> dict[str, Any]:
        """Value of every knob by name; lists and mappings are copies."""
        return {name: copy(getattr(self, name)) for name in type(self)._declared()}

    def copy(self) -> Self:
        """An independent configuration with the same values."""
        return self.with_values()

    def with_values(self, **changes: Any) -> Self:
        """A copy with some knobs changed."""
        # Only what was turned is set, as param takes its time for each value that it is given.
        knobs = type(self)._declared()
        turned = {n: v for n, v in self.values().items() if not _same(v, knobs[n].default)}
        return type(self)(**(turned | changes))

    def changed(self) -> dict[str, Any]:
        """The knobs whose value is not the default one."""
        knobs = type(self)._declared()
        return {name: v for name, v in self.values().items() if v != knobs[name].default}


def _same(value: Any, default: Any) -> bool:
    """Whether a value is a knob's default to the letter: 1 is neither 1.0 nor true."""
    return repr(value) == repr(default)

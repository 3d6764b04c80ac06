"""What all configurations share: copying, comparing and setting with checks."""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import Any, Self

import param

from dcrviz.knobs import Knob


class Config(param.Parameterized):
    """A set of knobs: the parameters that are declared as such."""

    @classmethod
    def knobs(cls) -> dict[str, Any]:
        """The knob declarations by name, in the order of declaration."""
        return dict(_declared(cls))

    def values(self) -> dict[str, Any]:
        """Value of every knob by name; lists and mappings are copies."""
        return {name: copy(getattr(self, name)) for name in _declared(type(self))}

    def copy(self) -> Self:
        """An independent configuration with the same values."""
        return self.with_values()

    def with_values(self, **changes: Any) -> Self:
        """A copy with some knobs changed."""
        # Only what was turned is set, as param takes its time for each value that it is given.
        knobs = _declared(type(self))
        turned = {n: v for n, v in self.values().items() if not _same(v, knobs[n].default)}
        return type(self)(**(turned | changes))

    def changed(self) -> dict[str, Any]:
        """The knobs whose value is not the default one."""
        knobs = _declared(type(self))
        return {name: v for name, v in self.values().items() if v != knobs[name].default}


@cache
def _declared(config: Any) -> dict[str, Any]:
    """The knob declarations of a class."""
    found = {name: config.param[name] for name in config.param if name != "name"}
    return {name: knob for name, knob in found.items() if isinstance(knob, Knob)}


def _same(value: Any, default: Any) -> bool:
    """Whether a value is a knob's default to the letter: 1 is neither 1.0 nor true."""
    return repr(value) == repr(default)

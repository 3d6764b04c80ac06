"""What all configurations share: copying, comparing and setting with checks."""

from __future__ import annotations

from copy import copy
from typing import Any, Self

import param

from dcrviz.knobs import Knob


class Config(param.Parameterized):
    """A set of knobs: the parameters that are declared as such."""

    @classmethod
    def knobs(cls) -> dict[str, Any]:
        """The knob declarations by name, in the order of declaration."""
        found = {name: cls.param[name] for name in cls.param if name != "name"}
        return {name: knob for name, knob in found.items() if isinstance(knob, Knob)}

    def values(self) -> dict[str, Any]:
        """Value of every knob by name; lists and mappings are copies."""
        return {name: copy(getattr(self, name)) for name in self.knobs()}

    def copy(self) -> Self:
        """An independent configuration with the same values."""
        return type(self)(**self.values())

    def with_values(self, **changes: Any) -> Self:
        """A copy with some knobs changed."""
        return type(self)(**(self.values() | changes))

    def changed(self) -> dict[str, Any]:
        """The knobs whose value is not the default one."""
        knobs = self.knobs()
        return {name: v for name, v in self.values().items() if v != knobs[name].default}

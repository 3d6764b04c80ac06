"""What all components of our own have in common: their changes reach the browser cheaply."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import Any

from panel.custom import JSComponent
from panel.reactive import Reactive


class Native(JSComponent):
    """A component of native parts, which holds no other component.

    Notes
    -----
    Panel asks the design for the component's looks at each change, and looks for components among
    the values that change. Here there are none: both cost more than the message. For each component
    that comes on show it reads the module, and asks the disk a dozen times for a bundle in its
    place, which no component of ours has.
    """

    __abstract = True
    _bundle_path = None

    @classmethod
    @cache
    def _render_esm(cls, compiled: Any = True, server: bool = False) -> str:
        module: str = super()._render_esm(compiled, server)
        return module

    def _get_properties(self, doc: Any) -> dict[str, Any]:
        properties: dict[str, Any] = super()._get_properties(doc)
        # The browser would translate the module of each component, as if it were TypeScript, but
        # for what is bundled. What is of one name it keeps.
        module = properties["esm"]
        properties["bundle"] = f"{type(self).__name__}-{sha256(module.encode()).hexdigest()[:16]}"
        return properties

    def _update_properties(self, *events: Any, doc: Any) -> dict[str, Any]:
        if any(event.name in Reactive.param for event in events):
            return super()._update_properties(*events, doc=doc)
        return self._process_param_change({event.name: event.new for event in events})

    def _update_model(
        self, events: Any, msg: dict[str, Any], root: Any, model: Any, doc: Any, comm: Any
    ) -> None:
        echoed = self._in_process__events.get(doc, {})
        if any(name in Reactive.param or name in echoed for name in msg):
            super()._update_model(events, msg, root, model, doc, comm)
            return
        self._set_on_model(msg, root, model.data)

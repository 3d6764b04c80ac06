"""All knobs of a configuration, under their headings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import panel as pn
from panel.viewable import Viewer

from dcrviz.config import PRESETS, AssembleConfig
from dcrviz.views.knobs import KnobView
from dcrviz.views.lazy import lazy_accordion

_HEADINGS = {
    "Acts at the next step": ("Gain", "Clamps", "Stopping", "Computing"),
    "Starts the run anew": (
        "Solver",
        "Model",
        "Weights",
        "Inputs",
        "Template coadd",
        "Regions",
        "Outputs",
    ),
}


_CARD_CSS = """
:host(.accordion) .accordion-header, .accordion-header {
  border: 0; border-bottom: 1px solid #8884; background: transparent; padding: 4px 2px;
}
:host(.accordion), .accordion { border: 0; box-shadow: none; }
"""


class KnobPanel(Viewer):
    """Every knob, grouped as it acts; presets and reset above.

    `knobs` holds the view of each knob by name.
    """

    def __init__(self, config: AssembleConfig, *, refused: Callable[[str], None]) -> None:
        super().__init__()
        self._config = config
        self.knobs = {name: KnobView(config, name, refused=refused) for name in config.knobs()}
        self.preset = pn.widgets.Select(
            label="Preset",
            options=list(PRESETS),
            width=250,
            description="Sets every knob at once: as recommended, or as LSST's task has them.",
        )
        self.apply = pn.widgets.Button(label="Apply preset", width=250)
        self.apply.on_click(lambda _: self._apply())
        self._changed = pn.pane.HTML("", margin=(0, 10))
        config.param.watch(lambda *_: self._count(), list(config.knobs()))
        self._count()

    def _apply(self) -> None:
        values = AssembleConfig.preset(self.preset.value).values()
        self._config.param.update(**values)

    def _count(self) -> None:
        names = [name.replace("_", " ") for name in self._config.changed()]
        self._changed.object = (
            f"<small>Not at their defaults: {', '.join(names)}</small>"
            if names
            else "<small>All knobs are at their defaults.</small>"
        )

    def __panel__(self) -> pn.Column:
        sections: list[pn.viewable.Viewable] = [self.preset, self.apply, self._changed]
        for heading, groups in _HEADINGS.items():
            accordion = lazy_accordion(
                {group: partial(self._group, group) for group in groups},
                active=[0],
                width=305,
                margin=(0, 5),
                stylesheets=[_CARD_CSS],
            )
            sections += [pn.pane.HTML(f"<h3>{heading}</h3>", margin=(5, 10, 0, 10)), accordion]
        return pn.Column(*sections, width=320)

    def _group(self, group: str) -> pn.Column:
        members = [view for view in self.knobs.values() if view.knob.group == group]
        return pn.Column(*members, margin=0)

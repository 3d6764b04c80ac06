"""All knobs of a configuration, under their headings."""

from __future__ import annotations

from collections.abc import Callable

import panel as pn
from panel.viewable import Viewer

from dcrviz.config import PRESETS, AssembleConfig
from dcrviz.engine import Problem
from dcrviz.views.knobs import KnobView
from dcrviz.views.lazy import lazy_card
from dcrviz.views.words import Words

_HEADINGS = {
    "Acts at the next step": ("Gain", "Clamps", "Stopping", "Computing"),
    "Starts the run anew": (
        "Solver",
        "Model",
        "Seeing",
        "Weights",
        "Inputs",
        "Artifacts",
        "Template coadd",
        "Regions",
        "Outputs",
    ),
}


class _MadeWhenAsked(dict[str, KnobView]):
    """Views of knobs by name: most are never looked at, and each would follow every other knob."""

    def __init__(self, make: Callable[[str], KnobView]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, name: str) -> KnobView:
        view = self[name] = self._make(name)
        return view


class KnobPanel(Viewer):
    """Every knob, grouped as it acts; presets and reset above.

    `knobs` gives the view of each knob by name.
    """

    def __init__(
        self,
        config: AssembleConfig,
        *,
        refused: Callable[[str], None],
        grasped: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self._config = config
        self._found: dict[str, float] = {}

        def make(name: str) -> KnobView:
            view = KnobView(config, name, refused=refused, grasped=grasped)
            if self._found:
                view.tell(self._found)
            return view

        self.knobs = _MadeWhenAsked(make)
        self._cards: list[tuple[str, pn.Card]] = []
        self.preset = pn.widgets.Select(
            label="Preset",
            options=list(PRESETS),
            width=280,
            description="Sets every knob at once: as recommended, or as LSST's task has them.",
        )
        self.apply = pn.widgets.Button(label="Apply preset", width=135)
        self.apply.on_click(lambda _: self._apply())
        self.reset = pn.widgets.Button(
            label="Reset all knobs",
            width=135,
            description="Puts every knob back to its default.",
        )
        self.reset.on_click(lambda _: self._reset())
        self._changed = Words("", margin=(0, 10))
        config.param.watch(lambda *_: self._count(), list(config.knobs()))
        self._count()

    def tell(self, problem: Problem | None) -> None:
        """Show what automatic knobs stand for in a problem."""
        if problem is None or problem.seeing is None:
            return
        planes = problem.seeing.planes
        self._found = {
            "model_fwhm": planes.fwhm_px,
            "seeing_exponent": planes.profile.seeing_exponent,
        }
        for name in self._found.keys() & self.knobs.keys():
            self.knobs[name].tell(self._found)

    def _apply(self) -> None:
        values = AssembleConfig.preset(self.preset.value).values()
        self._config.param.update(**values)

    def _reset(self) -> None:
        self._config.param.update(**AssembleConfig().values())

    def _count(self) -> None:
        names = [name.replace("_", " ") for name in self._config.changed()]
        self.reset.disabled = not names
        for group, card in self._cards:
            card.header.title = self._titled(group)
        self._changed.object = (
            f"<small>Not at their defaults: {', '.join(names)}</small>"
            if names
            else "<small>All knobs are at their defaults.</small>"
        )

    def __panel__(self) -> pn.Column:
        sections: list[pn.viewable.Viewable] = [
            self.preset,
            pn.Row(self.apply, self.reset, margin=0),
            self._changed,
        ]
        for heading, groups in _HEADINGS.items():
            cards = [self._card(group, open=group == groups[0]) for group in groups]
            sections += [Words(f"<h3>{heading}</h3>", margin=(0, 10)), *cards]
        return pn.Column(*sections, width=320)

    def _card(self, group: str, *, open: bool) -> pn.Card:
        """The knobs of a group, under a heading that counts the changed ones."""
        card = lazy_card(
            lambda: pn.Column(*self._members(group), margin=0),
            title=self._titled(group),
            collapsed=not open,
            width=305,
            margin=(0, 5),
        )
        self._cards.append((group, card))
        return card

    def _members(self, group: str) -> list[KnobView]:
        names = self._config.knobs()
        return [self.knobs[name] for name in names if self._config.param[name].group == group]

    def _titled(self, group: str) -> str:
        number = sum(self._config.param[name].group == group for name in self._config.changed())
        return f"{group} ({number} changed)" if number else group

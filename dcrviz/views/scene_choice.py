"""Scenes that come with the package: what is wrong with each, and buttons that cure it."""

from __future__ import annotations

import html
from collections.abc import Callable

import panel as pn
from panel.viewable import Viewer

from dcrviz.config import AssembleConfig
from dcrviz.simulate import LIBRARY, cured_knobs, cured_word, library_name
from dcrviz.views.data_choice import BUNDLED, FIELD, DataChoice, config_of, in_library
from dcrviz.views.words import Words

_WIDTH = 250
_MOST_CURES = max(len(scene.cures) for scene in LIBRARY.values())
_GROUPS = {
    "Bundled": {title: name for name, title in BUNDLED.items()},
    "Library": {scene.title: name for name, scene in LIBRARY.items()},
}

Opened = Callable[[DataChoice, AssembleConfig, bool], None]


class SceneChoice(Viewer):
    """A list of scenes with a sentence on the one chosen, and buttons to open and to cure it.

    Parameters
    ----------
    opened
        Called with the visits to open, the knobs to begin with, and whether to play at once.
    """

    def __init__(self, opened: Opened) -> None:
        super().__init__()
        self._opened = opened
        self.scene = pn.widgets.Select(
            label="Scene", groups=_GROUPS, value=FIELD.name, width=_WIDTH
        )
        self.trouble = Words("", margin=(0, 10), width=_WIDTH)
        self.open_button = pn.widgets.Button(label="Open scene", width=_WIDTH)
        self.ill = pn.widgets.Button(label="Show the disease", width=_WIDTH)
        self.cures = [pn.widgets.Button(width=_WIDTH) for _ in range(_MOST_CURES)]
        self.advice = [Words("", margin=(0, 10), width=_WIDTH) for _ in self.cures]
        self.open_button.on_click(lambda _: self.open())
        self.ill.on_click(lambda _: self.open(play=True))
        for place, button in enumerate(self.cures):
            button.on_click(lambda _, place=place: self.cure(place))
        self.scene.param.watch(lambda _: self._tell(), "value")
        self._tell()

    def show(self, choice: DataChoice) -> None:
        """Choose the scene that is on show, ill or cured."""
        if choice.kind == "scene":
            self.scene.value = library_name(choice.name) if in_library(choice) else choice.name

    def open(self, *, play: bool = False) -> None:
        """Open the scene that is chosen, with the knobs that it begins with."""
        choice = DataChoice(kind="scene", name=self.scene.value)
        self._opened(choice, config_of(choice), play)

    def cure(self, place: int) -> None:
        """Open the scene with one of its cures, and play it."""
        name = self.scene.value
        scene = LIBRARY[name]
        cure = scene.cures[place]
        choice = DataChoice(kind="scene", name=cured_word(name, cure))
        self._opened(choice, AssembleConfig(**cured_knobs(scene, cure)), True)

    def _tell(self) -> None:
        scene = LIBRARY.get(self.scene.value)
        cures = scene.cures if scene else ()
        self.trouble.object = f"<p>{html.escape(scene.trouble)}</p>" if scene else ""
        self.trouble.visible = scene is not None
        self.ill.visible = bool(cures)
        for place, (button, advice) in enumerate(zip(self.cures, self.advice, strict=True)):
            cure = cures[place] if place < len(cures) else None
            button.visible = advice.visible = cure is not None
            if cure is not None:
                button.label = f"Cure: {cure.label[0].lower()}{cure.label[1:]}"
                advice.object = f"<small>{html.escape(cure.sentence)}</small>"

    def __panel__(self) -> pn.Column:
        cures = [part for pair in zip(self.cures, self.advice, strict=True) for part in pair]
        # What is told of a scene is of any length, and the button must not move: it comes first.
        return pn.Column(self.scene, self.open_button, self.trouble, self.ill, *cures, margin=0)

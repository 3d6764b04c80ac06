"""What the explorer offers before anything is loaded: scenes, lessons, and the way to own files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import param
from panel.viewable import Viewer

from dcrviz.lessons import lesson_names, read_lesson
from dcrviz.runs import is_run
from dcrviz.simulate import LIBRARY, LibraryScene
from dcrviz.views.data import DataView
from dcrviz.views.data_choice import FIELD, DataChoice, config_of
from dcrviz.views.telling import BUTTON_CSS, Message, Telling

_HERE = Path(__file__).parent
_FIELD = (
    "The bundled field",
    "Nine visits of one field, and a fit that goes well: press Play, and watch.",
)
_HOW = (
    "From the command line: <code>dcrviz explore warps/*.fits</code>, or the folder of a saved "
    "run. From here: <i>Data</i>, at the left, makes fields and takes FITS files."
)


class WelcomeBoard(Telling):
    """The offers on a dialog, and while nothing is loaded an invitation to open it.

    It tells the kind of what was chosen and its name, or the path that was typed.
    """

    scenes = param.List([], doc="Name, title and sentence of each scene.")
    lessons = param.List([], doc="The same of each lesson.")
    how = param.String("", doc="How own files are opened, as HTML.")
    local = param.Boolean(False, doc="Whether paths of this machine may be typed.")
    opened = param.Integer(0, doc="How often it was opened.")
    empty = param.Boolean(False, doc="Whether nothing is loaded.")

    _esm = _HERE / "js" / "welcome.js"
    _stylesheets: ClassVar[list[str]] = [
        BUTTON_CSS,
        (_HERE / "css" / "welcome.css").read_text(encoding="utf-8"),
    ]


class Welcome(Viewer):
    """Opens what is chosen.

    Parameters
    ----------
    data
        Opens scenes, files and runs.
    teach
        Called with the name of a lesson to begin.
    local
        Whether paths of this machine may be opened.
    """

    def __init__(self, data: DataView, *, teach: Callable[[str], None], local: bool) -> None:
        super().__init__()
        self._data, self._teach = data, teach
        scenes = [[name, scene.title, _sentence(scene)] for name, scene in LIBRARY.items()]
        lessons = [(name, read_lesson(name)) for name in lesson_names()]
        self.board = WelcomeBoard(
            scenes=[[FIELD.name, *_FIELD], *scenes],
            lessons=[[name, lesson.title, lesson.about] for name, lesson in lessons],
            how=_HOW,
            local=local,
            sizing_mode="stretch_width",
            margin=(0, 10),
        )
        self._local = local
        self.board.listen(self._take)

    def open(self) -> None:
        """Show the offers."""
        self.board.opened += 1

    def _take(self, message: Message) -> None:
        """What a person has chosen."""
        name = str(message.get("name", ""))
        acts: dict[str, Callable[[str], Any]] = {
            "scene": self._open_scene,
            "lesson": self._teach,
            "path": self._open_path,
        }
        act = acts.get(str(message.get("kind")))
        if act is not None:
            act(name)

    def _open_scene(self, name: str) -> None:
        if name == FIELD.name or name in LIBRARY:
            choice = DataChoice(kind="scene", name=name)
            self._data.open_with(choice, config_of(choice))

    def _open_path(self, path: str) -> None:
        """A saved run if it is the folder of one, else visits."""
        if not self._local or not path.strip():
            return
        is_folder = is_run(Path(path.strip()).expanduser())
        field = self._data.run if is_folder else self._data.paths
        field.value = path.strip()
        if is_folder:
            self._data.open_saved()
        else:
            self._data.open_files()

    def __panel__(self) -> WelcomeBoard:
        return self.board


def _sentence(scene: LibraryScene) -> str:
    """What is wrong; of a scene that is well only what is well."""
    told = scene.trouble.removeprefix("Nothing: ")
    return told[0].upper() + told[1:]

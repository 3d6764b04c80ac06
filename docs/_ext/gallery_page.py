"""The gallery: every view of the package with its picture and the code that makes it.

An entry is a file in `docs/gallery`: a docstring of a title and a few sentences, then the code,
which leaves what it makes in `view`. The picture lies beside it, made by `benchmarks/gallery.py`.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from measured import DOCS
from PIL import Image

GALLERY = DOCS / "gallery"
SCALE = 1.5
"""Pixels of a picture for one of the page."""
_HIGHEST_PX = 800
PARTS = {
    "The page": ("welcome", "explorer", "controls", "tabs"),
    "For a class": ("teacher", "lesson", "class_mode", "captions", "star"),
    "Images": ("image_wall", "source"),
    "The course of a run": ("curves", "runs", "visits", "artifacts"),
    "Knobs and data": ("knobs", "one_knob", "data", "scene_choice", "export"),
    "Diagnose": (
        *("verdict_chips", "verdicts", "diagnose", "leverage", "seeing"),
        *("held_out", "direction", "ablation", "sky_plan", "night_plan"),
    ),
    "Sweep": ("sweep", "sweep_form"),
    "For notebooks and papers": ("hv_row", "hv_course", "hv_sweep", "tornado"),
}
"""Names of the entries in the order of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A view: what it is, and the code that makes it."""

    name: str
    title: str
    words: str
    code: str

    @property
    def picture(self) -> Path:
        """Where its picture lies."""
        return GALLERY / f"{self.name}.webp"

    @property
    def is_page(self) -> bool:
        """Whether it is a page of its own, not a part of one."""
        return "view = Explorer(" in self.code

    @property
    def width_px(self) -> int:
        """How wide it is on the page, where its picture may be finer, and none is too high."""
        with Image.open(self.picture) as picture:
            width, height = picture.size
        return round(min(width / (1 if self.is_page else SCALE), width * _HIGHEST_PX / height))

    @property
    def made_of(self) -> str:
        """Full name of the class or function that makes the view."""
        tree = ast.parse(self.code)
        (made,) = (
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "view"
        )
        first, _, rest = re.sub(r"\(.*", "", ast.unparse(made), flags=re.DOTALL).partition(".")
        known = {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        return ".".join(part for part in (known[first], rest) if part)

    @property
    def described(self) -> str:
        """The same by the module that defines it, as the reference has it."""
        module, _, name = self.made_of.rpartition(".")
        made = getattr(import_module(module), name)
        return f"{made.__module__}.{made.__qualname__}"

    def made(self) -> Any:
        """What the code makes."""
        names: dict[str, Any] = {}
        exec(compile(self.code, f"{self.name}.py", "exec"), names)
        return names["view"]


def read_entry(path: Path) -> Entry:
    """An entry from its file."""
    text = path.read_text(encoding="utf-8")
    said = ast.get_docstring(ast.parse(text)) or ""
    title, _, words = said.partition("\n")
    code = text.split('"""', 2)[2].strip() + "\n"
    return Entry(name=path.stem, title=title.rstrip("."), words=words.strip(), code=code)


def entries() -> list[Entry]:
    """All entries, in the order of their names."""
    return [read_entry(path) for path in sorted(GALLERY.glob("*.py"))]


def gallery_page() -> str:
    """A section for each part, with an entry for each view."""
    known = {entry.name: entry for entry in entries()}
    return "\n".join(
        f"## {title}\n\n" + "\n".join(_shown(known[name]) for name in names)
        for title, names in PARTS.items()
    )


def _shown(entry: Entry) -> str:
    return "\n".join(
        [
            f"### {entry.title}\n",
            f"{entry.words} Made by {{py:obj}}`{entry.described}`.\n",
            f"```{{image}} ../gallery/{entry.picture.name}",
            f":alt: {entry.title}",
            f":width: {entry.width_px}px",
            ":class: view-of\n```\n",
            f"```python\n{entry.code}```\n",
        ]
    )

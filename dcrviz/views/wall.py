"""The images of the step on show, sent to the browser no faster than it paints them."""

from __future__ import annotations

import itertools
import math
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from panel.viewable import Viewer

from dcrviz.diagnostics.holes import blemishes_of
from dcrviz.diagnostics.panels import Panel, Row, Scene, images, rows_of
from dcrviz.diagnostics.pictures import sky_noise
from dcrviz.diagnostics.zenith import zenith_directions
from dcrviz.engine import Problem, Step
from dcrviz.records import Plane
from dcrviz.session import Moment, Session
from dcrviz.views.scenes import current_scene
from dcrviz.views.wall_canvas import Frame, WallCanvas, code_of, coded
from dcrviz.worker import Worker

_FIRST_ROWS = ("plane", "minus_mean", "residual", "omega")
_PROBES_KEPT = 4
# The row that shows holes and wings best, and so has the rings about them.
_RINGED = "minus_mean"


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class _Wish:
    """What shall be painted: panels of a step, at this sharpness."""

    id: str
    scene: Scene
    panels: tuple[tuple[Panel, str], ...]
    bin_px: int
    label: str
    region: tuple[int, int, int, int] | None = None


class ImageWall(Viewer):
    """Rows of panels that share one view; everything but the pixels happens in the browser.

    Parameters
    ----------
    painter
        Worker in whose thread the images are derived; without one they are derived in place.
    clicked
        Called with the pixel (x, y) on which somebody clicked.
    pressed
        Called with a key that is not for the wall.
    """

    def __init__(
        self,
        session: Session,
        *,
        painter: Worker | None = None,
        clicked: Any = None,
        pressed: Any = None,
    ) -> None:
        super().__init__()
        self._session, self._painter = session, painter
        self._clicked, self._pressed = clicked, pressed
        self.canvas = WallCanvas(sizing_mode="stretch_width", margin=(0, 10))
        self.canvas.listen(self._take)
        self._visible = list(_FIRST_ROWS)
        self._rows: tuple[Row, ...] = ()
        self._side = 0
        self._seq = itertools.count(1)
        self._held: dict[str, tuple[int, set[str]]] = {}
        self._exact: OrderedDict[str, dict[str, Plane]] = OrderedDict()
        self._busy: int | None = None
        self._waiting: list[_Wish] = []
        session.param.watch(lambda *_: self._problem_changed(), "problem")
        session.param.watch(lambda *_: self._forget_lost(), ["moments", "branches"])
        session.param.watch(lambda *_: self.refresh(), ["moments", "cursor"])
        self._problem_changed()

    def refresh(self) -> None:
        """Show the step on show: from what the browser holds, or by sending what it lacks."""
        scene = current_scene(self._session)
        if scene is None or not self._side:
            return
        step = scene.step
        name = _name(self._session.shown)
        bin_px = self._bin()
        held_bin, held = self._held.get(name, (0, set()))
        panels = [
            (panel, row.scale)
            for row in self._rows
            if row.name in self._visible
            for panel in row.panels
            if held_bin != bin_px or panel.key not in held
        ]
        self._waiting = [wish for wish in self._waiting if wish.region is not None]
        if not panels:
            self.canvas.shown = name
            self._session.seen()
            return
        self._waiting.append(
            _Wish(
                id=name,
                scene=scene,
                panels=tuple(panels),
                bin_px=bin_px,
                label=f"iteration {step.iteration}",
            )
        )
        self._next()

    def _next(self) -> None:
        """Begin the newest wish, unless the browser is still at the last one."""
        if self._busy is not None or not self._waiting:
            return
        wish = self._waiting.pop()
        self._busy = next(self._seq)
        seq = self._busy
        if self._painter is None:
            self._sent(_frame(wish, seq), wish)
            return
        self._painter.submit(
            lambda: _frame(wish, seq), done=lambda made: self._sent(made, wish), failed=self._failed
        )

    def _sent(self, made: tuple[bytes, dict[str, Plane]], wish: _Wish) -> None:
        message, exact = made
        if wish.region is None:
            self._keep_exact(wish.id, exact)
            bin_px, held = self._held.get(wish.id, (wish.bin_px, set()))
            keys = {panel.key for panel, _ in wish.panels}
            self._held[wish.id] = (wish.bin_px, keys | (held if bin_px == wish.bin_px else set()))
            self.canvas.param.update(frame=message, shown=wish.id)
        else:
            self.canvas.frame = message

    def _keep_exact(self, name: str, exact: dict[str, Plane]) -> None:
        self._exact[name] = self._exact.pop(name, {}) | exact
        while len(self._exact) > _PROBES_KEPT:
            self._exact.popitem(last=False)

    def _failed(self, sentence: str) -> None:
        self._busy = None
        self._session.error = sentence
        self._next()

    def _take(self, message: dict[str, Any]) -> None:
        """What the browser tells: each message has a type."""
        act = {
            "painted": self._painted,
            "size": self._sized,
            "rows": self._chosen,
            "dropped": self._dropped,
            "probe": self._probed,
            "crop": self._cropped,
            "click": self._click,
            "key": self._key,
        }.get(str(message.get("type")))
        if act is not None:
            act(message)

    def _painted(self, message: dict[str, Any]) -> None:
        if message["seq"] == self._busy:
            self._busy = None
            self._session.seen()
            self._next()

    def _sized(self, message: dict[str, Any]) -> None:
        self._side = max(16, int(message["side"]))
        self.refresh()

    def _chosen(self, message: dict[str, Any]) -> None:
        names = {row.name for row in self._rows}
        self._visible = [name for name in message["names"] if name in names]
        self._lay_out()
        self.refresh()

    def _dropped(self, message: dict[str, Any]) -> None:
        for name in message["ids"]:
            self._held.pop(name, None)

    def _probed(self, message: dict[str, Any]) -> None:
        images_held = self._exact.get(message["id"])
        problem = self._session.problem
        x, y = int(message["x"]), int(message["y"])
        if images_held is None or problem is None:
            return
        values = {
            key: float(image[y, x]) if np.isfinite(image[y, x]) else None
            for key, image in images_held.items()
            # A picture in colour has no value to read.
            if image.ndim == 2 and y < image.shape[0] and x < image.shape[1]
        }
        self.canvas.tell(
            {"type": "exact", "x": x, "y": y, "values": values, "sky": _sky(problem, x, y)}
        )

    def _cropped(self, message: dict[str, Any]) -> None:
        scene = current_scene(self._session)
        if scene is None or _name(self._session.shown) != message["id"]:
            return
        height, width = scene.problem.shape
        x0, y0 = max(0, math.floor(message["x"])), max(0, math.floor(message["y"]))
        x1 = min(width, math.ceil(message["x"] + message["width"]))
        y1 = min(height, math.ceil(message["y"] + message["height"]))
        if x1 <= x0 or y1 <= y0:
            return
        # As sharp as the screen can show it.
        bin_px = max(1, (x1 - x0) // self._side)
        self._waiting = [wish for wish in self._waiting if wish.region is None]
        self._waiting.append(
            _Wish(
                id=message["id"],
                scene=scene,
                panels=tuple(self._visible_panels()),
                bin_px=bin_px,
                label=f"iteration {scene.step.iteration}",
                region=(x0, y0, x1, y1),
            )
        )
        self._next()

    def _click(self, message: dict[str, Any]) -> None:
        if self._clicked is not None:
            self._clicked(float(message["x"]), float(message["y"]))

    def _key(self, message: dict[str, Any]) -> None:
        if self._pressed is not None:
            self._pressed(str(message["key"]))

    def _problem_changed(self) -> None:
        problem = self._session.problem
        if problem is None:
            return
        self._rows = rows_of(problem)
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        problem = self._session.problem
        if problem is None:
            return
        arrows = zenith_directions(problem)
        self.canvas.plan = {
            "field": list(problem.shape),
            "visible": [row.name for row in self._rows if row.name in self._visible],
            "rows": [
                {
                    "name": row.name,
                    "title": row.title,
                    "scale": row.scale,
                    "panels": [
                        {
                            "key": panel.key,
                            "title": panel.title,
                            "arrow": arrows[panel.index]
                            if row.name in ("residual", "template")
                            else None,
                        }
                        for panel in row.panels
                    ],
                }
                for row in self._rows
            ],
        }

    def _visible_panels(self) -> Sequence[tuple[Panel, str]]:
        return [
            (panel, row.scale)
            for row in self._rows
            if row.name in self._visible
            for panel in row.panels
        ]

    def _bin(self) -> int:
        assert self._session.problem is not None
        return max(1, max(self._session.problem.shape) // self._side)

    def _forget_lost(self) -> None:
        """Let go of steps that are stored nowhere any more."""
        session = self._session
        runs = [session.moments, *(branch.moments for branch in session.branches)]
        stored = {_name(moment) for moments in runs for moment in moments}
        self._held = {name: held for name, held in self._held.items() if name in stored}

    def __panel__(self) -> WallCanvas:
        return self.canvas


def _name(moment: Moment) -> str:
    """What the browser knows a step by, for as long as it is stored anywhere."""
    return f"step {moment.number}"


def _frame(wish: _Wish, seq: int) -> tuple[bytes, dict[str, Plane]]:
    """The message for a wish, and the images it was made of."""
    problem = wish.scene.problem
    noise = sky_noise(problem)
    made = images(wish.scene, [panel for panel, _ in wish.panels])
    cut = (slice(None), slice(None))
    if wish.region is not None:
        x0, y0, x1, y1 = wish.region
        cut = (slice(y0, y1), slice(x0, x1))
    pixels = {
        panel.key: coded(
            made[panel.key][cut],
            code_of(scale, noise=noise, most=max(1.0, len(problem.visits))),
            bin_px=wish.bin_px,
        )
        for panel, scale in wish.panels
    }
    rings: dict[str, list[tuple[float, float, float, str]]] = {}
    if any(panel.row == _RINGED for panel, _ in wish.panels) and wish.region is None:
        rings = _rings(problem, wish.scene.step)
    frame = Frame(
        id=wish.id,
        seq=seq,
        label=wish.label,
        bin_px=wish.bin_px,
        pixels=pixels,
        region=None if wish.region is None else wish.region[:2],
        rings=rings,
    )
    return frame.message(), made


def _rings(problem: Problem, step: Step) -> dict[str, list[tuple[float, float, float, str]]]:
    """A ring about each hole and wing, by the key of the panel that shows it best."""
    rings: dict[str, list[tuple[float, float, float, str]]] = {}
    for one in blemishes_of(problem, step):
        ring = (round(one.x, 2), round(one.y, 2), round(one.radius_px, 2), one.kind)
        rings.setdefault(f"{_RINGED} {one.subfilter}", []).append(ring)
    return rings


def _sky(problem: Problem, x: int, y: int) -> str:
    """Right ascension and declination of a pixel, as people write them."""
    if problem.wcs is None:
        return ""
    position = problem.wcs.pixel_to_world(x, y)
    return position.to_string("hmsdms", precision=2) if hasattr(position, "to_string") else ""

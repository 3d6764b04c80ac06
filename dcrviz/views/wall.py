"""The images of the step on show, sent to the browser no faster than it paints them."""

from __future__ import annotations

import itertools
import math
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from panel.viewable import Viewer

from dcrviz.diagnostics.panels import Panel, Row, Scene, rows_of
from dcrviz.diagnostics.verdict import Place
from dcrviz.records import Plane
from dcrviz.session import Moment, Session
from dcrviz.views.inputs import Slider
from dcrviz.views.scenes import current_scene, scene_at
from dcrviz.views.wall_canvas import WallCanvas
from dcrviz.views.wall_frames import Wish, exact_values, sky_position
from dcrviz.views.wall_held import ExactImages, Held
from dcrviz.views.wall_plan import FIRST_ROWS, plan_of
from dcrviz.worker import Worker

_STALE = "These are pictures of the run before: what followed was refused."


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Shot:
    """A step of any run, to be compared with others."""

    moment: Moment
    scene: Scene
    title: str


class ImageWall(Viewer):
    """Rows of panels that share one view; everything but the pixels happens in the browser.

    Parameters
    ----------
    painter
        Worker in whose thread the images are derived; without one they are derived in place.
    clicked
        Called with the pixel (x, y) on which somebody clicked.
    everywhere
        Whether it hears keys of the whole document; else only where it has the focus.
    """

    def __init__(
        self,
        session: Session,
        *,
        painter: Worker | None = None,
        clicked: Any = None,
        everywhere: bool = True,
    ) -> None:
        super().__init__()
        self._session, self._painter = session, painter
        self._clicked = clicked
        self._told_painted: Callable[[], None] = lambda: None
        self.canvas = WallCanvas(everywhere=everywhere, sizing_mode="stretch_width", margin=(0, 10))
        self.canvas.listen(self._take)
        self._visible = list(FIRST_ROWS)
        self._rows: tuple[Row, ...] = ()
        self._side = 0
        self._seq = itertools.count(1)
        self._held, self._exact = Held(), ExactImages()
        self._busy: int | None = None
        self._waiting: list[Wish] = []
        self._aside: list[Wish] = []
        self._marked: int | None = None
        self._close = False
        session.param.watch(lambda *_: self._problem_changed(), "problem")
        session.param.watch(lambda *_: self._forget_lost(), ["moments", "branches"])
        session.param.watch(lambda *_: self.refresh(), ["moments", "cursor"])
        session.param.watch(lambda *_: self._tell_stale(), ["problem", "error"])
        self._problem_changed()

    def follow(self, slider: Slider) -> None:
        """Show iterations as this slider moves, from what the browser holds, without traffic."""
        self.canvas.channel = slider.channel = uuid.uuid4().hex

    def tell_painted(self, told: Callable[[], None]) -> None:
        """Call this when images have been painted."""
        self._told_painted = told

    @property
    def rows(self) -> tuple[str, ...]:
        """Names of the rows that are visible, or would be if the problem had them."""
        return tuple(self._visible)

    def show_rows(self, *names: str) -> None:
        """Make these rows visible, and no others."""
        self._visible = list(names)
        self._lay_out()
        self.refresh()

    def mark_visit(self, visit: int | None) -> None:
        """Show the residuals, if they are not, with one visit's panels marked; or mark none."""
        self._marked = visit
        by_visit = ["residual"] if visit is not None and "residual" not in self._visible else []
        self.show_rows(*self._visible, *by_visit)

    def look_at(self, place: Place) -> None:
        """Show a place closely in every panel, with its cross, and the row on which it is seen."""
        if place.visit is not None:
            self.mark_visit(place.visit)
            key = f"residual {place.visit}"
        else:
            row = "minus_mean" if place.subfilter is not None else "plane"
            self.show_rows(*self._visible, *([row] if row not in self._visible else []))
            key = f"{row} {place.subfilter or 0}"
        self.canvas.tell({"type": "look", "x": place.x, "y": place.y, "key": key})

    def show_closely(self, place: tuple[int, int] | None) -> None:
        """Show a pixel (x, y) with its surroundings in every panel; without one, no longer."""
        if place is not None:
            x, y = place
            self.canvas.tell({"type": "look", "x": x, "y": y, "key": ""})
            self._close = True
        elif self._close:
            self.show_whole()

    def show_whole(self) -> None:
        """Show the whole field in every panel."""
        self.canvas.tell({"type": "look", "x": None, "y": None, "key": ""})
        self._close = False

    def compare(self, key: str, shots: Sequence[Shot]) -> None:
        """Show a panel of several steps large, of this run or others, to blink or swipe between.

        Steps that the browser does not hold are sent; the step on show stays.
        """
        found = ((panel, row.scale) for row in self._rows for panel in row.panels)
        panel, scale = next(one for one in found if one[0].key == key)
        bin_px = self._bin()
        for shot in shots:
            name = _name(shot.moment)
            if not self._held.has(name, key, bin_px=bin_px):
                wish = Wish(
                    id=name,
                    scene=shot.scene,
                    panels=((panel, scale),),
                    bin_px=bin_px,
                    label=shot.title,
                    aside=True,
                )
                self._aside.append(wish)
        title = f"{panel.row.replace('_', ' ')} {panel.title}"
        items = [
            {"id": _name(s.moment), "key": key, "scale": scale, "title": f"{title}, {s.title}"}
            for s in shots
        ]
        self.canvas.tell({"type": "compare", "items": items})
        self._next()

    def refresh(self) -> None:
        """Show the step on show: from what the browser holds, or by sending what it lacks."""
        session = self._session
        moment = session.shown
        if moment is None or session.problem is None or not self._side:
            return
        name, lacking = _name(moment), self._lacking(moment)
        self._waiting = [wish for wish in self._waiting if wish.region is not None]
        if not lacking:
            self.canvas.param.update(shown=name, timeline=self._timeline())
            session.seen()
            return
        # Without its pixels it is shown when they have been made again.
        if (scene := current_scene(session)) is None:
            return
        self._waiting.append(
            Wish(
                id=name,
                scene=scene,
                panels=lacking,
                bin_px=self._bin(),
                label=f"iteration {scene.step.iteration}",
            )
        )
        self._next()

    def _lacking(self, moment: Moment) -> tuple[tuple[Panel, str], ...]:
        """Visible panels of a step that the browser has not got, with the scale of each."""
        name, bin_px = _name(moment), self._bin()
        return tuple(
            (panel, scale)
            for panel, scale in self._visible_panels()
            if not self._held.has(name, panel.key, bin_px=bin_px)
        )

    def _next(self) -> None:
        """Begin the newest wish, unless the browser is still at the last one."""
        if self._busy is not None or not (self._waiting or self._aside):
            return
        wish = self._waiting.pop() if self._waiting else self._aside.pop()
        seq = self._busy = next(self._seq)

        def make() -> tuple[bytes, dict[str, Plane]]:
            made = wish.images()
            return wish.message(made, seq=seq), wish.readable(made)

        self._derive(make, done=lambda found: self._sent(*found, wish))

    def _derive(self, make: Callable[[], Any], *, done: Callable[[Any], None]) -> None:
        if self._painter is None:
            done(make())
        else:
            self._painter.submit(make, done=done, failed=self._failed)

    def _sent(self, message: bytes, made: dict[str, Plane], wish: Wish) -> None:
        if wish.region is not None:
            self.canvas.frame = message
            return
        self._exact.add(wish.id, made)
        self._held.add(wish.id, wish.keys, bin_px=wish.bin_px)
        if wish.aside:
            self.canvas.frame = message
            return
        now = self._session.shown
        # Meanwhile somebody may have turned to a step that the browser has got.
        name = wish.id if now is None or self._lacking(now) else _name(now)
        self.canvas.param.update(frame=message, shown=name, timeline=self._timeline())

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
        }.get(str(message.get("type")))
        if act is not None:
            act(message)

    def _painted(self, message: dict[str, Any]) -> None:
        if message["seq"] == self._busy:
            self._busy = None
            self._session.seen()
            self._told_painted()
            self._next()

    def _sized(self, message: dict[str, Any]) -> None:
        self._side = max(16, int(message["side"]))
        self.refresh()

    def _chosen(self, message: dict[str, Any]) -> None:
        self.show_rows(*message["names"])

    def _dropped(self, message: dict[str, Any]) -> None:
        self._held.drop(message["ids"])

    def _probed(self, message: dict[str, Any]) -> None:
        """Tell the exact values of a pixel; the images are derived again if they are gone."""
        name, panels = message["id"], tuple(self._visible_panels())
        keys = {panel.key for panel, _ in panels}
        made = self._exact.of(name, keys)
        if made is not None:
            self._tell_exact(message, made)
            return
        places = [i for i, one in enumerate(self._session.moments) if _name(one) == name]
        scene = scene_at(self._session, places[0]) if places else None
        if scene is None:
            return
        wish = Wish(id=name, scene=scene, panels=panels, bin_px=1, label="")

        def tell(found: dict[str, Plane]) -> None:
            self._exact.add(name, found)
            self._tell_exact(message, found)

        self._derive(lambda: wish.readable(wish.images()), done=tell)

    def _tell_exact(self, message: dict[str, Any], made: dict[str, Plane]) -> None:
        problem, x, y = self._session.problem, int(message["x"]), int(message["y"])
        if problem is not None:
            values = exact_values(made, x=x, y=y)
            sky = sky_position(problem, x=x, y=y)
            exact = {"id": message["id"], "x": x, "y": y, "values": values, "sky": sky}
            self.canvas.tell({"type": "exact", **exact})

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
        self._waiting = [wish for wish in self._waiting if wish.region is None]
        self._waiting.append(
            Wish(
                id=message["id"],
                scene=scene,
                panels=tuple(self._visible_panels()),
                # As sharp as the screen can show it.
                bin_px=max(1, (x1 - x0) // self._side),
                label=f"iteration {scene.step.iteration}",
                region=(x0, y0, x1, y1),
            )
        )
        self._next()

    def _click(self, message: dict[str, Any]) -> None:
        if self._clicked is not None:
            self._clicked(float(message["x"]), float(message["y"]))

    def _problem_changed(self) -> None:
        problem = self._session.problem
        if problem is None:
            return
        self._rows = rows_of(problem)
        self._lay_out()
        self.refresh()

    def _tell_stale(self) -> None:
        refused = self._session.problem is None and self._session.error
        self.canvas.stale = _STALE if refused else ""

    def _lay_out(self) -> None:
        problem = self._session.problem
        if problem is not None:
            self.canvas.plan = plan_of(
                problem, self._rows, visible=self._visible, marked=self._marked
            )

    def _visible_panels(self) -> list[tuple[Panel, str]]:
        """With the scale of each."""
        return [
            (panel, row.scale)
            for row in self._rows
            if row.name in self._visible
            for panel in row.panels
        ]

    def _bin(self) -> int:
        assert self._session.problem is not None
        return max(1, max(self._session.problem.shape) // self._side)

    def _timeline(self) -> str:
        """Names of the steps of the run on show, in order."""
        return " ".join(map(_name, self._session.moments))

    def _forget_lost(self) -> None:
        """Let go of steps that are stored nowhere any more."""
        self._held.keep_only({_name(moment) for run in self._session.runs for moment in run})

    def __panel__(self) -> WallCanvas:
        return self.canvas


def _name(moment: Moment) -> str:
    """What the browser knows a step by, for as long as it is stored anywhere."""
    return str(moment.number)

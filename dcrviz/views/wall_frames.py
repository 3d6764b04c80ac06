"""What the wall is asked to show, and the messages made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dcrviz.diagnostics.colour import channel_fluxes
from dcrviz.diagnostics.holes import blemishes_of
from dcrviz.diagnostics.panels import Panel, Scene, images
from dcrviz.diagnostics.pictures import sky_noise
from dcrviz.engine import Problem, Step
from dcrviz.records import Floats, Plane
from dcrviz.views.wall_code import Code, Frame, code_of, coded
from dcrviz.views.wall_plan import visits_key

# The row that shows holes and wings best, and so has the rings about them.
_RINGED = "minus_mean"
Ring = tuple[float, float, float, str]


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Wish:
    """What shall be painted: panels of a step, at this sharpness.

    Parameters
    ----------
    id
        What the browser knows the step by.
    panels
        With the scale of each.
    region
        (x0, y0, x1, y1), if a piece of the field is enough.
    aside
        Whether it is to be compared with others, and not put on show.
    """

    id: str
    scene: Scene
    panels: tuple[tuple[Panel, str], ...]
    bin_px: int
    label: str
    region: tuple[int, int, int, int] | None = None
    aside: bool = False

    @property
    def keys(self) -> set[str]:
        """Of the panels."""
        return {panel.key for panel, _ in self.panels}

    def images(self) -> dict[str, Plane]:
        """(Y, X) of each panel in full, by its key; (Y, X, 3) of colours."""
        return images(self.scene, [panel for panel, _ in self.panels])

    def readable(self, made: dict[str, Plane]) -> dict[str, Plane]:
        """What people read of each panel: of stretched colours, the fluxes they are made of."""
        colours = [panel.key for panel, scale in self.panels if scale == "rgb"]
        return made | {key: channel_fluxes(self.scene.planes) for key in colours}

    def message(self, made: dict[str, Plane], *, seq: int) -> bytes:
        """The images as the browser wants them.

        Parameters
        ----------
        seq
            The number that the browser gives back when it has painted them.
        """
        frame = Frame(
            id=self.id,
            seq=seq,
            label=self.label,
            bin_px=self.bin_px,
            visits=visits_key(self.scene.problem),
            pixels={
                panel.key: coded(
                    made[panel.key][self._cut()], self._code(scale), bin_px=self.bin_px
                )
                for panel, scale in self.panels
            },
            region=None if self.region is None else self.region[:2],
            rings=self._rings(),
        )
        return frame.message()

    def _code(self, scale: str) -> Code:
        problem = self.scene.problem
        return code_of(scale, noise=sky_noise(problem), most=max(1.0, len(problem.visits)))

    def _cut(self) -> tuple[slice, slice]:
        if self.region is None:
            return slice(None), slice(None)
        x0, y0, x1, y1 = self.region
        return slice(y0, y1), slice(x0, x1)

    def _rings(self) -> dict[str, list[Ring]]:
        if self.region is not None or all(panel.row != _RINGED for panel, _ in self.panels):
            return {}
        return rings(self.scene.problem, self.scene.step)


def rings(problem: Problem, step: Step) -> dict[str, list[Ring]]:
    """A ring about each hole and wing, by the key of the panel that shows it best."""
    found: dict[str, list[Ring]] = {}
    for one in blemishes_of(problem, step):
        ring = (round(one.x, 2), round(one.y, 2), round(one.radius_px, 2), one.kind)
        found.setdefault(f"{_RINGED} {one.subfilter}", []).append(ring)
    return found


def exact_values(made: dict[str, Plane], *, x: int, y: int) -> dict[str, Any]:
    """The value of each image in a pixel, or its three of colours, by its key.

    None where there is none.
    """
    return {
        key: _readable(image[y, x])
        for key, image in made.items()
        if y < image.shape[0] and x < image.shape[1]
    }


def _readable(value: Floats) -> Any:
    if value.ndim:
        return [_readable(channel) for channel in value]
    return float(value) if np.isfinite(value) else None


def sky_position(problem: Problem, *, x: int, y: int) -> str:
    """Right ascension and declination of a pixel, as people write them; empty without a WCS."""
    if problem.wcs is None:
        return ""
    position = problem.wcs.pixel_to_world(x, y)
    return position.to_string("hmsdms", precision=2) if hasattr(position, "to_string") else ""

"""What the take-away page holds of each step: the wall's own messages, small, and what is said."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dcrviz.diagnostics.course import CourseEntry, course_entry
from dcrviz.diagnostics.during import during_verdicts
from dcrviz.diagnostics.panels import Row, Scene
from dcrviz.engine import Outcome, Step
from dcrviz.records import Bytes
from dcrviz.runs import Run
from dcrviz.views.step_words import place_words, step_words
from dcrviz.views.wall_frames import Wish

_LEVEL = 6


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class TakenStep:
    """What the page says of a step.

    Parameters
    ----------
    words
        Where the run is, and how it ended if it has.
    said
        What the step shows: kind, severity, title and sentence of each verdict.
    """

    words: str
    said: tuple[Mapping[str, str], ...]
    entry: CourseEntry


class Packer:
    """Packs messages to the wall about one row, each as its difference to the one before.

    From one iteration to the next most bytes stay, or change by little: of noisy images a tenth is
    left. What comes out is base64 of a zlib stream with, for each message, its length, the header
    as in `Frame.message`, and the pixels' bytes minus those of the last message, modulo 256.
    """

    def __init__(self) -> None:
        self._before: Bytes | None = None
        self._stream = zlib.compressobj(_LEVEL)
        self._parts: list[bytes] = []

    def add(self, message: bytes) -> None:
        """The next message, whose pixels must be as many as those of the last one."""
        (length,) = struct.unpack("<I", message[:4])
        start = 4 + length
        pixels = np.frombuffer(message, np.uint8, offset=start)
        change = pixels if self._before is None else pixels - self._before
        self._before = pixels
        for part in (struct.pack("<I", len(message)), message[:start], change.tobytes()):
            self._parts.append(self._stream.compress(part))

    def text(self) -> str:
        """All of them; nothing can be added any more."""
        return base64.b64encode(b"".join([*self._parts, self._stream.flush()])).decode()


def taken(run: Run, rows: Sequence[Row], *, bin_px: int) -> tuple[list[TakenStep], dict[str, str]]:
    """What is said of every stored step, in order, and the packed images of each row, by its name.

    Parameters
    ----------
    run
        Its steps are gone through once.
    bin_px
        Pixels of the field along a side of one that is kept.
    """
    problem = run.problem
    packers = {row.name: Packer() for row in rows}
    steps: list[TakenStep] = []
    for place, scene in enumerate(Scene.along(problem, run.steps, run.knobs)):
        step = scene.step
        course = [one.entry for one in steps]
        course.append(course_entry(problem, step, scene.before, scene.config))
        for row in rows:
            wish = Wish(
                id=str(place),
                scene=scene,
                panels=tuple((panel, row.scale) for panel in row.panels),
                bin_px=bin_px,
                label=_lower(place_words(step)),
            )
            packers[row.name].add(wish.message(wish.images(), seq=place + 1))
        steps.append(
            TakenStep(
                words=_words(step, solver=problem.config.solver),
                said=_said(course, scene),
                entry=course[-1],
            )
        )
    return steps, {name: packer.text() for name, packer in packers.items()}


def _words(step: Step, *, solver: str) -> str:
    words = step_words(step, solver=solver)
    ended = step.outcome is not Outcome.RUNNING
    return f"{words} {step.outcome.sentence_for(solver)}" if ended else words


def _said(course: Sequence[CourseEntry], scene: Scene) -> tuple[Mapping[str, str], ...]:
    found = during_verdicts(scene.problem, course, scene.step.outcome, scene.config)
    names = ("kind", "severity", "title", "sentence")
    return tuple({name: getattr(verdict, name) for name in names} for verdict in found)


def _lower(words: str) -> str:
    return words[0].lower() + words[1:]

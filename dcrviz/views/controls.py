"""Buttons, the slider and the words by which a person drives a run."""

from __future__ import annotations

import uuid

import panel as pn
from panel.viewable import Viewer

from dcrviz.engine import Outcome, Step
from dcrviz.kernels.compiler import compiler
from dcrviz.session import Session
from dcrviz.views.buttons import CountField, PushButton
from dcrviz.views.inputs import Slider
from dcrviz.views.keys import keys_of
from dcrviz.views.messages import Seldom, is_served, served_document
from dcrviz.views.progress import (
    ProgressLine,
    Tempo,
    history_words,
    progress_words,
    share_done,
)
from dcrviz.views.standing import Standing
from dcrviz.views.step_words import place_words, step_words

_TIPS = {
    "Play": "Iterate and paint every step, until the run ends (space)",
    "Pause": "Finish the iteration at hand and keep the run (space)",
    "Stop": "Drop the iteration at hand and end the run",
    "Back": "Show the step before (left arrow)",
    "Step": "Iterate once from the step on show (right arrow at the last step)",
    "Run N": "Do as many iterations as the field says",
    "To end": "Iterate as fast as possible until the run ends, and paint what the browser can",
    "Reset": "Go back to the starting model; the run so far is kept beside",
}
# Said in the browser: under way before the server has heard of it.
_SAID = {"Pause": "Pausing.", "Stop": "Stopping."}
_GAP = (5, 3)
# Not for a class, which needs the room; see frame.css.
_COUNTED = {"display": "var(--dcrviz-counted, block)"}
# While iterations follow each other nobody reads faster.
_READABLE_S = 0.25
# While visits are prepared.
_LOOK_S = 1.0
_FOLLOWED = ["moments", "cursor", "busy", "playing", "error", "problem", "exposures"]


class Controls(Viewer):
    """Play and its kin, the Iteration slider, how far the run is, and the outcome in words.

    Parameters
    ----------
    everywhere
        Whether keys are heard wherever on the document the focus is, not on this view alone.
    """

    def __init__(self, session: Session, *, everywhere: bool = True) -> None:
        super().__init__()
        self._session = session
        self._following = False
        self._tempo = Tempo()
        self.count = CountField(
            label="Iterations of Run N",
            tip="How many iterations Run N does",
            value=10,
            margin=_GAP,
            styles=_COUNTED,
        )
        acts = {
            "Play": session.play,
            "Pause": session.pause,
            "Stop": session.stop,
            "Back": session.back,
            "Step": session.step,
            "Run N": lambda: session.step(self.count.value),
            "To end": lambda: session.play(fast=True),
            "Reset": session.reset,
        }
        channel = uuid.uuid4().hex
        self.buttons = {
            name: PushButton(
                act,
                label=name,
                tip=_TIPS[name],
                primary=name == "Play",
                once=name in _SAID,
                says=_SAID.get(name, ""),
                channel=channel,
                hotkey=" " if name in ("Play", "Pause") else "",
                margin=_GAP,
                styles=_COUNTED if name == "Run N" else {},
            )
            for name, act in acts.items()
        }
        self.keys = keys_of(session, everywhere=everywhere, channel=channel)
        self.slider = Slider(label="Iteration", typed=False, width=300, margin=(5, 15))
        self.slider.param.watch(lambda event: self._slid(event.new), "value")
        self.progress = ProgressLine(
            tip="Iterations so far, of as many as the run may take", margin=(12, 10)
        )
        self.words = Standing(channel=channel, margin=(2, 10), styles={"flex": "1 1 360px"})
        self._follow_soon = Seldom(self._follow, pause_s=_READABLE_S)
        self._document = served_document()
        self._look_soon = Seldom(self._tell, pause_s=_LOOK_S)
        session.param.watch(lambda event: self._tempo.begin() if event.new else None, "playing")
        session.param.watch(lambda *_: self._heard(), _FOLLOWED)
        self._heard()

    def _slid(self, place: int) -> None:
        if not self._following:
            self._session.show(int(place))

    def _heard(self) -> None:
        """Something has changed: while iterations follow each other it is told now and then."""
        session = self._session
        if session.moments:
            self._tempo.note(session.moments[-1].step.index)
        if session.playing:
            self._follow_soon()
        else:
            self._follow()

    def _follow(self) -> None:
        session = self._session
        last = len(session.moments) - 1
        ended = session.outcome is not Outcome.RUNNING
        at_end = session.cursor >= last and ended
        self._following = True
        try:
            self.slider.param.update(end=max(last, 1), value=session.cursor, disabled=last < 1)
        finally:
            self._following = False
        idle = not session.exposures
        for name in ("Play", "Step", "Run N", "To end"):
            self.buttons[name].disabled = session.playing or at_end or idle
        self.buttons["Pause"].disabled = not session.playing
        self.buttons["Stop"].disabled = last < 0 or ended
        self.buttons["Back"].disabled = session.cursor == 0
        self.buttons["Reset"].disabled = last < 1 and not ended
        self._tell()

    def _tell(self) -> None:
        session = self._session
        self.progress.param.update(
            value=share_done(session), words=progress_words(session, self._tempo.per_second)
        )
        place, doing = sentences(session)
        self.words.param.update(place=place, doing=doing, note=history_words(session))
        self._look_again()

    def _look_again(self) -> None:
        """While visits are prepared have it told anew before long, as the compiler says nothing."""
        session = self._session
        waits = session.current is None and session.exposures and not session.error
        # Without a page that lives it would be told at once, and again.
        if waits and is_served(self._document):
            self._look_soon()

    def buttons_line(self) -> pn.FlexBox:
        """What moves the run."""
        buttons = [self.buttons[name] for name in _TIPS]
        buttons.insert(buttons.index(self.buttons["Run N"]), self.count)
        return pn.FlexBox(
            *buttons,
            self.keys,
            align_items="center",
            margin=0,
            # As wide as they are: what stands beside them has the rest.
            styles={"flex": "0 1 auto", "width": "max-content", "max-width": "100%"},
        )

    def place_line(self) -> pn.FlexBox:
        """Where the run is, and how it goes."""
        return pn.FlexBox(self.slider, self.progress, self.words, align_items="center", margin=0)

    def __panel__(self) -> pn.Column:
        return pn.Column(
            self.buttons_line(), self.place_line(), sizing_mode="stretch_width", margin=0
        )


def words(session: Session) -> str:
    """Where the run stands, as people read it."""
    return " ".join(sentence for sentence in sentences(session) if sentence)


def sentences(session: Session) -> tuple[str, str]:
    """Where the run is, and what it does; the second is empty where the first says all."""
    if session.error:
        return f"Not done: {session.error}", ""
    step = session.current
    if step is None:
        return "", _before_the_first(session)
    if not session.kept:
        place = place_words(step)
        return "", f"Recomputing {place[0].lower()}{place[1:]}, whose images were not kept."
    return step_words(step, solver=session.problem.config.solver), _what_next(session, step)


def _before_the_first(session: Session) -> str:
    if not session.exposures:
        return "No visits are loaded."
    if compiler().at_work:
        return (
            "Preparing the visits. Loops of the engine are compiled first, once on this machine: "
            "up to a minute."
        )
    return "Preparing the visits."


def _what_next(session: Session, step: Step) -> str:
    if step.outcome is not Outcome.RUNNING:
        return step.outcome.sentence_for(session.problem.config.solver)
    if session.playing:
        return "Running."
    return "Finishing the iteration." if session.busy else "Paused."

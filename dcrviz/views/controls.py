"""Buttons and the slider that move a session along its timeline."""

from __future__ import annotations

import html

import panel as pn
from panel.viewable import Viewer

from dcrviz.engine import Outcome, Step
from dcrviz.session import Session
from dcrviz.views.inputs import Slider


class Controls(Viewer):
    """Play, Pause, Step, Back, Reset, the Iteration slider, and the outcome in words."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._following = False
        self.buttons = {
            name: pn.widgets.Button(label=name, color=kind, width=80, margin=(5, 3))
            for name, kind in (
                ("Play", "primary"),
                ("Pause", "default"),
                ("Step", "default"),
                ("Back", "default"),
                ("Reset", "default"),
            )
        }
        for name, button in self.buttons.items():
            button.on_click(lambda _, name=name: getattr(session, name.lower())())
        self.slider = Slider(label="Iteration", typed=False, width=300, margin=(5, 15))
        self.slider.param.watch(lambda event: self._slid(event.new), "value")
        self.words = pn.pane.HTML("", sizing_mode="stretch_width", margin=(8, 10))
        session.param.watch(
            lambda *_: self._follow(), ["moments", "cursor", "busy", "playing", "error", "problem"]
        )
        self._follow()

    def _slid(self, place: int) -> None:
        if not self._following:
            self._session.show(int(place))

    def _follow(self) -> None:
        session = self._session
        last = len(session.moments) - 1
        at_end = session.cursor >= last and session.outcome is not Outcome.RUNNING
        self._following = True
        try:
            self.slider.param.update(end=max(last, 1), value=session.cursor, disabled=last < 1)
        finally:
            self._following = False
        self.buttons["Play"].disabled = session.playing or at_end
        self.buttons["Step"].disabled = session.playing or at_end
        self.buttons["Pause"].disabled = not session.playing
        self.buttons["Back"].disabled = session.cursor == 0
        self.buttons["Reset"].disabled = last < 1
        self.words.object = (
            f'<div role="status" class="outcome">{html.escape(words(session))}</div>'
        )

    def __panel__(self) -> pn.FlexBox:
        return pn.FlexBox(*self.buttons.values(), self.slider, self.words, align_items="center")


def words(session: Session) -> str:
    """Where the run stands, in one sentence."""
    if session.error:
        return f"Refused: {session.error}"
    step = session.current
    if step is None:
        return "Preparing the visits." if session.exposures else "No visits are loaded."
    place = f"Iteration {step.iteration}"
    if len(step.histories) > 1:
        place = f"Subregion {step.tile + 1} of {len(step.histories)}, iteration {step.iteration}"
    if step.returned:
        place = f"Returned to iteration {step.iteration}"
    if step.iteration:
        place += f": metric {step.metric:.5f}{_how(session, step)}."
    else:
        place += f": the starting model, metric {step.metric:.5f}."
    if step.outcome is not Outcome.RUNNING:
        return f"{place} {step.outcome.sentence_for(session.problem.config.solver)}"
    if session.playing:
        return f"{place} Running."
    return f"{place} {'Finishing the iteration.' if session.busy else 'Paused.'}"


def _how(session: Session, step: Step) -> str:
    """What the solver goes by in this iteration; nothing for one that iterates not at all."""
    history, solver = step.history, session.problem.config.solver
    if solver == "direct":
        return ""
    if solver == "pcg":
        return f", relative residual {history.residuals[step.iteration - 1]:.1e}"
    return f", gain {history.gains[step.iteration - 1]:.2f}"

"""The explorer's page: knobs beside the timeline, images and curves."""

from __future__ import annotations

import html
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import panel as pn
from panel.viewable import Viewer

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.verdict import Place
from dcrviz.engine import Problem
from dcrviz.lessons import Lesson
from dcrviz.records import Exposure
from dcrviz.runs import SavedRun
from dcrviz.session import Session
from dcrviz.session.jobs import Start
from dcrviz.simulate import Scene as Sky
from dcrviz.views.appearance import Appearance, in_page_design
from dcrviz.views.artifacts import ArtifactsView
from dcrviz.views.background import Background
from dcrviz.views.buttons import PushButton
from dcrviz.views.captions import Captions
from dcrviz.views.cards import headed_card
from dcrviz.views.class_mode import ClassMode
from dcrviz.views.controls import Controls
from dcrviz.views.curves import CourseView
from dcrviz.views.data import DataView
from dcrviz.views.data_choice import FIELD, DataChoice, given_choice, scene_of, title_of
from dcrviz.views.diagnose import DiagnoseView
from dcrviz.views.export import ExportView
from dcrviz.views.groups import KnobPanel
from dcrviz.views.here import Here
from dcrviz.views.inspector import Inspector
from dcrviz.views.layout import laid_out, show_details
from dcrviz.views.lazy import Later, lazy_card
from dcrviz.views.lesson_view import LessonView
from dcrviz.views.messages import Gate, Seldom, deliver_to_page, served_document
from dcrviz.views.runs_view import RunsView
from dcrviz.views.sweep_view import SweepView
from dcrviz.views.sweeping import Surroundings, Sweeping
from dcrviz.views.tabs import Tabs
from dcrviz.views.verdicts import ChipsView, Verdicts
from dcrviz.views.visits import VisitsView
from dcrviz.views.wall import ImageWall
from dcrviz.views.welcome import Welcome
from dcrviz.views.words import Words
from dcrviz.worker import Deliver, Worker

# How long what comes after the first picture waits for it.
_PATIENCE_MS = 1500


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Source:
    """Where the visits of a page are from.

    Parameters
    ----------
    choice
        What the visits are that the page begins with.
    wanted
        Visits to open once the page is there, as a link may ask for.
    refused
        Sentences about what a link asked for in vain.
    run
        A saved run with its prepared problem, to go on with.
    lesson
        With which the page begins, as a class sees it.
    welcome
        Whether it begins with what can be looked at.
    local
        Whether files of this machine may be read and written from the page.
    """

    choice: DataChoice = FIELD
    wanted: DataChoice | None = None
    refused: tuple[str, ...] = ()
    run: tuple[SavedRun, Problem] | None = None
    lesson: Lesson | None = None
    welcome: bool = False
    local: bool = False


class Explorer(Viewer):
    """A session with its page: the same in a browser tab and in a notebook cell.

    Parameters
    ----------
    exposures
        The visits to explore.
    config
        As for `dcrviz.prepare`.
    start
        Template, planes and bright objects that runs begin with.
    source
        Where visits and knobs are from beside, and what a person may reach from the page.
    """

    def __init__(
        self,
        exposures: Sequence[Exposure] = (),
        config: AssembleConfig | None = None,
        *,
        start: Start | None = None,
        source: Source | None = None,
    ) -> None:
        super().__init__()
        start = start or Start()
        source = source or Source(choice=given_choice(exposures))
        deliver = deliver_to_page()
        # A notebook's browser holds a page some time after its cell has run.
        self._gate = Gate(deliver) if deliver and served_document() is None else None
        deliver = self._gate.deliver if self._gate else deliver
        # For iterations, for images, and for verdicts, of which the last of a run may take a while.
        self._workers = [Worker(deliver) for _ in range(3)]
        self.session = Session(
            exposures,
            config,
            template=start.template,
            planes=start.planes,
            bright_objects=start.bright_objects,
            worker=self._workers[0],
        )
        if source.run is not None:
            self.session.take_run(*source.run)
        self._later = Later()
        self._pages: list[pn.Column] = []
        with in_page_design():
            self._make_views(source, alone=served_document() is not None)
            self._make_sweep(self._workers[0], deliver, local=source.local)
        self.session.param.watch(lambda event: self._notify(event.new), "error")
        self.session.param.watch(lambda _: self._tell_warnings(), "problem")
        self.session.param.watch(lambda _: self._tell_whether_empty(), "exposures")
        self._tell_whether_empty()
        self.session.param.watch(lambda event: self.knobs.tell(event.new), "problem")
        # Not before the browser holds the page: changes on their way to it meet nothing they know.
        pn.state.onload(lambda: self._begin(source, config))

    def _make_views(self, source: Source, *, alone: bool) -> None:
        # In a notebook, keys are the notebook's unless its cell has the focus.
        self.controls = Controls(self.session, everywhere=alone)
        engine, painter, judge = self._workers
        background = Background(engine, told=self._notify)
        self.data = DataView(self.session, background, choice=source.choice, local=source.local)
        self.export = ExportView(
            self.session, background, choice=lambda: self.data.choice, local=source.local
        )
        self.knobs = KnobPanel(
            self.session.config, refused=self._notify, grasped=self.session.begin_movement
        )
        self.inspector = Inspector(
            self.session,
            sky=self._sky,
            worker=painter,
        )
        self.wall = ImageWall(
            self.session,
            painter=painter,
            clicked=self.inspector.look_at,
            everywhere=alone,
        )
        self.controls.keys.offer(
            {
                "s": lambda: self._turn_source(1),
                "S": lambda: self._turn_source(-1),
                "w": self.wall.show_whole,
            }
        )
        self.wall.follow(self.controls.slider)
        self.wall.tell_painted(self._later.come)
        self.curves = CourseView(self.session, worker=painter)
        self.visits = VisitsView(self.session, chosen=self.wall.mark_visit)
        self.artifacts = ArtifactsView(self.session, chosen=self._show_candidate)
        self.runs = RunsView(
            self.session,
            curves=self.curves,
            wall=self.wall,
            save=self.export.give_branch,
            told=self._notify,
            visits=lambda exposures: title_of(self.data.choice_of(exposures)),
        )
        self._make_diagnosis(engine, judge)
        self.appearance = Appearance(alone=alone, margin=(5, 10))
        self._make_class(background)
        self.welcome = Welcome(self.data, teach=self.for_class.teach, local=source.local)
        turned = Seldom(self._turn_dark, pause_s=0)
        self.appearance.param.watch(lambda _: turned.at_once(), "dark")
        self._warnings = Words("", sizing_mode="stretch_width", margin=(0, 10))

    def _make_class(self, background: Background) -> None:
        def remember(exposures: Sequence[Exposure], scene: str) -> None:
            self.data.remember(exposures, DataChoice(kind="scene", name=scene))

        self.lesson = LessonView(
            self.session,
            background,
            show_rows=self.wall.show_rows,
            look=self.wall.show_closely,
            loaded=remember,
        )
        self.captions = Captions(self.session, curves=self.curves)
        self.for_class = ClassMode(
            self.appearance,
            wall=self.wall,
            captions=self.captions,
            lesson=self.lesson,
            keys=self.controls.keys,
        )

    def _make_diagnosis(self, engine: Worker, judge: Worker) -> None:
        self.verdicts = Verdicts(self.session, curves=self.curves, worker=judge)
        self.chips = ChipsView(self.verdicts, chosen=self._tell_verdict)
        self.diagnose = DiagnoseView(
            self.session,
            self.verdicts,
            show=self._show_place,
            told=self._notify,
            sky=self._sky_if_known,
            worker=engine,
        )
        parts = {
            "Curves": lambda: self._later.part(lambda: self.curves),
            "Diagnose": lambda: self.diagnose,
            "Sweep": self._sweep_view,
        }
        self.tabs = Tabs("Curves and diagnosis", parts)
        self.tabs.tell(lambda name: self.diagnose.turn(name == "Diagnose"))
        self.tabs.tell(lambda name: self.curves.turn(name == "Curves"))

    def _make_sweep(self, engine: Worker, deliver: Deliver | None, *, local: bool) -> None:
        around = Surroundings(
            choice=lambda: self.data.choice,
            remember=self.data.remember,
            sky=self._sky_if_known,
            told=self._notify,
        )
        self.sweeping = Sweeping(
            self.session, around, worker=engine, make_worker=lambda: Worker(deliver)
        )
        self._sweep_views: list[SweepView] = []
        self._local = local

    def _sweep_view(self) -> SweepView:
        """Made anew wherever the page is shown, as figures live in one place only."""
        dark = self.appearance.dark
        view = SweepView(self.session, self.sweeping, local=self._local, dark=dark)
        self._sweep_views.append(view)
        return view

    def _sky(self) -> Sky | None:
        """What is truly there, where the visits on show are of a made field."""
        return scene_of(self.data.choice, self.session.exposures)

    def _sky_if_known(self) -> Sky | None:
        try:
            return self._sky()
        except ValueError as error:
            self._notify(str(error))
            return None

    def _tell_verdict(self, row: str) -> None:
        """Open the tab at a verdict."""
        self.tabs.bar.value = "Diagnose"
        self.diagnose.verdicts.list.go_to(row)

    def _show_place(self, place: Place) -> None:
        """Show a place on the wall, and the source that is there."""
        self.wall.look_at(place)
        self.inspector.look_at(place.x + 0.5, place.y + 0.5)

    def _turn_source(self, by: int) -> None:
        """Show the source so many further on, by keys alone."""
        place = self.inspector.turn(by)
        if place is not None:
            self.wall.show_closely(place)

    def close(self) -> None:
        """Stop the threads of this page."""
        with ExitStack() as stack:
            for part in (*self._workers, self.session, self.sweeping):
                stack.callback(part.close)

    def _begin(self, source: Source, config: AssembleConfig | None) -> None:
        """Compute what is shown first, and say what a link asked for in vain."""
        document = served_document()
        if document is not None:
            document.add_timeout_callback(self._later.come, _PATIENCE_MS)
        if source.run is not None and config is not None:
            self.session.config.param.update(**config.values())
        if source.wanted is not None:
            self.data.open(source.wanted)
        self.session.start()
        if source.lesson is not None:
            self.for_class.teach(source.lesson)
        if source.welcome:
            self.welcome.open()
        for sentence in source.refused:
            self._notify(sentence)

    def _notify(self, sentence: str) -> None:
        if sentence and pn.state.notifications is not None:
            pn.state.notifications.error(sentence, duration=8000)

    def _tell_whether_empty(self) -> None:
        """Without visits there is an invitation in the place of empty pictures."""
        self.welcome.board.empty = empty = not self.session.exposures
        self.wall.canvas.visible = not empty
        for page in self._pages:
            show_details(page, not empty)

    def _tell_warnings(self) -> None:
        problem = self.session.problem
        items = "".join(f"<li>{html.escape(w)}</li>" for w in problem.warnings) if problem else ""
        self._warnings.object = f"<h3>Noticed in the input</h3><ul>{items}</ul>" if items else ""

    def _show_candidate(self, visit: int, x: float, y: float) -> None:
        """Mark the visit among the residuals, and look at the place."""
        self.wall.mark_visit(visit)
        self.inspector.look_at(x, y)

    def _turn_dark(self) -> None:
        """What is drawn on canvases can't follow the stylesheets."""
        dark = self.appearance.dark
        self.wall.canvas.dark = dark
        self.curves.paint(dark=dark)
        self.diagnose.paint(dark=dark)
        for view in self._sweep_views:
            view.paint(dark=dark)
        self.inspector.paint(dark=dark)

    def __panel__(self) -> pn.Column:
        here = []
        if self._gate is not None:
            self._gate.shut()
            here = [Here(self._gate.open)]
        with in_page_design():
            in_side = {"Data": self._data_with_welcome, "Export": lambda: self.export}
            page = laid_out(
                head=[
                    [self.controls.buttons_line(), self.chips, self.appearance],
                    self.controls.place_line(),
                ],
                side=[
                    *(
                        lazy_card(make, title=title, collapsed=True, width=305, margin=(2, 5))
                        for title, make in in_side.items()
                    ),
                    self.knobs,
                ],
                main=[self._main_images(), self.for_class],
                beside=self.tabs,
                details=[
                    self._later.part(
                        lambda: self.inspector,
                        lambda: _card("Runs", self.runs),
                        lambda: _card("Visits", self.visits),
                        lambda: _card("Artifacts", self.artifacts),
                        sizing_mode="stretch_width",
                    ),
                    self._warnings,
                    *here,
                ],
                alone=self.appearance.alone,
            )
        self._pages.append(page)
        self._tell_whether_empty()
        return page

    def _data_with_welcome(self) -> pn.Column:
        again = PushButton(
            self.welcome.open,
            label="Scenes, lessons and files",
            tip="What can be looked at, as on the first page",
            margin=(4, 10),
        )
        return pn.Column(again, self.data, margin=0)

    def _main_images(self) -> pn.Column:
        return pn.Column(self.welcome, self.wall, sizing_mode="stretch_width", margin=0)


def _card(title: str, view: Viewer) -> pn.Card:
    return headed_card(view, title=title, margin=(5, 10), sizing_mode="stretch_width")

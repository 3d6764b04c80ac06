"""Whether the residuals point to the zenith, and how near the truth is, where it is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bokeh.models import ColumnDataSource, FactorRange, HoverTool, Range1d, Span
from bokeh.plotting import figure

from dcrviz.diagnostics.direction import NOT_TESTED, Direction, residual_direction
from dcrviz.diagnostics.panels import Scene
from dcrviz.diagnostics.pictures import shown_planes
from dcrviz.diagnostics.truth_scores import TruthScores, truth_scores
from dcrviz.session import Session
from dcrviz.simulate import Scene as Sky
from dcrviz.views.background import Newest
from dcrviz.views.buttons import PushButton
from dcrviz.views.charts import GREY, ORANGE, SKY
from dcrviz.views.figure_room import roomy
from dcrviz.views.scenes import current_scene
from dcrviz.views.section import Section, plain_figure
from dcrviz.views.step_words import place_words
from dcrviz.worker import Worker

_INVITATION = (
    "Compares the places of the sources in the visits with those that the angles in the headers "
    "say, and with mirrored and turned ones; where the sky is a made one, also with the truth."
)
# What is off by less is drawn as large as this.
_LEAST_PX = 0.05


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Findings:
    """All that the section shows of a step."""

    step: str
    visits: tuple[str, ...]
    direction: Direction | None
    truth: TruthScores | None


class DirectionView(Section):
    """A button, the sentences of both tests, and two figures of the first.

    Parameters
    ----------
    sky
        Gives what is truly there, where the visits are of a made field.
    """

    def __init__(
        self,
        session: Session,
        *,
        sky: Callable[[], Sky | None] = lambda: None,
        worker: Worker | None = None,
    ) -> None:
        super().__init__(session, worker=worker)
        self._sky = sky
        self._newest = Newest(self.background)
        self.test = PushButton(self.start, label="Test the step on show", margin=(4, 8))
        self.angles = ColumnDataSource({"angle": [], "shrink": []})
        self.offsets = ColumnDataSource({name: [] for name in _columns(None)})
        self.names = FactorRange(factors=[])
        self.figures = self._shown(self._hypotheses(), self._arrows())
        self.figures.visible = False
        self.box.extend([self.words, self.test, self.figures])
        self.say(_INVITATION)

    def start(self) -> None:
        """Test the step on show."""
        scene = current_scene(self._session)
        if scene is not None:
            self.ask()
            sky, run = self._sky(), self._session.title
            self._newest.do(lambda: _found(scene, sky, run=run), self._draw)

    def _draw(self, found: Findings) -> None:
        direction = found.direction
        tested = (NOT_TESTED,) if direction is None else direction.sentences
        truth = () if found.truth is None else found.truth.sentences
        self.say(f"{found.step}.", *tested, *truth)
        self.figures.visible = direction is not None
        if direction is not None:
            # The first factor is the lowest.
            self.names.factors = [one.name for one in reversed(direction.hypotheses)]
            self.angles.data = {
                "angle": [one.name for one in direction.hypotheses],
                "shrink": [one.shrink for one in direction.hypotheses],
            }
            self.offsets.data = _columns(direction, found.visits)
            reach = 1.2 * max(
                [_LEAST_PX, *map(abs, [*self.offsets.data["x"], *self.offsets.data["y"]])]
            )
            self.reach.update(start=-reach, end=reach)
            self.height.update(start=-reach, end=reach)
        self.push()

    def _hypotheses(self) -> figure:
        """How much smaller residuals were under each angle: beyond the line it fits better."""
        plot = plain_figure(
            "Residuals shrink by, if the angle were",
            height=200,
            y_range=self.names,
        )
        plot.x_range.start = 0
        # Long names leave the frame a third of the width.
        roomy(plot, ticks=2)
        bars = plot.hbar(
            y="angle", right="shrink", height=0.6, source=self.angles, color=SKY, fill_alpha=0.7
        )
        plot.add_tools(HoverTool(renderers=[bars], tooltips=[("@angle", "@shrink{0.00} times")]))
        plot.add_layout(Span(location=1, dimension="height", line_color=ORANGE))
        return plot

    def _arrows(self) -> figure:
        self.reach, self.height = Range1d(-1, 1), Range1d(-1, 1)
        plot = plain_figure(
            "Along the zenith (up), px",
            height=290,
            x_range=self.reach,
            y_range=self.height,
        )
        for dimension in ("width", "height"):
            plot.add_layout(
                Span(location=0, dimension=dimension, line_color=GREY, line_dash="dotted")
            )
        lines = plot.segment(0, 0, "x", "y", source=self.offsets, line_color="colour", line_width=3)
        plot.scatter("x", "y", source=self.offsets, color="colour", size=8, marker="triangle")
        plot.add_tools(HoverTool(renderers=[lines], tooltips=[("@what", "@size{0.000} px")]))
        return plot


def _found(scene: Scene, sky: Sky | None, *, run: str) -> Findings:
    problem, planes = scene.problem, shown_planes(scene.step)
    return Findings(
        step=f"{place_words(scene.step)} of {run}",
        visits=tuple(str(visit.id) for visit in problem.visits),
        direction=residual_direction(problem, planes),
        truth=None if sky is None else truth_scores(sky, problem, planes),
    )


def _columns(found: Direction | None, visits: tuple[str, ...] = ()) -> dict[str, list[object]]:
    """An arrow for what is left along the zenith, one across it, and one for each visit off."""
    rows: list[tuple[object, ...]] = []
    if found is not None:
        rows = [
            (0.0, found.along_px, SKY, "along the zenith", found.along_px),
            (found.across_px, 0.0, SKY, "across the zenith", found.across_px),
            *(
                (
                    off.x_px,
                    off.y_px,
                    ORANGE,
                    f"visit {visits[off.index]}",
                    abs(complex(off.x_px, off.y_px)),
                )
                for off in found.shifted
            ),
        ]
    names = ("x", "y", "colour", "what", "size")
    parts = zip(*rows, strict=True) if rows else [()] * len(names)
    return {name: list(part) for name, part in zip(names, parts, strict=True)}

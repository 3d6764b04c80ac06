"""The images of the step on show, kept up to date without blocking the page."""

from __future__ import annotations

import math

import panel as pn
import param
from bokeh.layouts import row
from bokeh.models import Range1d
from panel.viewable import Viewer

from dcrviz.diagnostics.pictures import Pictures, pictures
from dcrviz.physics.geometry import airmass_of
from dcrviz.records import Visit
from dcrviz.session import Session
from dcrviz.views.images import ImagePanel, image_panel
from dcrviz.worker import Worker

_SIGMAS = 12.0


class ImageWall(Viewer):
    """Planes, planes minus their mean, the residual of a chosen visit, and the model weights.

    Parameters
    ----------
    painter
        Worker in whose thread the images are derived; without one they are derived in place.
    """

    visit = param.Selector(objects={}, doc="Visit whose residual is shown, by airmass.")

    def __init__(self, session: Session, *, painter: Worker | None = None) -> None:
        super().__init__()
        self._session, self._painter = session, painter
        self._panels: dict[str, ImagePanel] = {}
        self._built_for: tuple[int, tuple[int, int]] | None = None
        self._drawing = self._stale = False
        self._rows = pn.Column(sizing_mode="stretch_width", margin=0)
        self.choice = pn.widgets.Select.from_param(
            self.param.visit,
            label="Residual of visit",
            width=260,
            description="Image minus matched template, in units of the visit's noise.",
        )
        session.param.watch(lambda *_: self._problem_changed(), "problem")
        session.param.watch(lambda *_: self.refresh(), ["moments", "cursor"])
        self.param.watch(lambda *_: self.refresh(), "visit")
        self._problem_changed()
        self.refresh()

    def refresh(self) -> None:
        """Draw the step on show; while one drawing is under way, only the newest wish is kept."""
        problem, step, visit = self._session.problem, self._session.current, self.visit
        if problem is None or step is None or visit is None:
            return
        if self._painter is None:
            self._draw(pictures(problem, step, visit=visit))
            return
        if self._drawing:
            self._stale = True
            return
        self._drawing, self._stale = True, False
        self._painter.submit(
            lambda: pictures(problem, step, visit=visit),
            done=self._drawn,
            failed=self._failed,
        )

    def _drawn(self, drawn: Pictures) -> None:
        self._drawing = False
        if self._session.problem is not None and self._built_for == (
            len(drawn.planes),
            drawn.weights.shape,
        ):
            self._draw(drawn)
        if self._stale:
            self.refresh()

    def _failed(self, sentence: str) -> None:
        self._drawing = False
        self._session.error = sentence

    def _draw(self, drawn: Pictures) -> None:
        top = float(drawn.shown.max())
        for subfilter, plane in enumerate(drawn.planes):
            panel = self._panels[f"plane {subfilter}"]
            panel.limit(-1.0, max(top, 1.0))
            panel.show(drawn.shown[subfilter], values=plane)
            self._panels[f"difference {subfilter}"].show(drawn.minus_mean[subfilter])
        self._panels["residual"].show(drawn.residual)
        self._panels["weights"].show(drawn.weights)

    def _problem_changed(self) -> None:
        problem = self._session.problem
        if problem is None:
            return
        if self._built_for != (problem.n_subfilters, problem.shape):
            self._build()
        order = sorted(range(len(problem.visits)), key=lambda i: airmass_of(problem.visits[i]))
        options = {label(problem.visits[index]): index for index in order}
        if self.param.visit.objects != list(options.values()):
            self.param.visit.objects = options
            self.visit = order[-1]

    def _build(self) -> None:
        problem = self._session.problem
        self._built_for = (problem.n_subfilters, problem.shape)
        edges = subfilter_names(problem)
        height, width = problem.shape
        # All panels share these, so that they pan and zoom together.
        ranges = {
            "x_range": Range1d(-0.5, width - 0.5),
            "y_range": Range1d(-0.5, height - 0.5),
        }
        planes = {
            f"plane {i}": image_panel(f"S{i}  {name}", kind="flux", **ranges)
            for i, name in enumerate(edges)
        }
        differences = {
            f"difference {i}": image_panel(f"S{i} - mean [sigma]", kind="difference", **ranges)
            for i in range(len(edges))
        }
        others = {
            "residual": image_panel("residual [sigma]", kind="difference", **ranges),
            "weights": image_panel("model weights", kind="weight", **ranges),
        }
        self._panels = {**planes, **differences, **others}
        for panel in (*differences.values(), others["residual"]):
            panel.limit(-_SIGMAS, _SIGMAS)
        self._rows.objects = [
            pn.pane.HTML(f"<h3>{heading}</h3>", margin=(4, 10, 0, 10))
            if isinstance(heading, str)
            else heading
            for name, group in (
                ("Subfilter planes", planes),
                ("Plane minus mean of the planes: holes are blue, wings are red", differences),
                ("Residual of a visit, and model weights", others),
            )
            for heading in (name, _row(group))
        ]
        self._rows.insert(5, self.choice)

    def __panel__(self) -> pn.Column:
        return self._rows


def subfilter_names(problem) -> list[str]:
    """Middle wavelength of each subfilter, as the panels are headed."""
    band, number = problem.band, problem.n_subfilters
    width = (band.max_nm - band.min_nm) / number
    return [f"{band.min_nm + (i + 0.5) * width:.0f} nm" for i in range(number)]


def label(visit: Visit) -> str:
    """How a visit is listed: by airmass and angle."""
    angle = math.degrees(visit.parallactic_rad or 0.0)
    return f"{visit.id}: airmass {airmass_of(visit):.3f}, angle {angle:.0f} deg"


def _row(group: dict[str, ImagePanel]) -> pn.viewable.Viewable:
    plots = [pn.pane.Bokeh(row(panel.plot), margin=2) for panel in group.values()]
    return pn.FlexBox(*plots, justify_content="start", margin=(0, 5))

"""One source looked at closely: the one nearest to a click on the wall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import panel as pn
from panel.viewable import Viewer

from dcrviz.diagnostics.panels import Scene, images, rows_of, visits_by_airmass
from dcrviz.diagnostics.pictures import subfilter_middles_nm
from dcrviz.diagnostics.source import (
    aperture_flux,
    cut_along,
    cutout,
    nearest_source,
    radial_profile,
    source_beside,
    spectrum,
)
from dcrviz.diagnostics.truth import true_planes
from dcrviz.diagnostics.zenith import zenith_directions
from dcrviz.engine import Problem
from dcrviz.records import Floats, Visit
from dcrviz.session import Moment, Session
from dcrviz.simulate import Scene as Sky
from dcrviz.views.figure_colours import paint
from dcrviz.views.scenes import current_scene
from dcrviz.views.source_plots import Findings, SourcePlots
from dcrviz.views.words import Words
from dcrviz.worker import Worker

_INVITATION = "Click on a source in a panel, or press s, to look at it closely."


class Inspector(Viewer):
    """Spectrum at every stored step, profile, cut towards the zenith, and residuals of a source.

    Parameters
    ----------
    sky
        Gives what is truly there, where the visits just opened are of a made field.
    worker
        In whose thread the numbers are found; without one they are found in place.
    """

    def __init__(
        self,
        session: Session,
        *,
        sky: Callable[[], Sky | None] = lambda: None,
        worker: Worker | None = None,
    ) -> None:
        super().__init__()
        self._session, self._sky, self._worker = session, sky, worker
        # A branch that is opened again may be of visits that were opened before.
        self._skies: list[tuple[Visit, Sky | None]] = []
        self._place: tuple[int, int] | None = None
        self._spectra: dict[int, Floats] = {}
        self._at_work = self._stale = self._dark = False
        self._laid_out_for: Problem | None = None
        self._shown: list[_Place] = []
        self.findings: Findings | None = None
        self.words = Words(_INVITATION, margin=(2, 10))
        self.visit = pn.widgets.Select(label="Cut towards the zenith of", width=240, visible=False)
        self.visit.param.watch(lambda _: self.refresh(), "value")
        session.param.watch(lambda *_: self.refresh(), ["problem", "moments", "cursor"])
        self.refresh()

    def look_at(self, x: float, y: float) -> None:
        """Inspect the source nearest to a pixel, or the pixel itself if no source is near."""
        problem = self._session.problem
        if problem is None:
            return
        height, width = problem.shape
        # A place on a panel counts from the edge of the first pixel.
        pixel = (min(max(int(x), 0), width - 1), min(max(int(y), 0), height - 1))
        found = nearest_source(problem, x=pixel[0], y=pixel[1])
        self._place, self._spectra = found or pixel, {}
        kind = "Source" if found else "No source is near: pixel"
        self.words.object = f"{kind} at x {self._place[0]}, y {self._place[1]}"
        self.visit.visible = True
        self.refresh()

    def turn(self, by: int) -> tuple[int, int] | None:
        """Inspect the source so many further on, the brightest first; where it is, if any."""
        problem = self._session.problem
        place = None if problem is None else source_beside(problem, self._place, by=by)
        if place is not None:
            self.look_at(*place)
        return place

    def refresh(self) -> None:
        """Look again at the source, in the step on show."""
        self._lay_out()
        task = self._task()
        if task is None:
            self._draw(None)
        elif self._worker is None:
            self._take(task.done())
        elif self._at_work:
            # The newest wins: what is at work is drawn, and then the last that was asked for.
            self._stale = True
        else:
            self._at_work, self._stale = True, False
            self._worker.submit(task.done, done=self._arrived, failed=self._failed)

    def _lay_out(self) -> None:
        """Offer the visits of the problem on show; another field has other sources."""
        problem, before = self._session.problem, self._laid_out_for
        if problem is None or problem is before:
            return
        self._laid_out_for = problem
        if before is not None and before.shape != problem.shape:
            self._place, self.words.object, self.visit.visible = None, _INVITATION, False
        order = visits_by_airmass(problem)
        options = {title: v for v, title in zip(order, _titles(problem), strict=True)}
        # The highest airmass refracts most.
        chosen = self.visit.value if self.visit.value in order else order[-1]
        self.visit.param.update(options=options, value=chosen)

    def _task(self) -> _Task | None:
        scene = current_scene(self._session)
        if scene is None or self._place is None:
            return None
        moments = tuple(self._session.moments)
        stored = {moment.number for moment in moments}
        self._spectra = {key: flux for key, flux in self._spectra.items() if key in stored}
        return _Task(
            scene=scene,
            place=self._place,
            visit=int(self.visit.value),
            truth=self._sky_of(scene.problem),
            moments=moments,
            spectra=dict(self._spectra),
            shown=self._session.shown.number,
        )

    def _sky_of(self, problem: Problem) -> Sky | None:
        """The made field that a problem's visits saw, asked for when they are first looked at."""
        first = problem.visits[0]
        if not any(visit is first for visit, _ in self._skies):
            try:
                self._skies.append((first, self._sky()))
            except ValueError as error:
                self._skies.append((first, None))
                self._session.error = str(error)
        return next(sky for visit, sky in self._skies if visit is first)

    def _arrived(self, result: tuple[Findings, dict[int, Floats]]) -> None:
        self._at_work = False
        self._take(result)
        if self._stale:
            self.refresh()

    def _failed(self, sentence: str) -> None:
        self._at_work = False
        self._session.error = sentence

    def _take(self, result: tuple[Findings, dict[int, Floats]]) -> None:
        found, spectra = result
        if (found.x, found.y) == self._place:
            self._spectra = spectra
            self._draw(found)

    def _draw(self, found: Findings | None) -> None:
        self.findings = found
        for place in self._shown:
            place.draw(found)
            pn.io.push_notebook(place.box)

    def paint(self, *, dark: bool) -> None:
        """Draw on a dark page, or on a light one."""
        self._dark = dark
        for place in self._shown:
            place.paint(dark=dark)
            pn.io.push_notebook(place.box)

    def __panel__(self) -> pn.Column:
        place = _Place()
        place.paint(dark=self._dark)
        place.draw(self.findings)
        self._shown.append(place)
        line = pn.Row(self.words, self.visit, margin=0)
        return pn.Column(line, place.box, sizing_mode="stretch_width", margin=0)


class _Place:
    """One of the places where the plots are shown, empty until there is something to show."""

    def __init__(self) -> None:
        self.plots: SourcePlots | None = None
        self.box = pn.FlexBox(margin=0, visible=False)
        self._dark = False

    def paint(self, *, dark: bool) -> None:
        """Take the colours of the page."""
        self._dark = dark
        for plot in self.plots.figures if self.plots else ():
            paint(plot, dark=dark)

    def draw(self, found: Findings | None) -> None:
        """Show a source, or nothing."""
        if found is not None:
            if self.plots is None:
                self._make()
            self.plots.draw(found)
        self.box.visible = found is not None

    def _make(self) -> None:
        # Never taken away again, as a browser may still speak of them.
        self.plots = SourcePlots()
        self.paint(dark=self._dark)
        self.box.extend(pn.pane.Bokeh(plot, margin=2) for plot in self.plots.figures)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class _Task:
    """All that findings are made of; nobody changes it while they are."""

    scene: Scene
    place: tuple[int, int]
    visit: int
    truth: Sky | None
    moments: tuple[Moment, ...]
    spectra: dict[int, Floats]
    shown: int

    def done(self) -> tuple[Findings, dict[int, Floats]]:
        """The findings, and the spectrum of every stored step."""
        (x, y), problem, planes = self.place, self.scene.problem, self.scene.planes
        # A step without its pixels has a spectrum only if that was found before.
        spectra = self.spectra | {
            moment.number: spectrum(moment.step, x=x, y=y)
            for moment in self.moments
            if moment.kept and moment.number not in self.spectra
        }
        known_moments = [moment for moment in self.moments if moment.number in spectra]
        (row,) = (row for row in rows_of(problem) if row.name == "residual")
        residuals = images(self.scene, row.panels)
        direction = zenith_directions(problem)[self.visit]
        along, cut = np.empty(0), np.empty((problem.n_subfilters, 0))
        if direction is not None:
            along, cut = cut_along(planes, x=x, y=y, direction=direction)
        truth = None if self.truth is None else true_planes(self.truth, problem)
        found = Findings(
            x=x,
            y=y,
            wavelengths_nm=subfilter_middles_nm(problem),
            spectra=[spectra[moment.number] for moment in known_moments],
            steps=[moment.step.index for moment in known_moments],
            shown=[moment.number for moment in known_moments].index(self.shown),
            truth=None if truth is None else aperture_flux(truth, x=x, y=y),
            profile=radial_profile(planes, x=x, y=y),
            along=along,
            cut=cut,
            residuals=np.stack([cutout(residuals[p.key], x=x, y=y) for p in row.panels]),
            titles=[panel.title for panel in row.panels],
        )
        return found, spectra


def _titles(problem: Problem) -> list[str]:
    """Names of the visits by airmass, as the wall has them."""
    (row,) = (row for row in rows_of(problem) if row.name == "residual")
    return [panel.title for panel in row.panels]

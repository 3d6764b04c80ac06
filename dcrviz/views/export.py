"""Taking away what one sees: pictures, FITS, tables, a report, the run, and texts to copy."""

from __future__ import annotations

import html
import io
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import panel as pn
from panel.viewable import Viewer

from dcrviz.diagnostics.colouring import coloured, limits_of
from dcrviz.diagnostics.history_table import history_csv
from dcrviz.diagnostics.panels import Panel, Row, Scene, images, rows_of
from dcrviz.diagnostics.products import PRODUCTS, product_images
from dcrviz.diagnostics.report import report_html
from dcrviz.engine import Problem, Step
from dcrviz.io.image_stack import stack_bytes
from dcrviz.io.png import png_bytes
from dcrviz.runs import Run, is_run, save_run
from dcrviz.runs.save import provenance
from dcrviz.session import Session
from dcrviz.views.background import Background
from dcrviz.views.data_choice import DataChoice
from dcrviz.views.handout import Handout, TextDialog
from dcrviz.views.inputs import Check
from dcrviz.views.link import link_query
from dcrviz.views.recipes import command_text, lsst_text, python_text
from dcrviz.views.scenes import current_scene
from dcrviz.views.take_away import take_away_html
from dcrviz.views.words import Words

_WIDTH = 250
_HALF = 115


class ExportView(Viewer):
    """Everything that can be taken away, of the step on show or of its run.

    Parameters
    ----------
    choice
        Tells which visits are explored.
    local
        Whether folders of this machine may be written to.
    """

    def __init__(
        self,
        session: Session,
        background: Background,
        *,
        choice: Callable[[], DataChoice],
        local: bool = False,
    ) -> None:
        super().__init__()
        self._session, self._background = session, background
        self._choice, self._local = choice, local
        self.handout, self.dialog = Handout(), TextDialog()
        self.panel = pn.widgets.Select(label="Panel", options={}, width=_WIDTH)
        self.product = pn.widgets.Select(label="Images", options=list(PRODUCTS), width=_WIDTH)
        self.folder = pn.widgets.TextInput(
            label="Folder for the run", placeholder="runs/tuesday", width=_WIDTH
        )
        self.with_data = Check(label="with the visits", value=False, width=_WIDTH, margin=(5, 10))
        self.saved = Words("", margin=(0, 10))
        self._to_replace: Path | None = None
        self.buttons = {
            name: pn.widgets.Button(label=name, width=width, margin=(4, 10))
            for name, width in (
                ("PNG of the panel", _WIDTH),
                ("FITS of the images", _WIDTH),
                ("History (CSV)", _HALF),
                ("Report (HTML)", _HALF),
                ("Take-away page (HTML)", _WIDTH),
                ("Run (ZIP)", _HALF),
                ("Save run", _HALF),
                ("Copy as Python", _WIDTH),
                ("Copy as command", _WIDTH),
                ("Copy as LSST config", _WIDTH),
                ("Copy link", _WIDTH),
            )
        }
        acts = (
            self.give_png,
            self.give_fits,
            self.give_history,
            self.give_report,
            self.give_page,
            self.give_run,
            self.save,
            self.show_python,
            self.show_command,
            self.show_lsst,
            self.show_link,
        )
        for button, act in zip(self.buttons.values(), acts, strict=True):
            button.on_click(lambda _, act=act: act())
        session.param.watch(lambda _: self._problem_changed(), "problem")
        self._problem_changed()

    def give_png(self) -> None:
        """Download the chosen panel of the step on show, a pixel for each of the field."""
        scene = self._scene()
        if scene is None or self.panel.value is None:
            return
        row, panel = self.panel.value
        self._give(
            f"{panel.row}_{panel.index}_step{scene.step.index:03}.png",
            lambda: _png(scene, row, panel),
            kind="image/png",
        )

    def give_fits(self) -> None:
        """Download the chosen images of the step on show."""
        scene = self._scene()
        if scene is None:
            return
        product = self.product.value
        self._give(
            f"{product}_step{scene.step.index:03}.fits",
            lambda: _fits(scene.problem, scene.step, product),
            kind="application/fits",
        )

    def give_history(self) -> None:
        """Download the course of the run as a table."""
        run, steps = self._run(), tuple(self._session.steps)
        if run is not None:
            self._give(
                "history.csv",
                # Of the numbers alone, which are there without the images.
                lambda: history_csv(run.problem, steps, run.knobs).encode(),
                kind="text/csv",
            )

    def give_report(self) -> None:
        """Download a page about the run that stands alone."""
        run = self._run()
        if run is not None:
            self._give("report.html", lambda: _report(run), kind="text/html")

    def give_page(self) -> None:
        """Download the run as a page with its images, slider and curves that stands alone."""
        run, title = self._run(), self._session.title
        if run is not None:
            self._give(
                "page.html",
                lambda: take_away_html(run, title=title, provenance=provenance()).encode(),
                kind="text/html",
            )

    def give_run(self) -> None:
        """Download the run with its visits, to be opened on any machine."""
        run = self._run()
        if run is not None:
            self._give("run.zip", lambda: zipped_run(run), kind="application/zip")

    def give_branch(self, index: int) -> None:
        """Download another run of the session in the same way."""
        run = self._session.as_run(index)
        self._give("run.zip", lambda: zipped_run(run), kind="application/zip")

    def save(self) -> None:
        """Save the run to the folder that is typed; only where the page is this machine's own.

        A run that another page or command has saved there is replaced at the second time of asking.
        """
        run, folder, with_data = self._run(), self.folder.value.strip(), self.with_data.value
        if run is None or not self._local:
            return
        if not folder:
            self._background.told("a folder for the run must be typed; got nothing")
            return
        place = Path(folder).expanduser()
        asks = is_run(place) and place != self._to_replace
        self._to_replace = place
        if asks:
            self._tell(f"{place} holds a saved run. Save run once more to replace it.")
            return
        self._tell("")
        self._background.do(
            lambda: save_run(place, run, with_data=with_data),
            lambda paths: self._tell(f"Saved: {len(paths)} files in {place}."),
        )

    def _tell(self, sentence: str) -> None:
        self.saved.object = sentence and f"<small role='note'>{html.escape(sentence)}</small>"

    def show_python(self) -> None:
        """Show the script that makes the planes on show."""
        run = self._run()
        if run is not None:
            moments = self._session.moments[: self._session.cursor + 1]
            given = run.template is not None
            text = python_text(self._choice(), run.problem.config, moments, template_given=given)
            self.dialog.show("Copy as Python", text)

    def show_command(self) -> None:
        """Show the command that runs these knobs to the end."""
        choice, config = self._choice(), self._session.config.copy()
        # A made field is drawn to write down its stars.
        self._background.do(
            lambda: command_text(choice, config),
            lambda text: self.dialog.show("Copy as command", text),
        )

    def show_lsst(self) -> None:
        """Show the knobs as LSST's overrides."""
        self.dialog.show("Copy as LSST config", lsst_text(self._session.config))

    def show_link(self) -> None:
        """Show the link to these knobs on these visits."""
        query = link_query(self._session.config, self._choice())
        self.dialog.show("Copy link", query, link=True)

    def _give(self, name: str, make: Callable[[], bytes], *, kind: str) -> None:
        self._background.do(make, lambda content: self.handout.give(name, content, kind=kind))

    def _begun(self) -> bool:
        if self._session.current is None:
            self._background.told("there is nothing to export before the visits are prepared")
        return self._session.current is not None

    def _scene(self) -> Scene | None:
        scene = current_scene(self._session)
        if self._begun() and scene is None:
            self._background.told(
                "the images of this step are being computed again; export them in a moment"
            )
        return scene

    def _run(self) -> Run | None:
        if not self._begun():
            return None
        try:
            return self._session.as_run()
        except ValueError as error:
            self._background.told(str(error))
            return None

    def _problem_changed(self) -> None:
        problem = self._session.problem
        known = {panel.key for _, panel in self.panel.options.values()}
        rows = () if problem is None else rows_of(problem)
        options = {f"{_short(row)}: {p.title}": (row, p) for row in rows for p in row.panels}
        if {panel.key for _, panel in options.values()} != known or self.panel.value is None:
            first = next(iter(options.values()), None)
            self.panel.param.update(options=options, value=first)

    def __panel__(self) -> pn.Column:
        button = self.buttons
        parts: list[Any] = [
            self.panel,
            button["PNG of the panel"],
            self.product,
            button["FITS of the images"],
            pn.Row(button["History (CSV)"], button["Report (HTML)"], margin=0),
            button["Take-away page (HTML)"],
        ]
        if self._local:
            parts += [
                self.folder,
                self.with_data,
                pn.Row(button["Save run"], button["Run (ZIP)"], margin=0),
            ]
        else:
            parts.append(button["Run (ZIP)"])
        parts += [self.saved, *(b for name, b in button.items() if name.startswith("Copy"))]
        return pn.Column(*parts, self.handout, self.dialog, margin=0)


def zipped_run(run: Run) -> bytes:
    """A saved run with its visits as the bytes of a ZIP file."""
    content = io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="dcrviz-") as folder:
        paths = save_run(Path(folder) / "run", run, with_data=True)
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
            for path in paths:
                file.write(path, f"run/{path.name}")
    return content.getvalue()


def _png(scene: Scene, row: Row, panel: Panel) -> bytes:
    """In the limits of its row, as it is seen beside the others."""
    made = images(scene, row.panels)
    limits = limits_of(list(made.values()), row.scale)
    return png_bytes(coloured(made[panel.key], row.scale, limits=limits))


def _fits(problem: Problem, step: Step, product: str) -> bytes:
    header = {"DCRSTEP": (step.index, "step of the run"), "DCRWHAT": product}
    made = product_images(problem, step, product)
    return stack_bytes(made, wcs=problem.wcs, xy0=problem.xy0, header=header)


def _report(run: Run) -> bytes:
    shown = -1 if run.shown is None else run.shown
    text = report_html(
        run.problem, run.steps, knobs=run.knobs, shown=shown, provenance=provenance()
    )
    return text.encode()


def _short(row: Row) -> str:
    """The first words of a row's title."""
    return row.title.split(":")[0].split(",")[0]

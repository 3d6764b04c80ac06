"""Opening other visits from the page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import panel as pn
from panel.viewable import Viewer

from dcrviz.config import AssembleConfig
from dcrviz.plurals import counted
from dcrviz.records import Exposure
from dcrviz.runs import open_run
from dcrviz.session import Session
from dcrviz.simulate import PROFILES, MadeField
from dcrviz.simulate.made_field import LIMITS, REAL_LIMITS, VISITS
from dcrviz.views.background import Background
from dcrviz.views.cards import headed_card
from dcrviz.views.data_choice import FIELD, DataChoice, load, title_of
from dcrviz.views.scene_choice import SceneChoice
from dcrviz.views.uploads import Limits, read_uploads
from dcrviz.views.words import Words

_WIDTH = 250
_HALF = 115
_NUMBERS = {
    "n_stars": "Stars",
    "n_visits": "Visits",
    "coolest_k": "Coolest star [K]",
    "hottest_k": "Hottest star [K]",
    "seed": "Seed",
    "size_px": "Side [px]",
}
_REAL_NUMBERS = {
    "best_arcsec": 'Best seeing ["]',
    "worst_arcsec": 'Worst seeing ["]',
    "seeing_exponent": "Seeing exponent",
}
_STEPS = {"best_arcsec": 0.05, "worst_arcsec": 0.05, "seeing_exponent": 0.1}
_TIPS = {
    "best_arcsec": "FWHM of the stars in the sharpest visit.",
    "worst_arcsec": "In the most blurred one; the others lie between, whatever their airmass.",
    "seeing_exponent": "FWHM grows with wavelength to this power: -0.2 for a turbulent atmosphere.",
}


class DataView(Viewer):
    """Bundled scenes, made fields, files and uploads; `choice` is what the run on show is of.

    Parameters
    ----------
    choice
        What the session explores already.
    local
        Whether files of this machine may be opened.
    limits
        What an upload is held to.
    """

    def __init__(
        self,
        session: Session,
        background: Background,
        *,
        choice: DataChoice = FIELD,
        local: bool = False,
        limits: Limits | None = None,
    ) -> None:
        super().__init__()
        self._session, self._background = session, background
        self._local = local
        self._limits = limits = limits or Limits()
        self._first = choice
        # A run that is shown again is of visits that were opened before.
        self._choices = [(first, choice) for first in session.exposures[:1]]
        self.scenes = SceneChoice(self.open_with)
        made = MadeField()
        self.numbers = {
            name: pn.widgets.IntInput(
                label=label,
                value=getattr(made, name),
                start=LIMITS[name][0],
                end=LIMITS[name][1],
                width=_HALF,
            )
            for name, label in _NUMBERS.items()
        }
        self.numbers |= {
            name: pn.widgets.FloatInput(
                label=label,
                value=getattr(made, name),
                start=REAL_LIMITS[name][0],
                end=REAL_LIMITS[name][1],
                step=_STEPS[name],
                description=_TIPS[name],
                width=_HALF,
            )
            for name, label in _REAL_NUMBERS.items()
        }
        self.profile = pn.widgets.Select(
            label="Star profile",
            options=list(PROFILES),
            value=made.profile,
            width=_WIDTH,
        )
        self.visits = pn.widgets.Select(label="Which visits", options=list(VISITS), width=_WIDTH)
        self.paths = pn.widgets.TextInput(
            label="Files, folders or patterns", placeholder="warps/*.fits", width=_WIDTH
        )
        self.run = pn.widgets.TextInput(
            label="Folder of a saved run", placeholder="runs/tuesday", width=_WIDTH
        )
        self.upload = pn.widgets.FileInput(
            label=f"Upload FITS: up to {limits.files} files, {limits.total_bytes / 1e6:.0f} MB, "
            f"{limits.side_px} px a side",
            multiple=True,
            accept=".fits,.fit,.fts,.fz",
            width=_WIDTH,
        )
        self.said = Words("", margin=(0, 10))
        self.buttons = {
            name: pn.widgets.Button(label=name, width=_WIDTH)
            for name in ("Make field", "Open files", "Open run")
        }
        acts = (self.make_field, self.open_files, self.open_saved)
        for button, act in zip(self.buttons.values(), acts, strict=True):
            button.on_click(lambda _, act=act: act())
        self.upload.param.watch(lambda _: self.take_upload(), "value")
        session.param.watch(lambda _: self._tell(), "exposures")
        self._tell()

    @property
    def choice(self) -> DataChoice:
        """Where the visits of the run on show are from."""
        return self.choice_of(self._session.exposures)

    def choice_of(self, exposures: Sequence[Exposure]) -> DataChoice:
        """Where the visits of any run are from."""
        known = exposures[:1]
        found = (choice for first, choice in self._choices if any(first is one for one in known))
        return next(found, self._first)

    def open(self, choice: DataChoice) -> None:
        """Open visits that a link or a person chose; the present run becomes a branch."""
        self._explore(choice, lambda: load(choice))

    def open_with(self, choice: DataChoice, config: AssembleConfig, play: bool = False) -> None:
        """Open visits with the knobs that they begin with, and play them at once if asked to."""

        def show(exposures: list[Any]) -> None:
            self.remember(exposures, choice)
            self._session.open_data(exposures, config)
            if play:
                self._session.play()

        self._background.do(lambda: load(choice), show)

    def make_field(self) -> None:
        """Make the field that the numbers describe."""
        values: dict[str, Any] = {name: widget.value for name, widget in self.numbers.items()}
        try:
            made = MadeField(**values, visits=self.visits.value, profile=self.profile.value)
        except ValueError as error:
            self._background.told(str(error))
            return
        self.open(DataChoice(kind="made", made=made))

    def open_files(self) -> None:
        """Open the files that are typed, separated by commas."""
        paths = tuple(part.strip() for part in self.paths.value.split(",") if part.strip())
        if not self._local:
            return
        if not paths:
            self._background.told("files, a folder or a pattern must be typed; got nothing")
            return
        self.open(DataChoice(kind="paths", paths=paths))

    def open_saved(self) -> None:
        """Open the saved run whose folder is typed."""
        folder = self.run.value.strip()
        if not self._local:
            return
        if not folder:
            self._background.told("the folder of a run must be typed; got nothing")
            return
        place = Path(folder).expanduser()

        def read() -> Any:
            run = open_run(place)
            return run, run.prepare()

        def show(opened: Any) -> None:
            run, _ = opened
            self.remember(run.exposures, DataChoice(kind="run", name=str(place)))
            self._session.take_run(*opened)

        self._background.do(read, show)

    def take_upload(self) -> None:
        """Open the files that arrived."""
        if not self.upload.value:
            return
        files = list(zip(self.upload.filename, self.upload.value, strict=True))
        names = tuple(name for name, _ in files)
        limits = self._limits
        choice = DataChoice(kind="upload", paths=names)
        self._explore(choice, lambda: read_uploads(files, limits=limits))

    def _explore(self, choice: DataChoice, read: Callable[[], list[Any]]) -> None:
        def show(exposures: list[Any]) -> None:
            self.remember(exposures, choice)
            self._session.open_data(exposures)

        self._background.do(read, show)

    def remember(self, exposures: Sequence[Exposure], choice: DataChoice) -> None:
        """Where visits are from that are about to be shown, besides those of runs still there."""
        session = self._session
        runs = [session.exposures, *(branch.exposures for branch in session.branches)]
        there = {id(run[0]) for run in runs if run}
        kept = [(first, known) for first, known in self._choices if id(first) in there]
        self._choices = [*kept, *((first, choice) for first in exposures[:1])]

    def _tell(self) -> None:
        number = len(self._session.exposures)
        if not number:
            self.said.object = "<small role='note'>No visits are loaded.</small>"
            return
        self.scenes.show(self.choice)
        title = title_of(self.choice)
        self.said.object = f"<small role='note'>{title}: {counted(number, 'visit')}.</small>"

    def __panel__(self) -> pn.Column:
        numbers = pn.GridBox(*self.numbers.values(), ncols=2, margin=0)
        parts: list[Any] = [
            self.said,
            self.scenes,
            headed_card(
                numbers,
                self.profile,
                self.visits,
                self.buttons["Make field"],
                title="Make a field",
                collapsed=True,
                width=_WIDTH + 30,
            ),
        ]
        if self._local:
            parts += [self.paths, self.buttons["Open files"], self.run, self.buttons["Open run"]]
        return pn.Column(*parts, self.upload, margin=0)

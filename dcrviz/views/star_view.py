"""One star in one band: turn the circumstances and see what the air does to it."""

from __future__ import annotations

import html
import math
from typing import Any

import panel as pn
import param
from bokeh.models import ColumnDataSource, LinearColorMapper, Span
from bokeh.palettes import Greys256
from bokeh.plotting import figure
from panel.viewable import Viewer

from dcrviz.bands import Band
from dcrviz.records import Site, Visit
from dcrviz.simulate import CTIO, PIXEL_SCALE_ARCSEC, OneStar, blackbody, one_star
from dcrviz.views.charts import GREY, ORANGE, named
from dcrviz.views.here import kept_up
from dcrviz.views.inputs import Slider
from dcrviz.views.serve import prepare_page
from dcrviz.views.words import Words

_SIDE, _WIDTH = 290, 230
# Of the star's light, in one pixel: that of a sharp star.
_BRIGHTEST = 0.08
# From the blue end of a band to its red one, whatever the band.
_RAINBOW = ["#5a2ca0", "#2f6fde", "#15a3a3", "#3aa84a", "#b8b41c", "#ef8a17", "#c8231d"]
_TITLE = "9.5pt"
_FIGURE: dict[str, Any] = {"toolbar_location": None, "tools": "", "height": _SIDE}
_LETTERS = ("u", "g", "r", "i", "z", "y")
_SLIDERS = {
    "airmass": ("Airmass", 0.01, "1 in the zenith, 2 at an altitude of 30 degrees"),
    "parallactic_deg": ("Parallactic angle [deg]", 1, "Direction to the zenith, north to east"),
    "temperature_k": ("Temperature of the star [K]", 100, "2900 is a red dwarf, 10000 is Vega"),
    "seeing_arcsec": ("Seeing [arcsec]", 0.05, "Width of a star without refraction"),
}


class StarView(Viewer):
    """A star's image, where each of its wavelengths lands, and sliders to turn its circumstances.

    Examples
    --------
    >>> star = StarView(airmass=1.8)  # doctest: +SKIP
    >>> star.found.smear_arcsec  # doctest: +SKIP
    """

    airmass = param.Number(1.5, bounds=(1.0, 2.5), doc="Of the visit.")
    parallactic_deg = param.Number(0, bounds=(-180, 180), doc="Direction to the zenith.")
    temperature_k = param.Number(5800, bounds=(2500, 12000), doc="Of the star, a black body.")
    seeing_arcsec = param.Number(0.7, bounds=(0.4, 1.5), doc="FWHM.")
    band = param.Selector(default="g", objects=list(_LETTERS), doc="Rubin's filter.")
    site = param.ClassSelector(default=CTIO, class_=Site, doc="Of the telescope.")
    found = param.ClassSelector(class_=OneStar, constant=True, doc="What the visit sees.")

    def __init__(self, **params: Any) -> None:
        prepare_page()
        super().__init__(**params)
        self._shown: list[_Pictures] = []
        self._changed = 0
        names = [*_SLIDERS, "band", "site"]
        self.param.watch(lambda *_: self._look(), names)
        self._look()

    @property
    def visit(self) -> Visit:
        """The circumstances as a visit, to simulate a field with, say."""
        return Visit(
            id=1,
            band=Band.lsst(self.band),
            airmass=self.airmass,
            parallactic_rad=math.radians(self.parallactic_deg),
            site=self.site,
            psf_fwhm_px=self.seeing_arcsec / PIXEL_SCALE_ARCSEC,
        )

    @property
    def _effective_nm(self) -> float:
        return Band.lsst(self.band).effective_nm

    @property
    def sentence(self) -> str:
        """How long the smear is, and how far the star has gone."""
        return (
            f"Smear over the band {1000 * self.found.smear_arcsec:.0f} mas, "
            f"{self.found.smear_arcsec / PIXEL_SCALE_ARCSEC:.2f} px. Middle of its light "
            f"{1000 * self.found.shift_arcsec:+.0f} mas towards the zenith."
        )

    def _look(self) -> None:
        with param.edit_constant(self):
            self.found = one_star(self.visit, blackbody(self.temperature_k))
        self._changed += 1
        for pictures in self._shown:
            pictures.draw(self.found, self.sentence, effective_nm=self._effective_nm)

    def _slider(self, name: str) -> Slider:
        label, step, tip = _SLIDERS[name]
        start, end = self.param[name].bounds
        slider = Slider(
            label=label,
            tip=tip,
            start=start,
            end=end,
            low=start,
            high=end,
            step=step,
            value=getattr(self, name),
            width=_WIDTH,
            margin=(4, 10),
        )
        slider.param.watch(lambda event: self.param.update(**{name: event.new}), "value")
        self.param.watch(lambda event: slider.param.update(value=event.new), name)
        return slider

    def _made(self) -> pn.FlexBox:
        pictures = _Pictures()
        pictures.draw(self.found, self.sentence, effective_nm=self._effective_nm)
        self._shown.append(pictures)
        band = pn.widgets.RadioButtonGroup.from_param(
            self.param.band, label="Band", width=_WIDTH, margin=(4, 10)
        )
        turned = pn.Column(*map(self._slider, _SLIDERS), band, margin=0)
        return pn.FlexBox(turned, pictures.box, margin=0, sizing_mode="stretch_width")

    def __panel__(self) -> pn.Column:
        return kept_up(self._made, changes=lambda: self._changed)


class _Pictures:
    """The star, and the refraction of its light, in one of the places where it is shown."""

    def __init__(self) -> None:
        self.pixels = ColumnDataSource({"image": [], "low": [], "size": []})
        self.light = ColumnDataSource({"x": [], "y": [], "nm": [], "mas": [], "colour": []})
        self.grey = LinearColorMapper(palette=Greys256[::-1], low=0, high=1)
        self.effective = Span(dimension="height", line_color=GREY, line_dash="dotted")
        self.words = Words("", margin=(2, 10))
        figures = pn.FlexBox(*(pn.pane.Bokeh(f, margin=4) for f in (self._star(), self._curve())))
        self.box = pn.Column(figures, self.words, margin=0, styles={"flex": "1 1 630px"})

    def draw(self, found: OneStar, sentence: str, *, effective_nm: float) -> None:
        """Show another star."""
        side, middle = len(found.image), (len(found.image) - 1) / 2
        self.pixels.data = {"image": [found.image], "low": [-middle - 0.5], "size": [side]}
        # Light that was spread over more pixels is fainter, and looks so.
        self.grey.high = _BRIGHTEST
        number = len(found.wavelength_nm)
        self.light.data = {
            "x": found.moved_px[:, 1],
            "y": found.moved_px[:, 0],
            "nm": found.wavelength_nm,
            "mas": 1000 * found.moved_arcsec,
            "colour": [_RAINBOW[7 * place // number] for place in range(number)],
        }
        self.effective.location = effective_nm
        self.words.object = f"<p role='status'>{html.escape(sentence)}</p>"
        pn.io.push_notebook(self.box)

    def _star(self) -> figure:
        heading = "The star, and its light"
        plot = figure(
            title=heading,
            width=_SIDE,
            x_range=(-8, 8),
            y_range=(-8, 8),
            x_axis_label="pixels, west is right",
            y_axis_label="pixels, north is up",
            html_attributes=named(heading),
            **_FIGURE,
        )
        plot.title.text_font_size = _TITLE
        plot.image(
            "image",
            x="low",
            y="low",
            dw="size",
            dh="size",
            source=self.pixels,
            color_mapper=self.grey,
        )
        plot.scatter([0], [0], marker="cross", size=14, color=ORANGE, line_width=2)
        plot.scatter("x", "y", source=self.light, size=5, color="colour")
        return plot

    def _curve(self) -> figure:
        heading = "Refraction of its light"
        plot = figure(
            title=heading,
            width=_SIDE + 20,
            x_axis_label="wavelength [nm]",
            y_axis_label="towards the zenith [mas]",
            html_attributes=named(heading),
            **_FIGURE,
        )
        plot.title.text_font_size = _TITLE
        plot.line("nm", "mas", source=self.light, color=GREY)
        plot.scatter("nm", "mas", source=self.light, size=6, color="colour")
        plot.add_layout(Span(location=0, dimension="width", line_color=GREY, line_dash="dotted"))
        plot.add_layout(self.effective)
        return plot

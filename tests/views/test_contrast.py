"""What is written and drawn stands out on light and on dark pages (WCAG AA)."""

import re
from pathlib import Path

import pytest
from bokeh.models import Plot, Text
from bokeh.palettes import interp_palette

import dcrviz.views
from dcrviz.views.charts import _OVERLAID
from dcrviz.views.curves import CourseView
from dcrviz.views.direction_view import DirectionView
from dcrviz.views.inspector import Inspector
from dcrviz.views.leverage_view import _COLOURS, LeverageView
from dcrviz.views.night_plan_view import NightPlanView
from dcrviz.views.sky_plan_view import SkyPlanView
from dcrviz.views.source_plots import _SHORT_TO_LONG
from dcrviz.views.sweep_charts import SHOWN_COLOURS

CSS = (Path(dcrviz.views.__file__).parent / "css" / "frame.css").read_text()
TEXT, DRAWN = 4.5, 3.0
COLOUR = re.compile("#[0-9a-f]{6}")


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(one, other, *, share):
    pairs = [[int(c[i : i + 2], 16) for c in (one, other)] for i in (1, 3, 5)]
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in pairs)


@pytest.fixture(params=["light", "dark"])
def theme(request):
    """The page's colours by their names."""
    light, dark = re.findall(r"color-scheme: (?:light|dark);(.*?)}", CSS, re.DOTALL)
    texts = [light, dark] if request.param == "dark" else [light]
    found = {n: c for t in texts for n, c in re.findall("--dcrviz-(\\w+): (#[0-9a-f]{6})", t)}
    return found | {"is_dark": request.param == "dark"}


@pytest.fixture
def figures(session, theme):
    session.step()
    inspector = Inspector(session)
    inspector.look_at(30, 30)
    roots = []
    views = [CourseView(session), inspector, LeverageView(session), DirectionView(session)]
    views += [SkyPlanView(session), NightPlanView(session)]
    for view in views:
        view.paint(dark=theme["is_dark"])
        roots.append(view.__panel__().get_root())
    return [plot for root in roots for plot in root.select({"type": Plot})]


def test_colours_of_known_contrast():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_the_words_of_a_page_can_be_read(theme):
    for ground in ("page", "raised"):
        assert contrast(theme["text"], theme[ground]) >= TEXT
        assert contrast(theme["accent"], theme[ground]) >= DRAWN
        assert contrast(theme["edge"], theme[ground]) >= DRAWN
        for severity in ("alarm", "warning", "notice", "good"):
            assert contrast(theme[severity], theme[ground]) >= TEXT
    assert contrast("#ffffff", theme["fill"]) >= TEXT


def test_words_on_the_tint_of_a_verdict_can_be_read(theme):
    """A chip's ground is 28 % of its colour at most."""
    for severity in ("alarm", "warning", "notice", "good"):
        tint = mixed(theme[severity], theme["raised"], share=0.28)
        assert contrast(theme["text"], tint) >= TEXT


def test_the_words_of_figures_can_be_read(figures, theme):
    words = {plot.title.text_color for plot in figures}
    for plot in figures:
        words |= {axis.major_label_text_color for axis in plot.axis}
        words |= {legend.label_text_color for legend in plot.legend}
        glyphs = [renderer.glyph for renderer in plot.renderers]
        words |= {glyph.text_color for glyph in glyphs if isinstance(glyph, Text)}
    assert min(contrast(word, theme["page"]) for word in words) >= TEXT


def test_curves_are_seen(figures, theme):
    least = TEXT if theme["is_dark"] else DRAWN
    drawn = {
        str(getattr(renderer.glyph, name))
        for plot in figures
        for renderer in plot.renderers
        for name in ("line_color", "fill_color")
        if hasattr(renderer.glyph, name) and getattr(renderer.glyph, "size", None) != 0
    }
    colours = {colour for colour in drawn if COLOUR.fullmatch(colour)}
    assert len(colours) >= 5
    assert {c: round(contrast(c, theme["page"]), 1) for c in colours} == {
        c: pytest.approx(100, abs=100 - least) for c in colours
    }


def test_curves_whose_colours_are_data_are_seen_on_both_pages(theme):
    planes = {
        colour for number in range(2, 12) for colour in interp_palette(_SHORT_TO_LONG, number)
    }
    for colour in {*planes, *_OVERLAID, *_COLOURS, *SHOWN_COLOURS}:
        assert contrast(colour, theme["page"]) >= DRAWN, colour

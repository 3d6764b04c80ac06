"""One widget for each knob, made from its declaration: label, bounds, unit, tooltip."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import panel as pn
from panel.viewable import Viewer

from dcrviz.config import AssembleConfig
from dcrviz.config_rules import acts_in, auto_values, idle_knobs
from dcrviz.knobs import Choice, Integer, Knob, Names, Number, Record, Switch
from dcrviz.views.inputs import Check, Slider
from dcrviz.views.record_choice import RecordChoice

_WIDTH = 250
_MARGIN = (5, 10)


class KnobView(Viewer):
    """A knob as a widget that follows the configuration, and that the configuration follows.

    Parameters
    ----------
    refused
        Called with a sentence when the knob does not take a value.
    """

    def __init__(
        self, config: AssembleConfig, name: str, *, refused: Callable[[str], None]
    ) -> None:
        super().__init__()
        self._config, self._name, self._refused = config, name, refused
        self._following = False
        self.knob = config.param[name]
        self._records = RecordChoice(self.knob.class_) if isinstance(self.knob, Record) else None
        self.widget = make_widget(self.knob)
        self.auto = Check(
            label=f"{title(self.knob)}: auto", visible=_may_be_auto(self.knob), margin=_MARGIN
        )
        self._reason = pn.pane.HTML("", margin=(0, 10), visible=False, styles={"opacity": "0.7"})
        self._follow()
        config.param.watch(lambda *_: self._follow(), list(config.knobs()))
        self.widget.param.watch(lambda _: self._turned(), "value")
        self.auto.param.watch(lambda _: self._turned(), "value")

    def _turned(self) -> None:
        if self._following:
            return
        shown = None if self.auto.value else self.widget.value
        try:
            value = _meant(self.knob, shown, self._records)
            self._config.param.update(**{self._name: value})
        except (ValueError, TypeError) as error:
            self._refused(f"{title(self.knob)}: {error}")
        self._follow()

    def _follow(self) -> None:
        """Show the configuration's value, and whether the knob is idle."""
        value = getattr(self._config, self._name)
        reason = idle_knobs(self._config).get(self._name, "")
        is_auto = _may_be_auto(self.knob) and value is None
        shown = (
            auto_values(self._config.n_subfilters, self._config.solver)[self._name]
            if is_auto
            else value
        )
        self._following = True
        try:
            self.auto.param.update(value=is_auto, disabled=bool(reason))
            _show(self.widget, self.knob, shown, self._records)
            self.widget.disabled = bool(reason) or is_auto
            self._reason.param.update(object=reason, visible=bool(reason))
        finally:
            self._following = False

    def __panel__(self) -> pn.Column:
        row = pn.Row(self.widget, margin=0)
        if "description" not in self.widget.param:
            row.append(pn.widgets.TooltipIcon(value=tooltip(self.knob), margin=(2, 0)))
        return pn.Column(row, self.auto, self._reason, margin=0)


def make_widget(knob: Any) -> pn.viewable.Viewable:
    """The widget that fits the knob's type and bounds; it starts at the default value."""
    if isinstance(knob, Switch):
        return Check(
            label=title(knob),
            tip=tooltip(knob),
            value=knob.default,
            width=_WIDTH,
            margin=_MARGIN,
        )
    if isinstance(knob, Integer | Number) and acts_in(knob.name) == "advance":
        return _slider(knob)
    common: dict[str, Any] = {
        "label": title(knob),
        "width": _WIDTH,
        "description": tooltip(knob),
    }
    if isinstance(knob, Integer):
        low, high = knob.bounds
        return pn.widgets.IntInput(value=knob.default, start=low, end=high, step=1, **common)
    if isinstance(knob, Number):
        low, high = knob.bounds
        return pn.widgets.FloatInput(value=knob.default, start=low, end=high, step=0.1, **common)
    if isinstance(knob, Choice):
        return pn.widgets.Select(value=knob.default, options=knob.get_range(), **common)
    if isinstance(knob, Record):
        labels = RecordChoice(knob.class_).labels
        return pn.widgets.Select(value=labels[0], options=labels, **common)
    if isinstance(knob, Names):
        return pn.widgets.TextInput(value=", ".join(knob.default), **common)
    return pn.widgets.LiteralInput(value=knob.default, type=type(knob.default), **common)


def title(knob: Knob) -> str:
    """The knob's name as people read it, with its unit."""
    words = knob.name.replace("_", " ")  # type: ignore[attr-defined] # param gives the name
    return f"{words} [{knob.unit}]" if knob.unit else words


def tooltip(knob: Any) -> str:
    """What the knob does, the equation it acts in, when it acts, and what LSST calls it."""
    acts = (
        "A change starts the run anew."
        if acts_in(knob.name) == "prepare"
        else ("A change takes effect at the next step.")
    )
    lines = [knob.doc, knob.equation, acts]
    if knob.lsst:
        lines.append(f"LSST: {knob.lsst}")
    return "\n".join(line for line in lines if line)


def _slider(knob: Any) -> Slider:
    low, high = knob.bounds
    soft_low, soft_high = knob.softbounds or knob.bounds
    whole = isinstance(knob, Integer)
    return Slider(
        label=title(knob),
        tip=tooltip(knob),
        value=knob.default,
        start=soft_low,
        end=soft_high,
        low=low,
        high=high,
        step=1 if whole else _step(soft_high - soft_low),
        width=_WIDTH,
        margin=_MARGIN,
    )


def _step(span: float) -> float:
    return float(10 ** round(math.log10(span / 100)))


def _may_be_auto(knob: Any) -> bool:
    return bool(getattr(knob, "allow_None", False)) and not isinstance(knob, Record)


def _show(widget: Any, knob: Any, value: Any, records: RecordChoice | None) -> None:
    """Put a knob's value into its widget."""
    if records is not None:
        value = records.label(value)
        widget.options = records.labels
    elif isinstance(knob, Names):
        value = ", ".join(value)
    widget.value = value


def _meant(knob: Any, shown: Any, records: RecordChoice | None) -> Any:
    """The knob's value that a widget shows."""
    if isinstance(knob, Names):
        return [name.strip() for name in shown.split(",") if name.strip()]
    # Nothing is shown for a moment while the options change.
    return shown if records is None or shown is None else records.record(shown)

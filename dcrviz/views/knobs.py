"""One widget for each knob, made from its declaration: label, bounds, unit, tooltip."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from copy import copy
from typing import Any

import panel as pn
from panel.viewable import Viewer

from dcrviz.config import AssembleConfig
from dcrviz.config_rules import USUAL_VALUES, acts_in, auto_values, idle_knobs
from dcrviz.io.knob_values import rule
from dcrviz.knobs import Choice, Integer, Knob, Names, Number, Record, Switch
from dcrviz.views.inputs import Check, Mark, Slider
from dcrviz.views.record_choice import RecordChoice
from dcrviz.views.words import Words

# Each of its values is another run, which nobody sweeps through.
_TYPED = ("n_subfilters",)
_WIDTH = 250
_MARGIN = (5, 10)
# Ratio of the ends above which a slider goes in factors.
_LOGARITHMIC_FROM = 1000


class KnobView(Viewer):
    """A knob as a widget that follows the configuration, and that the configuration follows.

    Parameters
    ----------
    refused
        Called with a sentence when the knob does not take a value.
    grasped
        Called before a person turns the knob: what follows is one movement.
    """

    def __init__(
        self,
        config: AssembleConfig,
        name: str,
        *,
        refused: Callable[[str], None],
        grasped: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self._config, self._name = config, name
        self._refused, self._grasped = refused, grasped
        self._following = False
        self._found: Mapping[str, float] = {}
        self.knob = config.param[name]
        self._records = RecordChoice(self.knob.class_) if isinstance(self.knob, Record) else None
        self.widget = make_widget(self.knob)
        self.auto = Check(
            label=f"{title(self.knob)}: auto", visible=_may_be_auto(self.knob), margin=_MARGIN
        )
        self.mark = Mark(margin=(0, 10))
        self._reason = Words("", margin=(0, 10), visible=False, styles={"opacity": "0.7"})
        self._follow()
        config.param.watch(lambda *_: self._follow(), list(config.knobs()))
        self.widget.param.watch(lambda _: self._turned(), "value")
        self.auto.param.watch(lambda _: self._turned(), "value")
        self.mark.param.watch(lambda _: self._reset(), "pressed")
        if isinstance(self.widget, Slider):
            self.widget.param.watch(lambda _: self._grasped(), "grasped")

    @property
    def changed(self) -> bool:
        """Whether the knob is not at its default."""
        return bool(getattr(self._config, self._name) != self.knob.default)

    def _turned(self) -> None:
        if self._following:
            return
        if not isinstance(self.widget, Slider):
            self._grasped()
        shown = None if self.auto.value else self.widget.value
        self._set(_meant(self.knob, shown, self._records))

    def _reset(self) -> None:
        self._grasped()
        self._set(self.knob.default)

    def _set(self, value: Any) -> None:
        """Turn the knob, or say why it can't be turned so far."""
        try:
            self._config.param.update(**{self._name: copy(value)})
        except (ValueError, TypeError):
            self._refused(f"{title(self.knob)} must be {rule(self.knob)}; got {value!r}")
        self._follow()

    def tell(self, found: Mapping[str, float]) -> None:
        """Show what auto stands for with these visits, by name of the knob."""
        self._found = found
        self._follow()

    @property
    def _automatic(self) -> Any:
        """What auto stands for; where the visits decide, a usual value until they are known."""
        known = auto_values(self._config.n_subfilters, self._config.solver)
        return {**USUAL_VALUES, **self._found, **known}[self._name]

    def _follow(self) -> None:
        """Show the configuration's value, and whether the knob is idle."""
        value = getattr(self._config, self._name)
        reason = idle_knobs(self._config).get(self._name, "")
        is_auto = _may_be_auto(self.knob) and value is None
        shown = self._automatic if is_auto else value
        self._following = True
        try:
            self.auto.param.update(value=is_auto, disabled=bool(reason))
            _show(self.widget, self.knob, shown, self._records)
            self.widget.disabled = bool(reason) or is_auto
            self._reason.param.update(object=reason, visible=bool(reason))
            self.mark.param.update(
                label=f"{title(self.knob)}: changed from {_default(self.knob, self._records)}",
                shown=self.changed,
            )
        finally:
            self._following = False

    def __panel__(self) -> pn.Column:
        row = pn.Row(self.widget, margin=0)
        if "description" not in self.widget.param:
            row.append(pn.widgets.TooltipIcon(value=tooltip(self.knob), margin=(2, 0)))
        return pn.Column(row, self.auto, self.mark, self._reason, margin=0)


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
    if isinstance(knob, Integer | Number) and knob.name not in _TYPED:
        return _slider(knob)
    common: dict[str, Any] = {
        "label": title(knob),
        "width": _WIDTH,
        "description": tooltip(knob),
    }
    if isinstance(knob, Integer):
        # Without ends: the browser would drop what is beyond them without a word.
        return pn.widgets.IntInput(value=knob.default, step=1, **common)
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
        logarithmic=not whole and soft_low > 0 and soft_high / soft_low >= _LOGARITHMIC_FROM,
        width=_WIDTH,
        margin=_MARGIN,
    )


def _step(span: float) -> float:
    return float(10 ** round(math.log10(span / 100)))


def _default(knob: Any, records: RecordChoice | None) -> str:
    """What a knob is at when nobody turns it, as people read it."""
    if records is not None:
        return records.label(knob.default)
    if isinstance(knob, Switch):
        return "on" if knob.default else "off"
    if isinstance(knob, Choice):
        names = {value: name for name, value in knob.get_range().items()}
        return str(names[knob.default])
    if isinstance(knob, Names):
        return ", ".join(knob.default) or "none"
    return "auto" if knob.default is None else str(knob.default)


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

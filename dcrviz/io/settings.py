"""Knobs set in text: the ``KNOB=VALUE`` of the command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from dcrviz.config import AssembleConfig
from dcrviz.io.knob_values import from_plain, lsst_names, with_knob
from dcrviz.knobs import Choice, Fractions, Names, Pair, VisitFactors
from dcrviz.suggest import unknown
from dcrviz.yaml_text import load_yaml


def apply_settings(config: AssembleConfig, settings: Iterable[str]) -> AssembleConfig:
    """A copy of the configuration with each ``KNOB=VALUE`` applied, in order.

    Raises
    ------
    ValueError
        If a setting cannot be parsed, or its value breaks the knob's rule.
    """
    for setting in settings:
        config = with_knob(config, *parse_setting(setting))
    return config


def parse_setting(text: str) -> tuple[str, Any]:
    """Our name of the knob, and its value, of a ``KNOB=VALUE``.

    Parameters
    ----------
    text
        The knob by our name or LSST's, with or without ``config.``; the value as YAML, where
        ``None`` and ``auto`` are automatic and lists need no brackets: ``4,4``, ``NO_DATA,BAD``,
        ``SAT:0.1,CR:0.5`` or ``411255:0``.

    Raises
    ------
    ValueError
        If there is no ``=`` or no value, the knob is unknown, or the value is no YAML.
    """
    name, equals, value = (part.strip() for part in text.partition("="))
    if not (name and equals and value):
        raise ValueError(f"a setting must be KNOB=VALUE; got {text!r}")
    ours = _our_name(name.removeprefix("config."))
    knob = AssembleConfig.knobs()[ours]
    try:
        return ours, from_plain(knob, _parsed(knob, value))
    except yaml.YAMLError as error:
        raise ValueError(
            f"knob {ours}: the value must be YAML; got {value!r} ({' '.join(str(error).split())})"
        ) from error
    except ValueError as error:
        raise ValueError(f"knob {ours}: {error}") from error


def _our_name(name: str) -> str:
    # Neither wavelength is a band: the knob that LSST's name stands for needs all of it.
    if name in ("effectiveWavelength", "bandwidth"):
        raise ValueError(
            f"knob {name} must be set as a band, by name as in band=lsst-g or as in "
            "band='{effective_nm: 478.5, min_nm: 405, max_nm: 552}'"
        )
    knobs, by_lsst_name = AssembleConfig.knobs(), lsst_names()
    if name not in knobs and name not in by_lsst_name:
        raise ValueError(unknown("knob", name, [*knobs, *by_lsst_name]))
    return by_lsst_name.get(name, name)


def _parsed(knob: Any, text: str) -> Any:
    # The base loader leaves every name a string, where YAML would see NO as false.
    if isinstance(knob, Choice):
        return yaml.load(text, Loader=yaml.BaseLoader)
    if isinstance(knob, Names):
        return yaml.load(text if text[0] == "[" else f"[{text}]", Loader=yaml.BaseLoader)
    if isinstance(knob, Pair):
        return load_yaml(text if text[0] == "[" else f"[{text}]")
    if isinstance(knob, Fractions | VisitFactors) and text[0] != "{":
        text = "{" + text.replace(":", ": ") + "}"
    return load_yaml(text)

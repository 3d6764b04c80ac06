"""Configurations as LSST writes them: files of lines like ``config.dcrNumSubfilters = 3``."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any, Literal, TypeAlias, get_args

from dcrviz.bands import Band
from dcrviz.config import AssembleConfig
from dcrviz.io.knob_values import lsst_names, plain, with_knob
from dcrviz.io.lsst_lines import Assignment, Ignored, read_lines
from dcrviz.knobs import Fractions, Number

Version: TypeAlias = Literal["2019", "today"]

_HEADER = """\
# Overrides for LSST's DcrAssembleCoaddConfig, version: {version}. Written by dcrviz.
# The task, its fields and their defaults differ between versions and from dcrviz: results may, too.
# The lines that begin with "dcrviz:" hold the knobs that this version of the task does not have.
"""
_WAVELENGTHS = ("effectiveWavelength", "bandwidth")


def to_lsst(config: AssembleConfig, *, version: Version = "today") -> str:
    """The configuration as the text of an LSST config override file.

    Parameters
    ----------
    version
        The task of May 2019 has neither a split threshold nor wavelengths of the band.

    Raises
    ------
    ValueError
        If the version is neither.
    """
    if version not in get_args(Version):
        raise ValueError(f"version must be one of {', '.join(get_args(Version))}; got {version!r}")
    lines = [_HEADER.format(version=version)]
    for name, knob in AssembleConfig.knobs().items():
        value = getattr(config, name)
        if name == "band":
            lines += _band_lines(value, version)
        elif not knob.lsst or (version == "2019" and name == "split_threshold"):
            lines.append(_own_line(name, value))
        else:
            lines.append(f"config.{knob.lsst} = {_literal(knob, value)}")
    return "\n".join(lines) + "\n"


def from_lsst(text: str, *, base: AssembleConfig | None = None) -> tuple[AssembleConfig, list[str]]:
    """Read an LSST config override file without running it.

    Parameters
    ----------
    text
        The file's text; also what `to_lsst` wrote, its knobs in comments included.
    base
        The configuration that the file overrides; the default one if None.

    Returns
    -------
    config, ignored
        And what means nothing here, each with its line and the reason.

    Raises
    ------
    ValueError
        If the text is no Python, or a value breaks a knob's rule; names the line.
    """
    assignments, ignored = read_lines(text)
    config = base or AssembleConfig()
    wavelengths: dict[str, Assignment] = {}
    for item in assignments:
        if item.field in _WAVELENGTHS:
            wavelengths[item.field] = item
        elif problem := _problem_of(item):
            ignored.append(Ignored(item.line, item.source, problem))
        else:
            config = _assigned(config, item)
    config, incomplete = _with_wavelengths(config, wavelengths)
    return config, [str(item) for item in sorted(ignored + incomplete)]


def _own_line(name: str, value: Any) -> str:
    return f"# dcrviz: {name} = {plain(value)!r}"


def _literal(knob: Any, value: Any) -> str:
    """Python literal of the type that LSST's field has."""
    value = plain(value)
    return repr(float(value) if isinstance(knob, Number) and value is not None else value)


def _band_lines(band: Band | None, version: Version) -> Iterator[str]:
    if band is None:
        return
    if version == "today":
        half = (band.max_nm - band.min_nm) / 2
        low, high = band.effective_nm - half, band.effective_nm + half
        if abs(low - band.min_nm) > 1e-6:
            yield (
                "# The task puts the band symmetrically about the effective wavelength, which this "
                f"band is not:\n# it will take {low:g} to {high:g} nm for "
                f"{band.min_nm:g} to {band.max_nm:g} nm."
            )
        yield f"config.effectiveWavelength = {float(band.effective_nm)!r}"
        yield f"config.bandwidth = {_width_nm(band)!r}"
    yield _own_line("band", band)


def _width_nm(band: Band) -> float:
    return float(band.max_nm - band.min_nm)


def _problem_of(item: Assignment) -> str:
    """Why an assignment means nothing here; empty if it does."""
    name = _knob_name(item)
    if name is None:
        if "." in item.field:
            return "it belongs to a subtask, and has no counterpart here"
        near = difflib.get_close_matches(item.field, lsst_names(), n=1, cutoff=0.85)
        return "it has no counterpart here" + (f"; did you mean {near[0]!r}?" if near else "")
    if item.key is not None and not isinstance(AssembleConfig.knobs()[name], Fractions):
        return "only a mapping has keys"
    return ""


def _knob_name(item: Assignment) -> str | None:
    if item.is_ours:
        return item.field if item.field in AssembleConfig.knobs() else None
    return lsst_names().get(item.field)


def _assigned(config: AssembleConfig, item: Assignment) -> AssembleConfig:
    name = _knob_name(item) or ""
    value = item.value if item.key is None else {**getattr(config, name), item.key: item.value}
    return with_knob(config, name, value, where=f"line {item.line}: {item.source}: ")


def _with_wavelengths(
    config: AssembleConfig, given: dict[str, Assignment]
) -> tuple[AssembleConfig, list[Ignored]]:
    """The band of the wavelengths; it keeps our own comment's edges where they do not differ."""
    given = {field: item for field, item in given.items() if item.value is not None}
    if len(given) < len(_WAVELENGTHS):
        reason = f"a band needs both {' and '.join(_WAVELENGTHS)}"
        return config, [Ignored(item.line, item.source, reason) for item in given.values()]
    effective, width = (given[field].value for field in _WAVELENGTHS)
    where = f"lines {' and '.join(str(given[field].line) for field in _WAVELENGTHS)}: "
    if not all(type(number) in (int, float) for number in (effective, width)):
        raise ValueError(
            f"{where}effectiveWavelength and bandwidth must be numbers [nm]; got {effective!r} "
            f"and {width!r}"
        )
    band: Band | None = config.values()["band"]
    if band is not None and (band.effective_nm, _width_nm(band)) == (effective, width):
        return config, []
    low, high = effective - width / 2, effective + width / 2
    symmetric = {"effective_nm": effective, "min_nm": low, "max_nm": high}
    return with_knob(config, "band", symmetric, where=where), []

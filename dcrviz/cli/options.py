"""Options that several commands share."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dcrviz.bands import WAVELENGTH_RANGE_NM, Band
from dcrviz.bright import BrightObject
from dcrviz.cli.given import written
from dcrviz.cli.measure_seeing import with_measured_seeing
from dcrviz.cli.numbers import real
from dcrviz.cli.settings import SET
from dcrviz.config import PRESETS, AssembleConfig
from dcrviz.io import read_catalogue, read_exposures, read_throughput
from dcrviz.io.config_files import read_config
from dcrviz.io.lsst_config import from_lsst
from dcrviz.io.settings import apply_settings
from dcrviz.records import Exposure

_log = logging.getLogger(__name__)


def add_inputs(parser: argparse.ArgumentParser, *, needed: bool) -> None:
    """Add the visits and what is told about them beside their headers."""
    parser.add_argument(
        "paths",
        nargs="+" if needed else "*",
        metavar="PATH",
        help="warped visits: FITS files, folders or patterns",
    )
    parser.add_argument("--table", metavar="CSV", help="circumstances that the headers lack")
    parser.add_argument("--template", metavar="FITS", help="coadd to start from")
    parser.add_argument(
        "--bright-objects", metavar="CSV|REG", help="stars for the knob mask_bright_objects"
    )
    band = parser.add_argument_group("band, which wins over what the headers tell")
    band.add_argument("--band", metavar="NAME", help="u g r i z y of Rubin, or decam-g and so on")
    nm = real(*WAVELENGTH_RANGE_NM)
    band.add_argument("--effective-nm", type=nm, metavar="X", help="wavelength of zero shift")
    band.add_argument("--min-nm", type=nm, metavar="X", help="blue end of the band")
    band.add_argument("--max-nm", type=nm, metavar="X", help="red end of the band")


def add_knobs(parser: argparse.ArgumentParser) -> None:
    """Add the ways to set knobs; later ones win over earlier ones."""
    knobs = parser.add_argument_group("knobs: preset, then file, then settings, then throughput")
    knobs.add_argument("--preset", metavar="NAME", default="default", help=", ".join(PRESETS))
    knobs.add_argument("--config", metavar="FILE", help="YAML, or LSST overrides (*.py)")
    knobs.add_argument(
        SET,
        dest="settings",
        action="append",
        default=[],
        metavar="KNOB=VALUE",
        help="knobs by our names or LSST's; may be repeated",
    )
    knobs.add_argument("--solver", metavar="NAME", help="the same as --set solver=NAME")
    knobs.add_argument(
        "--throughput",
        metavar="FILE.csv|NAME",
        help="transmission of the filter: columns wavelength_nm and throughput, or as lsst2023-g",
    )


def knobs_from(
    options: argparse.Namespace, begin: Mapping[str, Any] | None = None
) -> AssembleConfig:
    """The configuration that preset, file, settings and throughput describe.

    Parameters
    ----------
    begin
        Knobs laid over the preset, before all others.
    """
    config = AssembleConfig.preset(options.preset).with_values(**(begin or {}))
    if options.config:
        config = _config_file(Path(options.config), config)
    config = apply_settings(config, options.settings)
    if options.solver is not None:
        config = apply_settings(config, [f"solver={options.solver}"])
    if options.throughput is None:
        return config
    return config.with_values(throughput=read_throughput(options.throughput))


def _config_file(path: Path, base: AssembleConfig) -> AssembleConfig:
    """A configuration file laid over another configuration: LSST's if it ends in .py, else YAML."""
    if path.suffix != ".py":
        return read_config(path, base=base)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: must be a text file; {error}") from error
    try:
        config, ignored = from_lsst(text, base=base)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    for line in ignored:
        _log.warning("%s: %s", path, line)
    return config


def config_from(
    options: argparse.Namespace, begin: Mapping[str, Any] | None = None
) -> AssembleConfig:
    """The same with the band that the options name."""
    config = knobs_from(options, begin)
    band = band_from(options)
    return config if band is None else config.with_values(band=band)


def band_from(options: argparse.Namespace) -> Band | None:
    """The band by name or by its wavelengths; None if the headers shall tell it."""
    wavelengths = {
        "effective_nm": options.effective_nm,
        "min_nm": options.min_nm,
        "max_nm": options.max_nm,
    }
    told = [name for name, value in wavelengths.items() if value is not None]
    if not told:
        return Band.named(options.band) if options.band else None
    if len(told) < len(wavelengths):
        raise ValueError(
            "a band by its wavelengths needs --effective-nm, --min-nm and --max-nm; got only "
            + " and ".join(map(written, told))
        )
    return Band(name=options.band or "custom", **wavelengths)


def exposures_from(options: argparse.Namespace, *, measure: str | None = None) -> list[Exposure]:
    """The visits that the options name; `measure` is the value of ``--measure-seeing``."""
    exposures = read_exposures(options.paths, band=band_from(options), table=options.table)
    _log.info("%d visits read", len(exposures))
    return with_measured_seeing(exposures, measure)


def bright_objects_from(options: argparse.Namespace) -> list[BrightObject]:
    """The catalogue that is named, if one is."""
    return read_catalogue(options.bright_objects) if options.bright_objects else []

"""The seeing of visits from their own stars, as ``--measure-seeing`` asks for it."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from dataclasses import replace

from dcrviz.io.visit_info import with_fwhm
from dcrviz.records import Exposure

_log = logging.getLogger(__name__)
WHICH = ("lacking", "all")


def add_measure_seeing(parser: argparse.ArgumentParser) -> None:
    """Add the option."""
    parser.add_argument(
        "--measure-seeing",
        choices=WHICH,
        help="from stars: of visits that tell none, or of all but those with a star image",
    )


def with_measured_seeing(exposures: Sequence[Exposure], which: str | None) -> list[Exposure]:
    """The visits with the width of their stars; those that have too few stay as they are."""
    return [_measured(exposure) if _wanted(exposure, which) else exposure for exposure in exposures]


def _wanted(exposure: Exposure, which: str | None) -> bool:
    if which is None or exposure.psf is not None:
        return False
    return which == "all" or exposure.visit.psf_fwhm_px is None


def _measured(exposure: Exposure) -> Exposure:
    # Imported here, as the fit of a star needs more of scipy than all the rest.
    from dcrviz.engine.measured_seeing import measured_seeing

    visit = exposure.visit
    try:
        found = measured_seeing(exposure)
    except ValueError as error:
        _log.warning("%s", error)
        return exposure
    _log.info("visit %s: %s", visit.id, found.sentence)
    return replace(exposure, visit=with_fwhm(visit, found.fwhm_px))

"""``dcrviz template``: the matched template of a visit."""

from __future__ import annotations

import argparse
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

from dcrviz.engine import matched_template
from dcrviz.engine.check import check_complete, check_grid
from dcrviz.io import read_coadds, read_exposure, visit_header, write_template

_log = logging.getLogger(__name__)


def add_parser(commands: Any) -> None:
    """Describe the command's options."""
    parser = commands.add_parser(
        "template",
        help="predict a visit from finished coadds",
        description=(
            "Write the matched template of a visit, seen or unseen, as image, mask and variance on "
            "the grid of the coadds."
        ),
    )
    parser.add_argument("folder", metavar="DIR", help="what 'dcrviz assemble' wrote")
    parser.add_argument("visit", metavar="VISIT.fits", help="the visit to predict")
    parser.add_argument("--table", metavar="CSV", help="circumstances that its header lacks")
    parser.add_argument("--out", required=True, metavar="FILE", help="FITS file to write")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Read the coadds and the visit, write the template."""
    result = read_coadds(options.folder)
    exposure = read_exposure(options.visit, table=options.table)
    # A template needs none of the visit's pixels.
    check_complete(replace(exposure, variance=exposure.variance or exposure.image))
    corrected = replace(
        exposure,
        image=result.corrected.image,
        mask=result.corrected.mask,
        variance=result.corrected.variance,
        wcs=result.wcs,
        xy0=result.xy0,
        source=f"the coadds in {options.folder}",
    )
    check_grid(exposure if exposure.variance is not None else corrected, corrected)
    template = matched_template(result, exposure.visit)
    header = visit_header(replace(exposure.visit, weight=1.0, scale=1.0))
    write_template(Path(options.out), template, wcs=result.wcs, xy0=result.xy0, header=header)
    _log.info("%s: template of visit %s", options.out, exposure.visit.id)

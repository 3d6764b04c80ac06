"""``dcrviz template``: the matched template of a visit."""

from __future__ import annotations

import argparse
import logging
from dataclasses import replace
from pathlib import Path

from dcrviz.engine import matched_template, refined_visit
from dcrviz.engine.check import check_complete, check_grid
from dcrviz.io import read_coadds, read_exposure, visit_header, write_template
from dcrviz.io.coadd_keys import COADD_NAME, is_product_name
from dcrviz.io.filters import band_of_filter
from dcrviz.records import Coadds, Exposure

_log = logging.getLogger(__name__)


def describe(parser: argparse.ArgumentParser) -> None:
    """Say what the command does, and add its options."""
    parser.description = (
        "Write the matched template of a visit, seen or unseen, as image, mask and variance on "
        "the grid of the coadds."
    )
    parser.add_argument("folder", metavar="DIR", help="what 'dcrviz assemble' wrote")
    parser.add_argument("visit", metavar="VISIT.fits", help="the visit to predict")
    parser.add_argument("--table", metavar="CSV", help="circumstances that its header lacks")
    parser.add_argument(
        "--refine-seeing",
        action="store_true",
        help="take the width of the stars at which the template is nearest to the visit's pixels, "
        "instead of the one that its header tells",
    )
    parser.add_argument("--out", required=True, metavar="FILE", help="FITS file to write")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Read the coadds and the visit, write the template."""
    result = read_coadds(options.folder)
    exposure = read_exposure(options.visit, table=options.table)
    _check_free(options)
    _check(exposure, result, folder=options.folder)
    visit = refined_visit(result, exposure) if options.refine_seeing else exposure.visit
    if visit.psf_fwhm_px != exposure.visit.psf_fwhm_px:
        told = exposure.visit.psf_fwhm_px
        _log.info(
            "visit %s: its stars are %.3g px wide, %s told",
            visit.id,
            visit.psf_fwhm_px,
            "no width is" if told is None else f"{told:.3g} px are",
        )
    template = matched_template(result, visit, psf=exposure.psf)
    header = visit_header(replace(exposure.visit, weight=1.0, scale=1.0))
    write_template(Path(options.out), template, wcs=result.wcs, xy0=result.xy0, header=header)
    _log.info("%s: template of visit %s", options.out, exposure.visit.id)


def _check_free(options: argparse.Namespace) -> None:
    """Raise if the template would take the place of what it is made of."""
    out = Path(options.out).resolve()
    coadd = out.name == COADD_NAME or is_product_name(out.name)
    in_folder = coadd and out.parent == Path(options.folder).expanduser().resolve()
    if in_folder or out == Path(options.visit).expanduser().resolve():
        raise ValueError(
            f"{options.out}: the template must be a file of its own; got one that it is made of"
        )


def _check(exposure: Exposure, result: Coadds, *, folder: str) -> None:
    """Raise if the visit lacks something, or is on another grid or in another band."""
    # A template needs none of the visit's pixels, which may have no variance.
    complete = exposure if exposure.variance else replace(exposure, variance=exposure.image)
    check_complete(complete)
    corrected = replace(
        exposure,
        image=result.corrected.image,
        mask=result.corrected.mask,
        variance=result.corrected.variance,
        wcs=result.wcs,
        xy0=result.xy0,
        source=f"the coadds in {folder}",
    )
    check_grid(complete, corrected)
    # By the filters' names, as the band of the fit may have been given by its wavelengths.
    filters = sorted({visit.filter for visit in result.inputs})
    if not any(_alike(exposure.visit.filter, name) for name in filters):
        raise ValueError(
            f"{exposure.source}: the visit must be in the band of the coadds in {folder}, made in "
            f"filter {', '.join(filters)}; got {exposure.visit.filter}"
        )


def _alike(one: str, other: str) -> bool:
    """Whether two names may be of one filter: they need not be spelled alike."""
    if not one or not other or one == other:
        return True
    band = band_of_filter(one)
    return band is not None and band == band_of_filter(other)

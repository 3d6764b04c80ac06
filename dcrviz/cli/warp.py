"""``dcrviz warp``: from calibrated single exposures to warps on one pixel grid."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dcrviz.bands import Band
from dcrviz.cli.numbers import real, whole
from dcrviz.cli.progress import progress
from dcrviz.io import read_exposure, read_exposures
from dcrviz.io.atomic import AtomicFiles, output_directory
from dcrviz.io.exposure_files import data_hdus, files_of
from dcrviz.records import Exposure

if TYPE_CHECKING:
    from dcrviz.warp import Grid, Warp
    from dcrviz.warp.seeing import Seeing

_log = logging.getLogger(__name__)
_WITHOUT_STAR_IMAGES = ("header", "stars")


def describe(parser: argparse.ArgumentParser) -> None:
    """Say what the command does, and add its options."""
    parser.description = (
        "Subtract the sky, bring fluxes to one scale, and resample each visit onto one "
        "tangential grid: warp_<visit>.fits, for dcrviz assemble. A file may hold several "
        "detectors. Needs reproject: pip install 'dcrviz[warp]'."
    )
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="exposures: FITS files, folders or patterns"
    )
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the warps")
    parser.add_argument("--table", metavar="CSV", help="circumstances that the headers lack")
    parser.add_argument("--band", metavar="NAME", help="u g r i z y of Rubin, or decam-g and so on")
    grid = parser.add_argument_group("grid: where every visit has pixels, unless said otherwise")
    grid.add_argument(
        "--cover", choices=("overlap", "all"), default="overlap", help="every visit's, or any's"
    )
    grid.add_argument("--like", metavar="FITS", help="the grid of this image")
    grid.add_argument(
        "--centre", metavar="RA,DEC", help="its middle, in degrees; with --size", type=_position
    )
    grid.add_argument("--size", metavar="N", type=whole(16, 20000), help="its side in pixels")
    grid.add_argument(
        "--scale", metavar="ARCSEC", type=real(1e-3, 100.0), help="side of a pixel; the visits' own"
    )
    parser.add_argument(
        "--method",
        choices=("bicubic", "exact"),
        default="bicubic",
        help="sharp interpolation, or by shared areas, which blurs by about a pixel",
    )
    parser.add_argument(
        "--sky-box",
        metavar="PX",
        type=whole(0, 20000),
        default=128,
        help="boxes in which the sky's level is found, larger than any source; 0 leaves it in",
    )
    parser.add_argument(
        "--zero-points",
        choices=("auto", "header", "stars", "none"),
        default="auto",
        help="from the headers, or from stars in common where a header tells none",
    )
    stars = parser.add_argument_group("seeing: what the fit convolves by")
    stars.add_argument(
        "--seeing",
        choices=("auto", "header", "psf", "stars"),
        default="auto",
        help="auto is the star image, else the header's width, else that of stars measured",
    )
    stars.add_argument(
        "--psf",
        metavar="FILE",
        nargs="+",
        default=[],
        type=Path,
        help="PSFEx files, one for each exposure file in their order; beside them if not said",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Read the headers, choose the grid, warp one visit after the other."""
    library = _library()
    if options.psf and options.seeing in _WITHOUT_STAR_IMAGES:
        raise ValueError(f"--psf is for --seeing auto or psf; got --seeing {options.seeing}")
    band = Band.named(options.band) if options.band else None
    exposures = read_exposures(options.paths, band=band, table=options.table, detectors=True)
    visits = library.visits_of(exposures)
    grid = _grid(options, visits)
    visits = _with_star_images(options, exposures, visits, grid)
    library.check_seeing(visits, seeing=options.seeing)
    warps = library.warped(
        visits,
        grid,
        method=options.method,
        sky_box_px=options.sky_box or None,
        zero_points=options.zero_points,
    )
    _check_free(visits, Path(options.out))
    with output_directory(options.out) as folder:
        options.console.open()
        _log.info(
            "%d exposures of %d visits; grid of %d x %d pixels of %.4g arcsec",
            *(len(exposures), len(visits), *grid.shape, grid.scale_arcsec),
        )
        bar = progress(warps, told="warp", unit="visits", quiet=options.quiet, total=len(visits))
        with AtomicFiles() as files, bar as each:
            for warp in each:
                exposure, known = library.with_seeing(warp.exposure, seeing=options.seeing)
                _tell(warp, known)
                data_hdus(exposure, unit=warp.unit).writeto(
                    files.add(folder / _name_of(exposure.visit.id))
                )


def _name_of(visit: int | str) -> str:
    return f"warp_{visit}.fits"


def _check_free(visits: Sequence[Sequence[Exposure]], folder: Path) -> None:
    """Raise if a warp would take the place of an exposure that it or another is made of."""
    read = {path.resolve() for each in visits for one in each for path in files_of(one)}
    for exposures in visits:
        path = folder.expanduser() / _name_of(exposures[0].visit.id)
        if path.resolve() in read:
            raise ValueError(f"{path}: a warp must not take the place of an exposure; it is one")


def _library() -> Any:
    """What warps, if the library that resamples is installed."""
    try:
        return import_module("dcrviz.warp")
    except ImportError as error:
        raise ValueError(
            f"warping needs the extra 'warp': pip install 'dcrviz[warp]'; got {error}"
        ) from error


def _grid(options: argparse.Namespace, visits: Sequence[Sequence[Exposure]]) -> Grid:
    """The grid that the options describe."""
    from dcrviz.io.grid import pixel_scale_arcsec
    from dcrviz.warp import common_grid, grid_around, grid_of

    _check_grid_options(options)
    if options.like:
        return grid_of(read_exposure(options.like))
    if options.centre:
        wcs = visits[0][0].wcs
        assert wcs is not None
        scale = options.scale or pixel_scale_arcsec(wcs)
        return grid_around(options.centre, (options.size, options.size), scale_arcsec=scale)
    return common_grid(visits, scale_arcsec=options.scale, cover=options.cover)


def _check_grid_options(options: argparse.Namespace) -> None:
    if (options.centre is None) != (options.size is None):
        given, lacking = ("centre", "size") if options.centre else ("size", "centre")
        raise ValueError(f"--{given} needs --{lacking}; got --{given} alone")
    if options.like and (options.centre or options.scale):
        other = "centre" if options.centre else "scale"
        raise ValueError(f"--like tells the whole grid; got --{other}, too")


def _position(text: str) -> tuple[float, float]:
    """Right ascension and declination in degrees."""
    try:
        ra_deg, dec_deg = (float(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"must be RA,DEC in degrees, such as 150.1,2.2; got {text!r}"
        ) from error
    return ra_deg, dec_deg


def _with_star_images(
    options: argparse.Namespace,
    exposures: Sequence[Exposure],
    visits: Sequence[Sequence[Exposure]],
    grid: Grid,
) -> list[list[Exposure]]:
    """The visits with the star images of the PSFEx files that are named or lie beside them."""
    from dcrviz.warp.psfex import galsim_is_there, psfex_files, psfex_models, with_star_images

    if options.seeing in _WITHOUT_STAR_IMAGES:
        return [list(visit) for visit in visits]
    files = psfex_files(exposures, options.psf)
    if files and not (options.psf or options.seeing == "psf" or galsim_is_there()):
        _log.warning(
            "%s: this and %d more PSFEx files are left out; pip install 'dcrviz[psfex]' reads them",
            *(next(iter(files.values())), len(files) - 1),
        )
        files = {}
    for source, path in files.items():
        _log.info("%s: its stars are those of %s", source, path.name)
    return with_star_images(visits, psfex_models(exposures, files), grid)


def _tell(warp: Warp, seeing: Seeing) -> None:
    visit = warp.exposure.visit
    how = f" by {warp.stars} stars in common" if warp.stars else ""
    _log.info(
        "visit %s: sky %.4g, fluxes times %.4g%s, %.1f %% of the grid covered",
        *(visit.id, warp.sky, warp.scale, how, 100 * warp.covered),
    )
    if warp.few_stars:
        _log.warning("visit %s: its scale rests on %d stars only", visit.id, warp.stars)
    _log.info("visit %s: seeing %s", visit.id, seeing.sentence)
    if seeing.warning:
        _log.warning("visit %s: %s", visit.id, seeing.warning)

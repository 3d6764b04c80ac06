"""``dcrviz simulate``: a made sky, observed under real conditions."""

from __future__ import annotations

import argparse
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from astropy.io import fits

from dcrviz.io import AtomicFiles, make_directory, visit_header
from dcrviz.io.write import exposure_hdus
from dcrviz.physics.shifts import subfilter_edges_nm
from dcrviz.records import Coadd, Exposure, Visit
from dcrviz.simulate import (
    PIXEL_SCALE_ARCSEC,
    PROFILES,
    Psf,
    Simulation,
    condition_names,
    read_conditions,
    scene_from_mapping,
    scene_to_mapping,
    simulate,
)

_log = logging.getLogger(__name__)


def add_parser(commands: Any) -> None:
    """Describe the command's options."""
    parser = commands.add_parser(
        "simulate",
        help="make warped visits of a made sky",
        description="Write warps of a simulated field, truth.fits and scene.yaml.",
    )
    parser.add_argument("folder", metavar="DIR", help="folder for the files")
    parser.add_argument("--scene", metavar="YAML", help="sources, band, size; random without it")
    parser.add_argument("--seed", type=int, default=1, help="of random scene and noise")
    parser.add_argument("--size", type=int, default=192, metavar="PX", help="side of the field")
    parser.add_argument("--band", default="lsst-g", help="of a random scene")
    parser.add_argument(
        "--conditions",
        default="hits2015",
        metavar="NAME|CSV",
        help=f"table of visits: {', '.join(condition_names())} or a file",
    )
    parser.add_argument("--visits", type=int, default=8, metavar="N", help="how many of them")
    parser.add_argument("--seeing", type=float, metavar="ARCSEC", help="the same for all visits")
    parser.add_argument("--psf", choices=PROFILES, default="kolmogorov", help="shape of the stars")
    parser.add_argument("--subfilters", type=int, default=3, help="planes in truth.fits")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Make the scene, observe it, write everything at once."""
    if options.visits < 1:
        raise ValueError(f"--visits must be 1 or more; got {options.visits}")
    scene = scene_from_mapping(_scene_mapping(options))
    visits = _chosen(read_conditions(options.conditions), options)
    simulation = simulate(
        scene,
        visits,
        seed=options.seed,
        n_subfilters=options.subfilters,
        psf=Psf(profile=options.psf),
    )
    folder = make_directory(options.folder)
    with AtomicFiles() as files:
        for exposure in simulation.exposures:
            path = files.add(folder / f"warp_{exposure.visit.id}.fits")
            _warp_hdus(exposure).writeto(path)
        _truth_hdus(simulation, options.subfilters).writeto(files.add(folder / "truth.fits"))
        text = yaml.safe_dump(scene_to_mapping(scene), sort_keys=False)
        files.add(folder / "scene.yaml").write_text(text, encoding="utf-8")
    _log.info("%s: %d warps, truth.fits, scene.yaml", folder, len(simulation.exposures))


def _scene_mapping(options: argparse.Namespace) -> dict[str, Any]:
    if not options.scene:
        shape = [options.size, options.size]
        return {"band": options.band, "shape": shape, "random": {"seed": options.seed}}
    try:
        mapping = yaml.safe_load(Path(options.scene).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ValueError(f"{options.scene}: must be a YAML file; {error}") from error
    if not isinstance(mapping, dict):
        raise ValueError(f"{options.scene}: must hold a mapping; got {type(mapping).__name__}")
    return mapping


def _chosen(visits: list[Visit], options: argparse.Namespace) -> list[Visit]:
    """Visits spread evenly over the table's range of airmass."""
    if options.visits > len(visits):
        raise ValueError(
            f"--visits must be at most the {len(visits)} of {options.conditions}; "
            f"got {options.visits}"
        )
    by_airmass = sorted(visits, key=lambda visit: visit.airmass or 0)
    places = np.linspace(0, len(visits) - 1, options.visits).round().astype(int)
    chosen = [by_airmass[place] for place in places]
    if options.seeing is None:
        return chosen
    return [replace(v, psf_fwhm_px=options.seeing / PIXEL_SCALE_ARCSEC) for v in chosen]


def _warp_hdus(exposure: Exposure) -> fits.HDUList:
    assert exposure.variance is not None
    coadd = Coadd(
        image=exposure.image[:],
        mask=exposure.mask[:],
        variance=exposure.variance[:],
        planes=dict(exposure.planes),
    )
    header = visit_header(exposure.visit)
    return exposure_hdus(coadd, wcs=exposure.wcs, xy0=exposure.xy0, header=header)


def _truth_hdus(simulation: Simulation, n_subfilters: int) -> fits.HDUList:
    header = simulation.scene.wcs.to_header()
    header["FWHM"] = (simulation.truth_fwhm_px, "[px] seeing of the true planes")
    hdus = fits.HDUList([fits.PrimaryHDU(header=header)])
    edges = subfilter_edges_nm(simulation.scene.band, n_subfilters)
    for number, plane in enumerate(simulation.truth):
        hdu = fits.ImageHDU(plane, header=header, name=f"SUBFILTER{number}")
        hdu.header["DCRMIN"] = (edges[number], "[nm] blue end of the subfilter")
        hdu.header["DCRMAX"] = (edges[number + 1], "[nm] red end of the subfilter")
        hdus.append(hdu)
    return hdus

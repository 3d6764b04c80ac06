"""``dcrviz simulate``: a made sky, observed under real conditions, or a scene of the library."""

from __future__ import annotations

import argparse
import csv
import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from astropy.io import fits

from dcrviz.cli.given import written
from dcrviz.cli.numbers import real, whole
from dcrviz.config import AssembleConfig
from dcrviz.io import AtomicFiles
from dcrviz.io.atomic import output_directory
from dcrviz.io.coadd_keys import N_SUBFILTERS
from dcrviz.io.config_files import config_text
from dcrviz.io.exposure_files import data_hdus
from dcrviz.io.filters import band_of_filter
from dcrviz.io.write import set_key
from dcrviz.records import Visit
from dcrviz.simulate import (
    LIBRARY,
    PROFILES,
    Scene,
    Simulation,
    condition_names,
    library_exposures,
    library_knobs,
    library_name,
    library_words,
    read_conditions,
    read_scene,
    scene_from_mapping,
    scene_to_mapping,
    simulate,
    spread_visits,
    with_seeing,
    with_truth,
)
from dcrviz.suggest import unknown

_log = logging.getLogger(__name__)
_VISITS = 8
_CONFIG = "config.yaml"
_NO_KNOBS: Mapping[str, Any] = MappingProxyType({})
_OF_OTHER_SCENES: Mapping[str, Any] = MappingProxyType(
    {
        "seed": 1,
        "size": None,
        "band": None,
        "conditions": "hits2015",
        "visits": None,
        "seeing": None,
        "worst_seeing": None,
        "psf": None,
        "seeing_exponent": None,
    }
)
"""Options that a scene of the library leaves no choice of, with their defaults."""


def describe(parser: argparse.ArgumentParser) -> None:
    """Say what the command does, and add its options."""
    parser.description = "Write warps of a simulated field, truth.fits and scene.yaml."
    parser.add_argument("folder", metavar="DIR", help="folder for the files")
    parser.add_argument(
        "--scene",
        metavar="YAML|NAME",
        help="sources, band, size; random without it. Or a scene of the library, which has its own "
        f"visits and knobs: {', '.join(library_words())}",
    )
    parser.add_argument(
        "--seed",
        type=whole(0, 2**63),
        default=_OF_OTHER_SCENES["seed"],
        metavar="N",
        help="of random scene and noise",
    )
    parser.add_argument(
        "--size", type=whole(25, 10000), metavar="PX", help="side of a random scene; 192"
    )
    parser.add_argument("--band", metavar="NAME", help="of a random scene; lsst-g")
    parser.add_argument(
        "--conditions",
        default=_OF_OTHER_SCENES["conditions"],
        metavar="NAME|CSV",
        help=f"table of visits: {', '.join(condition_names())} or a file",
    )
    parser.add_argument(
        "--visits",
        type=whole(1, 10000),
        metavar="N",
        help=f"how many of them; {_VISITS}, or all of a smaller table",
    )
    parser.add_argument(
        "--seeing", type=real(0.1, 20.0), metavar="ARCSEC", help="FWHM of all visits"
    )
    parser.add_argument(
        "--worst-seeing",
        type=real(0.1, 20.0),
        metavar="ARCSEC",
        help="spread the FWHM evenly from --seeing to this, whatever the airmass",
    )
    parser.add_argument("--psf", choices=PROFILES, help="shape of the stars; kolmogorov")
    parser.add_argument(
        "--seeing-exponent",
        type=real(-1.0, 1.0),
        metavar="X",
        help="FWHM proportional to wavelength to this power; 0",
    )
    parser.add_argument(
        "--subfilters", type=whole(1, 20), default=3, metavar="N", help="planes in truth.fits"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Make the scene, observe it, write everything at once."""
    known = options.scene in library_words()
    with output_directory(options.folder) as folder:
        if known:
            _write(_of_library(options), folder, knobs=library_knobs(options.scene))
            return
        scene = _through_air(_scene(options), options)
        simulation = simulate(
            scene,
            _visits(options, scene),
            seed=options.seed,
            n_subfilters=options.subfilters,
        )
        _write(simulation, folder)


def _of_library(options: argparse.Namespace) -> Simulation:
    """A scene of the library, of which nothing can be chosen."""
    for name, default in _OF_OTHER_SCENES.items():
        if getattr(options, name) != default:
            raise ValueError(
                f"--scene {options.scene}: a scene of the library has its own visits; got "
                f"{written(name)} beside it"
            )
    return with_truth(
        LIBRARY[library_name(options.scene)].sky(),
        library_exposures(options.scene),
        n_subfilters=options.subfilters,
    )


def _write(simulation: Simulation, folder: Path, *, knobs: Mapping[str, Any] = _NO_KNOBS) -> None:
    others = set(folder.glob("*.fits"))
    with AtomicFiles() as files:
        for exposure in simulation.exposures:
            path = files.add(folder / f"warp_{exposure.visit.id}.fits")
            data_hdus(exposure).writeto(path)
        _truth_hdus(simulation).writeto(files.add(folder / "truth.fits"))
        text = yaml.safe_dump(scene_to_mapping(simulation.scene), sort_keys=False)
        files.add(folder / "scene.yaml").write_text(text, encoding="utf-8")
        if knobs:
            text = config_text(AssembleConfig(**knobs))
            files.add(folder / _CONFIG).write_text(text, encoding="utf-8")
    _log.info("%s: %d warps, truth.fits, scene.yaml", folder, len(simulation.exposures))
    if knobs:
        _log.info("%s: the knobs that the scene begins with", folder / _CONFIG)
    others -= set(files.paths)
    if others:
        names = ", ".join(sorted(path.name for path in others))
        _log.warning("%s: %s of another sky are there too", folder, names)


def _scene(options: argparse.Namespace) -> Scene:
    if not options.scene:
        shape = [options.size or 192] * 2
        band = options.band or "lsst-g"
        return scene_from_mapping({"band": band, "shape": shape, "random": {"seed": options.seed}})
    for name in ("size", "band"):
        if getattr(options, name) is not None:
            raise ValueError(f"--{name} is for a random scene: {options.scene} has its own")
    if not Path(options.scene).suffix and not Path(options.scene).exists():
        raise ValueError(unknown("scene", options.scene, library_words()))
    return read_scene(options.scene)


def _through_air(scene: Scene, options: argparse.Namespace) -> Scene:
    """The scene with the star images that are asked for."""
    given = {"profile": options.psf, "seeing_exponent": options.seeing_exponent}
    asked = {name: value for name, value in given.items() if value is not None}
    return replace(scene, psf=replace(scene.psf, **asked))


def _visits(options: argparse.Namespace, scene: Scene) -> list[Visit]:
    """Visits spread evenly over the table's range of airmass, in the scene's band."""
    scale = scene.pixel_scale_arcsec
    try:
        visits = read_conditions(options.conditions, pixel_scale_arcsec=scale)
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{options.conditions}: must be a CSV file; got {error}") from error
    number = min(_VISITS, len(visits)) if options.visits is None else options.visits
    if not 1 <= number <= len(visits):
        raise ValueError(
            f"{options.conditions}: must have a row for each of {max(number, 1)} visits; got "
            f"{len(visits)}"
        )
    chosen = spread_visits(visits, number)
    best, worst = options.seeing, options.worst_seeing
    if worst is not None and best is None:
        raise ValueError(f"--worst-seeing {worst:g} needs --seeing, the best, beside it")
    if worst is not None and worst < best:
        raise ValueError(f"--worst-seeing must be --seeing, {best:g}, or more; got {worst:g}")
    if best is not None:
        chosen = with_seeing(
            chosen, best_px=best / scale, worst_px=(worst or best) / scale, seed=options.seed
        )
    return [
        visit
        if band_of_filter(visit.filter) == scene.band
        # The conditions of a visit in another filter, met in this one.
        else replace(visit, filter=scene.band.name)
        for visit in chosen
    ]


def _truth_hdus(simulation: Simulation) -> fits.HDUList:
    header = simulation.scene.wcs.to_header()
    header["FWHM"] = (simulation.truth_fwhm_px, "[px] seeing of the true planes")
    hdus = fits.HDUList([fits.PrimaryHDU(header=header)])
    n_subfilters = len(simulation.truth)
    set_key(hdus[0].header, N_SUBFILTERS, n_subfilters)
    edges = simulation.scene.subfilter_edges_nm(n_subfilters)
    for number, plane in enumerate(simulation.truth):
        hdu = fits.ImageHDU(plane, header=header, name=f"SUBFILTER{number}")
        hdu.header["DCRMIN"] = (edges[number], "[nm] blue end of the subfilter")
        hdu.header["DCRMAX"] = (edges[number + 1], "[nm] red end of the subfilter")
        hdus.append(hdu)
    return hdus

"""The renderer against fields that GalSim drew."""

import json
import math

import numpy as np
import pytest

from dcrviz.bands import Band
from dcrviz.records import Visit, Weather
from dcrviz.simulate.conditions import CTIO
from dcrviz.simulate.render import no_dcr_image, render_visit, truth_planes
from dcrviz.simulate.scene import Scene, Source
from dcrviz.simulate.spectra import blackbody, table

TRUTH_ARCSEC = 0.7
"""Seeing of the true planes in both fields."""
FAR_PX = 22
"""Distance from galaxies and quasars, of which the catalogue does not tell the spectra."""


@pytest.fixture(scope="module", params=["fixed", "seeing"])
def field(request, shared):
    folder = shared / "data" / "galsim"
    with np.load(folder / f"hits_g_{request.param}.npz") as file:
        arrays = dict(file)
    catalogue, meta = (json.loads(str(arrays[name])) for name in ("catalogue", "meta"))
    stars = [s for s in catalogue if s["sed"].startswith("BB")]
    sources = tuple(
        Source(x=s["x"], y=s["y"], flux=s["flux"], spectrum=blackbody(float(s["sed"][2:])))
        for s in stars
    )
    scene = Scene(
        sources=sources,
        band=Band(name="g", effective_nm=meta["effective_nm"], min_nm=405.0, max_nm=552.0),
        shape=arrays["nodcr"].shape,
        pixel_scale_arcsec=meta["scale_arcsec"],
        throughput=table(folder / "lsst_g_throughput.csv"),
    )
    y, x = np.mgrid[: scene.shape[0], : scene.shape[1]]
    others = [s for s in catalogue if not s["sed"].startswith("BB")]
    usable = np.all([np.hypot(y - s["y"], x - s["x"]) > FAR_PX for s in others], axis=0)
    return scene, arrays, meta, usable


def worst(image, expected, usable):
    """Largest difference, as a fraction of the peak."""
    return np.abs(image - expected)[usable].max() / expected[usable].max()


@pytest.mark.parametrize("index", [0, 8, 15])
def test_a_visit_is_that_of_galsim(field, index):
    scene, arrays, meta, usable = field
    visit = Visit(
        id=index,
        airmass=float(arrays["airmass"][index]),
        parallactic_rad=math.radians(arrays["parallactic_deg"][index]),
        site=CTIO,
        weather=Weather(
            temperature_c=meta["temperature_c"],
            pressure_pa=meta["pressure_pa"],
            humidity_percent=meta["humidity_percent"],
        ),
        psf_fwhm_px=float(arrays["fwhm_arcsec"][index]) / meta["scale_arcsec"],
    )
    # The two refraction formulas differ by 0.6 % in g, and the wings of the galaxies remain.
    assert worst(render_visit(scene, visit), arrays["clean"][index], usable) < 0.005


@pytest.mark.parametrize("n_subfilters", [3, 5])
def test_the_true_planes_are_those_of_galsim(field, n_subfilters):
    scene, arrays, meta, usable = field
    fwhm_px = TRUTH_ARCSEC / meta["scale_arcsec"]
    planes = truth_planes(scene, n_subfilters=n_subfilters, fwhm_px=fwhm_px)
    for plane, expected in zip(planes, arrays[f"planes{n_subfilters}"], strict=True):
        assert worst(plane, expected, usable) < 0.002


def test_the_sky_without_refraction_is_that_of_galsim(field):
    scene, arrays, meta, usable = field
    image = no_dcr_image(scene, fwhm_px=TRUTH_ARCSEC / meta["scale_arcsec"])
    assert worst(image, arrays["nodcr"], usable) < 0.002

"""What each difference from LSST's task of 2019 changes, one at a time, on scenes of the library.

``python benchmarks/differences.py [--write]``

The preset ``lsst-2019`` is fitted to a scene to its end, then again with one knob as it is here.
Colours, planes and templates are compared with the truth, which a made field knows. Refraction is
computed by the formulas as they are here and as they were in the task. With ``--write`` the
numbers go to `docs/differences`, from which the documentation takes them.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

import dcrviz
from dcrviz.diagnostics.pictures import shown_planes
from dcrviz.diagnostics.truth_scores import truth_scores
from dcrviz.physics.geometry import zenith_from_airmass_rad
from dcrviz.physics.refraction import (
    gravity_ratio,
    refraction_arcsec,
    refractivity,
    water_vapour_pressure_hpa,
)
from dcrviz.simulate import LIBRARY, library_exposures
from dcrviz.simulate.library import cured_word

RESULTS = Path(__file__).parents[1] / "docs" / "differences"
AIRMASSES = (1.3, 2.0, 2.5)
G_NM = (405.0, 552.0)
WAVELENGTH_NM = 476.31
WEATHER = dcrviz.Weather(temperature_c=10.0, pressure_pa=78000.0, humidity_percent=40.0)
SITE = dcrviz.Site(latitude_deg=-30.17, longitude_deg=-70.81, height_m=2200.0)
TILE_PX = (43, 43)
"""Nine subregions of a scene of the library."""
_NOISIER = 3.0
_KELVIN = 273.15
_ARCSEC_PER_RAD = np.degrees(1) * 3600


def as_scored(problem, sky):
    """The numbers of a run to its end."""
    *_, last = dcrviz.assemble(problem)
    scores = truth_scores(sky, problem, shown_planes(last))
    return {
        "outcome": last.outcome.name,
        "iterations": len(last.history.gains),
        "metric": last.metric,
        "colour_slope": scores.colour_slope,
        "plane_sigma": max(scores.plane_sigma),
        "template_sigma": scores.template_sigma,
    }


def of_knob(scene, here, *, both=None, exposures=None):
    """Scores of a scene under the preset, and with these knobs as they are here.

    Parameters
    ----------
    both
        Knobs that both fits have, beside the preset and those of the scene.
    """
    found = LIBRARY[scene]
    config = dcrviz.AssembleConfig.preset("lsst-2019").with_values(**found.knobs, **(both or {}))
    visits = exposures or library_exposures(scene)
    runs = {"lsst-2019": config, "here": config.with_values(**here)}
    return {
        "scene": scene,
        "knobs": here,
        **{name: as_scored(dcrviz.prepare(visits, one), found.sky()) for name, one in runs.items()},
    }


def of_direction():
    """Scores where the angles have the wrong sign, as on images with east to the left in 2019."""
    scene = LIBRARY["mirrored-angle"]
    config = dcrviz.AssembleConfig.preset("lsst-2019")
    words = {"lsst-2019": "mirrored-angle", "here": cured_word("mirrored-angle", scene.cures[0])}
    return {
        "scene": "mirrored-angle",
        **{
            name: as_scored(dcrviz.prepare(library_exposures(word), config), scene.sky())
            for name, word in words.items()
        },
    }


def of_tiling():
    """By how much nine subregions differ from one, over the peak of the planes."""
    visits = library_exposures("healthy")
    config = dcrviz.AssembleConfig.preset("lsst-2019")
    found = {"scene": "healthy", "knobs": {"subregion_mode": "seamless"}}
    for name, mode in (("lsst-2019", "sequential"), ("here", "seamless")):
        one, nine = (
            last_planes(visits, config.with_values(subregion_mode=mode, subregion_size=size))
            for size in ((2000, 2000), TILE_PX)
        )
        found[name] = {"of_peak": float(np.abs(nine - one).max() / np.abs(one).max())}
    return found


def last_planes(visits, config):
    """Planes of a run to its end."""
    *_, last = dcrviz.assemble(dcrviz.prepare(visits, config))
    return last.planes


def noisier_visits():
    """A healthy scene, three of whose visits have more noise, which their variance tells."""
    dice = np.random.default_rng(1)
    return [
        with_noise(exposure, dice) if number in (1, 4, 6) else exposure
        for number, exposure in enumerate(library_exposures("healthy"))
    ]


def with_noise(exposure, dice):
    """The exposure with three times the noise of its sky."""
    variance = np.asarray(exposure.variance)
    more = (_NOISIER**2 - 1) * np.median(variance)
    noise = dice.normal(scale=np.sqrt(more), size=variance.shape).astype(np.float32)
    return replace(
        exposure, image=np.asarray(exposure.image) + noise, variance=variance + np.float32(more)
    )


def with_empty_visit():
    """A healthy scene whose first visit has no usable pixel."""
    first, *others = library_exposures("healthy")
    bit = first.planes["NO_DATA"]
    return [replace(first, mask=np.asarray(first.mask) | np.int32(1 << bit)), *others]


def of_refraction():
    """Refraction here and as it was in 2019, in milliarcseconds, at a few airmasses."""
    zenith = np.array([zenith_from_airmass_rad(airmass) for airmass in AIRMASSES])
    rows = []
    for one, airmass in zip(zenith, AIRMASSES, strict=True):
        blue, red, middle = (1000 * off(nm, one) for nm in (*G_NM, WAVELENGTH_NM))
        rows.append({"airmass": airmass, "absolute_mas": middle, "across_g_mas": blue - red})
    return {"rows": rows}


def off(wavelength_nm, zenith_rad):
    """Arcseconds by which the task's refraction of 2019 is larger than it is here."""
    here = refraction_arcsec(wavelength_nm, zenith_rad, weather=WEATHER, site=SITE)
    return float(refraction_of_2019(wavelength_nm, zenith_rad) - here)


def refraction_of_2019(wavelength_nm, zenith_rad):
    """With the cubic term added, and 7.75141e-4 in the density of water vapour."""
    kelvin = WEATHER.temperature_c + _KELVIN
    water = water_vapour_pressure_hpa(WEATHER.temperature_c, WEATHER.humidity_percent)
    density = (water / kelvin) * water * (1 + 3.7e-4 * water) / kelvin**3
    s2 = (1000 / wavelength_nm) ** 2
    wet = 1e-8 * (6487.31 + 58.058 * s2 - 0.71150 * s2**2 + 0.08851 * s2**3)
    missing = wet * density * (7.75141e4 - 7.75141e-4)
    n_minus_1 = refractivity(wavelength_nm, weather=WEATHER) - missing
    beta = 4.5908e-6 * kelvin
    tan = np.tan(zenith_rad)
    terms = n_minus_1 * ((1 - beta) * tan + (beta - n_minus_1 / 2) * tan**3)
    return _ARCSEC_PER_RAD * gravity_ratio(SITE) * terms


MEASURED = {
    "refraction": of_refraction,
    "direction": of_direction,
    "weights": lambda: of_knob(
        "healthy", {"weights": "inverse_variance"}, exposures=noisier_visits()
    ),
    "noise_estimator": lambda: of_knob("healthy", {"noise_estimator": "robust"}),
    "metric_of_empty_visits": lambda: of_knob(
        "healthy", {"metric_of_empty_visits": "exclude"}, exposures=with_empty_visit()
    ),
    "on_divergence": lambda: of_knob("gain-too-high", {"on_divergence": "best"}),
    "subregion_mode": of_tiling,
    "on_artifact": lambda: of_knob(
        "transient", {"on_artifact": "leave_out"}, both={"find_artifacts": True}
    ),
    "fit_seeing": lambda: of_knob("variable-seeing", {"solver": "direct", "fit_seeing": "on"}),
    "solver": lambda: of_knob("healthy", {"solver": "direct"}),
}


def main(arguments=None):
    """Measure, print, and keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="keep the numbers in docs/differences")
    parser.add_argument("--only", nargs="+", default=list(MEASURED), choices=list(MEASURED))
    options = parser.parse_args(arguments)
    for name in options.only:
        found = MEASURED[name]()
        print(name, json.dumps(found))
        if options.write:
            RESULTS.mkdir(exist_ok=True)
            text = json.dumps(found, indent=1) + "\n"
            (RESULTS / f"{name}.json").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Made skies: scenes, the conditions of real nights, and the exposures they give."""

from dcrviz.psf import PROFILES, Psf
from dcrviz.simulate.artifacts import (
    cosmic_rays,
    points_of_light,
    satellite_trail,
    simulate_variable,
    with_light,
)
from dcrviz.simulate.conditions import (
    CTIO,
    RUBIN,
    condition_names,
    read_conditions,
    spread_visits,
    with_seeing,
)
from dcrviz.simulate.curve import Curve
from dcrviz.simulate.library import (
    LIBRARY,
    Cure,
    LibraryScene,
    cured_knobs,
    cured_word,
    library_exposures,
    library_knobs,
    library_name,
    library_words,
)
from dcrviz.simulate.made_field import (
    MadeField,
    made_exposures,
    made_scene,
    made_visits,
)
from dcrviz.simulate.observe import (
    Simulation,
    simulate,
    simulate_exposures,
    with_truth,
)
from dcrviz.simulate.one_star import OneStar, one_star
from dcrviz.simulate.random_scene import random_scene
from dcrviz.simulate.render import no_dcr_image, render_visit, truth_planes
from dcrviz.simulate.scene import PIXEL_SCALE_ARCSEC, Scene, Source
from dcrviz.simulate.scene_file import SCENE_FILE, read_scene, scene_beside
from dcrviz.simulate.scene_mapping import scene_from_mapping, scene_to_mapping
from dcrviz.simulate.spectra import blackbody, flat, line, quasar, spectrum, table

__all__ = [
    "CTIO",
    "LIBRARY",
    "PIXEL_SCALE_ARCSEC",
    "PROFILES",
    "RUBIN",
    "SCENE_FILE",
    "Cure",
    "Curve",
    "LibraryScene",
    "MadeField",
    "OneStar",
    "Psf",
    "Scene",
    "Simulation",
    "Source",
    "blackbody",
    "condition_names",
    "cosmic_rays",
    "cured_knobs",
    "cured_word",
    "flat",
    "library_exposures",
    "library_knobs",
    "library_name",
    "library_words",
    "line",
    "made_exposures",
    "made_scene",
    "made_visits",
    "no_dcr_image",
    "one_star",
    "points_of_light",
    "quasar",
    "random_scene",
    "read_conditions",
    "read_scene",
    "render_visit",
    "satellite_trail",
    "scene_beside",
    "scene_from_mapping",
    "scene_to_mapping",
    "simulate",
    "simulate_exposures",
    "simulate_variable",
    "spectrum",
    "spread_visits",
    "table",
    "truth_planes",
    "with_light",
    "with_seeing",
    "with_truth",
]

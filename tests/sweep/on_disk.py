"""A few small visits in files."""

import dcrviz
from dcrviz.io.visit_writer import visit_header
from dcrviz.simulate import MadeField, made_exposures
from dcrviz.sweep import Inputs

FEW = {"max_iterations": 1, "min_iterations": 1}


def make_inputs(folder):
    """Where they are, once they have been written."""
    for exposure in made_exposures(MadeField(n_stars=6, n_visits=4, size_px=64)):
        dcrviz.write_exposure(
            folder / f"warp_{exposure.visit.id}.fits",
            image=exposure.image[:],
            mask=exposure.mask[:],
            variance=exposure.variance[:],
            planes=exposure.planes,
            wcs=exposure.wcs,
            header=visit_header(exposure.visit),
        )
    return Inputs(paths=tuple(sorted(map(str, folder.glob("*.fits")))))

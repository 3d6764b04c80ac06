"""A few small visits in files, and what a sweep of them leaves."""

import dcrviz
from dcrviz.io.visit_writer import visit_header
from dcrviz.simulate import MadeField, made_exposures
from dcrviz.sweep import Inputs, SweepPlan, SweepTable, Trial, run_trial
from dcrviz.sweep.folder import trial_folder
from dcrviz.sweep.table import described

FEW = {"max_iterations": 1, "min_iterations": 1}
PLAN = SweepPlan(choices={"n_subfilters": (2, 3)})


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


def write_sweep(folder, inputs):
    """The folder, once it holds what ``dcrviz sweep`` writes."""
    settings = PLAN.settings()
    table = SweepTable(
        folder=folder,
        plan=described(settings, FEW, inputs.paths),
        knobs=PLAN.knobs,
        inputs=inputs,
    )
    rows = {}
    for number, knobs in enumerate(settings):
        out = str(trial_folder(folder, number, of=len(settings)))
        rows[number] = run_trial(
            Trial(number=number, inputs=inputs, base=FEW, knobs=knobs, out=out)
        )
    table.write(rows)
    return folder

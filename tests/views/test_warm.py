"""What is compiled in the background is all that a run needs."""

import dcrviz
from dcrviz.kernels import planes, shift, spline, visit
from dcrviz.views.warm import warm_up_in_background

LOOPS = [
    shift._add_shifts,
    shift._add_weighted_shifts,
    spline._cubic_rows,
    spline._cubic_columns,
    visit._sweep,
    planes._clamp,
    planes._blend,
]


def test_after_warming_up_a_run_compiles_nothing(exposures):
    warm_up_in_background().join()
    compiled = [len(loop.signatures) for loop in LOOPS]
    for preset in ("default", "lsst-2019", "lsst-today"):
        config = dcrviz.AssembleConfig.preset(preset).with_values(max_iterations=1)
        list(dcrviz.assemble(dcrviz.prepare(exposures, config)))
    assert [len(loop.signatures) for loop in LOOPS] == compiled

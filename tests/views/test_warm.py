"""What is compiled in the background is all that a run needs."""

import dcrviz
from dcrviz.diagnostics.course import course_entry
from dcrviz.kernels import patches, planes, shift, spline, visit
from dcrviz.views.warm import warm_up_in_background

LOOPS = [
    shift._add_shifts,
    shift._add_weighted_shifts,
    spline._cubic_rows,
    spline._cubic_columns,
    visit._sweep,
    planes._clamp,
    planes._blend,
    patches._flood,
]


def test_after_warming_up_a_run_compiles_nothing(exposures):
    warm_up_in_background().join()
    compiled = [len(loop.signatures) for loop in LOOPS]
    for preset in ("default", "lsst-2019", "lsst-today"):
        config = dcrviz.AssembleConfig.preset(preset).with_values(max_iterations=1)
        problem = dcrviz.prepare(exposures, config)
        for step in dcrviz.assemble(problem):
            course_entry(problem, step)
    assert [len(loop.signatures) for loop in LOOPS] == compiled

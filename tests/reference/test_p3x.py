"""P3x: a subregion without detections, on which the 2019 task itself fails."""

import numpy as np

import dcrviz


def test_p3x_has_finite_planes_everywhere(replays):
    run = replays("P3x")
    assert all(np.isfinite(step.planes).all() for step in run.steps)
    assert np.isfinite(dcrviz.coadds(run.problem, run.steps[-1]).planes).all()


def test_p3x_has_no_detections_in_the_third_tile_only(replays):
    outcomes = [history.outcome for history in replays("P3x").histories]
    assert [i for i, o in enumerate(outcomes) if o is dcrviz.Outcome.NO_DETECTIONS] == [2]


def test_p3x_keeps_its_template_in_the_third_tile(replays):
    run = replays("P3x")
    inner = run.problem.tiles[2].inner.slices
    start, end = (run.steps[i].planes[:, *inner] for i in (0, -1))
    np.testing.assert_array_equal(end, start)


def test_p3x_fits_the_tiles_after_the_third(replays):
    for index, history in enumerate(replays("P3x").histories):
        assert history.outcome is not dcrviz.Outcome.NO_DATA
        assert np.isfinite(history.metrics).all()
        assert index == 2 or history.iterations > 3


def test_p3x_follows_the_2019_task_up_to_the_tile_on_which_that_fails(replays):
    run = replays("P3x")
    for tile in (0, 1):
        np.testing.assert_allclose(
            run.planes_of(tile), run.recorded[f"sub{tile}_planes"], rtol=0, atol=2e-6 * run.peak
        )

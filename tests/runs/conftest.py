"""A small field in files, and a run on it."""

import json
import shutil

import numpy as np
import pytest

import dcrviz
from dcrviz import AssembleConfig, Run, save_run
from dcrviz.io.exposure_files import data_hdus
from dcrviz.simulate import random_scene, read_conditions, simulate_exposures


@pytest.fixture(scope="session")
def simulated():
    """Exposures that are in no file."""
    scene = random_scene(3, shape=(44, 48), n_stars=4, n_galaxies=0, n_quasars=0)
    return tuple(simulate_exposures(scene, read_conditions("hits2015")[:4], seed=1))


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Where the visits and a run on them are written once."""
    return tmp_path_factory.mktemp("written")


@pytest.fixture(scope="session")
def exposures(simulated, folder):
    """The same in files, which are not to be changed."""
    visits = folder / "visits"
    visits.mkdir()
    for exposure in simulated:
        data_hdus(exposure).writeto(visits / f"warp_{exposure.visit.id}.fits")
    return tuple(dcrviz.read_exposures(visits))


@pytest.fixture(scope="session")
def run_of():
    """Some steps of a run on these exposures, each made once."""
    made = {}

    def make(exposures, *, steps=3, **knobs):
        key = tuple(exposures), repr(sorted(knobs.items()))
        if key not in made:
            config = AssembleConfig(**{"max_iterations": 6, "interpolation_order": 1} | knobs)
            problem = dcrviz.prepare(exposures, config)
            made[key] = problem, [dcrviz.first_step(problem)]
        problem, done = made[key]
        while len(done) <= steps:
            done.append(dcrviz.advance(problem, done[-1]))
        return Run(problem=problem, exposures=tuple(exposures), steps=tuple(done[: steps + 1]))

    return make


@pytest.fixture(scope="session")
def written(exposures, run_of, folder):
    """A folder with a run of three iterations; not to be changed."""
    save_run(folder / "run", run_of(exposures))
    return folder / "run"


@pytest.fixture
def saved(written, folder, tmp_path):
    """A copy of it, beside a copy of its visits and nowhere else."""
    shutil.copytree(written, tmp_path / "run")
    shutil.copytree(folder / "visits", tmp_path / "visits")
    record = tmp_path / "run" / "run.json"
    record.write_text(record.read_text().replace(str(folder), str(tmp_path)))
    return tmp_path / "run"


@pytest.fixture
def rewrite_record(saved):
    """Applies a change to the record of the saved run."""

    def apply(change):
        path = saved / "run.json"
        record = json.loads(path.read_text())
        change(record)
        path.write_text(json.dumps(record))

    return apply


@pytest.fixture(scope="session")
def assert_same_step():
    """Compares two steps bit for bit, but for memory and correction."""

    def check(one, other):
        np.testing.assert_array_equal(one.planes, other.planes)
        assert (one.index, one.tile, one.accelerate) == (other.index, other.tile, other.accelerate)
        assert one.outcome is other.outcome
        for ours, theirs in zip(one.histories, other.histories, strict=True):
            for name in ("gains", "metrics", "residuals", "visit_metrics"):
                np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name))
            np.testing.assert_array_equal(ours.best_planes, theirs.best_planes)
            assert (ours.ending, ours.outcome) == (theirs.ending, theirs.outcome)
            assert ours.lsst_ending == theirs.lsst_ending
        assert (one.clamps is None) == (other.clamps is None)
        if one.clamps is not None:
            for name in ("iteration_high", "subfilter_low", "flux_before", "flux_after"):
                np.testing.assert_array_equal(
                    getattr(one.clamps, name), getattr(other.clamps, name)
                )

    return check

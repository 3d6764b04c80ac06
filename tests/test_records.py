"""Records can be copied and sent to other processes; what arrives is the same, and read-only."""

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from record_arrays import arrays_in

import dcrviz
from dcrviz.diagnostics.ledger import ledger_of
from dcrviz.simulate import library_exposures

WAYS = {
    "pickled": lambda record: pickle.loads(pickle.dumps(record)),
    "deeply copied": copy.deepcopy,
    "copied": copy.copy,
}


@pytest.fixture(scope="module")
def records():
    """One of each kind that a person gets from the library."""
    exposures = library_exposures("gain-too-high")
    config = dcrviz.AssembleConfig(solver="direct")
    problem = dcrviz.prepare(exposures, config)
    steps = list(dcrviz.assemble(problem))
    result = dcrviz.coadds(problem, steps[-1])
    return {
        "exposure": exposures[0],
        "visit": exposures[0].visit,
        "config": config,
        "problem": problem,
        "template": problem.template,
        "shifts": problem.shifts,
        "step": steps[-1],
        "coadds": result,
        "verdicts": dcrviz.verdicts(problem, steps),
        "leverage": dcrviz.leverage(problem),
        "ledger": ledger_of(problem, steps[-1].planes),
    }


KINDS = [
    "exposure",
    "visit",
    "config",
    "problem",
    "template",
    "shifts",
    "step",
    "coadds",
    "verdicts",
    "leverage",
    "ledger",
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_record_arrives_as_it_was_and_read_only(records, kind, way):
    record = records[kind]
    arrived = WAYS[way](record)
    assert type(arrived) is type(record)
    before, after = list(arrays_in(record)), list(arrays_in(arrived))
    assert [path for path, _ in before] == [path for path, _ in after]
    for (path, one), (_, other) in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.flags.writeable == other.flags.writeable, path


def test_a_problem_from_another_process_goes_on_bit_for_bit(records):
    problem, step = records["problem"], records["step"]
    arrived = WAYS["pickled"](problem)
    *_, last = dcrviz.assemble(arrived)
    np.testing.assert_array_equal(last.planes, step.planes)


def test_visits_are_prepared_in_another_process():
    exposures = library_exposures("gain-too-high")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        problem = pool.submit(dcrviz.prepare, exposures).result(timeout=120)
    here = dcrviz.prepare(exposures)
    np.testing.assert_array_equal(problem.template.image, here.template.image)

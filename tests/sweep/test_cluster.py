"""A real cluster on this machine: two workers, one of which is killed."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest
from tasks import note, square

from dcrviz.sweep import spread


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler with two worker processes of one thread each."""
    distributed = pytest.importorskip("distributed")
    import dask

    here = str(Path(__file__).parent)
    sys.path.insert(0, here)
    environment = {"PYTHONPATH": os.pathsep.join([here, os.environ.get("PYTHONPATH", "")])}
    quiet = {
        "distributed.admin.tick.limit": "60s",
        "distributed.worker.daemon": True,
        "temporary-directory": str(tmp_path_factory.mktemp("dask")),
    }
    with (
        dask.config.set(quiet),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            host="127.0.0.1",
            env=environment,
            silence_logs=50,
        ) as made,
    ):
        yield made


@pytest.mark.filterwarnings("ignore")
def test_every_task_comes_back_from_the_cluster(cluster):
    found = dict(spread(square, [1, 2, 3, 4], scheduler=cluster.scheduler_address))
    assert found == {1: 1, 2: 4, 3: 9, 4: 16}


@pytest.mark.filterwarnings("ignore")
def test_the_tasks_of_a_killed_worker_run_again(cluster, tmp_path):
    tasks = [(str(tmp_path), number) for number in range(8)]
    found = spread(note, tasks, scheduler=cluster.scheduler_address)
    _, first = next(found)
    victim = next(iter(cluster.workers.values()))
    os.kill(victim.pid, signal.SIGKILL)
    rest = [result for _, result in found]
    assert sorted([first, *rest]) == list(range(8))
    deadline = time.monotonic() + 60
    while len(list(tmp_path.glob("ran_*"))) < 8 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(list(tmp_path.glob("ran_*"))) == 8

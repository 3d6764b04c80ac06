"""A real cluster of two worker processes, one of which may be killed."""

import os
import signal
from contextlib import contextmanager

import dask
import distributed


@contextmanager
def two_workers(folder):
    """The cluster, whose own files go to a folder."""
    with (
        dask.config.set({"temporary-directory": str(folder)}),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            host="127.0.0.1",
            silence_logs=50,
        ) as cluster,
    ):
        yield cluster


def kill_one(cluster):
    """Kill a worker as the system does that runs out of memory."""
    os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)

"""A real cluster in a process of its own: two workers, of which one may be killed.

``python on_cluster.py FOLDER [kill]`` prints the results in order.
"""

import os
import signal
import sys

import dask
import distributed
from tasks import note

from dcrviz.sweep import spread


def main(folder, kill):
    quiet = {"temporary-directory": folder}
    with (
        dask.config.set(quiet),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            host="127.0.0.1",
            silence_logs=50,
        ) as cluster,
    ):
        tasks = [(folder, number) for number in range(8)]
        found = spread(note, tasks, scheduler=cluster.scheduler_address)
        _, first = next(found)
        if kill:
            os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        sys.stdout.write(f"{sorted([first, *(result for _, result in found)])}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:] == ["kill"])

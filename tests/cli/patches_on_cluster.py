"""Patches on a real cluster of two workers, of which one is killed amid its first patch.

``python patches_on_cluster.py FOLDER WORDS...`` runs ``dcrviz assemble WORDS --scheduler ADDRESS``.
"""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import dask
import distributed

from dcrviz.cli import main


def kill_one_at_work(cluster, folder):
    """Kill a worker as soon as a checkpoint is there."""
    while not any(folder.rglob("checkpoint.dcr")):
        time.sleep(0.002)
    os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
    (folder / "killed").write_text("")


def run(folder, words):
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
        threading.Thread(target=kill_one_at_work, args=[cluster, folder], daemon=True).start()
        return main(["assemble", *words, "--scheduler", cluster.scheduler_address])


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), sys.argv[2:]))

"""Patches on a real cluster of two workers, of which one is killed amid its first patch.

``python patches_on_cluster.py FOLDER WORDS...`` runs ``dcrviz assemble WORDS --scheduler ADDRESS``.
"""

import sys
import threading
import time
from pathlib import Path

from two_workers import kill_one, two_workers

from dcrviz.cli import main


def kill_one_at_work(cluster, folder):
    """Kill a worker as soon as a checkpoint is there."""
    while not any(folder.rglob("checkpoint.dcr")):
        time.sleep(0.002)
    kill_one(cluster)
    (folder / "killed").write_text("")


def run(folder, words):
    with two_workers(folder) as cluster:
        threading.Thread(target=kill_one_at_work, args=[cluster, folder], daemon=True).start()
        return main(["assemble", *words, "--scheduler", cluster.scheduler_address])


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), sys.argv[2:]))

"""A real cluster in a process of its own: two workers, of which one is killed at last.

``python on_cluster.py FOLDER`` prints the results in order, first of a healthy cluster.
"""

import sys
from pathlib import Path

from tasks import note
from two_workers import kill_one, two_workers

from dcrviz.sweep import spread


def results(cluster, folder, *, kill):
    folder.mkdir()
    tasks = [(str(folder), number) for number in range(8)]
    found = spread(note, tasks, scheduler=cluster.scheduler_address)
    _, first = next(found)
    if kill:
        kill_one(cluster)
    return sorted([first, *(result for _, result in found)])


def main(folder):
    with two_workers(folder) as cluster:
        for name in ("healthy", "killed"):
            sys.stdout.write(f"{results(cluster, folder / name, kill=name == 'killed')}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

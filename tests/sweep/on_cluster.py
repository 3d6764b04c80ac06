"""A real cluster in a process of its own: two workers, of which one may be killed.

``python on_cluster.py FOLDER [kill]`` prints the results in order.
"""

import sys

from tasks import note
from two_workers import kill_one, two_workers

from dcrviz.sweep import spread


def main(folder, kill):
    with two_workers(folder) as cluster:
        tasks = [(folder, number) for number in range(8)]
        found = spread(note, tasks, scheduler=cluster.scheduler_address)
        _, first = next(found)
        if kill:
            kill_one(cluster)
        sys.stdout.write(f"{sorted([first, *(result for _, result in found)])}\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:] == ["kill"])

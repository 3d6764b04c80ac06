"""A real cluster in a process of its own: three workers, of which two are killed at work.

``python on_cluster.py FOLDER WORDS...`` prints the results of tasks in order, first of a healthy
cluster, and then runs ``dcrviz assemble WORDS --scheduler ADDRESS``.
"""

import asyncio
import multiprocessing
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import distributed
from tasks import note

from dcrviz.cli import main
from dcrviz.sweep import spread

# Of `logging`: only what is worse than an error is said.
SILENT = 50


async def _work(address, folder):
    async with distributed.Worker(
        address, nthreads=1, dashboard=False, local_directory=folder, silence_logs=SILENT
    ) as worker:
        await worker.finished()


def work(address, folder):
    """Do what the scheduler asks for, until it ends."""
    asyncio.run(_work(address, folder))


@contextmanager
def three_workers(folder):
    """The address of their scheduler; their own files go to a folder.

    They begin as those on this machine's cores do, as forks of a process that has imported what
    they need: each would take longer to import it than to work.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["distributed", "tasks", "dcrviz.cli.patches"])
    with distributed.LocalCluster(
        n_workers=0, dashboard_address=None, host="127.0.0.1", silence_logs=SILENT
    ) as cluster:
        address = cluster.scheduler_address
        workers = [context.Process(target=work, args=[address, folder]) for _ in range(3)]
        for worker in workers:
            worker.start()
        cluster.wait_for_workers(len(workers))
        yield address
    for worker in workers:
        worker.join()


def kill_one():
    """Kill a worker as the system does that runs out of memory."""
    multiprocessing.active_children()[0].kill()


def results(scheduler, folder, *, kill):
    folder.mkdir()
    tasks = [(str(folder), number) for number in range(8)]
    found = spread(note, tasks, scheduler=scheduler)
    _, first = next(found)
    if kill:
        kill_one()
    return sorted([first, *(result for _, result in found)])


def kill_one_at_work(folder):
    """Kill a worker as soon as a checkpoint is there."""
    while not any(folder.rglob("checkpoint.dcr")):
        time.sleep(0.002)
    kill_one()
    (folder / "killed_at_work").write_text("")


def run(folder, words):
    with three_workers(folder) as scheduler:
        for name in ("healthy", "killed"):
            sys.stdout.write(f"{results(scheduler, folder / name, kill=name == 'killed')}\n")
        threading.Thread(target=kill_one_at_work, args=[folder], daemon=True).start()
        return main(["assemble", *words, "--scheduler", scheduler])


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), sys.argv[2:]))

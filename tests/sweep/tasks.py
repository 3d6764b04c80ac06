"""Tasks that worker processes can import."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path


def square(number):
    return number * number


def refuse(number):
    raise ValueError(f"{number} is refused")


def die_once(task):
    """Kill the worker at the first try of a task that says so; the second finds its mark."""
    folder, number = task
    mark = Path(folder) / f"died_{number}"
    if number == 2 and not mark.exists():
        mark.write_text("")
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die(_):
    os.kill(os.getpid(), signal.SIGKILL)


def note(task):
    folder, number = task
    time.sleep(0.3)
    (Path(folder) / f"ran_{number}").write_text("")
    return number


def linger(task):
    """Say that it has begun, and at its end, however that comes, that it has tidied up."""
    folder, number = task
    (Path(folder) / f"began_{number}").write_text(str(os.getpid()))
    try:
        time.sleep(60)
    finally:
        (Path(folder) / f"tidied_{number}").write_text("")


def stubborn(task):
    """Go on whatever happens."""
    folder, number = task
    (Path(folder) / f"began_{number}").write_text(str(os.getpid()))
    while True:
        with suppress(KeyboardInterrupt):
            time.sleep(60)


def own_number(_):
    return os.getpid()

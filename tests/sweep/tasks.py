"""Tasks that worker processes can import."""

import os
import signal
import time
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

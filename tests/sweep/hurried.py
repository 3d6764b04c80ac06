"""A task whose import in the server of the forks meets Ctrl-C, as from a terminal: all get it."""

import os
import signal
import sys

# No other process that imports this is told what to do in words.
if sys.argv[0] == "-c":
    for process in (os.getpid(), os.getppid()):
        os.kill(process, signal.SIGINT)


def same(task):
    return task

"""Threads in the background end before the interpreter does, whatever they are doing."""

import subprocess
import sys

import pytest

BUSY = """
import threading
from scipy import fft
import numpy as np
from dcrviz.background import BackgroundThread

started = threading.Event()

def work():
    image = np.ones((512, 512), np.float32)
    try:
        while True:
            fft.fft2(image, workers=2)
            started.set()
    finally:
        print("ended", flush=True)

BackgroundThread(work, name="busy").start()
started.wait()
"""
IDLE = """
import time
from dcrviz.worker import Worker

worker = Worker()
time.sleep(0.1)
from dcrviz.background import end_all
before = time.monotonic()
end_all(30)
assert time.monotonic() - before < 30
print("ended")
"""
DESTROYING = """
import threading
import time
from dcrviz.background import BackgroundThread

started = threading.Event()

class Slow:
    def __del__(self):
        started.set()
        for _ in range(100):
            time.sleep(0.01)

def work():
    try:
        Slow()
        while True:
            time.sleep(0.01)
    finally:
        print("ended", flush=True)

BackgroundThread(work, name="destroying").start()
started.wait()
"""
# An interrupt that meets a loop as it gives its arrays becomes an error of another kind.
COMPILED = """
import threading
import numpy as np
from numba import njit
from dcrviz.background import BackgroundThread

@njit(nogil=True)
def roots(number):
    total = np.zeros(1)
    for index in range(number):
        total[0] += index**0.5
    return total, total

started = threading.Event()

def work():
    roots(1)
    try:
        while True:
            started.set()
            roots(20_000_000)
    finally:
        print("ended", flush=True)

BackgroundThread(work, name="compiled").start()
started.wait()
"""
# As on a busy machine: the interpreter is taken apart only after the loop.
LONG = COMPILED.replace("20_000_000", "800_000_000")
OTHER_FAULT = """
from dcrviz.background import BackgroundThread

def work():
    raise SystemError("of its own")

thread = BackgroundThread(work, name="faulty")
thread.start()
thread.join()
"""


@pytest.mark.parametrize("code", [BUSY, IDLE, DESTROYING, COMPILED, LONG])
def test_a_process_ends_without_a_word_once_its_threads_have(code):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "ended\n", "")


def test_a_fault_of_a_threads_own_is_told():
    done = subprocess.run(
        [sys.executable, "-c", OTHER_FAULT], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr.endswith("SystemError: of its own\n")

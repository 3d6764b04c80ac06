"""Threads in the background end before the interpreter does, whatever they are doing."""

import subprocess
import sys

import pytest

BUSY = """
import threading
from scipy import fft
import numpy as np
from dcrviz.background import BackgroundThread
from dcrviz.kernels.pool import run_all

started = threading.Event()

def work():
    image = np.ones((512, 512), np.float32)
    try:
        while True:
            run_all([lambda: fft.fft2(image, workers=2)] * 4, threads=2)
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
from dcrviz.background import BackgroundThread, end_if_asked

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
            end_if_asked()
            time.sleep(0.01)
    finally:
        print("ended", flush=True)

BackgroundThread(work, name="destroying").start()
started.wait()
"""
# As on a busy machine: the interpreter is taken apart only after the loop.
COMPILED = """
import threading
import numpy as np
from numba import njit
from dcrviz.background import BackgroundThread, end_if_asked

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
            end_if_asked()
            started.set()
            roots(200_000_000)
    finally:
        print("ended", flush=True)

BackgroundThread(work, name="compiled").start()
started.wait()
"""
# An exception raised from without would leave halves of what a compiler disposes of.
AMID_LINES = """
import threading
import time
from dcrviz.background import BackgroundThread, end_if_asked

started = threading.Event()

def work():
    started.set()
    for _ in range(100):
        time.sleep(0.01)
    print("ended", flush=True)
    end_if_asked()
    print("never", flush=True)

BackgroundThread(work, name="amid lines").start()
started.wait()
"""
# A fit of each solver asks by itself, sooner or later; what is not in the background goes on.
FITS = """
import threading
import dcrviz
from dcrviz.background import BackgroundThread, end_all
from dcrviz.engine import advance, first_step, prepare
from dcrviz.kernels.pool import run_all
from dcrviz.simulate import random_scene, read_conditions, simulate_exposures

scene = random_scene(1, shape=(40, 40), n_stars=3, n_galaxies=0, n_quasars=0)
exposures = simulate_exposures(scene, read_conditions("hits2015")[:3], seed=1)

def work(solver, started):
    problem = prepare(exposures, dcrviz.AssembleConfig(solver=solver))
    start = first_step(problem)
    while True:
        advance(problem, start)
        started.set()

for solver in ("iterative", "anderson", "direct", "pcg"):
    started = threading.Event()
    thread = BackgroundThread(lambda: work(solver, started), name=solver)
    thread.start()
    started.wait()
end_all()
print(run_all([lambda: "ended"], threads=1)[0])
"""
OTHER_FAULT = """
from dcrviz.background import BackgroundThread

def work():
    raise SystemError("of its own")

thread = BackgroundThread(work, name="faulty")
thread.start()
thread.join()
"""


@pytest.mark.parametrize("code", [BUSY, IDLE, DESTROYING, COMPILED, AMID_LINES, FITS])
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

"""An install into which nothing can be written, for an account that has no home."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Tells the kind of cache of every loop that is not a part of others, and calls one of them.
LOOPS = """
import importlib, pkgutil, numpy
from numba.core.dispatcher import Dispatcher
import dcrviz.kernels

for found in pkgutil.iter_modules(dcrviz.kernels.__path__, "dcrviz.kernels."):
    for loop in vars(importlib.import_module(found.name)).values():
        if isinstance(loop, Dispatcher) and not loop.targetoptions.get("forceinline"):
            print(type(loop._cache).__name__)
grown = dcrviz.kernels.grow_flags(numpy.eye(3, dtype=bool), 1)
print(grown.sum(), type(dcrviz.kernels.flags._grow).__name__)
"""
SOLVERS = """
import dcrviz
from dcrviz.simulate import Scene, Source, blackbody, read_conditions, simulate_exposures

star = Source(x=6, y=5, flux=4e4, spectrum=blackbody(6000))
scene = Scene(sources=(star,), band=dcrviz.Band.lsst("g"), shape=(10, 11))
exposures = simulate_exposures(scene, read_conditions("hits2015")[:2], seed=1)
quick = dcrviz.AssembleConfig(n_subfilters=2, max_iterations=1, interpolation_order=1)
quick = quick.with_values(wavelengths_per_subfilter=2, fit_seeing="off")
for solver in dcrviz.AssembleConfig.param.solver.objects:
    config = quick.with_values(solver=solver)
    *_, last = dcrviz.assemble(dcrviz.prepare(exposures, config))
    print(solver, last.outcome.name)
"""


@pytest.fixture
def said(tmp_path):
    """What code prints, line by line, where no cache can be made, not even by those whom
    permissions do not stop.

    Files lie where folders would have to be: beside the source, in the home, and where numba is
    told to write.
    """
    install = tmp_path / "install"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "dcrviz", install / "dcrviz", ignore=ignore)
    shutil.copytree(ROOT / "assets", install / "dcrviz" / "assets", ignore=ignore)
    for folder in install.rglob("*"):
        if folder.is_dir() and any(folder.glob("*.py")):
            (folder / "__pycache__").touch()
    home = tmp_path / "home"
    home.touch()
    paths = {
        "PYTHONPATH": str(install),
        "HOME": str(home),
        "NUMBA_CACHE_DIR": str(home / "numba"),
    }
    inherited = {key: value for key, value in os.environ.items() if key != "XDG_CACHE_HOME"}

    def say(code, **changed):
        done = subprocess.run(
            [sys.executable, "-c", f"import dcrviz\nprint(dcrviz.__file__)\n{code}"],
            capture_output=True,
            text=True,
            check=False,
            env=inherited | paths | changed,
            cwd=tmp_path,
        )
        assert (done.returncode, done.stderr) == (0, "")
        file, *lines = done.stdout.splitlines()
        assert file.startswith(str(install))
        return lines

    return say


def test_without_a_place_for_machine_code_loops_are_compiled_all_the_same(said):
    *caches, called = said(LOOPS)
    assert len(caches) > 20
    assert set(caches) == {"NullCache"}
    assert called == "7 CPUDispatcher"


def test_where_nothing_can_be_written_every_solver_works(said):
    # Whether they are compiled or not, loops write nothing: here they are not, as that takes long.
    endings = said(SOLVERS, NUMBA_DISABLE_JIT="1")
    assert [ending.split()[0] for ending in endings] == ["iterative", "anderson", "direct", "pcg"]

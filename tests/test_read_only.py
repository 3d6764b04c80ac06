"""An install into which nothing can be written, for an account that has no home."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# A field on which compiling is all that takes time.
CODE = """
import sys
import dcrviz
from dcrviz.kernels import spline
from dcrviz.simulate import random_scene, read_conditions, simulate_exposures

assert dcrviz.__file__.startswith(sys.argv[1]), dcrviz.__file__
print(type(spline._cubic_rows._cache).__name__)
scene = random_scene(1, shape=(40, 40), n_stars=3, n_galaxies=0, n_quasars=0)
exposures = simulate_exposures(scene, read_conditions("hits2015")[:3], seed=1)
for solver in dcrviz.AssembleConfig.param.solver.objects:
    config = dcrviz.AssembleConfig(solver=solver, n_subfilters=2, max_iterations=1)
    *_, last = dcrviz.assemble(dcrviz.prepare(exposures, config))
    print(solver, last.outcome.name)
"""


@pytest.fixture
def read_only(tmp_path):
    """The package where no cache can be made, not even by those whom permissions do not stop.

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
    changed = {
        "PYTHONPATH": str(install),
        "HOME": str(home),
        "NUMBA_CACHE_DIR": str(home / "numba"),
        # Compiled plainly, which takes half as long.
        "NUMBA_OPT": "0",
    }
    environment = {key: value for key, value in os.environ.items() if key != "XDG_CACHE_HOME"}
    return install, environment | changed


def test_without_a_place_for_machine_code_every_solver_works(read_only, tmp_path):
    install, environment = read_only
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(install)],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stderr) == (0, "")
    cache, *endings = done.stdout.splitlines()
    assert cache == "NullCache"
    assert [ending.split()[0] for ending in endings] == ["iterative", "anderson", "direct", "pcg"]

"""A real cluster on this machine: two workers, one of which is killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def test_every_task_is_done_and_comes_back_even_if_a_worker_is_killed(tmp_path):
    pytest.importorskip("distributed")
    # Workers import the tasks by name.
    paths = [str(HERE), str(HERE.parents[1]), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, str(HERE / "on_cluster.py"), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.stdout == 2 * "[0, 1, 2, 3, 4, 5, 6, 7]\n", done.stderr
    for name in ("healthy", "killed"):
        assert len(list((tmp_path / name).glob("ran_*"))) == 8

"""A run that is killed goes on from its checkpoint, and ends with the same files."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dcrviz.runs.checkpoint import NAME

PATIENCE_S = 120
KILLED = """
import os, signal
from dcrviz.runs.checkpoint import Checkpoint

kept, keep = [], Checkpoint.keep

def keep_and_die(checkpoint, progress):
    keep(checkpoint, progress)
    kept.append(progress)
    if len(kept) == 4:
        os.kill(os.getpid(), signal.SIGKILL)

Checkpoint.keep = keep_and_die
from dcrviz.cli import command
command()
"""
RUNS = {
    "iterative": ["solver=iterative", "subregion_mode=seamless"],
    "tiles": ["solver=iterative", "subregion_mode=sequential", "subregion_size=30,30"],
    "anderson": ["solver=anderson", "max_iterations=12", "convergence_threshold=0"],
    "pcg": ["solver=pcg", "tolerance=1e-7", "positivity=true"],
}


def words(simulated, out, knobs):
    return ["assemble", str(simulated), "--out", str(out), "--set", *knobs]


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def killed(arguments, out):
    """Run the command in a process that is killed after its fourth checkpoint."""
    process = subprocess.run(
        [sys.executable, "-c", KILLED, *arguments, "--checkpoint-every", "0", "--quiet"],
        check=False,
        timeout=PATIENCE_S,
    )
    assert process.returncode == -signal.SIGKILL
    assert [path.name for path in out.iterdir()] == [NAME]


@pytest.mark.parametrize("knobs", RUNS.values(), ids=RUNS)
def test_a_killed_run_goes_on_and_writes_the_same_files_bit_for_bit(
    simulated, tmp_path, run, knobs
):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert run(*words(simulated, whole, knobs)).code == 0
    killed(words(simulated, parts, knobs), parts)
    ended = run(*words(simulated, parts, knobs), "--resume")
    assert "The run goes on from step" in ended.err
    assert contents(parts) == contents(whole)


@pytest.fixture(scope="module")
def kept(simulated, tmp_path_factory):
    """What a killed run leaves; not to be changed."""
    out = tmp_path_factory.mktemp("killed") / "out"
    killed(words(simulated, out, RUNS["iterative"]), out)
    return out


@pytest.fixture
def left(kept, tmp_path):
    """A copy of it, from which a test may go on."""
    return Path(shutil.copytree(kept, tmp_path / "out"))


def test_a_checkpoint_of_other_knobs_is_refused_in_words(simulated, left, run):
    knobs = [*RUNS["iterative"], "n_subfilters=2"]
    ended = run(*words(simulated, left, knobs), "--resume")
    assert ended.code == 2
    assert f"{left / NAME}: must be of this run to go on from; it differs in" in ended.err
    assert "knob n_subfilters" in ended.err


def test_a_checkpoint_of_other_files_is_refused_in_words(warps, left, run):
    ended = run(*words(warps[0].parent, left, RUNS["iterative"]), "--resume")
    assert ended.code == 2
    assert f"file {warps[0]}" in ended.err


def test_a_damaged_checkpoint_is_refused_in_words(simulated, left, run):
    content = bytearray((left / NAME).read_bytes())
    content[len(content) // 2] ^= 1
    (left / NAME).write_bytes(content)
    ended = run(*words(simulated, left, RUNS["iterative"]), "--resume")
    assert ended.code == 2
    assert "must be as it was written; its checksum is that of another" in ended.err


def test_without_resume_the_run_begins_anew_and_leaves_no_checkpoint(simulated, left, run, fitted):
    knobs = ["n_subfilters=3"]
    assert run(*words(simulated, left, knobs)).code == 0
    assert contents(left) == contents(fitted)


def test_resume_without_a_checkpoint_begins_anew(simulated, tmp_path, run, fitted):
    assert run(*words(simulated, tmp_path, ["n_subfilters=3"]), "--resume").code == 0
    assert contents(tmp_path) == contents(fitted)

"""A run that is killed goes on from its checkpoint, and ends with the same files."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dcrviz.runs.checkpoint import NAME

PATIENCE_S = 120
# Commands, each in a process that is killed after its fourth checkpoint: forks of one that has
# imported what they need, which takes longer than all of them.
KILLED = """
import json, os, signal, sys
from dcrviz.cli import main, patches
from dcrviz.runs.checkpoint import Checkpoint

kept, keep = [], Checkpoint.keep

def keep_and_die(checkpoint, progress):
    keep(checkpoint, progress)
    kept.append(progress)
    if len(kept) == 4:
        os.kill(os.getpid(), signal.SIGKILL)

Checkpoint.keep = keep_and_die
for words in json.loads(sys.argv[1]):
    if not (child := os.fork()):
        os._exit(main(words))
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status))
"""
RUNS = {
    "iterative": ["solver=iterative", "subregion_mode=seamless"],
    "tiles": ["solver=iterative", "subregion_mode=sequential", "subregion_size=30,30"],
    "anderson": ["solver=anderson", "max_iterations=12", "convergence_threshold=0"],
    "pcg": ["solver=pcg", "tolerance=1e-4", "positivity=true"],
}


def words(simulated, out, knobs):
    return ["assemble", str(simulated), "--out", str(out), "--set", *knobs]


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def killed(simulated, tmp_path_factory):
    """What killed runs leave, by their names; not to be changed."""
    folder = tmp_path_factory.mktemp("killed")
    often = ["--checkpoint-every", "0", "--quiet"]
    commands = [[*words(simulated, folder / name, RUNS[name]), *often] for name in RUNS]
    process = subprocess.run(
        [sys.executable, "-c", KILLED, json.dumps(commands)],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert process.stdout.split() == [str(-signal.SIGKILL)] * len(RUNS)
    for name in RUNS:
        assert [path.name for path in (folder / name).iterdir()] == [NAME]
    return folder


@pytest.mark.parametrize("name", RUNS)
def test_a_killed_run_goes_on_and_writes_the_same_files_bit_for_bit(
    simulated, killed, tmp_path, run, name
):
    whole, parts, knobs = tmp_path / "whole", tmp_path / "parts", RUNS[name]
    shutil.copytree(killed / name, parts)
    assert run(*words(simulated, whole, knobs)).code == 0
    ended = run(*words(simulated, parts, knobs), "--resume")
    assert "The run goes on from step" in ended.err
    assert contents(parts) == contents(whole)


@pytest.fixture
def left(killed, tmp_path):
    """A copy of what one of them leaves, from which a test may go on."""
    return Path(shutil.copytree(killed / "iterative", tmp_path / "out"))


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

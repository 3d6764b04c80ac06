"""A run that is killed goes on from its checkpoint, and ends with the same files."""

import signal
import subprocess
import sys
import time

import pytest

from dcrviz.runs.checkpoint import NAME

PATIENCE_S = 120
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


def killed_amid(arguments, out):
    """Start the command and kill it once it has written a second checkpoint."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dcrviz.cli", *arguments, "--checkpoint-every", "0", "--quiet"]
    )
    deadline, seen = time.monotonic() + PATIENCE_S, set()
    while len(seen) < 3:
        assert process.poll() is None, "it has ended before it was killed"
        assert time.monotonic() < deadline
        if (out / NAME).exists():
            seen.add((out / NAME).stat().st_ino)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert not list(out.glob("*.fits"))


@pytest.mark.parametrize("knobs", RUNS.values(), ids=RUNS)
def test_a_killed_run_goes_on_and_writes_the_same_files_bit_for_bit(
    simulated, tmp_path, run, knobs
):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert run(*words(simulated, whole, knobs)).code == 0
    killed_amid(words(simulated, parts, knobs), parts)
    ended = run(*words(simulated, parts, knobs), "--resume")
    assert "The run goes on from step" in ended.err
    assert contents(parts) == contents(whole)

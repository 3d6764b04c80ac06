"""Many patches by one command: each as a command of its own would fit it."""

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from astropy.io import fits

from dcrviz import rooms

TESTS = Path(__file__).parents[1]
FAST = ["--set", "n_subfilters=2", "max_iterations=2", "min_iterations=1"]


@pytest.fixture
def patches(simulated, tmp_path):
    """Two patches: all of the visits, and all but one."""
    folders = [tmp_path / name for name in ("one", "two")]
    for number, folder in enumerate(folders):
        folder.mkdir()
        for path in sorted(simulated.glob("warp_*.fits"))[number:]:
            shutil.copy(path, folder)
    return folders


def products(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def alone(run, tmp_path):
    """The products of a patch fitted by a command of its own, with one thread."""

    def assemble(patch):
        out = tmp_path / "alone" / patch.name
        assert run("assemble", patch, "--out", out, *FAST, "n_threads=1").code == 0
        return products(out)

    return assemble


def test_each_patch_is_fitted_as_by_a_command_of_its_own(patches, tmp_path, run, alone):
    out = tmp_path / "out"
    assert run("assemble", "--patches", *patches, "--out", out, *FAST, "--workers", 2).code == 0
    assert sorted(path.name for path in out.iterdir()) == ["one", "patches.json", "two"]
    for patch in patches:
        assert products(out / patch.name) == alone(patch)


def test_warnings_name_the_patch(patches, tmp_path):
    words = ["assemble", "--patches", *patches, "--out", tmp_path / "out", *FAST, "--workers", "1"]
    ended = subprocess.run(
        [sys.executable, "-m", "dcrviz.cli", *words, "--quiet"], capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    warned = [line for line in ended.stderr.splitlines() if line.startswith("WARNING ")]
    assert {line.split()[1] for line in warned} == {"one:", "two:"}


def test_a_patch_that_is_refused_is_named_and_fitted_once_it_is_mended(patches, tmp_path, run):
    spoilt = next(iter(sorted(patches[0].iterdir())))
    fits.setval(spoilt, "FILTER", value="r")
    out = tmp_path / "out"
    words = ["assemble", "--patches", *patches, "--out", out, *FAST, "--workers", 1]
    ended = run(*words)
    assert ended.code == 2
    assert "1 of 2 patches: one: " in ended.err
    assert "all visits must be in one band" in ended.err
    assert sorted(path.name for path in out.iterdir()) == ["patches.json", "two"]
    before = (out / "two" / "coadd.fits").stat().st_mtime_ns
    fits.setval(spoilt, "FILTER", value="g")
    ended = run(*words, "--resume")
    assert ended.code == 0
    assert "1 of 2 patches are done already" in ended.err
    assert (out / "two" / "coadd.fits").stat().st_mtime_ns == before
    assert (out / "one" / "coadd.fits").exists()
    assert sorted(json.loads((out / "patches.json").read_text())["patches"]) == ["one", "two"]


def test_patches_of_one_name_are_refused(simulated, tmp_path, refused):
    words = ["--out", tmp_path / "out"]
    line = refused("assemble", "--patches", simulated, simulated, *words)
    assert "patches must have names of their own" in line


def test_the_folder_above_is_a_patch_by_its_own_name(patches, tmp_path, run, monkeypatch):
    inside = patches[0] / "inside"
    inside.mkdir()
    monkeypatch.chdir(inside)
    out = tmp_path / "out"
    assert run("assemble", "--patches", "..", "--out", out, *FAST, "--workers", 1).code == 0
    assert sorted(path.name for path in out.iterdir()) == ["one", "patches.json"]


def test_a_patch_at_which_the_program_fails_is_refused_by_itself(monkeypatch):
    def fail(_):
        raise IndexError("list index out of range")

    module = importlib.import_module("dcrviz.cli.patches")
    monkeypatch.setattr(module, "assemble_patch", fail)
    end = module.run_patch(module.Patch(name="one", options={}))
    assert end.refusal == "IndexError: list index out of range"


def test_a_worker_hands_the_memory_of_its_patch_back(monkeypatch):
    module = importlib.import_module("dcrviz.cli.patches")
    monkeypatch.setattr(rooms, "_LEAST_BYTES", 0)
    kept = []

    def fit(_options):
        rooms.fresh(300, 500)
        kept.append(rooms._store.held_bytes)
        raise ValueError("enough")

    monkeypatch.setattr(module, "assemble_patch", fit)
    assert module.run_patch(module.Patch(name="one", options={})).refusal == "enough"
    assert kept[0] > 0
    assert rooms._store.held_bytes == 0


def test_a_scheduler_without_patches_is_refused(simulated, tmp_path, refused):
    words = ["--out", tmp_path / "out", "--scheduler", "tcp://127.0.0.1:9"]
    assert "--scheduler is for several patches" in refused("assemble", simulated, *words)


def test_a_cluster_that_loses_workers_does_every_task_and_writes_the_same_files(
    patches, tmp_path, alone
):
    pytest.importorskip("distributed")
    on = tmp_path / "on"
    out = on / "out"
    out.mkdir(parents=True)
    words = [*patches, "--patches", "--out", out, *FAST, "--checkpoint-every", "0"]
    paths = [str(TESTS / "sweep"), str(TESTS.parent)]
    done = subprocess.run(
        [sys.executable, TESTS / "sweep" / "on_cluster.py", on, *words],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, 2 * "[0, 1, 2, 3, 4, 5, 6, 7]\n"), done.stderr
    for name in ("healthy", "killed"):
        assert len(list((on / name).glob("ran_*"))) == 8
    assert (on / "killed_at_work").exists()
    for patch in patches:
        assert products(out / patch.name) == alone(patch)

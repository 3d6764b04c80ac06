"""A small simulated field, and the command run in this process."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from astropy.io import fits

from dcrviz.cli import main

FAST = ("--set", "n_subfilters=2", "max_iterations=1", "min_iterations=1")


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def simulated(tmp_path_factory):
    """Five visits of 48 x 48 pixels; not to be changed."""
    folder = tmp_path_factory.mktemp("simulated")
    words = ("--size", "48", "--visits", "5", "--seed", "3", "--quiet")
    assert main(["simulate", str(folder), *words]) == 0
    return folder


@pytest.fixture(scope="session")
def fitted(simulated, tmp_path_factory):
    """What a whole run with the default knobs wrote; not to be changed."""
    folder = tmp_path_factory.mktemp("fitted") / "out"
    assert main(["assemble", str(simulated), "--out", str(folder), "--quiet"]) == 0
    return folder


@pytest.fixture
def warps(simulated, tmp_path):
    """Paths of copies of the visits, which a test may spoil."""
    folder = tmp_path / "warps"
    folder.mkdir()
    return [Path(shutil.copy(path, folder)) for path in sorted(simulated.glob("warp_*.fits"))]


@pytest.fixture
def run(capsys):
    """Runs the command in this process."""

    def run(*words):
        capsys.readouterr()
        code = main([str(word) for word in words])
        captured = capsys.readouterr()
        return Ended(code, captured.out, captured.err)

    return run


@pytest.fixture
def assembled(run, tmp_path):
    """Assembles in few iterations, without an error; gives what was said."""

    def assemble(*words):
        ended = run("assemble", *words, "--out", tmp_path / "out", *FAST)
        assert ended.code == 0, ended.err
        return ended

    return assemble


def contents(folder):
    """Every file and directory below a folder, with the bytes of the files."""
    return {
        path.relative_to(folder): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


@pytest.fixture
def refused(run, tmp_path):
    """Runs a command that must fail without a trace; gives the one line that it said."""

    def refuse(*words):
        before = contents(tmp_path)
        ended = run(*words)
        assert ended.code == 2
        assert ended.out == ""
        assert ended.err.startswith("dcrviz: error: ")
        assert ended.err.count("\n") == 1
        assert ended.err.endswith("\n")
        assert contents(tmp_path) == before
        return ended.err

    return refuse


@pytest.fixture
def not_assembled(refused, tmp_path):
    """The line that `dcrviz assemble` refuses its input with."""
    return lambda *words: refused("assemble", *words, "--out", tmp_path / "out" / "deep")


@pytest.fixture(scope="session")
def rewrite():
    """Applies a function to the HDUs of a file."""

    def apply(path, change):
        with fits.open(path, memmap=False) as hdus:
            for hdu in hdus:
                hdu.data  # noqa: B018 - read before the file is replaced
            change(hdus)
            hdus.writeto(path, overwrite=True)

    return apply


@pytest.fixture(scope="session")
def set_keys(rewrite):
    """Sets or, with None, deletes keys of the primary header; an underscore stands for a hyphen."""

    def apply(path, **keys):
        def change(hdus):
            for name, value in keys.items():
                key = name.replace("_", "-")
                if value is None:
                    del hdus[0].header[key]
                else:
                    hdus[0].header[key if len(key) <= 8 else f"HIERARCH {key}"] = value

        rewrite(path, change)

    return apply

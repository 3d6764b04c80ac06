"""A disk that is full: a sentence with the path, and no half-written product."""

import shutil
import subprocess
import sys

import pytest

# Between what the visits take as scratch files, and what a coadd takes.
SCRATCH_FITS = 60_000
NOTHING_FITS = 20_000
LIMITED = """
import resource, sys

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.argv[1:] = sys.argv[2:]
from dcrviz.cli import command
command()
"""


def ended(*words):
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False, timeout=240
    )
    return done.returncode, done.stdout, done.stderr.splitlines()[-1]


@pytest.mark.usefixtures("fitted")  # Its loops are compiled: their cache has no room here.
@pytest.mark.parametrize(
    ("limit", "told"),
    [
        (SCRATCH_FITS, "dcrCoadd_0.fits: can't be written; got [Errno 27] File too large"),
        (NOTHING_FITS, "out: must have room for 0.0461 MB of scratch files; got [Errno 27]"),
    ],
)
def test_a_file_that_may_not_grow_is_named(simulated, tmp_path, limit, told):
    words = ["assemble", simulated, "--out", tmp_path / "out", "--quiet"]
    code, _, line = ended(sys.executable, "-c", LIMITED, limit, *words)
    assert code == 2
    assert told in line
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_for_the_products_keeps_those_of_an_earlier_run(
    simulated, fitted, tmp_path
):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = f"mount -t tmpfs -o size=700k tmpfs {disk}"
    if (
        not shutil.which("unshare")
        or subprocess.run(
            ["unshare", "-m", "sh", "-c", mounted], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("needs the right to mount a file system")
    out = disk / "out"
    fit = f"{sys.executable} -m dcrviz.cli assemble {simulated} --out {out} --quiet"
    same = f"diff -r {fitted} {out} && echo the same"
    script = f"{mounted} && cp -r {fitted} {out} && {fit}; code=$?; {same}; exit $code"
    code, said, line = ended("unshare", "-m", "sh", "-c", script)
    assert code == 2
    assert "can't be written; got" in line
    assert str(out / "dcrCoadd_0.fits") in line
    assert said == "the same\n"

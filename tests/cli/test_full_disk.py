"""A disk that is full: a sentence with the path, and no half-written product."""

import shutil
import subprocess
import sys

import pytest

# Between what the visits take as scratch files, and what a coadd takes; and below both.
SCRATCH_FITS = 60_000
NOTHING_FITS = 20_000
# One command under two limits: a process takes longer to begin than to fit.
LIMITED = f"""
import os, resource, sys
from dcrviz.cli import main

visits, folder = sys.argv[1:]
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
for limit in ({SCRATCH_FITS}, {NOTHING_FITS}):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, most))
    code = main(["assemble", visits, "--out", folder + "/out", "--quiet"])
    print(code, os.listdir(folder))
sys.exit(code)
"""


def ended(*words):
    """Exit code, standard output, and what is told as an error."""
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False, timeout=240
    )
    lines = done.stderr.splitlines()
    return done.returncode, done.stdout, [line for line in lines if "error: " in line]


@pytest.mark.usefixtures("fitted")  # Its loops are compiled: their cache has no room here.
def test_a_file_that_may_not_grow_is_named(simulated, tmp_path):
    code, said, told = ended(sys.executable, "-c", LIMITED, simulated, tmp_path)
    # Nothing is left in the folder.
    assert (code, said) == (2, "2 []\n2 []\n")
    product, scratch = told
    assert "dcrCoadd_0.fits: can't be written; got [Errno 27] File too large" in product
    assert "out: must have room for 0.0461 MB of scratch files; got [Errno 27]" in scratch


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
    code, said, (line,) = ended("unshare", "-m", "sh", "-c", script)
    assert code == 2
    assert "can't be written; got" in line
    assert str(out / "dcrCoadd_0.fits") in line
    assert said == "the same\n"

"""The wheel holds everything, and works where there is no checkout."""

import importlib.metadata
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = ("dcrviz", "assets", "pyproject.toml", "README.md", "LICENSE")
ADDRESS = re.compile(r"dcrviz explorer at (http://localhost:\d+) \(Ctrl-C ends it\)\n")
# Two commands by one process, which takes longer to begin than to run them.
RUN = """
import sys, dcrviz
from dcrviz.cli import main

field = dcrviz.bundled("field")
print(dcrviz.__file__, field)
fast = ["--set", "max_iterations=1", "min_iterations=1"]
fitted = main(["assemble", str(field), "--out", "out", *fast])
words = ["--size", "48", "--visits", "2", "--conditions", "hits2015"]
sys.exit(fitted or main(["simulate", "sky", *words]))
"""


def isolation():
    """Build with the setuptools at hand if it will do, so that nothing is downloaded."""
    (needed,) = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    try:
        found = importlib.metadata.version("setuptools")
    except importlib.metadata.PackageNotFoundError:
        return []
    oldest = int(re.fullmatch(r"setuptools>=(\d+)", needed)[1])
    return ["--no-build-isolation"] if int(found.split(".")[0]) >= oldest else []


def pip(*words):
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *words]
    done = subprocess.run([str(word) for word in command], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def bring_machine_code(target):
    """Spare the installed loops the compilation that those of the checkout have had.

    numba knows its code by the time and size of the source.
    """
    for source in (ROOT / "dcrviz" / "kernels").glob("*.py"):
        shutil.copystat(source, target / "dcrviz" / "kernels" / source.name)
    cache = target / "dcrviz" / "kernels" / "__pycache__"
    cache.mkdir(exist_ok=True)
    for code in (ROOT / "dcrviz" / "kernels" / "__pycache__").glob("*.nb[ci]"):
        shutil.copy(code, cache)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy, as building leaves a folder behind."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "checkout"
    copy.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy)
    pip("wheel", "--no-deps", *isolation(), "--wheel-dir", folder, copy)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Environment and folder of processes that find the installed package and no checkout."""
    target = tmp_path_factory.mktemp("target")
    pip("install", "--no-deps", "--no-index", "--target", target, wheel)
    bring_machine_code(target)
    environment = {**os.environ, "PYTHONPATH": str(target)}
    return {"env": environment, "cwd": tmp_path_factory.mktemp("elsewhere"), "text": True}


def wanted():
    """Path in the wheel of every file of the checkout that a user may need."""
    files = [
        path
        for path in (ROOT / "dcrviz").rglob("*")
        if path.suffix in (".py", ".js", ".css") or path.name == "py.typed"
    ]
    assets = [path for path in (ROOT / "assets").rglob("*") if path.is_file()]
    return {path.relative_to(ROOT).as_posix() for path in files} | {
        f"dcrviz/{path.relative_to(ROOT).as_posix()}"
        for path in assets
        if "__pycache__" not in path.parts
    }


def test_every_module_script_and_asset_of_the_checkout_is_in_the_wheel(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    assert wanted() - held == set()


def test_nothing_else_of_the_checkout_is_in_the_wheel(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held - wanted() == set()


def test_the_installed_package_assembles_its_bundled_field_and_finds_its_conditions(installed):
    done = subprocess.run(
        [sys.executable, "-c", RUN], capture_output=True, check=False, **installed
    )
    assert done.returncode == 0, done.stderr
    package = Path(installed["env"]["PYTHONPATH"]) / "dcrviz"
    assert done.stdout.startswith(f"{package / '__init__.py'} {package / 'assets' / 'field'}\n")
    written = {path.name for path in (installed["cwd"] / "out").iterdir()}
    assert {"coadd.fits", "dcrCoadd_0.fits", "history.json"} <= written


def test_the_installed_explorer_serves_a_page_until_it_is_interrupted(installed):
    command = [sys.executable, "-m", "dcrviz.cli", "explore", "--no-browser"]
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **installed
    ) as process:
        try:
            said = iter(process.stdout.readline, "")
            address = next(found[1] for line in said if (found := ADDRESS.fullmatch(line)))
            with opener.open(address, timeout=30) as answer:
                assert answer.status == 200
                assert b"dcrviz explorer" in answer.read()
            elsewhere = urllib.request.Request(address, headers={"Host": "elsewhere.example"})
            with pytest.raises(urllib.error.HTTPError) as refused, opener.open(elsewhere):
                pass
            assert refused.value.code == 403
            assert refused.value.read() == (
                b"This explorer must be asked for as localhost; got elsewhere.example. "
                b"Other names are given with --allow-origin.\n"
            )
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=20) == 130
        finally:
            process.kill()

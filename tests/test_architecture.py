"""The plan of the house: layers, sizes, and what importing brings along."""

import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import dcrviz

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "dcrviz").rglob("*.py"))
SCREEN_FREE = [
    "dcrviz",
    "dcrviz.engine",
    "dcrviz.kernels",
    "dcrviz.physics",
    "dcrviz.io",
    "dcrviz.simulate",
    "dcrviz.diagnostics",
    "dcrviz.session",
    "dcrviz.run_log",
    "dcrviz.cli",
    "dcrviz.cli.export",
]
SCREEN = ["panel", "bokeh", "holoviews"]


def fresh(code):
    """What a fresh interpreter prints."""
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_a_fresh_interpreter_brings_no_panel_unless_a_view_or_explore_is_asked_for():
    names = [name for name in dcrviz.__all__ if name != "explore"]
    # Some of the names are imported as they are asked for.
    code = (
        f"import importlib, sys\nfor name in {SCREEN_FREE}: importlib.import_module(name)\n"
        f"import dcrviz\nfor name in {names}: getattr(dcrviz, name)\n"
        f"print([name for name in {SCREEN} if name in sys.modules])"
    )
    assert fresh(code).strip() == "[]"


def test_the_package_and_its_command_alone_bring_nothing_that_fits_and_files_need():
    code = (
        "import sys, dcrviz.cli\n"
        "names = 'numpy', 'param', 'numba', 'scipy', 'astropy', 'dask'\n"
        "print([name for name in names if name in sys.modules])"
    )
    assert fresh(code).strip() == "[]"


@pytest.mark.parametrize("name", dcrviz.__all__)
def test_every_public_name_can_be_imported(name):
    assert getattr(dcrviz, name) is not None


def test_the_public_names_are_sorted_and_listed():
    assert list(dcrviz.__all__) == sorted(dcrviz.__all__)
    assert dir(dcrviz) == list(dcrviz.__all__)


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'dcrviz' has no attribute 'assembel'"):
        _ = dcrviz.assembel


def test_every_module_can_be_imported():
    for path in MODULES:
        if path.name != "__main__.py":
            parts = path.relative_to(ROOT).with_suffix("").parts
            importlib.import_module(".".join(part for part in parts if part != "__init__"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_is_longer_than_400_lines(path):
    assert len(path.read_text().splitlines()) <= 400


def test_a_module_imports_only_from_the_rows_below_its_own():
    command = Path(sys.executable).parent / "lint-imports"
    if not command.exists():
        pytest.skip("needs import-linter beside the interpreter")
    run = subprocess.run(
        [command, "--no-cache"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_module_has_its_row():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (contract,) = settings["tool"]["importlinter"]["contracts"]
    rows = {name.strip() for row in contract["layers"] for name in row.split("|")}
    found = {f"dcrviz.{path.relative_to(ROOT / 'dcrviz').parts[0]}" for path in MODULES}
    assert {name.removesuffix(".py") for name in found} - {"dcrviz.__init__"} == rows


def test_every_package_is_in_the_wheel():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    listed = settings["tool"]["setuptools"]["packages"]
    for path in MODULES:
        if path.name == "__init__.py":
            package = ".".join(path.parent.relative_to(ROOT).parts)
            assert package in listed

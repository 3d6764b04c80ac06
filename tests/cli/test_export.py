"""``dcrviz export``: the page is written whole, or a line says why not."""

import json
import shutil

import pytest

import dcrviz
from dcrviz import AssembleConfig, Run, save_run


@pytest.fixture(scope="session")
def saved(simulated, tmp_path_factory):
    """A saved run of a few iterations; not to be changed."""
    exposures = tuple(dcrviz.read_exposures(simulated))
    config = AssembleConfig(n_subfilters=2, max_iterations=1, min_iterations=1)
    problem = dcrviz.prepare(exposures, config)
    folder = tmp_path_factory.mktemp("runs") / "tuesday"
    save_run(
        folder, Run(problem=problem, exposures=exposures, steps=list(dcrviz.assemble(problem)))
    )
    return folder


def test_a_saved_run_becomes_a_page_called_after_its_folder(run, saved, tmp_path):
    path = tmp_path / "deep" / "page.html"
    ended = run("export", saved, "--html", path)
    assert ended.code == 0, ended.err
    assert f"{path}: 4 steps" in ended.err
    page = path.read_text()
    assert "<title>tuesday</title>" in page
    assert page.count('class="row"') == 12


def test_title_and_rows_are_those_that_are_asked_for(run, saved, tmp_path):
    path = tmp_path / "page.html"
    words = ("--title", "Holes", "--rows", "plane, residual", "--side", "24", "--quiet")
    assert run("export", saved, "--html", path, *words).code == 0
    page = path.read_text()
    assert "<h1>Holes</h1>" in page
    assert '"name": "omega"' not in page


def test_a_page_that_is_there_is_replaced_as_all_products_are(run, saved, tmp_path):
    path = tmp_path / "page.html"
    path.write_text("old")
    assert run("export", saved, "--html", path, "--quiet").code == 0
    assert path.read_text().startswith("<!doctype html>")


def test_a_folder_that_is_no_run_is_refused(refused, tmp_path):
    line = refused("export", tmp_path, "--html", tmp_path / "page.html")
    assert f"{tmp_path}: must be the folder of a saved run; got no run.json in it" in line


def test_a_run_without_steps_is_refused(refused, saved, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(saved, folder)
    record = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(record | {"steps": []}))
    line = refused("export", folder, "--html", tmp_path / "page.html")
    assert "steps must be one or more; got none" in line


def test_a_run_whose_visits_are_gone_is_refused(refused, saved, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(saved, folder)
    text = (folder / "run.json").read_text()
    (folder / "run.json").write_text(text.replace("warp_4", "gone_4"))
    line = refused("export", folder, "--html", tmp_path / "page.html")
    assert f"{folder}: the run needs its exposures" in line


def test_a_page_that_is_too_large_leaves_the_one_that_is_there(refused, saved, tmp_path):
    path = tmp_path / "page.html"
    path.write_text("old")
    line = refused("export", saved, "--html", path, "--max-mb", "0.1")
    assert "tuesday: the page must be at most 0.1 MB; got" in line


def test_a_row_that_does_not_exist_is_refused(refused, saved, tmp_path):
    line = refused("export", saved, "--html", tmp_path / "page.html", "--rows", "plane,omegas")
    assert "unknown row 'omegas'; did you mean 'omega'?" in line

"""Every notebook is a short story, runs from top to bottom, and comes without outputs."""

import ast
import importlib
import re
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
COMPOSED_WITH = {"dcrviz", "holoviews", "numpy", "panel", "param"}
LIVE = "application/vnd.holoviews_exec.v0+json"
# Nothing is known of those that ran before. What these have left is kept, as to look through it for
# garbage takes the kernel a second each time.
FORGET = "import gc\ngc.freeze()\n%reset -f"
ANSWER = "<details><summary>Answer</summary>\n\n"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:jupyter_client")


@pytest.fixture(scope="session")
def nbformat():
    """With all that it brings it takes seconds to import: no process does that has none to read."""
    return importlib.import_module("nbformat")


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request, nbformat):
    return nbformat.read(request.param, as_version=4)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory, nbformat):
    """One for all: to start it and to import what they need takes longer than most of them."""
    folder = tmp_path_factory.mktemp("kernel")
    places = {"metadata": {"path": folder}}
    nbclient = importlib.import_module("nbclient")
    client = nbclient.NotebookClient(
        nbformat.v4.new_notebook(), timeout=120, resources=places, shutdown_kernel="immediate"
    )
    with client.setup_kernel():
        yield client, folder


def run(cells, client):
    client.nb.cells = cells
    client.reset_execution_trackers()
    for index, cell in enumerate(client.nb.cells):
        client.execute_cell(cell, index)
    return [output for cell in cells for output in cell.get("outputs", [])]


def markdown(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def nodes(notebook):
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    return [node for source in code for node in ast.walk(ast.parse(source))]


def test_they_are_numbered_and_named_by_what_one_does():
    names = [path.stem for path in NOTEBOOKS]
    assert [name[:3] for name in names] == [f"{n:02d}_" for n in range(1, len(names) + 1)]
    assert all(re.fullmatch(r"\d\d(_[a-z]+){2,}", name) for name in names)


def test_it_runs_and_shows_what_is_live_and_leaves_no_files(notebook, kernel, nbformat):
    client, folder = kernel
    run([nbformat.v4.new_code_cell(FORGET)], client)
    shown = run(notebook.cells, client)
    assert any(LIVE in output.get("data", {}) for output in shown)
    # A bare picture is shown as words: it has to be given to Panel.
    assert not [o for o in shown if set(o.get("data", {})) == {"text/plain"}]
    assert not list(folder.iterdir())


def test_it_is_a_story_of_a_few_cells_without_outputs(notebook):
    assert len(notebook.cells) <= 20
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)
    assert notebook.metadata.kernelspec.name == "python3"


def test_it_begins_with_its_title_what_one_learns_and_how_long_it_takes(notebook):
    first = notebook.cells[0]
    assert first.cell_type == "markdown"
    assert re.match(r"# .+\n\n\*.+\d+ minutes.+\*\n", first.source)


def test_each_exercise_has_its_answer_hidden(notebook):
    text = markdown(notebook)
    exercises, answers = text.count("**Exercise"), text.count(ANSWER)
    assert exercises == answers >= 1
    assert text.count("</details>") == answers


def test_no_function_is_longer_than_five_lines(notebook):
    made = [node for node in nodes(notebook) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert [f.name for f in made if f.end_lineno - f.lineno >= 5] == []


def test_it_imports_from_dcrviz_and_what_pictures_are_composed_with(notebook):
    imported = {
        name.split(".")[0]
        for node in nodes(notebook)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module]
        )
    }
    assert "dcrviz" in imported
    assert imported <= COMPOSED_WITH | set(sys.stdlib_module_names)


def test_each_notebook_that_it_links_to_exists(notebook):
    for target in re.findall(r"\]\(([^)]+\.ipynb)\)", markdown(notebook)):
        assert (FOLDER / target).is_file(), target

"""Every notebook runs from top to bottom, and comes without outputs."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:jupyter_client")
def test_it_runs(notebook, tmp_path):
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": tmp_path}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in shown if output.output_type == "error"]
    assert any("application/vnd.holoviews_exec.v0+json" in o.get("data", {}) for o in shown)


def test_it_is_a_story_of_a_few_cells_without_outputs(notebook):
    assert len(notebook.cells) <= 20
    assert not any(cell.get("outputs") for cell in notebook.cells)

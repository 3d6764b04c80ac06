"""``dcrviz sweep``: many configurations, from files to a table."""

import csv
import json
import shutil

import pytest

from dcrviz.io import read_coadds
from dcrviz.sweep import read_sweep, read_visits

FAST = ("--set", "max_iterations=1", "min_iterations=1", "interpolation_order=1")


@pytest.fixture
def swept(run, simulated, tmp_path):
    """Sweeps without an error; gives what was said and the rows of the table."""

    def sweep(*words, out="sweep"):
        folder = tmp_path / out
        ended = run("sweep", simulated, "--out", folder, "--workers", 1, *FAST, *words)
        assert ended.code == 0, ended.err
        with (folder / "sweep.csv").open(encoding="utf-8") as stream:
            return ended, list(csv.DictReader(stream))

    return sweep


@pytest.fixture
def not_swept(refused, simulated, tmp_path):
    """The line that `dcrviz sweep` refuses its input with."""
    return lambda *words: refused("sweep", simulated, "--out", tmp_path / "sweep", *words)


def test_every_combination_has_a_row_and_its_coadds(swept, tmp_path):
    ended, rows = swept("--grid", "n_subfilters=2,3")
    assert [row["n_subfilters"] for row in rows] == ["2", "3"]
    assert all(float(row["metric"]) > 0 and row["refusal"] == "" for row in rows)
    assert len(read_coadds(tmp_path / "sweep" / "trial_1").planes) == 3
    assert "2 trials, 0 refused" in ended.out
    kept = read_sweep(tmp_path / "sweep")
    assert len(read_visits(kept.inputs).exposures) > 1
    assert [len(kept.look(found).stamp) for found in kept.found] == [2, 3]
    # The truth lies beside the visits.
    assert all(row["colour_slope"] for row in rows) or all(not row["colour_slope"] for row in rows)


def test_a_folder_holds_one_sweep_that_goes_on_where_it_was(swept, not_swept, tmp_path):
    swept("--grid", "n_subfilters=2,3", "--no-coadds")
    record = tmp_path / "sweep" / "sweep.json"
    known = json.loads(record.read_text())
    known["rows"] = known["rows"][:1]
    known["rows"][0]["metric"] = 42.0
    record.write_text(json.dumps(known))
    ended, rows = swept("--grid", "n_subfilters=2,3", "--no-coadds")
    assert "1 of 2 trials are in the table already" in ended.err
    assert float(rows[0]["metric"]) == 42.0
    assert 0 < float(rows[1]["metric"]) < 1
    assert not list((tmp_path / "sweep").glob("trial_*"))
    said = not_swept("--grid", "n_subfilters=3", *FAST)
    assert f"{tmp_path / 'sweep'}: holds another sweep" in said


def test_a_template_of_another_field_is_refused_before_any_trial(
    not_swept, simulated, rewrite, tmp_path
):
    elsewhere = tmp_path / "elsewhere.fits"
    shutil.copy(next(simulated.glob("warp_*.fits")), elsewhere)
    rewrite(elsewhere, lambda hdus: hdus["IMAGE"].header.update(CRVAL1=100.0))
    said = not_swept("--grid", "n_subfilters=2,3", "--template", elsewhere, *FAST)
    assert "must be on the same pixel grid" in said


def test_a_refused_value_is_a_row(swept):
    _, rows = swept("--grid", "subregion_size=2,2|48,48", "--no-coadds")
    assert "subregion_size must be at least the buffer" in rows[0]["refusal"]
    assert rows[1]["refusal"] == ""


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "a sweep must turn a knob; got none"),
        (("--grid", "n_subfilters"), "choices must be KNOB=A,B,C"),
        (
            ("--grid", "n_subfilters=2", "--grid", "n_subfilters=3"),
            "knob n_subfilters must be turned by one option; got two",
        ),
        (("--range", "accelerate=1:2"), "ranges need a number of trials to draw"),
        (("--grid", "solver=direct", "--random", "0"), "must be a whole number from 1 to 10000"),
        (
            ("--grid", "n_subfilters=2", "--scheduler", "tcp://127.0.0.1:9"),
            "must be the address of a Dask scheduler",
        ),
    ],
)
def test_words_that_mean_nothing_are_refused(not_swept, words, said):
    assert said in not_swept(*words)

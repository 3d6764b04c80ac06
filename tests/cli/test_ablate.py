"""``dcrviz ablate``: a table by effect, JSON, CSV, and a tornado plot."""

import csv
import json
import xml.etree.ElementTree as ET

import pytest

FEW = ("--knobs", "accelerate,weights,tolerance", "--quiet")
FAST = ("--set", "n_subfilters=2", "max_iterations=1", "min_iterations=1")


def test_it_prints_a_table_by_effect_and_what_was_not_tried(run, simulated):
    ended = run("ablate", simulated, *FEW, *FAST)
    assert (ended.code, ended.err) == (0, "")
    head, baseline, *rows = ended.out.split("\n\n")[0].splitlines()
    assert head.split()[:4] == ["knob", "value", "outcome", "planes_change"]
    assert baseline.split()[0] == "baseline"
    effects = [float(row.split()[3]) for row in rows]
    assert effects == sorted(effects, reverse=True)
    assert {row.split()[0] for row in rows} == {"accelerate", "weights"}
    assert "tolerance: no effect: the solver is not pcg" in ended.out


def test_json_has_every_knob_that_was_asked_for(run, simulated):
    record = json.loads(run("ablate", simulated, "--json", *FEW, *FAST).out)
    weights = {row["value"] for row in record["rows"] if row["knob"] == "weights"}
    assert weights == {"2019", "background"}
    assert list(record["skipped"]) == ["tolerance"]
    assert record["baseline"]["planes_change"] == 0
    assert record["baseline"]["colour_slope"] is None


def test_the_table_and_the_plot_are_files_too(run, simulated, tmp_path):
    table, plot = tmp_path / "rows.csv", tmp_path / "plot.svg"
    words = ("--csv", table, "--svg", plot, "--score", "planes_change")
    assert run("ablate", simulated, *FEW, *FAST, *words).code == 0
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["knob"] for row in rows if row["value"] == "2019"] == ["weights"]
    assert all(float(row["planes_change"]) >= 0 for row in rows)
    assert "Change of the planes" in ET.parse(plot).getroot().get("aria-label")


def test_a_value_without_effect_is_listed_below_the_table(run, simulated):
    words = ("--knobs", "subregion_mode,accelerate", "--quiet")
    ended = run("ablate", simulated, *words, *FAST)
    assert "Without effect on these visits:\n  subregion_mode seamless" in ended.out


def test_a_refused_value_is_told_and_the_others_are_tried(run, simulated, tmp_path):
    curve = tmp_path / "two_parts.csv"
    points = ["405,1", "440,1", "441,0", "519,0", "520,1", "552,1"]
    curve.write_text("\n".join(["wavelength_nm,throughput", *points]) + "\n")
    words = ("--knobs", "n_subfilters,accelerate", "--throughput", curve, "--quiet")
    ended = run("ablate", simulated, *FAST, *words)
    assert ended.code == 0
    table, refused = ended.out.split("\n\nRefused:\n")
    assert "n_subfilters: 2 to 3 is refused: throughput two_parts must be above 0" in refused
    assert "\naccelerate " in table
    assert "\nn_subfilters " not in table


def test_the_solver_is_an_option_of_its_own(run, simulated):
    ended = run("ablate", simulated, "--knobs", "accelerate", "--solver", "direct", "--quiet")
    assert "accelerate: no effect: the solver takes whole steps" in ended.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--knobs", "accelerates"), "unknown knob 'accelerates'; did you mean 'accelerate'?"),
        (("--score", "beauty"), "argument --score"),
        (("--solver", "magic"), "solver must be one of"),
        (("--json", "--csv", "x.csv"), "not allowed with argument"),
    ],
)
def test_a_mistake_is_one_line(refused, simulated, words, said):
    assert said in refused("ablate", simulated, *words)

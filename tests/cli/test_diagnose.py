"""``dcrviz diagnose``: sections in plain words, or JSON."""

import json
import shutil

import pytest

import dcrviz
from dcrviz import AssembleConfig, Run, assemble, prepare, save_run

QUICK = ("--solver", "direct", "--quiet")
VERDICTS = ["verdicts_before", "verdicts_during", "verdicts_after"]
TITLES = ["Fit", "Direction of the residuals", "Truth", "Held-out visits"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Five visits of a field with enough stars; not to be changed."""
    from dcrviz.cli import main

    folder = tmp_path_factory.mktemp("demo")
    words = ("--size", "80", "--visits", "5", "--seed", "3", "--quiet")
    assert main(["simulate", str(folder), *words]) == 0
    return folder


@pytest.fixture
def diagnosed(run):
    """The sections that are printed, as JSON has them."""

    def diagnose(*words):
        ended = run("diagnose", *words, "--json", "--quiet")
        assert ended.code == 0, ended.err
        return json.loads(ended.out)

    return diagnose


def test_it_tells_all_sections_in_plain_words(run, demo):
    ended = run("diagnose", demo, *QUICK)
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.splitlines()
    assert [line for line in lines if line and not line.startswith(" ")] == [
        "Verdicts: the visits",
        "Verdicts: the fit",
        "Verdicts: the planes",
        *TITLES,
    ]
    assert "The residuals have no direction" in ended.out
    assert "Colours of" in ended.out
    assert "the plain coadd leaves" in ended.out


def test_json_holds_the_same_sentences_and_their_values(run, demo, diagnosed):
    sections = diagnosed(demo, "--solver", "direct")
    assert list(sections) == [*VERDICTS, "fit", "direction", "truth", "hold_out"]
    text = run("diagnose", demo, *QUICK).out
    for section in sections.values():
        assert all(sentence in text for sentence in section["sentences"])
    assert sections["fit"]["solver"] == "direct"
    assert len(sections["fit"]["visits"]) == len(sections["hold_out"]["visits"]) == 5
    assert sections["direction"]["healthy"] is True
    mean = sections["hold_out"]["mean"]
    assert mean["model_sigma"] < mean["coadd_sigma"]
    assert sections["truth"]["floor_sigma"] < sections["truth"]["template_sigma"]


def test_headers_with_a_mirrored_angle_are_named(demo, diagnosed, tmp_path):
    for path in demo.glob("*.fits"):
        shutil.copy(path, tmp_path)
    table = ["file,parallactic_deg"]
    for exposure in dcrviz.read_exposures([str(path) for path in sorted(demo.glob("warp_*"))]):
        name = exposure.source.rsplit("/", 1)[-1]
        table.append(f"{name},{-exposure.visit.parallactic_rad * 57.29577951308232}")
    csv = tmp_path / "mirrored.csv"
    csv.write_text("\n".join(table) + "\n")
    warps = sorted(tmp_path.glob("warp_*.fits"))
    words = ("--table", csv, "--solver", "direct", "--no-hold-out")
    sections = diagnosed(*warps, *words)
    assert sections["direction"]["best"] == "mirrored"
    assert "if the parallactic angle is mirrored" in sections["direction"]["sentences"][0]
    assert list(sections) == [*VERDICTS, "fit", "direction"]
    found = sections["verdicts_after"]["verdicts"]
    assert "mirrored_angle" in [verdict["kind"] for verdict in found]


def test_coadds_made_elsewhere_are_judged_without_a_fit(run, demo, diagnosed, tmp_path):
    words = ("--set", "solver=direct", "--quiet")
    assert run("assemble", demo, "--out", tmp_path / "fit", *words).code == 0
    judged = diagnosed(demo, "--planes", tmp_path / "fit")
    fitted = diagnosed(demo, "--solver", "direct", "--no-hold-out")
    assert list(judged) == ["verdicts_before", "verdicts_after", "fit", "direction", "truth"]
    assert judged["fit"]["outcome"] is None
    assert judged["fit"]["visits"] == fitted["fit"]["visits"]
    assert judged["direction"] == fitted["direction"]


def test_a_saved_run_is_diagnosed_at_its_last_step(demo, diagnosed, tmp_path):
    exposures = dcrviz.read_exposures([str(path) for path in sorted(demo.glob("warp_*"))])
    problem = prepare(exposures, AssembleConfig(max_iterations=2, min_iterations=1))
    steps = list(assemble(problem))
    save_run(tmp_path / "run", Run(problem=problem, steps=steps, exposures=exposures))
    sections = diagnosed(tmp_path / "run", "--no-hold-out")
    assert sections["fit"]["outcome"] == steps[-1].outcome.name
    assert sections["fit"]["metric"] == pytest.approx(steps[-1].metric)
    assert "truth" in sections


def test_two_visits_are_diagnosed_without_holding_one_out(demo, diagnosed):
    warps = sorted(demo.glob("warp_*.fits"))[:2]
    sections = diagnosed(*warps, "--solver", "direct")
    assert sections["hold_out"]["sentences"] == [
        "Holding out a visit needs 3 visits or more; got 2."
    ]


def test_a_mistake_is_one_line(refused, demo, tmp_path):
    assert "solver must be one of" in refused("diagnose", demo, "--solver", "magic")
    assert "coadd.fits" in refused("diagnose", demo, "--planes", demo)
    assert "none" in refused("diagnose", tmp_path / "none")


def test_a_saved_run_has_its_own_knobs(refused, demo, tmp_path):
    exposures = dcrviz.read_exposures([str(path) for path in sorted(demo.glob("warp_*"))])
    problem = prepare(exposures, AssembleConfig(max_iterations=1, min_iterations=1))
    steps = list(assemble(problem))
    save_run(tmp_path / "run", Run(problem=problem, steps=steps, exposures=exposures))
    said = refused("diagnose", tmp_path / "run", "--set", "n_subfilters=2")
    assert "--set is for visits" in said


def test_coadds_of_another_grid_are_refused(refused, fitted, demo):
    assert "the coadds in" in refused("diagnose", demo, "--planes", fitted)

"""``dcrviz diagnose``: sections in plain words, or JSON."""

import json
import re
import shutil

import numpy as np
import pytest
from astropy.io import fits

import dcrviz
from dcrviz import AssembleConfig, Run, SolverConfig, assemble, prepare, save_run
from dcrviz.simulate import library_exposures, library_knobs

DIRECT = ("--solver", "direct")
AFTER = ["fit", "ledger", "direction"]
VERDICTS = ["verdicts_before", "verdicts_during", "verdicts_after"]
TITLES = [
    "What the visits can tell",
    "Sharpness",
    "Fit",
    "Light of the sources",
    "Direction of the residuals",
    "Truth",
    "Held-out visits",
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Five visits of a field with enough stars; not to be changed."""
    from dcrviz.cli import main

    folder = tmp_path_factory.mktemp("demo")
    words = ("--size", "80", "--visits", "5", "--seed", "3", "--quiet")
    assert main(["simulate", str(folder), *words]) == 0
    return folder


@pytest.fixture(scope="module")
def planes(demo, tmp_path_factory):
    """The coadds of a fit in closed form; not to be changed."""
    from dcrviz.cli import main

    folder = tmp_path_factory.mktemp("planes") / "fit"
    words = ("--out", str(folder), "--set", "solver=direct", "--quiet")
    assert main(["assemble", str(demo), *words]) == 0
    return folder


@pytest.fixture(scope="module")
def said():
    """What was printed, by words; none of them leads to files that change."""
    return {}


@pytest.fixture
def told(run, said):
    """What is printed for these words, which no two tests wait for."""

    def tell(*words):
        if words not in said:
            ended = run("diagnose", *words, "--quiet")
            assert (ended.code, ended.err) == (0, "")
            said[words] = ended.out
        return said[words]

    return tell


@pytest.fixture
def diagnosed(told):
    """The sections that are printed, as JSON has them."""
    return lambda *words: json.loads(told(*words, "--json"))


def test_it_tells_all_sections_in_plain_words(told, demo):
    text = told(demo, *DIRECT)
    lines = text.splitlines()
    assert [line for line in lines if line and not line.startswith(" ")] == [
        "Verdicts: the visits",
        "Verdicts: the fit",
        "Verdicts: the planes",
        *TITLES,
    ]
    assert "The residuals have no direction" in text
    assert "Colours of" in text
    assert "the plain coadd leaves" in text


def test_json_holds_the_same_sentences_and_their_values(told, demo, diagnosed):
    sections = diagnosed(demo, *DIRECT)
    assert list(sections) == [*VERDICTS, "leverage", "sharpness", *AFTER, "truth", "hold_out"]
    text = told(demo, *DIRECT)
    for section in sections.values():
        assert all(sentence in text for sentence in section["sentences"])
    assert sections["fit"]["solver"] == "direct"
    assert len(sections["fit"]["visits"]) == len(sections["hold_out"]["visits"]) == 5
    assert sections["direction"]["healthy"] is True
    assert 0 < sections["leverage"]["errors"]["slope"] < 1
    assert len(sections["leverage"]["visits"]) == 5
    source = sections["ledger"]["sources"][0]
    assert sum(source["planes"]) / source["coadd"] - 1 == pytest.approx(source["off"])
    mean = sections["hold_out"]["mean"]
    assert mean["model_sigma"] < mean["coadd_sigma"]
    assert sections["truth"]["floor_sigma"] < sections["truth"]["template_sigma"]
    sharpness = sections["sharpness"]
    assert sharpness["planes_fwhm_px"] > 1
    assert sum(visit["share"] for visit in sharpness["visits"]) == pytest.approx(1)


@pytest.fixture
def mirrored(demo, tmp_path):
    """The same visits, and words that give their angles with the wrong sign."""
    shutil.copytree(demo, tmp_path / "demo")
    table = ["file,parallactic_deg"]
    for exposure in dcrviz.read_exposures([str(path) for path in sorted(demo.glob("warp_*"))]):
        name = exposure.source.rsplit("/", 1)[-1]
        table.append(f"{name},{-exposure.visit.parallactic_rad * 57.29577951308232}")
    csv = tmp_path / "mirrored.csv"
    csv.write_text("\n".join(table) + "\n")
    warps = sorted((tmp_path / "demo").glob("warp_*.fits"))
    return *warps, "--table", csv, *DIRECT


def kinds_after(sections):
    return {verdict["kind"] for verdict in sections["verdicts_after"]["verdicts"]}


def test_headers_with_a_mirrored_angle_are_named(mirrored, diagnosed):
    sections = diagnosed(*mirrored, "--no-hold-out")
    assert sections["direction"]["best"] == "mirrored"
    assert "if the parallactic angle is mirrored" in sections["direction"]["sentences"][0]
    assert list(sections) == [*VERDICTS, "leverage", "sharpness", *AFTER, "truth"]
    assert kinds_after(sections) == {"mirrored_angle", "reversed_colours"}


def test_what_holding_out_finds_is_among_the_verdicts(demo, diagnosed):
    bold = ("base_gain=1", "accelerate=8", "clamp_iterations=0", "clamp_subfilters=0")
    words = [word for knob in (*bold, "on_divergence=last") for word in ("--set", knob)]
    sections = diagnosed(demo, *words)
    visits = sections["hold_out"]["visits"]
    assert any(one["model_sigma"] > 1.1 * one["coadd_sigma"] for one in visits)
    assert "badly_predicted" in kinds_after(sections)


def test_coadds_made_elsewhere_are_judged_without_a_fit(demo, planes, diagnosed):
    judged = diagnosed(demo, "--planes", planes)
    fitted = diagnosed(demo, *DIRECT)
    # Of planes without a course only what is wrong with them is told.
    names = [name for name in judged if name != "verdicts_during"]
    assert names == ["verdicts_before", "verdicts_after", "leverage", "sharpness", *AFTER, "truth"]
    assert judged["ledger"] == fitted["ledger"]
    assert judged["fit"]["outcome"] is None
    assert judged["fit"]["visits"] == fitted["fit"]["visits"]
    assert judged["direction"] == fitted["direction"]


def test_coadds_made_elsewhere_are_judged_at_the_seeing_of_each_visit(diagnosed, run, tmp_path):
    visits, fit = tmp_path / "visits", tmp_path / "fit"
    run("simulate", visits, "--scene", "variable-seeing", "--quiet")
    run("assemble", visits, "--out", fit, "--set", "solver=direct", "--quiet")
    judged = diagnosed(visits, "--planes", fit)
    assert (
        judged["sharpness"]["planes_fwhm_px"]
        < 3.5
        < 5
        < max(visit["fwhm_px"] for visit in judged["sharpness"]["visits"])
    )
    assert all(visit["residual_sigma"] < 1.1 for visit in judged["fit"]["visits"])
    assert judged["fit"]["dipoles"] == 0
    assert judged["truth"]["template_sigma"] < 0.3


def test_holes_of_coadds_made_elsewhere_are_warned_of(demo, planes, diagnosed, tmp_path):
    shutil.copytree(planes, tmp_path / "fit")
    first, *_ = sorted((tmp_path / "fit").glob("dcrCoadd_*.fits"))
    judged = diagnosed(demo, "--planes", planes)
    x, y = (round(judged["ledger"]["sources"][0][axis]) for axis in "xy")
    with fits.open(first, mode="update") as hdus:
        image = next(hdu for hdu in hdus if hdu.data is not None)
        rows, columns = np.indices(image.data.shape)
        away = (rows - y) ** 2 + (columns - x - 5) ** 2
        image.data = image.data - 0.3 * image.data[y, x] * np.exp(-away / 4.5)
    verdicts = diagnosed(demo, "--planes", tmp_path / "fit")["verdicts_during"]["verdicts"]
    holes = next(verdict for verdict in verdicts if verdict["kind"] == "holes")
    assert holes["severity"] == "warning"
    assert abs(holes["places"][0]["x"] - x - 5) < 2
    assert holes["steps"] == []


def test_a_saved_run_is_diagnosed_at_its_last_step(demo, diagnosed, tmp_path):
    exposures = dcrviz.read_exposures([str(path) for path in sorted(demo.glob("warp_*"))])
    problem = prepare(exposures, AssembleConfig(max_iterations=2, min_iterations=1))
    steps = list(assemble(problem))
    save_run(tmp_path / "run", Run(problem=problem, steps=steps, exposures=exposures))
    sections = diagnosed(tmp_path / "run", "--no-hold-out")
    assert sections["fit"]["outcome"] == steps[-1].outcome.name
    assert sections["fit"]["metric"] == pytest.approx(steps[-1].metric)
    assert "truth" in sections


def test_what_is_turned_amid_a_saved_run_is_in_force_and_not_advised(diagnosed, tmp_path):
    exposures = library_exposures("gain-too-high")
    problem = prepare(exposures, AssembleConfig(**library_knobs("gain-too-high")))
    steps = list(assemble(problem))
    begun = {name: getattr(problem.config, name) for name in SolverConfig.knobs()}

    def advised(**turned):
        knobs = (*[begun] * (len(steps) - 1), begun | turned)
        run = Run(problem=problem, steps=steps, exposures=exposures, knobs=knobs)
        save_run(tmp_path / str(len(turned)), run)
        sections = diagnosed(tmp_path / str(len(turned)), "--no-hold-out")
        told = {v["kind"]: v for v in sections["verdicts_during"]["verdicts"]}["diverging"]
        return [remedy["knobs"] for remedy in told["remedies"]]

    assert {"base_gain": 0.2} in advised()
    assert {"base_gain": 0.2} not in advised(base_gain=0.2)


def test_two_visits_are_diagnosed_without_holding_one_out(demo, diagnosed):
    warps = sorted(demo.glob("warp_*.fits"))[:2]
    sections = diagnosed(*warps, *DIRECT)
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
    for option, value in (
        ("--set", "n_subfilters=2"),
        ("--solver", "direct"),
        ("--preset", "lsst-2019"),
        ("--band", "decam-r"),
        ("--bright-objects", "stars.csv"),
        ("--measure-seeing", "all"),
        ("--min-nm", "400"),
    ):
        said = refused("diagnose", tmp_path / "run", option, value)
        assert f"run: a saved run has its own visits and knobs; got {option} beside it" in said


def test_coadds_of_another_grid_are_refused(refused, fitted, demo):
    assert "the coadds in" in refused("diagnose", demo, "--planes", fitted)


def test_visits_without_a_usable_pixel_are_told_in_words(demo, tmp_path, rewrite, run):
    for path in demo.glob("warp_*.fits"):
        blind = tmp_path / path.name
        shutil.copy(path, blind)
        rewrite(blind, lambda hdus: hdus[1].data.fill(np.nan))
    told = run("diagnose", tmp_path, "--solver", "iterative")
    assert told.code == 0
    assert "No visit has a usable pixel, so there is none to leave out." in told.out
    assert "No visit has a usable pixel near a source" in told.out
    assert not re.search(r"\bnan\b", told.out)

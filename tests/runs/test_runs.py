"""A run that was saved and opened again is the run that was never saved."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from astropy.io import fits

import dcrviz
from dcrviz import Run, open_run, save_run
from dcrviz.bright import BrightObject
from dcrviz.config import SolverConfig
from dcrviz.io import visit_header


def solver_values(config):
    return {name: getattr(config, name) for name in SolverConfig.knobs()}


@pytest.mark.parametrize("with_data", [False, True])
def test_every_step_comes_back_bit_for_bit(
    exposures, run_of, tmp_path, assert_same_step, with_data
):
    run = run_of(exposures)
    save_run(tmp_path / "run", run, with_data=with_data)
    opened = open_run(tmp_path / "run")
    for step, back in zip(run.steps, opened.steps, strict=True):
        assert_same_step(step, back)


@pytest.mark.parametrize(
    "knobs",
    [
        {},
        {"solver": "iterative", "subregion_size": (30, 30), "max_iterations": 1},
        {"solver": "direct"},
        {"airmass_weight": True, "statistic": "MEDIAN", "n_subfilters": 2},
    ],
)
@pytest.mark.parametrize("with_data", [False, True])
def test_the_next_step_has_the_bits_of_the_run_that_was_never_saved(
    exposures, run_of, tmp_path, assert_same_step, knobs, with_data
):
    steps = 0 if knobs.get("solver") == "direct" else 2
    run = run_of(exposures, steps=steps, **knobs)
    save_run(tmp_path / "run", run, with_data=with_data)
    opened = open_run(tmp_path / "run")
    expected = dcrviz.advance(run.problem, run.steps[-1])
    assert_same_step(dcrviz.advance(opened.prepare(), opened.steps[-1]), expected)


@pytest.mark.parametrize("solver", ["anderson", "pcg"])
def test_a_solver_with_a_memory_begins_anew_always_in_the_same_way(
    exposures, run_of, tmp_path, assert_same_step, solver
):
    run = run_of(exposures, steps=2, solver=solver, tolerance=1e-12)
    save_run(tmp_path / "run", run)
    opened = [open_run(tmp_path / "run") for _ in range(2)]
    one, other = (dcrviz.advance(o.prepare(), o.steps[-1]) for o in opened)
    forgetful = replace(run.steps[-1], memory=None)
    assert_same_step(one, other)
    assert_same_step(one, dcrviz.advance(run.problem, forgetful))


def test_a_run_that_has_ended_comes_back_with_its_ending(
    exposures, run_of, tmp_path, assert_same_step
):
    problem = run_of(exposures, steps=0, max_iterations=1).problem
    steps = tuple(dcrviz.assemble(problem))
    save_run(tmp_path / "run", Run(problem=problem, exposures=exposures, steps=steps))
    opened = open_run(tmp_path / "run")
    assert opened.steps[-1].outcome is not dcrviz.Outcome.RUNNING
    assert_same_step(steps[-1], opened.steps[-1])


def test_a_course_without_metrics_comes_back(exposures, run_of, tmp_path, assert_same_step):
    run = run_of(exposures, use_convergence=False)
    save_run(tmp_path / "run", run)
    assert_same_step(run.steps[-1], open_run(tmp_path / "run").steps[-1])


def test_the_knobs_of_each_step_come_back(exposures, run_of, tmp_path):
    run = run_of(exposures, steps=1)
    knobs = [solver_values(run.problem.config), solver_values(dcrviz.AssembleConfig(base_gain=0.2))]
    save_run(tmp_path / "run", replace(run, knobs=tuple(knobs)))
    assert [dict(values) for values in open_run(tmp_path / "run").knobs] == knobs


def test_the_config_comes_back(saved):
    assert open_run(saved).config.changed() == {"max_iterations": 6, "interpolation_order": 1}


def test_simulated_exposures_are_saved_in_any_case(simulated, run_of, tmp_path, assert_same_step):
    run = run_of(simulated)
    save_run(tmp_path / "run", run)
    opened = open_run(tmp_path / "run")
    assert opened.visits == tuple(exposure.visit for exposure in simulated)
    expected = dcrviz.advance(run.problem, run.steps[-1])
    assert_same_step(dcrviz.advance(opened.prepare(), opened.steps[-1]), expected)


def test_a_variance_that_a_table_told_comes_back(simulated, run_of, tmp_path):
    folder = tmp_path / "plain"
    folder.mkdir()
    rows = ["file,airmass,parallactic_deg,sky_rms"]
    for exposure in simulated:
        name, visit = f"{exposure.visit.id}.fits", exposure.visit
        header = exposure.wcs.to_header()
        header.update({k: v for k, v in visit_header(visit).items() if k.startswith("OBS-")})
        header["FILTER"] = "g"
        fits.PrimaryHDU(exposure.image, header=header).writeto(folder / name)
        rows.append(f"{name},{visit.airmass},{np.degrees(visit.parallactic_rad)},26.5")
    table = tmp_path / "told.csv"
    table.write_text("\n".join(rows))
    exposures = dcrviz.read_exposures(folder, table=table)
    save_run(tmp_path / "run", run_of(exposures, steps=0))
    opened = open_run(tmp_path / "run")
    assert opened.exposures[0].variance[0, 0] == np.float32(26.5**2)


def test_a_template_that_was_given_comes_back(exposures, run_of, tmp_path):
    made = run_of(exposures, steps=0)
    template = replace(made.problem.template, image=made.problem.template.image + np.float32(1))
    problem = dcrviz.prepare(exposures, made.problem.config, template=template)
    steps = (dcrviz.first_step(problem),)
    run = Run(problem=problem, exposures=exposures, steps=steps, template=template)
    save_run(tmp_path / "run", run)
    opened = open_run(tmp_path / "run")
    np.testing.assert_array_equal(opened.template.image, template.image)
    np.testing.assert_array_equal(opened.prepare().template.image, problem.template.image)


def test_bright_objects_come_back(exposures, run_of, tmp_path):
    stars = (BrightObject(ra_deg=150.12, dec_deg=2.21, radius_arcsec=2.0),)
    save_run(tmp_path / "run", replace(run_of(exposures, steps=0), bright_objects=stars))
    assert open_run(tmp_path / "run").bright_objects == stars


def test_provenance_names_versions_date_and_command(saved):
    provenance = open_run(saved).provenance
    assert provenance["numpy"] == np.__version__
    assert set(provenance) == {"dcrviz", "date", "command", "python", "numpy", "numba", "astropy"}


def test_planes_are_images_with_their_place_on_the_sky(saved):
    with fits.open(saved / "step_001.fits") as hdus:
        assert [hdu.name for hdu in hdus[1:]] == ["PLANE0", "PLANE1", "PLANE2"]
        assert hdus[1].header["CTYPE1"] == "RA---TAN"
        assert hdus[1].data.dtype == np.dtype(">f4")


def test_planes_that_are_the_same_are_kept_once(exposures, run_of, tmp_path):
    run = run_of(exposures, steps=1)
    save_run(tmp_path / "run", replace(run, steps=(run.steps[0], run.steps[0], run.steps[1])))
    names = sorted(path.name for path in (tmp_path / "run").glob("step_*"))
    assert names == ["step_000.fits", "step_002.fits"]


def test_best_planes_of_a_step_that_is_not_stored_are_kept(
    exposures, run_of, tmp_path, assert_same_step
):
    run = run_of(exposures, steps=2)
    last = run.steps[2]
    history = replace(last.history, best_planes=run.steps[1].planes)
    last = replace(last, histories=(history,))
    save_run(tmp_path / "run", replace(run, steps=(run.steps[0], last)))
    assert (tmp_path / "run" / "best_000.fits").is_file()
    assert_same_step(open_run(tmp_path / "run").steps[1], last)


def test_a_shorter_run_leaves_no_planes_of_the_longer_one(exposures, run_of, saved):
    save_run(saved, run_of(exposures, steps=1))
    assert not (saved / "step_002.fits").exists()
    assert len(open_run(saved).steps) == 2


def test_files_of_others_are_left_alone(exposures, run_of, tmp_path):
    other = tmp_path / "run" / "step_007.fits"
    other.parent.mkdir()
    other.write_text("mine")
    save_run(tmp_path / "run", run_of(exposures, steps=0))
    assert other.read_text() == "mine"


def test_a_run_with_its_data_can_be_saved_over_itself(exposures, run_of, tmp_path):
    save_run(tmp_path / "run", run_of(exposures, steps=0), with_data=True)
    opened = open_run(tmp_path / "run")
    again = Run(problem=opened.prepare(), exposures=opened.exposures, steps=opened.steps)
    save_run(tmp_path / "run", again)
    assert open_run(tmp_path / "run").missing == ()


def test_data_that_moved_with_the_run_are_found(exposures, saved, tmp_path):
    there = tmp_path / "elsewhere"
    there.mkdir()
    shutil.move(saved, there / "run")
    shutil.move(tmp_path / "visits", there / "visits")
    assert len(open_run(there / "run").exposures) == len(exposures)


def test_steps_can_be_seen_without_the_exposures(saved, tmp_path):
    shutil.rmtree(tmp_path / "visits")
    opened = open_run(saved)
    assert (len(opened.steps), len(opened.visits), opened.exposures) == (4, 4, ())
    with pytest.raises(ValueError, match=r"run needs its exposures; .*fits: must be there"):
        opened.prepare()


def test_an_exposure_that_has_changed_is_not_taken(saved, tmp_path):
    path = next((tmp_path / "visits").iterdir())
    with fits.open(path, mode="update") as hdus:
        hdus[1].data[0, 0] += 1
    with pytest.raises(ValueError, match=rf"{path.name}: must be the file that the run was made"):
        open_run(saved).prepare()


def test_a_folder_that_can_not_be_written_leaves_no_trace(exposures, run_of, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="must be a directory to write into; got a file"):
        save_run(tmp_path / "file", run_of(exposures, steps=0))
    bad = replace(exposures[0], planes={"lower case": 1})
    run = replace(run_of(exposures, steps=0), exposures=(bad, *exposures[1:]))
    with pytest.raises(ValueError, match="mask planes must have names in capitals"):
        save_run(tmp_path / "new", run, with_data=True)
    assert not (tmp_path / "new").exists()


def test_a_run_needs_steps_and_matching_exposures_and_knobs(exposures, run_of):
    run = run_of(exposures, steps=0)
    with pytest.raises(ValueError, match="must have a step; got none"):
        replace(run, steps=())
    with pytest.raises(ValueError, match="exposure of each of its 4 visits; got 3"):
        replace(run, exposures=exposures[:3])
    with pytest.raises(ValueError, match="exposures that its problem was prepared from"):
        replace(run, exposures=exposures[::-1])
    with pytest.raises(ValueError, match="knobs of each of its 1 steps; got 2"):
        replace(run, knobs=({}, {}))


def test_a_folder_without_a_run_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"must be the folder of a saved run; got no run.json"):
        open_run(tmp_path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda r: r.update(schema=2), "run.json: schema must be 1; got 2"),
        (lambda r: r.pop("steps"), "run.json: steps must be there"),
        (lambda r: r.update(steps=[]), "steps must be one or more; got none"),
        (lambda r: r.update(steps=[3]), "steps 0 must be a mapping; got 3"),
        (lambda r: r.update(shown=9), "shown must be a whole number of at least 0, at most 3"),
        (lambda r: r.update(shown=True), "shown must be a whole number .*got True"),
        (lambda r: r.update(template_given="no"), "template_given must be true or false"),
        (lambda r: r["steps"][1].update(tile=1), "steps 1: tile must be a whole number"),
        (lambda r: r["steps"][1].update(outcome="WON"), "outcome must be one of RUNNING"),
        (lambda r: r["steps"][1].update(planes="../a.fits"), "must lie in the folder of the run"),
        (lambda r: r["steps"][1].update(planes="a.fits"), "a.fits: must be a FITS file"),
        (lambda r: r["steps"][1].update(accelerate="3"), "accelerate must be a number; got '3'"),
        (lambda r: r["steps"][1]["knobs"].update(gian=1), "steps 1: knobs: unknown knob 'gian'"),
        (lambda r: r["steps"][1]["knobs"].update(base_gain=7), "knob base_gain must be"),
        (
            lambda r: r["steps"][1]["histories"][0]["gains"].update(kept=5),
            "gains: kept must be a whole number of at least 0, at most 0; got 5",
        ),
        (
            lambda r: r["steps"][1]["histories"][0]["gains"].update(new=["x"]),
            "gains: new must be numbers along 1 axes",
        ),
        (
            lambda r: r["steps"][1]["histories"][0]["metrics"].update(new=[]),
            "metrics must be one more than the 1 gains; got 1",
        ),
        (lambda r: r["shifts"].update(split=[[0.0]]), "split must be numbers along 4 axes"),
        (lambda r: r["shifts"].update(midpoint=[[[0.0, 0.0]]]), r"shifts must be \(V, S, 2\)"),
        (lambda r: r["exposures"][0]["visit"].update(airmass=[]), "airmass must be a finite"),
        (lambda r: r["exposures"][0]["visit"].update(id=1.5), "id must be a number or text"),
    ],
)
def test_a_damaged_record_is_refused_with_file_rule_and_value(saved, rewrite_record, change, told):
    rewrite_record(change)
    with pytest.raises(ValueError, match=rf"(?s){told}"):
        open_run(saved)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "run.json: must be JSON"),
        ("[]", "run.json: must hold a mapping"),
        ('{"schema": NaN}', "the number NaN"),
        ("[" * 100_000, "run.json: must be JSON"),
        (b"\xff\xfe", "run.json: must be a text file"),
    ],
)
def test_a_record_that_is_no_record_is_refused(saved, text, told):
    (saved / "run.json").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ValueError, match=told):
        open_run(saved)


def test_truncated_planes_are_refused(saved):
    path = saved / "step_002.fits"
    path.write_bytes(path.read_bytes()[:-2880])
    with pytest.raises(ValueError, match=r"step_002.fits: must hold \d+ bytes"):
        open_run(saved)


def test_planes_of_another_kind_are_refused(saved):
    fits.PrimaryHDU(np.zeros((4, 4))).writeto(saved / "step_002.fits", overwrite=True)
    with pytest.raises(ValueError, match=r"step_002.fits: must hold 3 planes of 32-bit reals"):
        open_run(saved)


def test_planes_that_do_not_fit_the_visits_are_refused(saved):
    for path in saved.glob("step_*"):
        images = [fits.ImageHDU(np.zeros((4, 4), np.float32)) for _ in range(3)]
        fits.HDUList([fits.PrimaryHDU(), *images]).writeto(path, overwrite=True)
    opened = open_run(saved)
    with pytest.raises(ValueError, match=r"step 0 must have planes of shape \(3, 44, 48\)"):
        opened.prepare()


def test_the_record_is_strict_json_and_holds_no_pixels(saved):
    text = (saved / "run.json").read_text()
    json.loads(text, parse_constant=lambda name: pytest.fail(name))
    assert len(text) < 60_000


def test_planes_that_a_run_began_with_come_back(exposures, run_of, tmp_path):
    made = run_of(exposures)
    planes = made.steps[-1].planes + np.float32(1)
    problem = dcrviz.start_from(made.problem, planes)
    run = Run(problem=problem, exposures=exposures, steps=[dcrviz.first_step(problem)])
    save_run(tmp_path / "run", run)
    opened = open_run(tmp_path / "run")
    np.testing.assert_array_equal(opened.start, planes)
    again = opened.prepare()
    np.testing.assert_array_equal(dcrviz.first_step(again).planes, run.steps[0].planes)
    save_run(tmp_path / "run", made)
    assert not (tmp_path / "run" / "start.fits").exists()

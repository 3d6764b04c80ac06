"""What is copied can be run, and makes what was on show."""

import subprocess

import numpy as np
import pytest

import dcrviz
from dcrviz import AssembleConfig
from dcrviz.cli import main
from dcrviz.io.config_files import read_config
from dcrviz.io.exposure_files import data_hdus
from dcrviz.io.lsst_config import from_lsst
from dcrviz.session import Session
from dcrviz.simulate import MadeField, made_exposures
from dcrviz.views.data_choice import FIELD, DataChoice, load
from dcrviz.views.recipes import command_text, lsst_text, python_text

QUICK = {"interpolation_order": 1, "max_iterations": 3}
SMALL = MadeField(n_stars=3, n_visits=4, size_px=48, seed=5)
MADE = DataChoice(kind="made", made=SMALL)


@pytest.fixture(scope="module")
def folder(exposures, tmp_path_factory):
    """The visits in files."""
    folder = tmp_path_factory.mktemp("visits with a space")
    for exposure in exposures:
        data_hdus(exposure).writeto(folder / f"{exposure.visit.id}.fits")
    return folder


def text_of(session, choice):
    return python_text(choice, session.problem.config, session.moments[: session.cursor + 1])


def planes_of(text):
    names = {}
    exec(compile(text, "copied", "exec"), names)
    return names["step"].planes


def test_the_script_makes_the_planes_on_show(folder):
    choice = DataChoice(kind="paths", paths=(str(folder),))
    session = Session(dcrviz.read_exposures(folder), AssembleConfig(**QUICK, n_subfilters=2))
    session.step()
    session.step()
    session.step()
    session.back()
    np.testing.assert_array_equal(planes_of(text_of(session, choice)), session.current.planes)


def test_the_script_turns_the_knobs_that_were_turned(folder):
    choice = DataChoice(kind="paths", paths=(str(folder),))
    session = Session(dcrviz.read_exposures(folder), AssembleConfig(**QUICK))
    session.start()
    session.config.accelerate = 2.0
    session.step()
    session.config.param.update(base_gain=0.3, clamp_iterations=0)
    session.step()
    text = text_of(session, choice)
    assert "config.with_values(base_gain=0.3, clamp_iterations=0)" in text
    np.testing.assert_array_equal(planes_of(text), session.current.planes)


def test_the_script_knows_records(folder):
    band = dcrviz.Band(name="mine", effective_nm=480.5, min_nm=400.25, max_nm=550.0)
    choice = DataChoice(kind="paths", paths=(str(folder),))
    session = Session(dcrviz.read_exposures(folder), AssembleConfig(**QUICK, band=band))
    session.step()
    np.testing.assert_array_equal(planes_of(text_of(session, choice)), session.current.planes)


def test_the_script_of_a_made_field_makes_it():
    session = Session(made_exposures(SMALL), AssembleConfig(**QUICK))
    session.step()
    np.testing.assert_array_equal(planes_of(text_of(session, MADE)), session.current.planes)


def test_the_script_of_a_scene_of_the_library_makes_it():
    choice = DataChoice(kind="scene", name="one-angle-cured")
    session = Session(load(choice), AssembleConfig(**QUICK))
    session.step()
    np.testing.assert_array_equal(planes_of(text_of(session, choice)), session.current.planes)


def test_the_command_of_a_scene_of_the_library_writes_its_visits_first():
    choice = DataChoice(kind="scene", name="mirrored-angle")
    first, second = command_text(choice, AssembleConfig(n_subfilters=2)).splitlines()
    assert first == "dcrviz simulate made --scene mirrored-angle"
    assert second == "dcrviz assemble --out coadds --set n_subfilters=2 made"


def test_the_script_of_a_saved_run_opens_it(exposures, tmp_path):
    session = Session(exposures, AssembleConfig(**QUICK))
    session.step()
    session.save(tmp_path / "run")
    other = Session.from_run(tmp_path / "run")
    choice = DataChoice(kind="run", name=str(tmp_path / "run"))
    np.testing.assert_array_equal(planes_of(text_of(other, choice)), session.current.planes)


def test_the_bundled_field_has_no_path_in_the_script(session):
    assert "dcrviz.read_exposures(dcrviz.bundled('field'))" in text_of(session, FIELD)


def test_the_script_says_so_where_a_template_was_given(session):
    text = python_text(FIELD, session.problem.config, session.moments, template_given=True)
    assert "# This run began with a template of its own" in text


@pytest.fixture
def run_shell(tmp_path, monkeypatch, capsys):
    """Runs commands as a shell takes them apart, here rather than each in a process of its own."""

    def run(text):
        taken = subprocess.run(
            ["sh", "-e", "-c", f"dcrviz() {{ printf '%s\\0' \"$@\" ''; }}\n{text}"],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
        ).stdout
        # Each command ends with an empty word.
        *commands, rest = taken.split("\0\0")
        assert not rest
        monkeypatch.chdir(tmp_path)
        for command in commands:
            assert main(command.split("\0")) == 0, capsys.readouterr().err
        return tmp_path / "coadds"

    return run


def test_the_command_runs_with_all_knobs_that_differ(folder, run_shell):
    config = AssembleConfig(
        **QUICK,
        subregion_size=(60, 60),
        bad_planes=["NO_DATA", "BAD"],
        weights="2019",
        base_gain=0.4,
    )
    text = command_text(DataChoice(kind="paths", paths=(str(folder),)), config)
    coadds = run_shell(text)
    assert read_config(coadds / "config.yaml").values() == config.values()


def test_the_command_of_a_made_field_sees_the_same_stars(run_shell):
    config = AssembleConfig(**QUICK)
    coadds = run_shell(command_text(MADE, config))
    problem = dcrviz.prepare(made_exposures(SMALL), config)
    *_, last = dcrviz.assemble(problem)
    expected = dcrviz.coadds(problem, last).planes
    found = dcrviz.read_coadds(coadds).planes
    # Angles went through degrees and text, so that the last bits differ.
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * expected.max())


def test_lsst_config_gives_the_knobs_back():
    config = AssembleConfig(n_subfilters=5, clamp_width=3)
    assert from_lsst(lsst_text(config))[0].values() == config.values()


@pytest.mark.parametrize("solver", ["anderson", "direct", "pcg"])
def test_lsst_config_says_so_where_lsst_has_no_such_solver(solver):
    config = AssembleConfig(solver=solver)
    text = lsst_text(config)
    assert text.startswith(f"# LSST's task has no solver like '{solver}'")
    assert from_lsst(text)[0].values() == config.values()


def test_lsst_config_of_lsst_s_own_iteration_says_nothing_of_solvers():
    assert "has no solver" not in lsst_text(AssembleConfig())

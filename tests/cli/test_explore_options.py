"""``dcrviz explore``: what is checked before anything is served."""

from types import SimpleNamespace

import pytest

import dcrviz
from dcrviz.session import Session
from dcrviz.views import serve as serving


@pytest.fixture
def served(monkeypatch, run):
    """Runs the command with a server that only notes what it would serve."""
    calls = []

    def serve(make, address, **options):
        options["announce"](f"http://{address.host}:5006")
        calls.append((make, address, options))

    monkeypatch.setattr(serving, "serve", serve)

    def explore(*words):
        ended = run("explore", *words)
        assert ended.code == 0, ended.err
        return ended, *calls.pop()

    return explore


def test_it_serves_on_this_machine_alone(served):
    ended, _, address, options = served()
    assert (address.host, address.port, address.allowed_origins) == ("localhost", 0, ())
    assert (options["open_browser"], options["keep"]) == (True, False)
    assert ended.out == "dcrviz explorer at http://localhost:5006 (Ctrl-C ends it)\n"


def test_without_visits_and_knobs_it_begins_with_what_can_be_looked_at(served, monkeypatch):
    given = {}
    monkeypatch.setattr(serving, "explorer_app", page_that_notes(given))
    served()[1]()
    assert given["exposures"] == serving.WELCOME
    served("--set", "n_subfilters=2")[1]()
    assert given["exposures"] is None
    assert given["config"].n_subfilters == 2


def test_options_reach_the_server(served):
    words = ("--address", "0.0.0.0", "--allow-origin", "a.org", "--allow-origin", "b.org:80")
    _, _, address, options = served(*words, "--port", 8123, "--keep", "--no-browser")
    assert (address.host, address.port) == ("0.0.0.0", 8123)
    assert address.allowed_origins == ("a.org", "b.org:80")
    assert (options["open_browser"], options["keep"]) == (False, True)


def test_visits_knobs_template_planes_and_stars_reach_the_page(
    served, warps, fitted, monkeypatch, tmp_path
):
    given = {}

    def app(exposures, config, *, start, local):
        assert local
        given.update(exposures=exposures, config=config, start=start)
        return SimpleNamespace(session=Session())

    monkeypatch.setattr(serving, "explorer_app", app)
    stars = tmp_path / "stars.csv"
    stars.write_text("ra_deg,dec_deg,radius_arcsec\n150.0,2.0,5.0\n")
    words = ("--template", fitted / "coadd.fits", "--set", "n_subfilters=2")
    words = (*words, "--bright-objects", stars)
    planes = [fitted / f"dcrCoadd_{number}.fits" for number in range(2)]
    words = (*words, "--planes", *planes)
    _, make, _, _ = served(warps[0].parent, *words)
    make()
    assert [exposure.source for exposure in given["exposures"]] == [str(path) for path in warps]
    assert given["config"].values()["n_subfilters"] == 2
    assert given["start"].template.image.shape == (48, 48)
    assert given["start"].planes.shape == (2, 48, 48)
    assert [star.radius_arcsec for star in given["start"].bright_objects] == [5.0]


@pytest.fixture
def saved_run(warps, tmp_path):
    """A saved run of two iterations on the visits."""
    session = dcrviz.Session(
        dcrviz.read_exposures(warps), dcrviz.AssembleConfig(n_subfilters=2, max_iterations=3)
    )
    session.step()
    session.step()
    session.save(tmp_path / "run")
    return tmp_path / "run"


def page_that_notes(given):
    """Makes pages with nothing but a session; what they were given is noted."""

    def app(**values):
        given.update(values)
        return SimpleNamespace(session=Session())

    return app


def test_the_memory_for_steps_reaches_the_session(served, monkeypatch):
    monkeypatch.setattr(serving, "explorer_app", page_that_notes({}))
    _, make, _, _ = served("--history-mb", "7")
    assert make().session.history_bytes == 7_000_000


def test_a_page_for_a_class_can_be_asked_for(served):
    _, make, _, _ = served("--teacher")
    page = make()
    page.close()
    assert page.appearance.teacher


def test_a_lesson_reaches_the_page_which_is_for_a_class(served, tmp_path, monkeypatch):
    given = []
    monkeypatch.setattr(
        serving, "explorer_app", lambda exposures, *_, **__: given.append(exposures)
    )
    path = tmp_path / "mine.yaml"
    path.write_text("title: A\nabout: B\nsteps:\n- {scene: healthy, caption: C.}\n")
    for word in ("holes-and-wings", path):
        with pytest.raises(AttributeError):
            served("--lesson", word)[1]()
    assert [lesson.name for lesson in given] == ["holes-and-wings", "mine"]


def test_a_lesson_has_its_own_visits_and_knobs(refused, warps):
    for words, told in ((warps[:1], warps[0]), (["--set", "n_subfilters=2"], "--set")):
        line = refused("explore", "--no-browser", "--lesson", "gain", *words)
        assert f"--lesson gain: a lesson has its own visits and knobs; got {told} beside it" in line
    line = refused("explore", "--no-browser", "--lesson", "gian")
    assert "unknown lesson 'gian'; did you mean 'gain'?" in line


def test_a_saved_run_reaches_the_page(served, saved_run, monkeypatch):
    given = {}
    monkeypatch.setattr(serving, "explorer_app", page_that_notes(given))
    _, make, _, _ = served(saved_run)
    make()
    run, problem = given["run"]
    assert len(run.steps) == 3
    assert problem.n_subfilters == 2


def test_a_saved_run_has_its_own_visits_and_knobs(refused, saved_run):
    line = refused("explore", "--no-browser", saved_run, "--set", "n_subfilters=3")
    assert f"{saved_run}: a saved run has its own visits and knobs; got --set beside it" in line
    line = refused("explore", "--no-browser", saved_run, "--preset", "lsst-2019")
    assert "got --preset beside it" in line


def test_a_saved_run_without_its_visits_is_refused(refused, saved_run, warps):
    warps[1].unlink()
    line = refused("explore", "--no-browser", saved_run)
    assert f"the run needs its exposures; {warps[1]}: must be there to go on" in line


def test_files_of_the_machine_are_closed_to_others(served, monkeypatch):
    given = {}
    monkeypatch.setattr(serving, "explorer_app", page_that_notes(given))
    _, make, _, _ = served("--allow-origin", "a.org")
    make()
    assert given["local"] is False


def test_a_path_may_follow_the_options(served, warps):
    served("--no-browser", "--set", "n_subfilters=2", "clamp_width=3", warps[0].parent)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--port", 65536], "argument --port: must be a whole number from 0 to 65535; got '65536'"),
        (["--port", "http"], "argument --port: must be a whole number from 0 to 65535; got 'http'"),
        (["--address", "0.0.0.0"], "--address 0.0.0.0 needs --allow-origin HOST"),
        (["--set", "n_subfilters=0"], "knob n_subfilters must be a whole number of at least 1"),
        (["--preset", "none"], "unknown preset 'none'"),
        (["none.fits"], "none.fits: must be a FITS file; got nothing there"),
        (["--planes", "out"], "--planes needs the visits that it is for; got no PATH"),
        (["--table", "visits.csv"], "--table needs the visits that it is for; got no PATH"),
    ],
)
def test_an_option_that_can_not_be_is_named(refused, words, told):
    assert told in refused("explore", "--no-browser", *words)


def test_a_port_that_is_taken_is_named(refused, monkeypatch):
    """Pretended, as the library of the server leaves the socket open that it could not bind."""

    def taken(*_, **__):
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(serving, "serve", taken)
    line = refused("explore", "--no-browser", "--port", 8123)
    assert "--address localhost --port 8123 must be free to listen on; got [Errno 98]" in line


def test_visits_that_do_not_fit_together_are_refused_before_a_page_opens(refused, warps, set_keys):
    set_keys(warps[2], FILTER="r")
    line = refused("explore", "--no-browser", *warps)
    assert f"{warps[2]}: all visits must be in one band" in line


def test_visits_that_lack_something_are_refused_before_a_page_opens(refused, warps, set_keys):
    set_keys(warps[2], BORE_AIRMASS=None, BORE_ALT=None)
    assert f"{warps[2]}: missing airmass" in refused("explore", "--no-browser", *warps)


def test_a_template_on_another_grid_is_refused_before_a_page_opens(
    refused, warps, rewrite, tmp_path
):
    other = tmp_path / "other.fits"
    rewrite(warps[0], lambda hdus: hdus.writeto(other))
    rewrite(other, lambda hdus: [hdu.header.update(CRVAL1=151.0) for hdu in hdus[1:]])
    line = refused("explore", "--no-browser", *warps, "--template", other)
    assert f"{other}: WCS must be on the same pixel grid as {warps[0]}" in line


def test_a_scene_of_the_library_reaches_the_page_with_its_knobs(served, monkeypatch):
    given = {}
    monkeypatch.setattr(serving, "explorer_app", page_that_notes(given))
    words = ("--scene", "gain-too-high", "--set", "base_gain=0.7")
    _, make, _, _ = served(*words)
    make()
    assert given["exposures"] == "gain-too-high"
    assert given["config"].changed() == {
        "base_gain": 0.7,
        "clamp_iterations": 0.0,
        "clamp_subfilters": 0.0,
    }


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("healthy", "warps"), "--scene healthy: a scene has its own visits; got warps beside it"),
        (("healthy", "--table", "a.csv"), "got --table beside it"),
        (("helthy",), "unknown scene 'helthy'; did you mean 'healthy'?"),
    ],
)
def test_a_scene_of_the_library_is_all_that_is_opened(refused, words, told):
    assert told in refused("explore", "--no-browser", "--scene", *words)

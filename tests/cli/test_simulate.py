"""``dcrviz simulate``: warps, the truth, and the scene that was observed."""

from itertools import pairwise

import numpy as np
import pytest
import yaml
from astropy.io import fits

from dcrviz.io import read_exposure, read_exposures
from dcrviz.io.config_files import read_config
from dcrviz.simulate import library_exposures, library_knobs

SCENE = {
    "band": "lsst-g",
    "shape": [40, 48],
    "sources": [
        {"x": 14, "y": 15, "flux": 4e4, "spectrum": "blackbody 9000"},
        {"x": 33, "y": 30, "flux": 6e4, "spectrum": "blackbody 3400"},
    ],
}


@pytest.fixture
def sky(run, tmp_path):
    """Simulates a small field without an error; gives its folder."""

    def simulate(*words, folder="sky", size=("--size", "48")):
        ended = run("simulate", tmp_path / folder, *size, "--visits", "3", *words)
        assert ended.code == 0, ended.err
        return tmp_path / folder

    return simulate


@pytest.fixture
def scene(tmp_path):
    """Writes a scene, with some fields changed."""

    def write(**changes):
        path = tmp_path / "scene.yaml"
        path.write_text(yaml.safe_dump(SCENE | changes))
        return path

    return write


@pytest.fixture
def not_simulated(refused, tmp_path):
    """The line that `dcrviz simulate` refuses its input with."""
    return lambda *words: refused("simulate", tmp_path / "a" / "sky", *words)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_it_writes_warps_truth_and_scene(sky):
    names = sorted(path.name for path in sky().iterdir())
    assert [name.split("_")[0] for name in names] == ["scene.yaml", "truth.fits", *["warp"] * 3]


def test_the_same_seed_gives_the_same_bytes(sky):
    assert contents(sky("--seed", 5)) == contents(sky("--seed", 5, folder="again"))


def test_another_seed_gives_another_sky_and_other_noise(sky):
    one, other = contents(sky("--seed", 5)), contents(sky("--seed", 6, folder="other"))
    assert one.keys() == other.keys()
    assert all(one[name] != other[name] for name in one)


def test_the_scene_it_writes_makes_the_same_warps(sky):
    first = sky("--seed", 5)
    again = sky("--seed", 5, "--scene", first / "scene.yaml", folder="again", size=())
    assert contents(first) == contents(again)


def test_a_scene_may_be_given(sky, scene):
    folder = sky("--scene", scene(), size=())
    truth = fits.getdata(folder / "truth.fits", "SUBFILTER0")
    assert truth.shape == (40, 48)
    y, x = np.unravel_index(truth.argmax(), truth.shape)
    assert (abs(y - 15) <= 1, abs(x - 14) <= 1) == (True, True)


def test_the_scale_of_the_scene_gives_the_seeing_in_pixels(sky, scene):
    folder = sky("--scene", scene(pixel_scale_arcsec=0.1), "--seeing", 0.8, size=())
    assert [e.visit.psf_fwhm_px for e in read_exposures(folder)] == pytest.approx([8.0] * 3)


@pytest.mark.parametrize("n", [1, 4])
def test_the_truth_has_as_many_planes_as_asked_for_which_share_the_flux(sky, scene, n):
    folder = sky("--scene", scene(), "--subfilters", n, size=())
    with fits.open(folder / "truth.fits") as hdus:
        planes = [hdu.data for hdu in hdus[1:]]
        edges = [(hdu.header["DCRMIN"], hdu.header["DCRMAX"]) for hdu in hdus[1:]]
    assert len(planes) == n
    assert (edges[0][0], edges[-1][1]) == (405, 552)
    assert all(one[1] == other[0] for one, other in pairwise(edges))
    assert np.sum(planes) == pytest.approx(1e5, rel=0.02)


def test_the_folder_can_be_assembled_as_it_is(sky, run, tmp_path):
    """The truth in it is no visit, however many planes it has."""
    folder = sky("--subfilters", 1)
    words = ("--set", "max_iterations=1", "min_iterations=1", "n_subfilters=2", "--quiet")
    assert run("assemble", folder, "--out", tmp_path / "out", *words).code == 0


def test_visits_are_complete_and_spread_in_airmass(sky):
    visits = [exposure.visit for exposure in read_exposures(sky())]
    assert all(visit.missing == () for visit in visits)
    airmass = sorted(visit.airmass for visit in visits)
    assert airmass[0] < 1.15
    assert airmass[-1] > 1.85


def test_the_band_and_the_seeing_may_be_given(sky):
    visits = [e.visit for e in read_exposures(sky("--band", "lsst-u", "--seeing", 1.0))]
    assert {visit.band.name for visit in visits} == {"lsst-u"}
    assert [visit.psf_fwhm_px for visit in visits] == pytest.approx([5.0] * 3)


def test_the_filter_of_the_warps_is_that_of_the_scene(sky):
    """The table's visits were made in g."""
    assert {e.visit.filter for e in read_exposures(sky("--band", "lsst-u"))} == {"lsst-u"}
    assert {e.visit.filter for e in read_exposures(sky(folder="g"))} == {"g"}


def test_conditions_may_be_a_bundled_table(sky):
    visits = [e.visit for e in read_exposures(sky("--conditions", "dmtn121-template"))]
    assert all(str(visit.id).startswith("1010") for visit in visits)


def test_conditions_may_be_a_file(run, tmp_path):
    table = tmp_path / "night.csv"
    table.write_text("visit,airmass,parallactic_deg,seeing_arcsec\n1,1.2,30,0.9\n2,1.6,-50,1.1\n")
    words = ("--conditions", table, "--size", 48)
    assert run("simulate", tmp_path / "sky", *words).code == 0
    first, second = (e.visit for e in read_exposures(tmp_path / "sky"))
    assert (first.id, first.airmass, first.psf_fwhm_px) == (1, 1.2, pytest.approx(4.5))
    assert (second.id, second.airmass, second.psf_fwhm_px) == (2, 1.6, pytest.approx(5.5))


def test_warps_of_an_earlier_sky_are_told(sky, run, tmp_path):
    sky()
    table = tmp_path / "night.csv"
    table.write_text("visit,airmass,parallactic_deg\n1,1.2,30\n")
    ended = run("simulate", tmp_path / "sky", "--conditions", table, "--size", 48, "--quiet")
    assert ended.err.startswith(f"WARNING {tmp_path}/sky: warp_")
    assert "warp_1.fits" not in ended.err


def test_a_warp_is_a_complete_lsst_exposure(sky):
    exposure = read_exposure(next(sky().glob("warp_*.fits")))
    assert exposure.shape == (48, 48)
    assert {"DETECTED", "NO_DATA", "BAD", "SAT"} <= set(exposure.planes)
    assert np.isfinite(exposure.variance[:]).all()
    assert exposure.wcs is not None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--seed", -1], "argument --seed: must be a whole number from 0 to"),
        (["--seed", 1.5], "argument --seed: must be a whole number from 0 to"),
        (["--size", 24], "argument --size: must be a whole number from 25 to 10000; got '24'"),
        (
            ["--size", 10**6],
            "argument --size: must be a whole number from 25 to 10000; got '1000000'",
        ),
        (["--visits", 0], "argument --visits: must be a whole number from 1 to 10000; got '0'"),
        (["--visits", 85], "hits2015: must have a row for each of 85 visits; got 84"),
        (["--seeing", 0], "argument --seeing: must be a number from 0.1 to 20.0; got '0'"),
        (["--seeing", "nan"], "argument --seeing: must be a number from 0.1 to 20.0; got 'nan'"),
        (["--seeing", 0.15], "seeing must be 1 pixel or more to be drawn; got 0.75 px"),
        (["--subfilters", 21], "argument --subfilters: must be a whole number from 1 to 20; got"),
        (["--psf", "airy"], "argument --psf: invalid choice: 'airy'"),
        (["--band", "lsst-q"], "band must be one of lsst-u"),
        (["--conditions", "hits"], "conditions must be a CSV file or one of hits2015"),
        (["--scene", "none.yaml"], "none.yaml: must be a YAML file; got"),
        (["--scene", "none.yaml", "--size", 48], "--size is for a random scene: none.yaml has its"),
        (
            ["--scene", "none.yaml", "--band", "g"],
            "--band is for a random scene: none.yaml has its",
        ),
    ],
)
def test_an_option_that_can_not_be_is_named(not_simulated, words, told):
    assert told in not_simulated(*words)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"source": []}, "unknown scene field 'source'; did you mean 'sources'?"),
        ({"sources": 5}, "must be a scene as in the scene.yaml of a simulation; got 'int'"),
        ({"shape": 5}, "must be a scene as in the scene.yaml of a simulation; got"),
        ({"throughput": 5}, "must be a scene as in the scene.yaml of a simulation; got"),
        ({"band": "lsst-q"}, "band must be one of lsst-u"),
        ({"shape": [4, 4]}, "sources must lie in the field of width 4 and height 4; got one at"),
        ({"gain": 0}, "gain of a scene must be positive; got 0"),
        ({"sources": [{"x": 1, "y": 1, "flux": 1e4}]}, "source must have spectrum; got"),
        ({"random": {"seed": -1}}, "non-negative"),
    ],
)
def test_a_bad_scene_names_the_file(not_simulated, scene, changes, told):
    path = scene(**changes)
    line = not_simulated("--scene", path)
    assert line.startswith(f"dcrviz: error: {path}: ")
    assert told in line


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[1, 2]", "must hold a mapping; got list"),
        (b"", "must hold a mapping; got NoneType"),
        (b"a: [", "must be a YAML file; got"),
        (b"\xff\xfe\x81", "must be a YAML file; got"),
    ],
)
def test_a_file_that_is_no_scene_is_named(not_simulated, tmp_path, content, told):
    path = tmp_path / "scene.yaml"
    path.write_bytes(content)
    assert f"{path}: {told}" in not_simulated("--scene", path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            b"visit,airmass,parallactic_deg\n1,low,3\n",
            "night.csv, line 2: column airmass must have a",
        ),
        (b"airmass,parallactic_deg\n1.2,3\n", "a column must be one of visit, exposure, id"),
        (b"visit,airmass,parallactic_deg\n1,0.2,3\n", "night.csv, line 2"),
        (b"visit,airmass,parallactic_deg\n", "must have a row for each of 1 visits; got 0"),
        (b"", "must have a row for each of 1 visits; got 0"),
        (b"\xff\xfe\x81", "must be a CSV file; got"),
        (b"visit,airmass,parallactic_deg\n1,1.2,3\n1,1.3,3\n", "different ids; got 1 twice"),
    ],
)
def test_bad_conditions_are_named(not_simulated, tmp_path, content, told):
    path = tmp_path / "night.csv"
    path.write_bytes(content)
    assert told in not_simulated("--conditions", path, "--size", 48)


def test_a_folder_that_is_a_file_is_named(refused, tmp_path):
    (tmp_path / "taken").write_text("mine")
    line = refused("simulate", tmp_path / "taken", "--size", 48)
    assert f"{tmp_path}/taken: must be a directory to write into; got a file" in line


def test_a_scene_of_the_library_is_written_with_the_knobs_that_it_begins_with(run, tmp_path):
    assert run("simulate", tmp_path / "sky", "--scene", "gain-too-high").code == 0
    written = {e.visit.id: e.image[:] for e in read_exposures(tmp_path / "sky")}
    for exposure in library_exposures("gain-too-high"):
        np.testing.assert_array_equal(written[exposure.visit.id], exposure.image)
    changed = read_config(tmp_path / "sky" / "config.yaml").changed()
    assert changed == library_knobs("gain-too-high")


def test_a_scene_without_knobs_of_its_own_is_written_without_any(run, tmp_path):
    assert run("simulate", tmp_path / "sky", "--scene", "mirrored-angle").code == 0
    angles = {e.visit.id: e.visit.parallactic_rad for e in read_exposures(tmp_path / "sky")}
    for exposure in library_exposures("mirrored-angle"):
        assert angles[exposure.visit.id] == pytest.approx(exposure.visit.parallactic_rad)
    assert not (tmp_path / "sky" / "config.yaml").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("--scene", "healthy", "--seed", "3"),
            "--scene healthy: a scene of the library has its own visits; got --seed beside it",
        ),
        (("--scene", "helthy"), "unknown scene 'helthy'; did you mean 'healthy'?"),
    ],
)
def test_a_scene_of_the_library_leaves_no_choice(not_simulated, words, told):
    assert told in not_simulated(*words)


def test_the_seeing_may_be_spread_from_the_best_to_the_worst(sky):
    folder = sky("--seeing", 0.6, "--worst-seeing", 1.1)
    widths = [0.2 * e.visit.psf_fwhm_px for e in read_exposures(folder)]
    assert sorted(widths) == pytest.approx([0.6, 0.85, 1.1])


def test_the_shape_of_the_stars_is_part_of_the_scene_that_it_writes(sky):
    one = ("--visits", 1)
    first = sky("--psf", "moffat", "--seeing-exponent", -0.2, *one, size=("--size", "32"))
    written = yaml.safe_load((first / "scene.yaml").read_text())
    assert written["psf"] == {"profile": "moffat", "beta": 3.5, "seeing_exponent": -0.2}
    again = sky("--scene", first / "scene.yaml", *one, folder="again", size=())
    assert contents(first) == contents(again)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--worst-seeing", 1.1), "--worst-seeing 1.1 needs --seeing, the best, beside it"),
        (
            ("--seeing", 0.9, "--worst-seeing", 0.8),
            "--worst-seeing must be --seeing, 0.9, or more; got 0.8",
        ),
        (("--scene", "healthy", "--seeing-exponent", -0.2), "got --seeing-exponent beside it"),
    ],
)
def test_seeing_that_can_not_be_is_refused(not_simulated, words, told):
    assert told in not_simulated(*words)

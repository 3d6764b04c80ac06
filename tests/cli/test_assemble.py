"""What ``dcrviz assemble`` writes."""

import json
import logging
import shutil

import numpy as np
import pytest
from astropy.io import fits

from dcrviz.config import AssembleConfig
from dcrviz.io import read_exposure
from dcrviz.io.config_files import read_config

FEW = ("--set", "n_subfilters=2", "max_iterations=1", "min_iterations=1")
PRODUCTS = {"coadd.fits", "nImage.fits", "config.yaml", "history.json"}
PLANES = {f"dcrCoadd_{subfilter}.fits" for subfilter in range(3)}


def strict(text):
    """JSON without the numbers that JSON does not have."""

    def refuse(name):
        raise AssertionError(name)

    return json.loads(text, parse_constant=refuse)


def names(folder):
    return {path.name for path in folder.iterdir()}


def metrics_in(folder):
    """Of the first tile of the run in a folder, from its starting model on."""
    (tile,) = strict((folder / "history.json").read_text())["tiles"]
    return [iteration["metric"] for iteration in tile["iterations"]]


@pytest.fixture
def history(tmp_path):
    """Reads the history of the run."""
    return lambda: strict((tmp_path / "out" / "history.json").read_text())


def test_a_run_writes_planes_coadd_counts_configuration_and_history(fitted):
    assert names(fitted) == PRODUCTS | PLANES


def test_there_are_as_many_planes_as_subfilters(assembled, warps, tmp_path):
    assembled(*warps)
    assert names(tmp_path / "out") == PRODUCTS | {"dcrCoadd_0.fits", "dcrCoadd_1.fits"}


def test_the_planes_sum_to_the_coadd(fitted):
    planes = [fits.getdata(fitted / name, "IMAGE") for name in sorted(PLANES)]
    total = fits.getdata(fitted / "coadd.fits", "IMAGE")
    np.testing.assert_allclose(np.sum(planes, axis=0), total, rtol=1e-5, atol=1e-3)


def test_the_variances_of_the_planes_add_to_the_coadds(fitted):
    planes = [fits.getdata(fitted / name, "VARIANCE") for name in sorted(PLANES)]
    total = fits.getdata(fitted / "coadd.fits", "VARIANCE")
    np.testing.assert_allclose(np.sum(planes, axis=0), total, rtol=1e-5)


@pytest.mark.parametrize("name", ["coadd.fits", "dcrCoadd_0.fits"])
def test_a_product_is_an_lsst_exposure(fitted, name):
    with fits.open(fitted / name) as hdus:
        assert [hdu.name for hdu in hdus[1:4]] == ["IMAGE", "MASK", "VARIANCE"]
        assert [hdu.data.dtype.kind for hdu in hdus[1:4]] == ["f", "i", "f"]
        assert all(hdu.data.shape == (48, 48) for hdu in hdus[1:4])


def test_mask_planes_and_their_bits_are_kept(simulated, fitted):
    visit = read_exposure(next(simulated.glob("warp_*.fits")))
    coadd = read_exposure(fitted / "coadd.fits")
    assert dict(visit.planes).items() <= dict(coadd.planes).items()
    detected = 1 << coadd.planes["DETECTED"]
    assert (coadd.mask[:] & detected).any()


def test_a_plane_of_the_visits_own_is_kept(assembled, warps, rewrite, tmp_path):
    def add(hdus):
        hdus["MASK"].header["HIERARCH MP_CROSSTALK"] = 17
        hdus["MASK"].data[5:9, 5:9] |= 1 << 17

    rewrite(warps[0], add)
    assembled(*warps)
    coadd = read_exposure(tmp_path / "out" / "coadd.fits")
    assert ((coadd.mask[:] >> coadd.planes["CROSSTALK"]) & 1).sum() == 16


def test_the_origin_and_the_sky_coordinates_are_kept(assembled, warps, rewrite, tmp_path):
    for path in warps:
        rewrite(path, lambda hdus: [h.header.update(CRVAL1A=700, CRVAL2A=-3) for h in hdus[1:]])
    assembled(*warps)
    visit = read_exposure(warps[0])
    for name in ("coadd.fits", "dcrCoadd_1.fits"):
        made = read_exposure(tmp_path / "out" / name)
        assert made.xy0 == (700, -3)
        assert made.wcs.wcs.compare(visit.wcs.wcs, tolerance=1e-12)


def test_counts_are_per_subfilter_and_of_visits(fitted):
    with fits.open(fitted / "nImage.fits") as hdus:
        named = {hdu.name: hdu.data for hdu in hdus[1:]}
    assert set(named) == {"NIMAGE_0", "NIMAGE_1", "NIMAGE_2", "NIMAGE", "NVISITS"}
    assert (named["NVISITS"] == 5).all()
    np.testing.assert_array_equal(named["NIMAGE"], sum(named[f"NIMAGE_{a}"] for a in range(3)))


def test_without_counting_there_is_no_file_of_counts(assembled, warps, tmp_path):
    assembled(*warps, "--set", "count_images=false")
    assert "nImage.fits" not in names(tmp_path / "out")


def test_the_configuration_reads_back_to_the_same(fitted):
    assert read_config(fitted / "config.yaml").values() == AssembleConfig().values()


def test_the_configuration_holds_what_was_set(assembled, warps, tmp_path):
    assembled(*warps, "--preset", "lsst-today", "--set", "baseGain=0.4", "--band", "decam-g")
    read = read_config(tmp_path / "out" / "config.yaml").values()
    assert (read["base_gain"], read["interpolation_order"], read["weights"]) == (0.4, 1, "2019")
    assert (read["n_subfilters"], read["band"].name) == (2, "decam-g")


def test_the_configuration_repeats_the_run(fitted, simulated, run, tmp_path):
    words = ("--config", fitted / "config.yaml", "--out", tmp_path, "--quiet")
    assert run("assemble", simulated, *words).code == 0
    for name in PRODUCTS | PLANES:
        assert (tmp_path / name).read_bytes() == (fitted / name).read_bytes()


def test_the_history_is_strict_json_with_outcome_and_sentence(fitted):
    record = strict((fitted / "history.json").read_text())
    assert record["outcome"] == "EXHAUSTED"
    assert record["sentence"].startswith("Maximum reached: ")
    assert record["warnings"] == []
    assert record["band"]["name"] == "lsst-g"


def test_the_history_tells_each_iteration(fitted):
    record = strict((fitted / "history.json").read_text())
    ids = [str(visit["id"]) for visit in record["visits"]]
    (tile,) = record["tiles"]
    assert len(tile["iterations"]) == 3 * 3 + 2 + 1
    for number, iteration in enumerate(tile["iterations"]):
        assert iteration["iteration"] == number
        assert list(iteration["visit_metrics"]) == ids
        assert iteration["metric"] == pytest.approx(
            np.mean(list(iteration["visit_metrics"].values()))
        )
        assert (iteration["gain"] is None) == (number == 0)
        clamped = iteration.get("clamped", {})
        assert all(len(values) == 3 for values in clamped.values())
        assert bool(clamped) == (number > 0)


def test_every_subregion_has_its_own_history(assembled, warps, history):
    assembled(*warps, "--set", "subregion_size=48,24")
    boxes = [tile["box"] for tile in history()["tiles"]]
    assert boxes == [
        {"x0": 0, "y0": 0, "width": 48, "height": 24},
        {"x0": 0, "y0": 24, "width": 48, "height": 24},
    ]


def test_a_second_run_replaces_the_first(assembled, warps, fitted, tmp_path):
    shutil.copytree(fitted, tmp_path / "out")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    assembled(*warps, "--set", "count_images=false")
    left = {"coadd.fits", "config.yaml", "history.json", "dcrCoadd_0.fits", "dcrCoadd_1.fits"}
    assert names(tmp_path / "out") == left | {"notes.txt"}
    assert (tmp_path / "out" / "coadd.fits").read_bytes() != (fitted / "coadd.fits").read_bytes()


def test_the_output_directory_is_made_with_those_above_it(run, warps, tmp_path):
    out = tmp_path / "a" / "b"
    assert run("assemble", *warps, "--out", out, *FEW).code == 0
    assert (out / "coadd.fits").is_file()


def test_a_folder_a_pattern_and_names_mean_the_same(run, simulated, tmp_path):
    paths = sorted(simulated.glob("warp_*.fits"))
    for out, words in (("a", [simulated]), ("b", [f"{simulated}/warp_*.fits"]), ("c", paths)):
        assert run("assemble", *words, "--out", tmp_path / out, *FEW).code == 0
    first = (tmp_path / "a" / "coadd.fits").read_bytes()
    assert first == (tmp_path / "b" / "coadd.fits").read_bytes()
    assert first == (tmp_path / "c" / "coadd.fits").read_bytes()


def test_products_in_the_folder_of_the_visits_are_no_visits(run, warps):
    folder = warps[0].parent
    for _ in range(2):
        assert run("assemble", folder, "--out", folder, *FEW).code == 0
    assert len(strict((folder / "history.json").read_text())["visits"]) == 5


def test_a_path_may_follow_the_settings(run, warps, tmp_path):
    words = ("--out", tmp_path / "out", *FEW, warps[0].parent)
    assert run("assemble", *words).code == 0


def test_the_band_may_be_given_by_its_wavelengths(assembled, warps, set_keys, history):
    for path in warps:
        set_keys(path, FILTER="N540")
    assembled(*warps, "--effective-nm", 540, "--min-nm", 500, "--max-nm", 580)
    assert history()["band"] == {
        "name": "custom",
        "effective_nm": 540,
        "min_nm": 500,
        "max_nm": 580,
    }


def test_a_run_may_start_from_a_coadd(assembled, warps, fitted, tmp_path):
    template = shutil.copy(fitted / "coadd.fits", tmp_path / "start.fits")
    assembled(*warps, "--template", template)
    made = fits.getdata(tmp_path / "out" / "coadd.fits", "MASK")
    np.testing.assert_array_equal(made, fits.getdata(fitted / "coadd.fits", "MASK"))


def test_the_coadd_to_start_from_needs_no_row_in_the_table_of_the_visits(assembled, warps, fitted):
    folder = warps[0].parent
    shutil.copy(fitted / "coadd.fits", folder / "start.fits")
    rows = "".join(f"{path.name},1.3\n" for path in warps)
    (folder / "visits.csv").write_text("file,airmass\n" + rows)
    assembled(*warps, "--template", folder / "start.fits")


def test_a_table_supplies_what_the_headers_lack(assembled, warps, set_keys, tmp_path, history):
    set_keys(warps[1], BORE_AIRMASS=None, BORE_ALT=None)
    table = tmp_path / "table.csv"
    rows = "".join(f"{path.name},{1.5 if path == warps[1] else ''}\n" for path in warps)
    table.write_text("file,airmass\n" + rows)
    assembled(*warps, "--table", table)
    assert history()["visits"][1]["airmass"] == 1.5


def test_bright_objects_are_masked_if_the_knob_says_so(assembled, warps, tmp_path):
    catalogue = tmp_path / "stars.csv"
    catalogue.write_text("ra_deg,dec_deg,radius_arcsec\n150.12,2.21,1.0\n")
    assembled(*warps, "--bright-objects", catalogue, "--set", "mask_bright_objects=true")
    coadd = read_exposure(tmp_path / "out" / "coadd.fits")
    marked = (coadd.mask[:] >> coadd.planes["BRIGHT_OBJECT"]) & 1
    assert 60 < marked.sum() < 100


def test_the_log_tells_airmasses_angles_each_iteration_and_the_ending(assembled, warps):
    said = assembled(*warps).err
    assert "INFO 5 visits read" in said
    assert "INFO Selected airmasses: {411305: 1.2945" in said
    assert "INFO Selected parallactic angles [deg]: {411305: -147.03" in said
    assert said.count("INFO subregion 1 of 1, iteration ") == 3
    assert said.splitlines()[-1].startswith("WARNING subregion 1 of 1: Maximum reached")


def test_quiet_says_nothing_but_warnings(assembled, warps):
    lines = assembled(*warps, "--quiet").err.splitlines()
    assert [line.split()[0] for line in lines] == ["WARNING"]


def test_no_progress_bar_is_shown_where_there_is_no_terminal(assembled, warps):
    assert "iterations/s" not in assembled(*warps).err


def test_the_log_is_left_as_it_was(assembled, warps):
    log = logging.getLogger("dcrviz")
    before = (log.level, list(log.handlers), list(logging.root.handlers))
    assembled(*warps)
    assert (log.level, list(log.handlers), list(logging.root.handlers)) == before


class TestFromPlanes:
    """``--planes``: a fit that begins with planes that are there already."""

    def test_begins_where_the_other_run_ended(self, fitted, simulated, run, tmp_path):
        ended = run(
            *("assemble", simulated, "--planes", fitted, "--out", tmp_path / "out"),
            *("--set", "max_iterations=1", "min_iterations=1"),
        )
        assert ended.code == 0, ended.err
        before, after = (metrics_in(folder) for folder in (fitted, tmp_path / "out"))
        assert after[0] == pytest.approx(min(before), rel=1e-3)
        assert after[0] < before[0]

    def test_files_of_planes_without_our_tables_are_as_good(self, fitted, simulated, run, tmp_path):
        files = []
        for name in sorted(PLANES):
            with fits.open(fitted / name) as hdus:
                kept = [hdu for hdu in hdus if hdu.name in ("PRIMARY", "IMAGE", "MASK", "VARIANCE")]
                fits.HDUList(kept).writeto(tmp_path / name)
            files.append(tmp_path / name)
        words = ("--set", "max_iterations=1", "min_iterations=1")
        both = []
        for out, planes in (("one", [fitted]), ("other", files)):
            ended = run("assemble", simulated, "--planes", *planes, "--out", tmp_path / out, *words)
            assert ended.code == 0, ended.err
            both.append(fits.getdata(tmp_path / out / "dcrCoadd_0.fits", "IMAGE"))
        np.testing.assert_array_equal(*both)

    @pytest.mark.parametrize(
        ("planes", "told"),
        [
            (lambda fitted: [fitted / "dcrCoadd_0.fits"], "must be 3"),
            (lambda fitted: [fitted.parent / "none"], "none"),
            (
                lambda fitted: [fitted / f"dcrCoadd_{subfilter}.fits" for subfilter in (0, 2, 1)],
                "dcrCoadd_2.fits: planes must be given in the order of their subfilters; got the "
                "one of subfilter 2 in place 1",
            ),
        ],
    )
    def test_other_planes_are_refused_in_one_line(
        self, fitted, simulated, run, tmp_path, planes, told
    ):
        words = ("--planes", *planes(fitted), "--out", tmp_path / "out")
        ended = run("assemble", simulated, *words)
        assert ended.code == 2
        assert told in ended.err
        assert len(ended.err.strip().splitlines()) == 1

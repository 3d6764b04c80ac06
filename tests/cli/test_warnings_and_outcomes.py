"""What is worth a warning, and how a run may end: exit code 0, written, told in the history."""

import json

import numpy as np
import pytest
from astropy.io import fits


@pytest.fixture
def history(tmp_path):
    """Reads the history of the run."""
    return lambda: json.loads((tmp_path / "out" / "history.json").read_text())


@pytest.fixture
def ended(run, tmp_path, history):
    """Runs with some knobs; gives outcome, sentence and what was said."""

    def assemble(*words):
        done = run("assemble", *words, "--out", tmp_path / "out", "--quiet")
        assert done.code == 0, done.err
        assert (tmp_path / "out" / "coadd.fits").is_file()
        record = history()
        return record["outcome"], record["sentence"], done.err

    return assemble


def set_pixels(rewrite, path, where, value, plane=1):
    rewrite(path, lambda hdus: hdus[plane].data.__setitem__(where, value))


# ---- warnings


def test_nan_pixels_are_counted(assembled, warps, rewrite, history):
    set_pixels(rewrite, warps[2], np.s_[10:13, 20:24], np.nan)
    said = assembled(*warps).err
    sentence = f"{warps[2]}: 12 pixels are NaN without a mask plane that says so"
    assert f"WARNING {sentence}" in said
    assert any(warning.startswith(sentence) for warning in history()["warnings"])


def test_nan_pixels_leave_no_nan_in_the_products(assembled, warps, rewrite, tmp_path):
    for path in warps:
        set_pixels(rewrite, path, np.s_[10:13, 20:24], np.nan)
    assembled(*warps)
    for name in ("coadd.fits", "dcrCoadd_0.fits", "dcrCoadd_1.fits"):
        assert np.isfinite(fits.getdata(tmp_path / "out" / name, "IMAGE")).all()


def test_a_visit_without_a_usable_pixel_is_named_and_left_out(
    assembled, warps, rewrite, history, tmp_path
):
    set_pixels(rewrite, warps[2], np.s_[:], 1 << 8, plane=2)
    said = assembled(*warps).err
    assert f"WARNING {warps[2]}: no usable pixel; the visit is left out" in said
    assert history()["visits"][2]["usable_fraction"] == 0
    assert history()["tiles"][0]["iterations"][-1]["visit_metrics"]["412266"] is None
    assert (fits.getdata(tmp_path / "out" / "nImage.fits", "NVISITS") == 4).all()


def test_a_visit_of_nothing_but_nan_is_named_and_left_out(assembled, warps, rewrite, history):
    set_pixels(rewrite, warps[2], np.s_[:], np.nan)
    assert f"{warps[2]}: no usable pixel" in assembled(*warps).err
    assert history()["visits"][2]["usable_fraction"] == 0


@pytest.mark.parametrize("keys", [{"AIRTEMP": None}, {"HUMIDITY": 140.0}])
def test_missing_weather_is_told(assembled, warps, set_keys, history, keys):
    set_keys(warps[1], **keys)
    said = assembled(*warps).err
    assert "WARNING no weather in the record of 1 of 5 visits (411456); the standard" in said
    assert [visit["standard_atmosphere"] for visit in history()["visits"]] == [0, 1, 0, 0, 0]


def test_every_pixel_detected_is_told(assembled, warps, rewrite, tmp_path, history):
    start = tmp_path / "start.fits"
    rewrite(warps[0], lambda hdus: hdus.writeto(start))
    set_pixels(rewrite, start, np.s_[:], 1 << 5, plane=2)
    said = assembled(*warps, "--template", start).err
    assert "WARNING every pixel of the template is DETECTED: the noise is taken from the" in said
    assert history()["outcome"] == "EXHAUSTED"


# ---- outcomes


def test_converged(ended, warps):
    words = ("--set", "min_iterations=1", "convergence_threshold=0.99")
    outcome, sentence, said = ended(*warps, *words)
    assert (outcome, said) == ("CONVERGED", "")
    assert sentence.startswith("Converged: ")


def test_maximum_reached(ended, warps, history):
    outcome, sentence, said = ended(*warps, "--set", "max_iterations=1", "min_iterations=1")
    assert (outcome, sentence.split(":")[0]) == ("EXHAUSTED", "Maximum reached")
    assert len(history()["tiles"][0]["iterations"]) == 1 + 3
    assert sentence in said


DIVERGING = ("--set", "clamp_iterations=0", "clamp_subfilters=0", "accelerate=10")


@pytest.mark.parametrize("kept", ["best", "last"])
def test_diverged(ended, warps, kept, history):
    outcome, sentence, _ = ended(*warps, *DIVERGING, f"on_divergence={kept}")
    assert (outcome, sentence.split(":")[0]) == ("DIVERGED", "Diverged")
    metrics = [iteration["metric"] for iteration in history()["tiles"][0]["iterations"]]
    assert history()["tiles"][0]["best_iteration"] == np.argmin(metrics)


def test_too_few_visits(ended, warps):
    outcome, sentence, _ = ended(warps[0])
    assert (outcome, sentence.split(":")[0]) == ("TOO_FEW_VISITS", "Too few visits")


def test_no_detections(ended, run, tmp_path):
    scene = tmp_path / "empty.yaml"
    scene.write_text("band: lsst-g\nshape: [48, 48]\nsources: []\n")
    words = ("--scene", scene, "--visits", "4", "--quiet")
    assert run("simulate", tmp_path / "sky", *words).code == 0
    outcome, sentence, _ = ended(tmp_path / "sky")
    assert (outcome, sentence.split(":")[0]) == ("NO_DETECTIONS", "No detections")


def test_without_detections_the_template_is_divided(ended, run, tmp_path):
    test_no_detections(ended, run, tmp_path)
    planes = [fits.getdata(tmp_path / "out" / f"dcrCoadd_{a}.fits", "IMAGE") for a in range(3)]
    np.testing.assert_array_equal(planes[0], planes[1])
    np.testing.assert_array_equal(planes[0], planes[2])


def test_no_valid_data(ended, warps, rewrite):
    """No visit calls anything a source, so there is nothing to judge the fit by."""
    for path in warps:
        set_pixels(rewrite, path, np.s_[:], 0, plane=2)
    outcome, sentence, _ = ended(*warps)
    assert (outcome, sentence.split(":")[0]) == ("NO_DATA", "No valid data")


def test_a_run_without_convergence_is_strict_json_too(ended, warps, tmp_path):
    ended(*warps, "--set", "use_convergence=false", "max_iterations=1")
    assert "NaN" not in (tmp_path / "out" / "history.json").read_text()

"""From warps to scores on a field that another program rendered, against LSST's task of 2019.

The numbers are those measured for the 2019 task on the same field, as printed with two or three
digits: rms of science visit minus template in sky sigma, dipoles in the differences, slope and rms
of the colours of bright stars.
"""

import importlib.util
import warnings

import numpy as np
import pytest
from astropy.io import fits

from dcrviz.cli import main

AS_2019 = {
    3: {"template": 0.65, "dipoles": 9, "slope": 0.73, "rms": 0.049},
    5: {"template": 0.43, "dipoles": 0, "slope": 0.84, "rms": 0.028},
}


def tool(shared, name):
    """A module of those that lie beside the project."""
    spec = importlib.util.spec_from_file_location(name, shared / f"tools/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def score(shared):
    """The module that compares planes and templates with the truth."""
    return tool(shared, "score")


@pytest.fixture(scope="module")
def field(shared):
    with np.load(shared / "data/galsim/hits_g_fixed.npz") as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def warps(shared, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hits")
    # It leaves to Python to close what it reads.
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        tool(shared, "to_warps").convert(shared / "data/galsim/hits_g_fixed.npz", folder)
    return folder


@pytest.fixture(scope="module")
def scores(score, field, warps, tmp_path_factory):
    """Runs a preset on the template visits; scores its planes, and its science templates."""
    science = {
        number: warps / "science" / f"warp_{field['exposure'][number]}.fits"
        for number in np.flatnonzero(~field["is_template"])
    }

    def measure(preset, n_subfilters):
        out = tmp_path_factory.mktemp("fit")
        words = ["--preset", preset, "--set", f"n_subfilters={n_subfilters}", "--quiet"]
        assert main(["assemble", str(warps / "template"), "--out", str(out), *words]) == 0
        planes = [
            fits.getdata(out / f"dcrCoadd_{a}.fits").astype(float) for a in range(n_subfilters)
        ]
        templates = {}
        for number, visit in science.items():
            made = out / f"template_{number}.fits"
            assert main(["template", str(out), str(visit), "--out", str(made), "--quiet"]) == 0
            templates[number] = fits.getdata(made).astype(float)
        by_planes = score.score(field, np.array(planes))
        by_templates = score.score_templates(field, templates)
        assert len(templates) == 6
        return {
            "template": max(by_planes["mean"]["template"], by_templates["mean"]),
            "dipoles": max(by_planes["dipoles"]["template"], by_templates["dipoles"]),
            "slope": by_planes["colour"]["slope"],
            "rms": by_planes["colour"]["rms"],
        }

    return measure


def assert_no_worse(found, recorded):
    """Up to the digits that are printed."""
    assert found["template"] < recorded["template"] + 0.005
    assert found["dipoles"] <= recorded["dipoles"]
    assert abs(found["slope"] - 1) < abs(recorded["slope"] - 1) + 0.005
    assert found["rms"] < recorded["rms"] + 0.0005


@pytest.mark.parametrize("n_subfilters", AS_2019)
def test_the_preset_of_2019_scores_no_worse_than_the_task_of_2019(scores, n_subfilters):
    assert_no_worse(scores("lsst-2019", n_subfilters), AS_2019[n_subfilters])


def test_the_default_preset_scores_better_with_three_subfilters(scores):
    found, recorded = scores("default", 3), AS_2019[3]
    assert_no_worse(found, recorded)
    assert found["template"] < 0.9 * recorded["template"]
    assert found["dipoles"] < recorded["dipoles"]

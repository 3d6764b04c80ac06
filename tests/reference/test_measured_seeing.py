"""Measured seeing against GalSim's, and against what headers of real exposures tell."""

import importlib.util
import warnings
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

import dcrviz
from dcrviz.warp.sky import sky_of


@pytest.mark.parametrize("field", ["hits_g_seeing", "hits_g_fixed"])
def test_it_is_the_seeing_that_galsim_drew_at_every_airmass(shared, tmp_path, field):
    spec = importlib.util.spec_from_file_location("to_warps", shared / "tools/to_warps.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    # It leaves to Python to close what it reads.
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        tool.convert(shared / f"data/galsim/{field}.npz", tmp_path)
    visits = dcrviz.read_exposures([tmp_path / "template", tmp_path / "science"])
    off = [dcrviz.measured_seeing(e).fwhm_px / e.visit.psf_fwhm_px - 1 for e in visits]
    assert len(off) == 16
    assert np.abs(off).max() < 0.03
    # The core of Kolmogorov's profile as a Moffat profile is narrower by some part in a hundred.
    assert np.mean(off) == pytest.approx(-0.01, abs=0.005)


def test_real_stars_are_as_wide_as_they_look_and_headers_say_more(shared):
    for exposure in dcrviz.read_exposures(shared / "data/real/decam_i_epochs"):
        image = np.asarray(exposure.image[:], dtype=np.float32)
        image = image - sky_of(image, ~np.isfinite(image), box_px=128)
        found = dcrviz.measured_seeing(replace(exposure, image=image))
        looks = np.mean([looks_px(image, *star) for star in ((58, 181), (101, 73))])
        assert found.fwhm_px == pytest.approx(looks, rel=0.05)
        assert 1.08 < exposure.visit.psf_fwhm_px / found.fwhm_px < 1.15


def looks_px(image, x, y):
    """Width of a circle as large as what is above half the peak, on pixels of a tenth."""
    around = image[y - 15 : y + 16, x - 15 : x + 16]
    fine = ndimage.zoom(around, 10, order=3, grid_mode=True, mode="nearest")
    parts, _ = ndimage.label(fine > fine.max() / 2)
    area = (parts == parts.flat[fine.argmax()]).sum() / 100
    # Less what the pixels add, as to a Gaussian.
    return np.sqrt(4 * area / np.pi - 8 * np.log(2) / 12)

"""Sources as single peaks."""

import math

import numpy as np
import pytest
from scipy import ndimage

from dcrviz.diagnostics.peaks import peaks_of

FWHM_PX, NOISE = 4.0, 1.0
# More than a loop passes through in one go.
HEIGHT, WIDTH = 640, 900


def by_scipy(image, detected):
    width_px = FWHM_PX / (2 * math.sqrt(2 * math.log(2)))
    light = ndimage.gaussian_filter(np.nan_to_num(image), width_px, mode="constant")
    top = (light == ndimage.maximum_filter(light, size=5)) & detected
    least = 5 * NOISE / (2 * math.sqrt(math.pi) * width_px)
    y, x = np.nonzero(top & (light > least))
    return {(int(column), int(row)) for column, row in zip(x, y, strict=True)}


@pytest.mark.parametrize("threads", [1, 2])
def test_no_peak_is_lost_or_found_twice_in_a_large_image(threads):
    random = np.random.default_rng(1)
    image = random.normal(size=(HEIGHT, WIDTH)).astype(np.float32)
    # One in each row, so that each band of rows ends beside one.
    columns = random.permutation(WIDTH)[:HEIGHT]
    image[np.arange(HEIGHT), columns] += 400
    image[5, 5] = np.nan
    detected = ndimage.binary_dilation(image > 100, iterations=2)
    found = peaks_of(image, detected, noise=NOISE, fwhm_px=FWHM_PX, threads=threads)
    places = list(zip(found.x.astype(int).tolist(), found.y.astype(int).tolist(), strict=True))
    assert len(set(places)) == len(places) > 0.9 * HEIGHT
    assert set(places) == by_scipy(image, detected)
    assert (np.diff(found.light) <= 0).all()

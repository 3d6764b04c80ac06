"""Sources by sep, in as much room as they take."""

import numpy as np
import pytest
import sep

from dcrviz.kernels.extract import extract


def stars(shape, number):
    random = np.random.default_rng(4)
    image = random.normal(size=shape).astype(np.float32)
    image[random.integers(shape[0], size=number), random.integers(shape[1], size=number)] += 100
    return image


def by_sep(image, threshold, **options):
    sep.set_extract_pixstack(1_000_000)
    return sep.extract(image, threshold, **options)


def test_it_finds_what_sep_finds():
    image = stars((90, 70), 12)
    found = extract(image, 5.0, minarea=2)
    assert len(found) > 8
    assert np.array_equal(found, by_sep(image, 5.0, minarea=2))


def test_a_source_may_fill_the_image():
    image = np.full((400, 300), 10, np.float32)
    found, segments = extract(image, 5.0, deblend_cont=1.0, clean=False, segmentation_map=True)
    assert len(found) == 1
    assert (segments == 1).all()
    assert sep.get_extract_pixstack() >= image.size


def test_the_room_of_a_crowded_image_is_not_kept_for_the_next():
    extract(np.full((400, 300), 10, np.float32), 5.0, deblend_cont=1.0, clean=False)
    extract(stars((90, 70), 12), 5.0)
    assert sep.get_extract_pixstack() < 300_000


def test_other_trouble_of_sep_is_told():
    with pytest.raises(ValueError, match="2-d"):
        extract(np.zeros(5, np.float32), 5.0)

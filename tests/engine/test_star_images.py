"""What a star looks like in what is made of many visits."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz.engine.star_images import mean_star_image, seeing_of
from dcrviz.physics.seeing import star_image, width_px
from dcrviz.psf import Psf


def with_seeing(exposures, *widths):
    return [
        replace(e, visit=replace(e.visit, psf_fwhm_px=width))
        for e, width in zip(exposures, widths, strict=False)
    ]


def test_the_mean_of_visits_of_one_seeing_is_as_wide(problem):
    assert width_px(problem.psf) == pytest.approx(4.0, rel=0.005)


def test_a_visit_counts_by_its_weight(exposures):
    visits = with_seeing(exposures, 3.0, 5.0)
    narrow = mean_star_image(visits, np.array([1.0, 0.0]), psf=Psf(profile="kolmogorov"))
    both = mean_star_image(visits, np.array([3.0, 1.0]), psf=Psf(profile="kolmogorov"))
    stars = [star_image(w, psf=Psf(profile="kolmogorov"), reach_px=20) for w in (3.0, 5.0)]
    assert width_px(narrow) == pytest.approx(3.0, rel=0.005)
    np.testing.assert_allclose(both, (3 * stars[0] + stars[1]) / 4, atol=1e-5)


def test_visits_that_are_off_or_tell_no_seeing_count_nothing(exposures):
    visits = with_seeing(exposures, 3.0, 5.0, None, 3.0, 3.0, 3.0)
    off = dcrviz.AssembleConfig(visit_factors={str(visits[1].visit.id): 0})
    assert width_px(dcrviz.prepare(visits, off).psf) == pytest.approx(3.0, rel=0.005)


def test_without_any_seeing_nothing_is_known(exposures):
    assert dcrviz.prepare(with_seeing(exposures, *[None] * 6)).psf is None


def test_an_image_of_a_star_tells_the_seeing_and_is_averaged_as_it_is(exposures):
    star = star_image(4.6, psf=Psf(profile="gaussian"), reach_px=9)
    visit = replace(exposures[0], psf=star)
    silent = replace(visit, visit=replace(visit.visit, psf_fwhm_px=None))
    assert seeing_of(silent) == pytest.approx(4.6, rel=0.005)
    mean = mean_star_image([silent], np.ones(1), psf=Psf(profile="kolmogorov"))
    middle = len(mean) // 2
    inner = mean[middle - 9 : middle + 10, middle - 9 : middle + 10]
    np.testing.assert_allclose(inner, star, atol=1e-6)


@pytest.mark.parametrize(
    ("psf", "message"),
    [
        (np.ones((4, 5)), r"odd sides; got shape \(4, 5\)"),
        (np.zeros((3, 3)), "finite and have light; got 0"),
        (np.full((3, 3), np.nan), "finite and have light; got nan"),
    ],
)
def test_what_is_no_image_of_a_star_is_an_error(exposures, psf, message):
    with pytest.raises(ValueError, match=f"psf must be .*{message}"):
        replace(exposures[0], psf=psf.astype(np.float32))

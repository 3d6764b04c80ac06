"""Holes and wings are found where they were planted, and nowhere else."""

from dataclasses import replace

import numpy as np
import pytest

from dcrviz import AssembleConfig, assemble, prepare
from dcrviz.diagnostics.holes import find_holes, near_sources, share_of
from dcrviz.diagnostics.pictures import shown_planes, sky_noise
from dcrviz.engine.detect import FWHM_PER_SIGMA
from dcrviz.simulate import random_scene, read_conditions, simulate

SHAPE = (70, 84)
COLOURS = ((1.0, 1.0, 1.0), (0.2, 1.0, 1.8), (0.0, 0.5, 2.5))
PLACES = ((20.0, 22.0), (44.0, 60.0), (52.0, 18.0))


def blob(y, x, *, height, sigma=2.0):
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    return height * np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (2 * sigma**2))


@pytest.fixture
def planes():
    """Three sources, the last without any light in the first plane, in noise of 0.3 sigma."""
    noise = np.random.default_rng(3).normal(0, 0.3, (3, *SHAPE))
    sources = [
        np.array(colour)[:, None, None] * blob(*place, height=200)
        for colour, place in zip(COLOURS, PLACES, strict=True)
    ]
    return (sum(sources) + noise).astype(np.float32)


@pytest.fixture
def detected(planes):
    return planes.sum(axis=0) > 15


def planted(planes, *, subfilter, y, x, height):
    """A blemish of a plane, whose light the others have in its stead, as a misfit leaves it."""
    mark = blob(y, x, height=height, sigma=1.5)
    changed = planes.astype(float)
    changed -= mark / 2
    changed[subfilter] += 1.5 * mark
    return changed.astype(np.float32)


def found(planes, detected, kind=None, **others):
    blemishes = find_holes(planes, noise=1.0, detected=detected, fwhm_px=4.0, **others)
    return [blemish for blemish in blemishes if kind in (None, blemish.kind)]


def test_sources_of_any_colour_leave_neither_holes_nor_wings(planes, detected):
    assert found(planes, detected) == []


@pytest.mark.parametrize("subfilter", [0, 1, 2])
@pytest.mark.parametrize(("y", "x"), [(26.0, 26.0), (44.0, 52.0), (58.0, 15.0)])
def test_a_hole_beside_a_source_is_found_where_it_is(planes, detected, subfilter, y, x):
    marred = planted(planes, subfilter=subfilter, y=y, x=x, height=-80)
    (hole,) = found(marred, detected, "hole")
    assert hole.subfilter == subfilter
    assert np.hypot(hole.y - y, hole.x - x) < 2
    assert hole.depth_sigma < -5


@pytest.mark.parametrize("subfilter", [0, 1, 2])
def test_a_wing_off_a_footprint_is_found_where_it_is(planes, detected, subfilter):
    marred = planted(planes, subfilter=subfilter, y=20.0, x=34.0, height=40)
    wings = found(marred, detected, "wing")
    assert [wing.subfilter for wing in wings] == [subfilter]
    assert np.hypot(wings[0].y - 20, wings[0].x - 34) < 1
    psf_px = 4.0 / FWHM_PER_SIGMA
    filtered = 40 * 1.5**2 / (1.5**2 + psf_px**2)
    noise = 1.0 / (2 * np.sqrt(np.pi) * psf_px)
    assert wings[0].depth_sigma == pytest.approx(filtered / noise, rel=0.1)


def test_a_wing_on_a_source_holds_more_than_all_its_light(planes, detected):
    """Of the source whose light is all in the last plane, a little more is not yet a wing."""
    y, x = 46.0, 66.0
    little = planted(planes, subfilter=2, y=y, x=x, height=1.5)
    assert found(little, detected, "wing") == []
    much = planted(planes, subfilter=2, y=y, x=x, height=60)
    assert [wing.subfilter for wing in found(much, detected, "wing")] == [2]


def test_a_patch_far_from_every_source_is_no_blemish(planes, detected):
    assert found(planted(planes, subfilter=0, y=8.0, x=74.0, height=-80), detected) == []


def test_a_patch_smaller_than_the_psf_counts_as_averaged_over_it(planes, detected):
    """A dent of one pixel is shallow where one as high and as broad as the PSF is a hole."""
    marred = planes.copy()
    marred[0, 20, 32] -= 16
    assert found(marred, detected, "hole") == []
    broad = planted(planes, subfilter=0, y=20.0, x=32.0, height=-16)
    assert [hole.subfilter for hole in found(broad, detected, "hole")] == [0]


def test_a_dent_on_a_footprint_is_a_hole_beside_its_source(planes, detected):
    y, x = 44, 56
    marred = planted(planes, subfilter=1, y=y, x=x, height=-60)
    assert detected[y, x]
    (hole,) = found(marred, detected, "hole")
    assert (hole.subfilter, hole.source_x, hole.source_y) == (1, 60, 44)
    assert np.hypot(hole.y - y, hole.x - x) < 1.5


def test_the_depth_is_that_of_the_dent_within_a_fifth(planes, detected):
    """Averaged over the PSF, over the light of the source beside it."""
    (hole,) = found(planted(planes, subfilter=0, y=20.0, x=30.0, height=-40), detected, "hole")
    psf_px = 4.0 / FWHM_PER_SIGMA
    depth, light = (
        height * width**2 / (width**2 + psf_px**2) for height, width in ((-40, 1.5), (200, 2.0))
    )
    assert hole.depth_percent == pytest.approx(100 * depth / light, rel=0.2)


def test_a_dark_patch_of_one_plane_is_no_colour_though_it_darkens_the_mean(planes, detected):
    marred = planes.copy()
    marred[2] -= blob(20.0, 30.0, height=40, sigma=1.5).astype(np.float32)
    assert [hole.subfilter for hole in found(marred, detected, "hole")] == [2]


def test_sources_of_different_colours_close_together_leave_neither():
    """Two FWHM apart: one as blue as the other is red."""
    pair = [((1.5, 1.0, 0.5), (40.0, 34.0)), ((0.5, 1.0, 1.5), (40.0, 42.0))]
    sources = [
        np.array(colour)[:, None, None] * blob(*place, height=60, sigma=4.0 / FWHM_PER_SIGMA)
        for colour, place in pair
    ]
    noise = np.random.default_rng(3).normal(0, 0.3, (3, *SHAPE))
    planes = (sum(sources) + noise).astype(np.float32)
    assert found(planes, planes.sum(axis=0) > 15) == []


def test_a_hole_between_two_sources_is_of_the_one_whose_light_it_takes():
    bright, faint = blob(40.0, 30.0, height=2000), blob(40.0, 48.0, height=20)
    noise = np.random.default_rng(3).normal(0, 0.3, (3, *SHAPE))
    planes = (bright + faint + noise).astype(np.float32)
    marred = planted(planes, subfilter=0, y=40.0, x=40.0, height=-60)
    (hole,) = found(marred, planes.sum(axis=0) > 15, "hole")
    assert (hole.source_x, hole.source_y) == (30, 40)


def test_the_sky_of_a_plane_need_not_be_at_zero(planes, detected):
    marred = planted(planes, subfilter=1, y=20.0, x=28.0, height=-80)
    level = np.array([40.0, -25.0, 3.0], np.float32)[:, None, None]

    def numbers(blemishes):
        return [(b.kind, b.subfilter, b.pixels) for b in blemishes]

    assert numbers(found(marred + level, detected)) == numbers(found(marred, detected))


@pytest.mark.parametrize("axis", [1, 2])
def test_a_mirrored_sky_has_mirrored_blemishes(planes, detected, axis):
    marred = planted(planes, subfilter=0, y=26.0, x=26.0, height=-80)
    plain = found(marred, detected)
    mirrored = found(np.flip(marred, axis).copy(), np.flip(detected, axis - 1).copy())
    name, size = ("y", SHAPE[0]) if axis == 1 else ("x", SHAPE[1])
    back = [replace(b, **{name: size - 1 - getattr(b, name)}) for b in mirrored]
    assert len(plain) > 0
    for one, other in zip(plain, back, strict=True):
        assert (one.kind, one.subfilter, one.pixels) == (other.kind, other.subfilter, other.pixels)
        assert (one.x, one.y, one.radius_px) == pytest.approx((other.x, other.y, other.radius_px))


def test_a_transposed_sky_has_transposed_blemishes(planes, detected):
    marred = planted(planes, subfilter=0, y=26.0, x=26.0, height=-80)
    turned = np.ascontiguousarray(marred.transpose(0, 2, 1))

    def places(blemishes):
        return sorted((b.kind, b.subfilter, round(b.x, 3), round(b.y, 3)) for b in blemishes)

    back = [replace(b, x=b.y, y=b.x) for b in found(turned, np.ascontiguousarray(detected.T))]
    assert places(back) == places(found(marred, detected))


def test_planes_in_another_order_have_the_same_blemishes(planes, detected):
    marred = planted(planes, subfilter=0, y=26.0, x=26.0, height=-80)
    order = [2, 0, 1]

    def numbers(blemishes, names):
        return sorted((b.kind, names[b.subfilter], b.pixels) for b in blemishes)

    plain = numbers(found(marred, detected), [0, 1, 2])
    assert numbers(found(marred[order], detected), order) == plain


def test_scaling_planes_and_noise_alike_changes_nothing(planes, detected):
    marred = planted(planes, subfilter=0, y=26.0, x=26.0, height=-80)
    scaled = find_holes(marred * 64, noise=64.0, detected=detected, fwhm_px=4.0)
    assert scaled == tuple(found(marred, detected))


def test_the_share_counts_the_pixels_near_sources(planes, detected):
    blemishes = tuple(found(planted(planes, subfilter=0, y=26.0, x=26.0, height=-80), detected))
    near = near_sources(detected, fwhm_px=4.0)
    holes = share_of(blemishes, near, kind="hole", n_subfilters=3)
    wings = share_of(blemishes, near, kind="wing", n_subfilters=3)
    assert holes * 3 * near.sum() == pytest.approx(sum(b.pixels for b in blemishes[:1]))
    assert 0 < holes < 1
    assert holes + wings == pytest.approx(sum(b.pixels for b in blemishes) / (3 * near.sum()))


def test_where_nothing_is_detected_there_are_none_and_no_share(planes, detected):
    none = np.zeros_like(detected)
    assert found(planes, none) == []
    assert share_of((), none, kind="hole", n_subfilters=3) == 0


@pytest.mark.parametrize("noise", [0.0, -1.0, np.nan])
def test_a_noise_that_is_not_above_zero_is_refused(planes, detected, noise):
    with pytest.raises(ValueError, match=f"noise must be above 0; got {noise:g}"):
        find_holes(planes, noise=noise, detected=detected)


def test_footprints_of_another_field_are_refused(planes, detected):
    with pytest.raises(ValueError, match=r"planes' shape \(70, 84\); got \(70, 83\)"):
        find_holes(planes, noise=1.0, detected=detected[:, 1:])


@pytest.fixture(scope="module")
def field():
    scene = random_scene(2, shape=(96, 96), n_stars=9, n_galaxies=2, n_quasars=1)
    return simulate(scene, read_conditions("hits2015")[:6], seed=1)


def detected_of(problem):
    return (problem.template.mask & (1 << problem.mask_planes["DETECTED"])) != 0


def test_the_true_planes_of_a_field_have_neither(field):
    problem = prepare(field.exposures)
    detected = detected_of(problem)
    assert find_holes(field.truth, noise=sky_noise(problem), detected=detected, fwhm_px=4.0) == ()


def test_a_run_that_takes_too_bold_steps_has_both(field):
    bold = AssembleConfig(
        accelerate=8, clamp_iterations=0, clamp_subfilters=0, max_iterations=1, on_divergence="last"
    )
    problem = prepare(field.exposures, bold)
    *_, last = assemble(problem)
    blemishes = find_holes(
        shown_planes(last), noise=sky_noise(problem), detected=detected_of(problem), fwhm_px=4.0
    )
    assert {blemish.kind for blemish in blemishes} == {"hole", "wing"}

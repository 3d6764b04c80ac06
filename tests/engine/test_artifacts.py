"""Artifacts in visits: found, marked, left out; what refraction does is kept."""

import tracemalloc
from dataclasses import dataclass, replace

import numpy as np
import pytest

import dcrviz
from dcrviz.engine import matched_sky
from dcrviz.engine.artifact_marks import marked, places_to_clip, refraction_offsets
from dcrviz.engine.artifacts import find_artifacts
from dcrviz.engine.candidates import Fate
from dcrviz.engine.masks import flagged
from dcrviz.engine.reuse import Reuse
from dcrviz.physics.seeing import star_image
from dcrviz.psf import Psf
from dcrviz.simulate import points_of_light, simulate_variable, with_light

# Off all sources of the field.
PLACE = (8, 38)
VISIT = 2


def searched(exposures, **knobs):
    config = dcrviz.AssembleConfig(find_artifacts=True, **knobs)
    return dcrviz.prepare(exposures, config)


def spoilt_by(exposures, flux, *, visits=(VISIT,), place=PLACE, fwhm_px=4.0):
    light = points_of_light(exposures[0].shape, [place], flux=abs(flux), fwhm_px=fwhm_px)
    made = list(exposures)
    for visit in visits:
        made[visit] = with_light(made[visit], np.clip(light, 0, None), seed=visit)
        if flux < 0:
            made[visit] = replace(made[visit], image=exposures[visit].image - light)
    return made


def fates(problem):
    return {(one.visit, one.fate) for one in problem.artifacts.candidates}


@pytest.fixture(scope="module")
def spoilt(exposures):
    return spoilt_by(exposures, 2e4)


@pytest.fixture(scope="module")
def found(spoilt):
    return searched(spoilt)


@pytest.mark.parametrize("flux", [2e4, -2e4], ids=["light", "a hole"])
def test_what_is_in_one_visit_only_is_clipped(exposures, flux):
    artifacts = searched(spoilt_by(exposures, flux)).artifacts
    (one,) = (c for c in artifacts.candidates if c.fate is Fate.CLIPPED)
    assert (one.visit, round(one.y), round(one.x)) == (VISIT, *PLACE)
    assert np.sign(one.peak_sigma) == np.sign(flux)
    assert artifacts.clipped(VISIT)[PLACE]


def test_the_pixels_of_an_artifact_are_left_out_of_the_fit_and_nothing_else_is(found, spoilt):
    plain = dcrviz.prepare(spoilt)
    left_out = plain.usable & ~found.usable
    assert left_out[VISIT][PLACE]
    assert not left_out[VISIT, 20:].any()
    assert not np.delete(left_out, VISIT, axis=0).any()


def test_the_planes_are_those_of_visits_without_the_artifact(exposures, found, spoilt):
    def planes(problem):
        return list(dcrviz.assemble(problem))[-1].planes[:, 2:16, 32:46]

    clean = planes(dcrviz.prepare(exposures))
    # One visit less has other noise.
    off = np.abs(planes(found) - clean).max()
    assert off < 0.2 * np.abs(planes(dcrviz.prepare(spoilt)) - clean).max()


def test_marked_only_an_artifact_stays_in_the_fit_and_leaves_the_template(spoilt):
    marked, plain = searched(spoilt, on_artifact="mark"), dcrviz.prepare(spoilt)
    np.testing.assert_array_equal(marked.usable, plain.usable)
    assert marked.template.image[PLACE] < 0.2 * plain.template.image[PLACE]


def test_the_template_carries_clipped_where_a_visit_was_left_out(found):
    template = found.template
    clipped = flagged(template.mask, template.planes, ["CLIPPED"])
    np.testing.assert_array_equal(clipped, found.artifacts.clipped(VISIT))


def test_clipped_is_a_bad_plane_for_who_wants_it(spoilt):
    bad = ["NO_DATA", "BAD", "SAT", "CLIPPED"]
    problem = searched(spoilt, on_artifact="mark", bad_planes=bad)
    assert not problem.usable[VISIT][PLACE]


def test_what_refraction_does_is_no_artifact(exposures):
    assert Fate.CLIPPED not in {fate for _, fate in fates(searched(exposures))}


def test_an_artifact_across_a_star_takes_no_pixel_that_refraction_explains(exposures):
    """A trail through the red star, which is at (30, 33)."""
    rows, _ = np.mgrid[:48, :48]
    trail = (800 * np.exp(-((rows - 36) ** 2) / 6)).astype(np.float32)
    made = list(exposures)
    made[5] = with_light(exposures[5], trail, seed=1)
    problem = searched(made)
    assert problem.artifacts.clipped(5)[32:40, 33].all()
    assert not problem.usable[5, 36, 2]
    assert problem.usable[5, 31:33, 33].all()


def test_a_star_that_varies_is_reported_and_not_clipped(scene, visits):
    factors = {1: np.array([1.5, 0.6, 1.4, 0.7, 1.3, 0.6])}
    problem = searched(simulate_variable(scene, visits, factors, seed=3))
    star = scene.sources[1]
    about = [c for c in problem.artifacts.candidates if np.hypot(c.x - star.x, c.y - star.y) < 3]
    assert len(about) >= 4
    assert {c.fate for c in about} == {Fate.VARIABLE}
    for one in about:
        assert np.sign(one.gained) == np.sign(factors[1][one.visit] - 1)


def test_what_is_in_many_visits_is_part_of_the_sky(exposures):
    problem = searched(spoilt_by(exposures, 2e4, visits=(0, 1, 2, 3)))
    assert Fate.CLIPPED not in {fate for _, fate in fates(problem)}


def test_the_epochs_count_the_visits_that_deviate(exposures):
    again = [replace(e, visit=replace(e.visit, id=900 + i)) for i, e in enumerate(exposures)]
    problem = searched(spoilt_by([*exposures, *again], 2e4, visits=(1, 4)))
    assert problem.artifacts.epochs[PLACE] == 2
    assert {visit for visit, fate in fates(problem) if fate is Fate.CLIPPED} == {1, 4}


def test_what_lies_on_bad_pixels_is_no_candidate_for_clipping(spoilt, flag):
    around = np.zeros(spoilt[0].shape, dtype=bool)
    around[:20, 26:] = True
    problem = searched([flag(e, "SAT", around) if i == VISIT else e for i, e in enumerate(spoilt)])
    assert (VISIT, Fate.MASKED) in fates(problem)
    assert not problem.artifacts.clipped(VISIT).any()


def test_visits_of_different_seeing_are_compared_at_the_broadest(scene, visits):
    made = dcrviz.simulate.simulate_exposures(
        scene, [replace(v, psf_fwhm_px=3.0 + 0.4 * i) for i, v in enumerate(visits)], seed=3
    )
    problem = searched(spoilt_by(made, 2e4, fwhm_px=3.8))
    assert problem.artifacts.fwhm_px == 5.0
    assert [key for key in fates(problem) if key[1] is Fate.CLIPPED] == [(VISIT, Fate.CLIPPED)]


def test_visits_with_star_images_are_compared_by_them(scene, visits):
    widths = [3.0 + 0.4 * i for i in range(len(visits))]
    made = dcrviz.simulate.simulate_exposures(
        scene, [replace(v, psf_fwhm_px=w) for v, w in zip(visits, widths, strict=True)], seed=3
    )
    pictured = [
        replace(
            e,
            psf=star_image(width, psf=Psf(profile="kolmogorov"), reach_px=20),
            visit=replace(e.visit, psf_fwhm_px=None),
        )
        for e, width in zip(spoilt_by(made, 2e4, fwhm_px=3.8), widths, strict=True)
    ]
    problem = searched(pictured)
    assert problem.artifacts.fwhm_px == pytest.approx(5.0, rel=0.01)
    assert problem.artifacts.warnings == ()
    assert [key for key in fates(problem) if key[1] is Fate.CLIPPED] == [(VISIT, Fate.CLIPPED)]


def test_a_visit_that_tells_no_seeing_is_compared_as_it_is_and_named(spoilt):
    silent = [replace(e, visit=replace(e.visit, psf_fwhm_px=None)) for e in spoilt]
    problem = searched(silent)
    assert problem.artifacts.clipped(VISIT)[PLACE]
    assert any("no seeing in the record of 6 of 6 visits" in one for one in problem.warnings)


def test_a_photometric_scale_changes_nothing(spoilt, found):
    halved = [
        replace(e, image=e.image / 2, variance=e.variance / 4, visit=replace(e.visit, scale=2.0))
        for e in spoilt
    ]
    problem = searched(halved)
    assert fates(problem) == fates(found)
    np.testing.assert_array_equal(problem.usable, found.usable)


def test_a_visit_that_is_off_is_not_searched(spoilt):
    problem = searched(spoilt, visit_factors={str(spoilt[VISIT].visit.id): 0})
    assert VISIT not in {visit for visit, _ in fates(problem)}


def test_where_no_visit_has_a_pixel_nothing_is_looked_for(exposures):
    blind = [replace(e, image=np.full(e.shape, np.nan, np.float32)) for e in exposures]
    assert searched(blind).artifacts is None


def test_one_sentence_tells_what_was_found(found):
    (sentence,) = (one for one in found.warnings if one.startswith("artifacts: "))
    assert sentence.startswith("artifacts: 1 of ")
    assert "in 1 of 6 visits" in sentence


def test_nothing_is_looked_for_unless_the_knob_says_so(problem):
    assert problem.artifacts is None
    assert "CLIPPED" not in problem.template.planes


def test_bands_of_rows_and_threads_change_nothing(spoilt, found, monkeypatch):
    monkeypatch.setattr(matched_sky, "_PIXELS_AT_ONCE", 48 * 6 * 7)
    banded = searched(spoilt, n_threads=1)
    assert fates(banded) == fates(found)
    np.testing.assert_array_equal(banded.usable, found.usable)
    np.testing.assert_allclose(banded.artifacts.sky, found.artifacts.sky, atol=0.01)


def test_marks_are_put_on_whatever_part_of_a_mask_is_read(spoilt, found):
    offsets = refraction_offsets(found.shifts, found.factors)
    places = places_to_clip(found.artifacts, n_visits=len(spoilt), offsets=offsets)
    image = spoilt[VISIT].image.copy()
    image[40, 40] = np.nan
    holed = [replace(e, image=image) if i == VISIT else e for i, e in enumerate(spoilt)]
    mask = marked(holed, places, edge_px=2)[VISIT]
    whole, planes = np.asarray(mask.mask), mask.planes
    assert flagged(whole, planes, ["CLIPPED"])[PLACE]
    assert flagged(whole, planes, ["NO_DATA"]).sum() == 1
    assert flagged(whole, planes, ["EDGE"]).sum() == 48**2 - 44**2
    for key in (slice(5, 12), np.s_[3:30, 10:20], np.s_[7], np.s_[::2], np.s_[4, 5]):
        np.testing.assert_array_equal(mask.mask[key], whole[key])


def test_marks_are_put_on_masks_of_any_order(exposures):
    mask = np.zeros((48, 48), np.int32, order="F")
    mask.flags.writeable = False
    places = np.array([5, 48 * 7 + 3, 48 * 47 + 47])
    (marked_one,) = marked([replace(exposures[0], mask=mask)], [places], edge_px=0)
    clipped = flagged(np.asarray(marked_one.mask), marked_one.planes, ["CLIPPED"])
    np.testing.assert_array_equal(np.flatnonzero(clipped), places)


def test_visits_without_weight_are_in_no_mean_that_refraction_moves_light_from(found):
    shifts = found.shifts
    weights = np.array([1.0] * 5 + [0.0])
    some = refraction_offsets(shifts, weights)
    rest = refraction_offsets(shifts.of(np.arange(5)), weights[:5])
    for one, other in zip(some, rest, strict=False):
        np.testing.assert_array_equal(one, other)


def test_a_knob_of_the_model_searches_and_stacks_no_more(spoilt):
    reuse = Reuse()
    config = dcrviz.AssembleConfig(find_artifacts=True)
    first = dcrviz.prepare(spoilt, config, reuse=reuse)
    second = dcrviz.prepare(spoilt, config.with_values(accelerate=2.0), reuse=reuse)
    assert second.artifacts is first.artifacts
    assert second.usable is first.usable
    third = dcrviz.prepare(spoilt, config.with_values(n_subfilters=2), reuse=reuse)
    assert third.artifacts is first.artifacts


def test_memory_hardly_grows_with_the_number_of_visits(monkeypatch):
    side = 256
    monkeypatch.setattr(matched_sky, "_PIXELS_AT_ONCE", side**2)

    def most_bytes(n_visits):
        exposures = [unread(number, side) for number in range(n_visits)]
        images = [exposure.image for exposure in exposures]
        config = dcrviz.AssembleConfig(find_artifacts=True)
        find_artifacts(exposures, images, np.ones(n_visits), config)
        tracemalloc.start()
        find_artifacts(exposures, images, np.ones(n_visits), config)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    # A plane is 4 bytes a pixel; twelve visits more take less than three.
    assert most_bytes(16) - most_bytes(4) < 3 * 4 * side**2


@dataclass(frozen=True)
class Unread:
    """A plane that is made when it is read, as one of a file is."""

    make: object
    shape: tuple[int, int]
    dtype: np.dtype

    def __getitem__(self, key):
        return self.make()[key]

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.make(), dtype=dtype)


def unread(number, side):
    """A visit of noise whose pixels are in memory only while somebody reads them."""

    def plane(make, dtype=np.float32):
        return Unread(lambda: make().astype(dtype), (side, side), np.dtype(dtype))

    def noise():
        return np.random.default_rng(number).normal(0, 10, (side, side))

    return dcrviz.Exposure(
        image=plane(noise),
        mask=plane(lambda: np.zeros((side, side)), np.int32),
        variance=plane(lambda: np.full((side, side), 100.0)),
        planes={"NO_DATA": 0},
        wcs=None,
        visit=dcrviz.Visit(id=number, psf_fwhm_px=4.0 + 0.1 * (number % 3)),
    )

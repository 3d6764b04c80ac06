"""``--measure-seeing``: visits take the width of their own stars."""

import shutil

import pytest

import dcrviz
from dcrviz.cli import main
from dcrviz.io import read_coadds


@pytest.fixture(scope="session")
def starry(tmp_path_factory):
    """Three visits with some twenty stars each, 3.5 px wide; not to be changed."""
    folder = tmp_path_factory.mktemp("starry")
    words = ("--size", "160", "--visits", "3", "--seed", "4", "--quiet")
    assert main(["simulate", str(folder), *words]) == 0
    return sorted(folder.glob("warp_*.fits"))


@pytest.fixture
def visits(starry, tmp_path, set_keys):
    """Copies, of which the first tells no seeing and the second a wrong one."""
    folder = tmp_path / "visits"
    folder.mkdir()
    paths = [shutil.copy(path, folder) for path in starry]
    set_keys(paths[0], FWHM=None)
    set_keys(paths[1], FWHM=7.0)
    return paths


@pytest.fixture
def fitted_by(assembled, visits, tmp_path):
    """What the command says, and the seeing of each visit in the coadds."""

    def fit(*words):
        said = assembled(*visits, *words).err
        inputs = read_coadds(tmp_path / "out").inputs
        return said, [visit.psf_fwhm_px for visit in inputs]

    return fit


def test_unless_it_is_asked_for_nothing_is_measured(fitted_by):
    said, widths = fitted_by()
    assert "stars are" not in said
    assert widths == [None, 7.0, pytest.approx(3.5)]


def test_lacking_measures_what_no_header_tells(fitted_by, visits):
    said, widths = fitted_by("--measure-seeing", "lacking")
    assert widths == [pytest.approx(3.5, rel=0.03), 7.0, pytest.approx(3.5)]
    first = dcrviz.read_exposure(visits[0])
    assert f"visit {first.visit.id}: {dcrviz.measured_seeing(first).sentence}" in said
    assert said.count("stars are") == 1


def test_all_measures_every_visit(fitted_by):
    said, widths = fitted_by("--measure-seeing", "all")
    assert widths == pytest.approx([3.5] * 3, rel=0.03)
    assert said.count("stars are") == 3


def test_a_visit_with_a_star_image_keeps_it(fitted_by, visits, rewrite):
    from dcrviz.io.write import psf_hdu
    from dcrviz.physics.seeing import star_image
    from dcrviz.psf import KOLMOGOROV

    star = star_image(3.5, psf=KOLMOGOROV, reach_px=14)
    for path in visits:
        rewrite(path, lambda hdus: hdus.append(psf_hdu(star)))
    said, widths = fitted_by("--measure-seeing", "all")
    assert widths == [None, 7.0, pytest.approx(3.5)]
    assert "stars are" not in said


def test_visits_without_stars_stay_as_they_are_and_are_told(assembled, warps, set_keys):
    for path in warps:
        set_keys(path, FWHM=None)
    said = assembled(*warps, "--measure-seeing", "lacking").err
    assert said.count("seeing needs 3 or more lonely stars") == len(warps)
    assert f"WARNING {warps[0]}: seeing needs" in said


def test_another_word_is_refused(not_assembled, warps):
    assert "invalid choice: 'some'" in not_assembled(*warps, "--measure-seeing", "some")

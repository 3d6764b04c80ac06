"""What can not be written, and commands that can not be: exit code 2, one line, no trace.

That nothing is written, and that the message is one line, the fixtures check each time.
"""

import os
import shutil
import warnings

import pytest


def tell(line, *parts):
    """Every part is in the line."""
    for part in parts:
        assert str(part) in line


def test_an_output_directory_that_is_a_file(warps, tmp_path, refused):
    (tmp_path / "taken").write_text("mine")
    line = refused("assemble", *warps, "--out", tmp_path / "taken")
    tell(line, f"{tmp_path}/taken: must be a directory to write into; got a file")


def test_an_output_directory_below_a_file(warps, tmp_path, refused):
    (tmp_path / "taken").write_text("mine")
    line = refused("assemble", *warps, "--out", tmp_path / "taken" / "a" / "b")
    tell(line, f"{tmp_path}/taken/a/b: must be a directory to write into; got", "Not a directory")


def test_an_output_directory_that_takes_no_files(warps, tmp_path, refused, monkeypatch):
    (tmp_path / "locked").mkdir()
    monkeypatch.setattr(os, "access", lambda *_: False)
    line = refused("assemble", *warps, "--out", tmp_path / "locked")
    tell(line, f"{tmp_path}/locked: must be writable")


def test_bad_input_leaves_the_products_of_an_earlier_run(warps, fitted, tmp_path, refused):
    out = tmp_path / "out"
    shutil.copytree(fitted, out)
    os.truncate(warps[2], 9000)
    refused("assemble", *warps, "--out", out)
    assert (out / "coadd.fits").read_bytes() == (fitted / "coadd.fits").read_bytes()


def test_a_full_disk_leaves_neither_products_nor_temporary_files(warps, tmp_path, run, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dcrviz.io.coadd_writer._count_hdus", full)
    ended = run("assemble", *warps, "--out", tmp_path / "out", "--quiet")
    assert ended.code == 2
    line = ended.err.splitlines()[-1]
    tell(line, "coadd.fits", "can't be written; got", "No space left on device")
    assert not (tmp_path / "out").exists()


def test_an_interrupted_run_writes_nothing(warps, tmp_path, run, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("dcrviz.products.coadds", interrupted)
    ended = run("assemble", *warps, "--out", tmp_path / "out", "--quiet")
    assert ended.code == 130
    assert ended.err.splitlines()[-1] == "dcrviz: interrupted; no file is left half written"
    assert not (tmp_path / "out").exists()


def test_no_memory_for_the_data_is_one_line(warps, not_assembled, monkeypatch):
    def full(*_, **__):
        raise MemoryError("Unable to allocate 7 TiB")

    monkeypatch.setattr("dcrviz.cli.one_patch.prepare", full)
    tell(not_assembled(*warps), "the data must fit into memory; Unable to allocate 7 TiB")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["assembly"], "unknown command 'assembly'; did you mean 'assemble'?"),
        (["--quiet", "x"], "unknown command 'x'; known are ablate, assemble, config,"),
        (["assemble"], "the following arguments are required: PATH, --out"),
        (["assemble", "a.fits"], "the following arguments are required: --out"),
        (
            ["assemble", "a.fits", "--out", "o", "--sets", "a=1"],
            "unrecognized arguments: --sets a=1",
        ),
        (["assemble", "a.fits", "--out"], "argument --out: expected one argument"),
        (["assemble", "a.fits", "--out", "o", "--set"], "argument --set: expected one argument"),
        (["template", "a", "b.fits"], "the following arguments are required: --out"),
        (["simulate"], "the following arguments are required: DIR"),
        (["config", "--lsst", "2020"], "invalid choice: '2020'"),
        (["--verbose"], "the following arguments are required: COMMAND"),
    ],
)
def test_a_command_that_can_not_be(tmp_path, refused, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    line = refused(*words)
    tell(line, told, "--help)")


def test_lines_in_a_files_name_stay_one_line(tmp_path, not_assembled):
    assert "two lines.fits" in not_assembled(tmp_path / "two\nlines.fits")


def test_what_was_logged_on_the_way_to_a_mistake_is_not_told(
    warps, tmp_path, not_assembled, set_keys
):
    """Here a warning about the weather of the first visit; the fixture finds one line."""
    set_keys(warps[0], HUMIDITY=400.0)
    path = tmp_path / "overrides.py"
    path.write_text("import this\n")
    warps[-1].unlink()
    not_assembled(*warps, "--config", path)


def test_a_librarys_warning_is_no_second_line(warps, not_assembled, monkeypatch):
    def warns(*_, **__):
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("invalid value", RuntimeWarning, stacklevel=2)
        raise ValueError("something is wrong")

    monkeypatch.setattr("dcrviz.cli.one_patch.prepare", warns)
    assert not_assembled(*warps) == "dcrviz: error: something is wrong\n"

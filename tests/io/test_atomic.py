"""Files that appear whole or not at all."""

import os
from pathlib import Path

import pytest

from dcrviz.io import AtomicFiles, atomic_write, make_directory
from dcrviz.io.atomic import output_directory


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_takes_its_name_when_it_is_complete(tmp_path):
    path = tmp_path / "history.json"
    with atomic_write(path) as temporary:
        temporary.write_text("{}")
        assert not path.exists()
        assert temporary.parent == path.parent
    assert path.read_text() == "{}"
    assert names(tmp_path) == ["history.json"]


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(TypeError, match="must be str"), atomic_write(path) as temporary:
        temporary.write_text("half") and temporary.write_text(None)
    assert (path.read_text(), names(tmp_path)) == ("old", ["a.txt"])


def test_files_of_a_group_appear_together(tmp_path):
    with AtomicFiles() as files:
        files.add(tmp_path / "a").write_text("1")
        files.add(tmp_path / "b").write_text("2")
        assert not (tmp_path / "a").exists()
    assert files.paths == [tmp_path / "a", tmp_path / "b"]
    assert names(tmp_path) == ["a", "b"]


def test_an_error_in_the_last_leaves_none_of_a_group(tmp_path):
    files = AtomicFiles()
    with pytest.raises(TypeError, match="must be str"), files:
        [files.add(tmp_path / name).write_text(text) for name, text in (("a", "1"), ("b", None))]
    assert names(tmp_path) == []


def test_an_error_leaves_no_directory_that_was_made_for_the_file(tmp_path):
    with pytest.raises(TypeError, match="must be str"), atomic_write(tmp_path / "a/b/c") as path:
        path.write_text(None)
    assert names(tmp_path) == []


def test_an_output_directory_is_unmade_by_an_error(tmp_path):
    with pytest.raises(ValueError, match="bad input"), output_directory(tmp_path / "a/b"):
        raise ValueError("bad input")
    assert names(tmp_path) == []


def test_an_output_directory_is_there_in_the_block_and_stays_after_it(tmp_path):
    with output_directory(tmp_path / "a/b") as path:
        assert path.is_dir()
    assert path.is_dir()


def test_an_output_directory_that_was_there_stays(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(ValueError, match="bad input"), output_directory(tmp_path / "a/b"):
        raise ValueError("bad input")
    assert names(tmp_path) == ["a"]


def test_a_full_disk_names_the_file(tmp_path):
    message = r"a\.txt: can't be written; got .*No space left"
    with pytest.raises(ValueError, match=message), atomic_write(tmp_path / "a.txt"):
        raise OSError(28, "No space left on device")


def test_an_error_while_renaming_names_the_file_and_leaves_no_temporary(tmp_path, monkeypatch):
    def fails(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", fails)
    message = r"a\.txt: can't be written; got .*Permission denied"
    with pytest.raises(ValueError, match=message), atomic_write(tmp_path / "a.txt") as temporary:
        temporary.write_text("1")
    assert names(tmp_path) == []


def test_the_suffix_is_kept_as_writers_go_by_it(tmp_path):
    with AtomicFiles() as files:
        temporary = files.add(tmp_path / "a.fits.gz")
        temporary.write_text("")
    assert temporary.name.endswith(".fits.gz")


def test_a_directory_in_the_files_place_is_named(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(ValueError, match=r"a: must be a file to write; got a directory"):
        AtomicFiles().add(tmp_path / "a")


def test_a_file_in_the_directorys_place_is_named(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(ValueError, match=r"out: must be a directory to write into; got a file"):
        make_directory(tmp_path / "out")
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    with pytest.raises(ValueError, match=r"link: must be a directory .* got a link to nothing"):
        make_directory(tmp_path / "link")
    with pytest.raises(
        ValueError, match=r"deep: must be a directory to write into; got .*Not a dir"
    ):
        make_directory(tmp_path / "out" / "deep")


def test_a_directory_that_takes_no_files_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(ValueError, match=r": must be writable; got a directory without"):
        make_directory(tmp_path)

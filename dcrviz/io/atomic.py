"""Files that appear whole or not at all, and together or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from dcrviz.uninterrupted import uninterrupted


class AtomicFiles:
    """A group of files, written under other names and renamed once all are complete.

    Examples
    --------
    >>> with AtomicFiles() as files:
    ...     files.add(out / "a.txt").write_text("one")
    ...     files.add(out / "b.txt").write_text("two")

    An error inside the block leaves what was there before, and no other trace: no directory either.
    """

    def __init__(self) -> None:
        self._names: dict[Path, Path] = {}
        self._made: list[Path] = []

    @property
    def paths(self) -> list[Path]:
        """The files of the group, under their final names, in the order they were added."""
        return list(self._names)

    def add(self, path: str | os.PathLike[str]) -> Path:
        """The name to write to instead: in the same directory, with the same suffix.

        Raises
        ------
        ValueError
            If the directory can't be made or written to, or the path is a directory itself.
        """
        final = Path(path)
        self._made += _not_there(final.parent)
        make_directory(final.parent)
        if final.is_dir():
            raise ValueError(f"{final}: must be a file to write; got a directory")
        temporary = final.with_name(f".{secrets.token_hex(4)}.{final.name}")
        self._names[final] = temporary
        return temporary

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with uninterrupted():
            try:
                if isinstance(error, OSError):
                    raise self._failure(error) from error
                if error is None:
                    self._rename()
            finally:
                for temporary in self._names.values():
                    temporary.unlink(missing_ok=True)
                _remove_empty(self._made)

    def _rename(self) -> None:
        try:
            for final, temporary in self._names.items():
                temporary.replace(final)
        except OSError as error:
            raise self._failure(error) from error

    def _failure(self, error: OSError) -> ValueError:
        names = ", ".join(str(path) for path in self._names) or "output"
        return ValueError(f"{names}: can't be written; got {error}")


@contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[Path]:
    """The name to write one file to; it takes its own name when the block ends without error.

    Raises
    ------
    ValueError
        If the file can't be written there.
    """
    with AtomicFiles() as files:
        yield files.add(path)


@contextmanager
def output_directory(directory: str | os.PathLike[str]) -> Iterator[Path]:
    """The directory, made if it was not there; an error in the block unmakes what it made.

    Raises
    ------
    ValueError
        If nothing can be written into it; told before the block is entered.
    """
    made = _not_there(Path(directory))
    try:
        yield make_directory(directory)
    except BaseException:
        _remove_empty(made)
        raise


def make_directory(directory: str | os.PathLike[str]) -> Path:
    """The directory, made if it was not there.

    Raises
    ------
    ValueError
        If it can't be made, a file has its name, or nothing can be written into it.
    """
    path = Path(directory)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        found = "a file" if path.exists() else "a link to nothing"
        raise ValueError(f"{path}: must be a directory to write into; got {found}") from error
    except OSError as error:
        raise ValueError(f"{path}: must be a directory to write into; got {error}") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise ValueError(f"{path}: must be writable; got a directory without that permission")
    return path


def _not_there(directory: Path) -> list[Path]:
    """The directory and those above it that would have to be made, the innermost first."""
    return [path for path in (directory, *directory.parents) if not path.exists()]


def _remove_empty(directories: Iterable[Path]) -> None:
    for path in directories:
        with suppress(OSError):
            path.rmdir()

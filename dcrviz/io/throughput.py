"""The throughput of a filter: from a CSV file, or by the name that the package speclite knows."""

from __future__ import annotations

import difflib
import math
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from dcrviz.suggest import unknown
from dcrviz.throughput import Throughput, check_point, ends

_PER_NM = {
    "wavelength_nm": 1,
    "nm": 1,
    "wavelength_angstrom": 10,
    "angstrom": 10,
    "wavelength_a": 10,
    "a": 10,
}
_VALUES = ("throughput", "transmission")
_FILTER = re.compile(r"\w+-\w+")


def read_throughput(source: str | os.PathLike[str]) -> Throughput:
    """The throughput of a filter.

    Parameters
    ----------
    source
        A CSV file of two columns under a line that names them: ``wavelength_nm`` or
        ``wavelength_angstrom``, and ``throughput``; what follows a ``#`` is a comment. Or the name
        of a filter of speclite's, such as ``lsst2023-g``: a text without a dot or a folder that is
        no file.

    Raises
    ------
    ValueError
        If the file can't be read or breaks a rule of `Throughput` in some line, the name is
        unknown, or speclite is not installed.
    """
    path = Path(source)
    is_name = isinstance(source, str) and not path.suffix and path.name == source
    return filter_throughput(str(source)) if is_name and not path.is_file() else _from_csv(path)


def filter_throughput(name: str) -> Throughput:
    """The throughput of a filter of speclite's, between its ends.

    Raises
    ------
    ValueError
        If the name is unknown, or speclite is not installed; says what would help.
    """
    try:
        from speclite import filters
    except ImportError as error:
        raise ValueError(
            f"throughput {name!r}: the name of a filter needs the extra dcrviz[filters], which is "
            f"speclite, or give a CSV file of two columns; got {error}"
        ) from error
    try:
        if not _FILTER.fullmatch(name):
            raise ValueError("no such name")
        # Its cache knows further names, by what was asked before.
        found = filters.load_filter(name, load_from_cache=False)
    except ValueError as error:
        raise ValueError(unknown("filter", name, _near_names(filters, name), most=3)) from error
    angstrom, value = np.asarray(found.wavelength), np.asarray(found.response)
    # Some tables go on far beyond the filter, and every point of a curve is kept with its run.
    first, last = ends(value)
    lit = slice(first, last + 1)
    return Throughput(
        name=name,
        wavelength_nm=tuple(np.round(angstrom[lit] / 10, 6).tolist()),
        transmission=tuple(value[lit].tolist()),
    )


def _near_names(filters: Any, name: str) -> list[str]:
    """The filters of the groups whose name is like this one's, else only the groups."""
    groups = list(filters.filter_group_names)
    near = difflib.get_close_matches(name.partition("-")[0], groups, n=3, cutoff=0.4)
    if not near:
        return [f"{group}-*" for group in groups]
    # Not the loaded names as they are: a few tables call their group otherwise.
    return [
        f"{group}-{loaded.rpartition('-')[2]}"
        for group in near
        for loaded in filters.load_filters(f"{group}-*").names
    ]


def _from_csv(path: Path) -> Throughput:
    rows = _rows(path)
    try:
        where, names = next(rows)
    except StopIteration:
        raise ValueError(f"{path}: must have a line of column names and rows; got no row") from None
    columns = [re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") for name in names]
    if len(columns) != 2 or columns[0] not in _PER_NM or columns[1] not in _VALUES:
        raise ValueError(
            f"{where}: must name two columns, wavelength_nm or wavelength_angstrom and throughput; "
            f"got {_short(names)}"
        )
    points = list(_points(rows, per_nm=_PER_NM[columns[0]]))
    try:
        return Throughput(
            name=path.stem,
            wavelength_nm=tuple(wavelength for wavelength, _ in points),
            transmission=tuple(value for _, value in points),
        )
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _rows(path: Path) -> Iterator[tuple[str, list[str]]]:
    """File and line, and the cells, of each line that is not a comment."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: must be a readable CSV file; got {error}") from error
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.partition("#")[0].strip()
        if content:
            yield f"{path}, line {number}", [cell.strip(' \t"') for cell in content.split(",")]


def _points(rows: Iterator[tuple[str, list[str]]], *, per_nm: int) -> Iterator[tuple[float, float]]:
    before_nm = -math.inf
    for where, cells in rows:
        try:
            wavelength, value = map(float, cells)
        except ValueError as error:
            raise ValueError(f"{where}: must have two numbers; got {_short(cells)}") from error
        wavelength_nm = wavelength / per_nm
        try:
            check_point(wavelength_nm, value, before_nm=before_nm)
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from error
        before_nm = wavelength_nm
        yield wavelength_nm, value


def _short(cells: list[str]) -> str:
    return repr(", ".join(cells)[:60])

"""Wavelengths and weights of a forward model, as a table in the file of the coadd."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
from astropy.io import fits

from dcrviz.records import ForwardModel

MODEL = "FORWARD_MODEL"
_COLUMNS = ("SUBFILTER", "WAVELENGTH", "WEIGHT")
Rows: TypeAlias = tuple[tuple[float, ...], ...]


def model_hdu(model: ForwardModel) -> fits.BinTableHDU:
    """A table with one row for each wavelength of each subfilter, the bluest first."""
    subfilters = [a for a, row in enumerate(model.wavelength_nm) for _ in row]
    wavelengths, weights = np.ravel(model.wavelength_nm), np.ravel(model.weights)
    return fits.BinTableHDU.from_columns(
        [
            fits.Column(name="SUBFILTER", format="J", array=np.array(subfilters, dtype=np.int32)),
            fits.Column(name="WAVELENGTH", format="D", unit="nm", array=wavelengths),
            fits.Column(name="WEIGHT", format="D", array=weights),
        ],
        name=MODEL,
    )


def read_model_table(hdu: Any, *, n_subfilters: int, n_wavelengths: int) -> tuple[Rows, Rows]:
    """(S, K) wavelengths [nm] and weights of such a table.

    Raises
    ------
    ValueError
        If a column is missing, or the rows are not K for each subfilter; names the rule.
    """
    found = list(hdu.columns.names) if hasattr(hdu, "columns") else []
    lacking = [name for name in _COLUMNS if name not in found]
    if lacking:
        raise ValueError(
            f"must have a table {MODEL} with columns {', '.join(_COLUMNS)}; got no "
            f"{', '.join(lacking) if found else 'such table'}"
        )
    subfilters = np.asarray(hdu.data["SUBFILTER"])
    rows = [np.flatnonzero(subfilters == a) for a in range(n_subfilters)]
    counts = [len(row) for row in rows]
    if set(counts) != {n_wavelengths} or len(subfilters) != sum(counts):
        raise ValueError(
            f"table {MODEL} must have {n_wavelengths} rows for each of {n_subfilters} subfilters; "
            f"got {', '.join(map(str, counts))} of {len(subfilters)} rows"
        )
    return tuple(_cells(hdu, "WAVELENGTH", rows)), tuple(_cells(hdu, "WEIGHT", rows))


def _cells(hdu: Any, column: str, rows: list[Any]) -> Iterator[tuple[float, ...]]:
    values = np.asarray(hdu.data[column], dtype=np.float64)
    return (tuple(values[row].tolist()) for row in rows)

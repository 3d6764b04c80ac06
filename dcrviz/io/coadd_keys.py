"""Names and header keys of the products of a run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np

from dcrviz.bands import Band
from dcrviz.io.keywords import Keywords
from dcrviz.io.visit_keys import BAND, EFFECTIVE_NM, MAX_NM, MIN_NM, band_keys
from dcrviz.records import ForwardModel, SplineOrder

COADD_NAME = "coadd.fits"
COUNTS_NAME = "nImage.fits"
N_IMAGES = "NIMAGE"
N_VISITS = "NVISITS"
COUNTED = "DCR COUNTED"
# A file that has this key is no visit: a coadd, or what is true of a simulated sky.
N_SUBFILTERS = "DCR NSUBFILTERS"
_SPLIT = "DCR SPLIT"
_SPLIT_THRESHOLD = "DCR SPLIT THRESHOLD"
_ORDER = "DCR ORDER"


def subfilter_name(subfilter: int) -> str:
    """File name of one subfilter's coadd."""
    return f"dcrCoadd_{subfilter}.fits"


def is_product_name(name: str) -> bool:
    """Whether it is the file name of planes or counts, of which a run may have more or fewer."""
    return name == COUNTS_NAME or re.fullmatch(r"dcrCoadd_\d+\.fits", name) is not None


def model_keys(model: ForwardModel) -> dict[str, Any]:
    """Header keys that restore the model, some with a comment."""
    return {
        **band_keys(model.band),
        N_SUBFILTERS: model.n_subfilters,
        _SPLIT: model.split_subfilters,
        _SPLIT_THRESHOLD: (float(model.split_threshold_px), "[px]"),
        _ORDER: (int(model.interpolation_order), "of the spline that shifts images"),
    }


def subfilter_keys(model: ForwardModel, subfilter: int) -> dict[str, Any]:
    """Which slice of the band it is, counted from 0 at the blue end."""
    edges = np.linspace(model.band.min_nm, model.band.max_nm, model.n_subfilters + 1)
    return {
        "DCR SUBFILTER": (subfilter, "from 0, the bluest"),
        "DCR LAMBDA MIN": (float(edges[subfilter]), "[nm]"),
        "DCR LAMBDA MAX": (float(edges[subfilter + 1]), "[nm]"),
    }


def read_model(keys: Keywords, path: Path) -> ForwardModel:
    """The model from a coadd's header.

    Raises
    ------
    ValueError
        If a key is missing or its value can't be; names the file.
    """
    needed = (BAND, EFFECTIVE_NM, MIN_NM, MAX_NM, N_SUBFILTERS, _SPLIT, _SPLIT_THRESHOLD, _ORDER)
    values = {key: keys.value(key) for key in needed}
    absent = [key for key, value in values.items() if value is None]
    if absent:
        raise ValueError(f"{path}: must be a coadd of this project; got no {', '.join(absent)}")
    try:
        return ForwardModel(
            band=Band(
                name=str(values[BAND]),
                effective_nm=float(values[EFFECTIVE_NM]),
                min_nm=float(values[MIN_NM]),
                max_nm=float(values[MAX_NM]),
            ),
            n_subfilters=_count(values[N_SUBFILTERS]),
            split_subfilters=bool(values[_SPLIT]),
            split_threshold_px=float(values[_SPLIT_THRESHOLD]),
            interpolation_order=_order(values[_ORDER]),
        )
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _count(value: Any) -> int:
    if not isinstance(value, int) or value < 1:
        raise ValueError(f"{N_SUBFILTERS} must be a count of 1 or more; got {value!r}")
    return value


def _order(value: Any) -> SplineOrder:
    if value not in get_args(SplineOrder):
        raise ValueError(f"{_ORDER} must be a spline order from 0 to 5; got {value!r}")
    return cast(SplineOrder, value)

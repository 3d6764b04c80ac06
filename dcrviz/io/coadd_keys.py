"""Names and header keys of the products of a run."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any, cast, get_args

from dcrviz.bands import Band
from dcrviz.io.keywords import Keywords
from dcrviz.io.model_table import MODEL, read_model_table
from dcrviz.io.visit_keys import BAND, EFFECTIVE_NM, MAX_NM, MIN_NM, band_keys
from dcrviz.physics.shifts import subfilter_edges_nm
from dcrviz.psf import PlaneSeeing, Psf
from dcrviz.records import ForwardModel, SplineOrder

COADD_NAME = "coadd.fits"
COUNTS_NAME = "nImage.fits"
N_IMAGES = "NIMAGE"
N_VISITS = "NVISITS"
COUNTED = "DCR COUNTED"
# A file that has one of these keys is no visit: a coadd, or what is true of a simulated sky; or
# what was predicted of a visit.
N_SUBFILTERS = "DCR NSUBFILTERS"
PREDICTED = "DCR TEMPLATE"
SUBFILTER = "DCR SUBFILTER"
_SPLIT = "DCR SPLIT"
_SPLIT_THRESHOLD = "DCR SPLIT THRESHOLD"
_ORDER = "DCR ORDER"
_EXACT = "FOURIER"
_WAVELENGTHS = "DCR WAVELENGTHS"
_FWHM = "DCR FWHM"
_PROFILE = "DCR STAR PROFILE"
_BETA = "DCR STAR BETA"
_EXPONENT = "DCR SEEING EXPONENT"


def subfilter_name(subfilter: int) -> str:
    """File name of one subfilter's coadd."""
    return f"dcrCoadd_{subfilter}.fits"


def is_product_name(name: str) -> bool:
    """Whether it is the file name of planes or counts, of which a run may have more or fewer."""
    return name == COUNTS_NAME or re.fullmatch(r"dcrCoadd_\d+\.fits", name) is not None


def model_keys(model: ForwardModel) -> dict[str, Any]:
    """Header keys that restore the model but for its wavelengths, some with a comment."""
    counted = len(model.wavelength_nm[0]) if model.wavelength_nm else None
    return {
        **band_keys(model.band),
        N_SUBFILTERS: model.n_subfilters,
        _SPLIT: model.split_subfilters,
        _SPLIT_THRESHOLD: (float(model.split_threshold_px), "[px]"),
        _ORDER: (_written(model.interpolation_order), "of the spline that shifts images"),
        **_seeing_keys(model.seeing),
        _WAVELENGTHS: None if counted is None else (counted, f"per subfilter: {MODEL}"),
    }


def _seeing_keys(seeing: PlaneSeeing | None) -> dict[str, Any]:
    if seeing is None:
        return {}
    return {
        _FWHM: (float(seeing.fwhm_px), "[px] of stars in every plane"),
        _PROFILE: seeing.profile.profile,
        _BETA: (float(seeing.profile.beta), "of Moffat's"),
        _EXPONENT: (float(seeing.profile.seeing_exponent), "FWHM as wavelength to this power"),
    }


def _read_seeing(keys: Keywords) -> PlaneSeeing | None:
    values = {key: keys.value(key) for key in (_FWHM, _PROFILE, _BETA, _EXPONENT)}
    absent = [key for key, value in values.items() if value is None]
    if len(absent) == len(values):
        return None
    if absent:
        raise ValueError(f"{_FWHM} needs {', '.join(absent)} beside it")
    psf = Psf(
        profile=str(values[_PROFILE]),
        beta=float(values[_BETA]),
        seeing_exponent=float(values[_EXPONENT]),
    )
    return PlaneSeeing(fwhm_px=float(values[_FWHM]), profile=psf)


def subfilter_keys(model: ForwardModel, subfilter: int) -> dict[str, Any]:
    """Which slice of the band it is, counted from 0 at the blue end."""
    edges = subfilter_edges_nm(model.band, model.n_subfilters)
    return {
        SUBFILTER: (subfilter, "from 0, the bluest"),
        "DCR LAMBDA MIN": (float(edges[subfilter]), "[nm]"),
        "DCR LAMBDA MAX": (float(edges[subfilter + 1]), "[nm]"),
    }


def read_model(keys: Keywords, table: Any, path: Path) -> ForwardModel:
    """The model from a coadd's header, and from the table of its wavelengths if it has any.

    Parameters
    ----------
    table
        The HDU, or None if there is none: right for LSST's split.

    Raises
    ------
    ValueError
        If a key is missing or its value can't be, or the table does not belong to it; names the
        file.
    """
    needed = (BAND, EFFECTIVE_NM, MIN_NM, MAX_NM, N_SUBFILTERS, _SPLIT, _SPLIT_THRESHOLD, _ORDER)
    values = {key: keys.value(key) for key in needed}
    absent = [key for key, value in values.items() if value is None]
    if absent:
        raise ValueError(f"{path}: must be a coadd of this project; got no {', '.join(absent)}")
    try:
        model = ForwardModel(
            band=Band(
                name=str(values[BAND]),
                effective_nm=float(values[EFFECTIVE_NM]),
                min_nm=float(values[MIN_NM]),
                max_nm=float(values[MAX_NM]),
            ),
            n_subfilters=_count(N_SUBFILTERS, values[N_SUBFILTERS]),
            split_subfilters=bool(values[_SPLIT]),
            split_threshold_px=float(values[_SPLIT_THRESHOLD]),
            interpolation_order=_order(values[_ORDER]),
            seeing=_read_seeing(keys),
        )
        counted = keys.value(_WAVELENGTHS)
        if counted is None:
            return model
        wavelength_nm, weights = read_model_table(
            table,
            n_subfilters=model.n_subfilters,
            n_wavelengths=_count(_WAVELENGTHS, counted),
        )
        return replace(model, wavelength_nm=wavelength_nm, weights=weights)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _count(key: str, value: Any) -> int:
    if not isinstance(value, int) or value < 1:
        raise ValueError(f"{key} must be a count of 1 or more; got {value!r}")
    return value


def _written(order: SplineOrder | None) -> int | str:
    return _EXACT if order is None else int(order)


def _order(value: Any) -> SplineOrder | None:
    if value == _EXACT:
        return None
    if value not in get_args(SplineOrder):
        raise ValueError(f"{_ORDER} must be a spline order from 0 to 5 or {_EXACT}; got {value!r}")
    return cast(SplineOrder, value)

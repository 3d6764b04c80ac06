"""The band that a FILTER keyword means, and which bands can be."""

from __future__ import annotations

import logging
import re
from functools import cache

from dcrviz.bands import WAVELENGTH_RANGE_NM, Band

_log = logging.getLogger(__name__)
_DECAM = re.compile(r"(\w+)\s+DECam\b")
_LETTER = re.compile(r"[ugrizy]\d?", re.IGNORECASE)


@cache
def band_of_filter(text: str) -> Band | None:
    """The band of a filter's name, or None if it names none that is known.

    Parameters
    ----------
    text
        A name that `Band.named` knows (``decam-g``); DECam's own, such as
        ``g DECam SDSS c0001 4720.0 1520.0``; or any with one letter of u g r i z y standing by
        itself (``g``, ``HSC-G``, ``lsst_g``, ``g_sim_1.4``), which is taken for Rubin's.
    """
    named = _named(text)
    if named is not None:
        return named
    decam = _DECAM.match(text)
    if decam is not None:
        return _named(f"decam-{decam[1]}")
    letters = {part[0].lower() for part in re.split(r"[-_\s]", text) if _LETTER.fullmatch(part)}
    if len(letters) != 1:
        return None
    band = Band.lsst(letters.pop())
    _log.info("filter %r is taken for the band %s", text, band.name)
    return band


def within_refraction(band: Band) -> Band:
    """The band itself.

    Raises
    ------
    ValueError
        If the refraction formula does not hold in all of it.
    """
    low, high = WAVELENGTH_RANGE_NM
    if band.min_nm < low or band.max_nm > high:
        raise ValueError(
            f"band {band.name}: wavelengths must be from {low} to {high} nm, where the refraction "
            f"formula holds; got {band.min_nm:g} to {band.max_nm:g} nm"
        )
    return band


def _named(name: str) -> Band | None:
    try:
        return Band.named(name)
    except ValueError:
        return None

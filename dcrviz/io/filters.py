"""The band that a FILTER keyword means."""

from __future__ import annotations

import logging
import re

from dcrviz.bands import Band

_log = logging.getLogger(__name__)
_DECAM = re.compile(r"(\w+)\s+DECam\b")
_LETTER = re.compile(r"[ugrizy]\d?", re.IGNORECASE)


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


def _named(name: str) -> Band | None:
    try:
        return Band.named(name)
    except ValueError:
        return None

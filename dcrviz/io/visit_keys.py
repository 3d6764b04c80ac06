"""Header keys of this project alone: what FITS headers of telescopes have no key for."""

from __future__ import annotations

from dcrviz.bands import Band

# With a blank in them, these can't be taken for any telescope's: astropy writes them as HIERARCH.
PARALLACTIC_DEG = "DCR PARANG"
WEIGHT = "DCR WEIGHT"
SCALE = "DCR SCALE"
BAND = "DCR BAND"
EFFECTIVE_NM = "DCR BAND EFF"
MIN_NM = "DCR BAND MIN"
MAX_NM = "DCR BAND MAX"


def band_keys(band: Band) -> dict[str, str | float]:
    """Header keys that restore a band exactly, whatever its name."""
    return {
        BAND: band.name,
        EFFECTIVE_NM: band.effective_nm,
        MIN_NM: band.min_nm,
        MAX_NM: band.max_nm,
    }

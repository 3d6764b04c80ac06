"""Photometric bands: the wavelength range that the subfilters divide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

WAVELENGTH_RANGE_NM = (230.2, 2058.6)
"""Where Owens' formula for the refractive index of air holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A wavelength range, with the wavelength at which the shift is zero.

    Raises
    ------
    ValueError
        If not ``min_nm < effective_nm < max_nm``.
    """

    name: str
    effective_nm: float
    min_nm: float
    max_nm: float

    def __post_init__(self) -> None:
        if not self.min_nm < self.effective_nm < self.max_nm:
            raise ValueError(
                f"band {self.name}: wavelengths must satisfy min < effective < max [nm]; got "
                f"{self.min_nm:g}, {self.effective_nm:g}, {self.max_nm:g}"
            )

    def has_middle_of(self, other: Band) -> bool:
        """Whether the middle of the other one lies in it, as it does in bands of one letter."""
        return self.min_nm < other.effective_nm < self.max_nm

    @classmethod
    def lsst(cls, letter: str) -> Self:
        """Rubin/LSST band by its letter, u g r i z y.

        Notes
        -----
        Edges at half the peak throughput from the Rubin key numbers page; the effective wavelength
        is the middle, as in LSST's task today (g: 478.5 nm).
        """
        low, high = _lookup(_LSST_EDGES_NM, letter, "LSST")
        return cls(name=f"lsst-{letter}", effective_nm=(low + high) / 2, min_nm=low, max_nm=high)

    @classmethod
    def decam(cls, letter: str) -> Self:
        """DECam band by its letter, u g r i z Y or VR.

        Notes
        -----
        Central wavelength and width as the camera writes them in its FILTER keyword, for instance
        ``g DECam SDSS c0001 4720.0 1520.0`` (angstrom).
        """
        centre, width = _lookup(_DECAM_CENTRE_WIDTH_NM, letter, "DECam")
        return cls(
            name=f"decam-{letter}",
            effective_nm=centre,
            min_nm=centre - width / 2,
            max_nm=centre + width / 2,
        )

    @classmethod
    def named(cls, name: str) -> Self:
        """Band by name: ``g`` or ``lsst-g`` for Rubin, ``decam-g`` for DECam."""
        system, _, letter = name.rpartition("-")
        if system in ("", "lsst") and letter in _LSST_EDGES_NM:
            return cls.lsst(letter)
        if system == "decam" and letter in _DECAM_CENTRE_WIDTH_NM:
            return cls.decam(letter)
        raise ValueError(
            f"band must be one of {', '.join(band_names())}, or be given by its wavelengths "
            f"(effective, min, max in nm); got {name!r}"
        )


def band_names() -> list[str]:
    """Names that `Band.named` knows, Rubin's first."""
    return [f"lsst-{letter}" for letter in _LSST_EDGES_NM] + [
        f"decam-{letter}" for letter in _DECAM_CENTRE_WIDTH_NM
    ]


def _lookup(table: dict[str, tuple[float, float]], letter: str, system: str) -> tuple[float, float]:
    if letter not in table:
        raise ValueError(f"{system} band must be one of {', '.join(table)}; got {letter!r}")
    return table[letter]


_LSST_EDGES_NM = {
    "u": (324.0, 395.0),
    "g": (405.0, 552.0),
    "r": (552.0, 691.0),
    "i": (691.0, 818.0),
    "z": (818.0, 921.0),
    "y": (922.0, 997.0),
}
_DECAM_CENTRE_WIDTH_NM = {
    "u": (350.0, 100.0),
    "g": (472.0, 152.0),
    "r": (641.5, 148.0),
    "i": (783.5, 147.0),
    "z": (926.0, 152.0),
    "Y": (1009.5, 113.0),
    "VR": (630.0, 260.0),
}

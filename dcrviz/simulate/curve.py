"""Functions of wavelength given by a table, and their exact integrals over wavelength slices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dcrviz.frozen import read_only
from dcrviz.records import Floats

_GAUSS_NODES = np.array([-1.0, 1.0]) / np.sqrt(3.0)


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Curve:
    """A function of wavelength, straight between the rows of its table and zero outside them.

    Parameters
    ----------
    name
        Says what it is; `spectrum` makes the built-in ones again from it.
    wavelength_nm
        (N,), not falling; a wavelength given twice is a step.
    value
        (N,): photons per nm of a spectrum (in any unit), or the throughput of an instrument.

    Raises
    ------
    ValueError
        If the table has fewer than two rows, falls in wavelength, or is negative or not finite.
    """

    name: str
    wavelength_nm: Floats
    value: Floats

    def __post_init__(self) -> None:
        wavelength = np.asarray(self.wavelength_nm, dtype=float)
        value = np.asarray(self.value, dtype=float)
        if wavelength.ndim != 1 or wavelength.size < 2 or wavelength.shape != value.shape:
            raise ValueError(
                f"curve {self.name!r}: wavelength and value must be two columns of the same length "
                f"of at least 2; got shapes {wavelength.shape} and {value.shape}"
            )
        if not (np.isfinite(wavelength).all() and (np.diff(wavelength) >= 0).all()):
            raise ValueError(f"curve {self.name!r}: wavelengths must be finite and must not fall")
        if not (np.isfinite(value).all() and (value >= 0).all()):
            raise ValueError(
                f"curve {self.name!r}: values must be finite and not negative; got "
                f"{value.min():g} to {value.max():g}"
            )
        object.__setattr__(self, "wavelength_nm", read_only(wavelength))
        object.__setattr__(self, "value", read_only(value))

    def __call__(self, wavelength_nm: Floats) -> Floats:
        """Value at each wavelength."""
        found = np.interp(wavelength_nm, self.wavelength_nm, self.value, left=0.0, right=0.0)
        return np.asarray(found, dtype=float)


def slice_photons(
    spectrum: Curve, edges_nm: Floats, *, throughput: Curve | None = None
) -> tuple[Floats, Floats]:
    """Photons of a spectrum in wavelength slices, and their mean wavelengths.

    Parameters
    ----------
    spectrum
        Photons per nm.
    edges_nm : (L + 1,)
        Borders of the slices, rising.
    throughput
        Fraction of the photons that is detected; all of them without it.

    Returns
    -------
    fraction : (L,)
        Share of each slice in the photons between the outer edges; the sum is 1.
    mean_nm : (L,)
        Mean wavelength of the photons in the slice; its middle where there are none.

    Raises
    ------
    ValueError
        If the spectrum has no photons between the outer edges.

    Notes
    -----
    Between two rows of either table the product is a parabola, which the Gauss rule of two nodes
    integrates exactly, and its first moment too. Lines narrower than a slice lose nothing.
    """
    curves = [spectrum] if throughput is None else [spectrum, throughput]
    inside = [
        c.wavelength_nm[(c.wavelength_nm > edges_nm[0]) & (c.wavelength_nm < edges_nm[-1])]
        for c in curves
    ]
    borders = np.unique(np.concatenate([edges_nm, *inside]))
    half = np.diff(borders)[:, None] / 2
    nodes = (borders[:-1, None] + half) + half * _GAUSS_NODES
    photons = half * np.prod([curve(nodes) for curve in curves], axis=0)

    starts = np.searchsorted(borders, edges_nm[:-1])
    count = np.add.reduceat(photons.sum(axis=1), starts)
    moment = np.add.reduceat((photons * nodes).sum(axis=1), starts)
    if not count.sum() > 0:
        raise ValueError(
            f"spectrum {spectrum.name!r} must have photons between {edges_nm[0]:g} and "
            f"{edges_nm[-1]:g} nm; it has none"
        )
    middle = (edges_nm[:-1] + edges_nm[1:]) / 2
    mean_nm = np.where(count > 0, moment / np.where(count > 0, count, 1.0), middle)
    return count / count.sum(), mean_nm

"""What every layout of files comes down to: three planes and the headers that go with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dcrviz.io.keywords import Keywords, lookup
from dcrviz.io.scan import Hdu
from dcrviz.records import LazyPlane


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Parts:
    """The planes of one exposure as a layout found them.

    Parameters
    ----------
    image, mask, variance
        Lazy planes; the variance is None where the layout has none.
    planes
        Bit number of each mask plane by name.
    header
        The HDU whose header places the image on the sky.
    primary
        The file's first HDU.
    keys
        The headers to ask for the visit's circumstances.
    psf
        Image of a star, where the layout has one.
    """

    image: LazyPlane
    mask: LazyPlane
    variance: LazyPlane | None
    planes: Mapping[str, int]
    header: Hdu
    primary: Hdu
    keys: Keywords
    psf: LazyPlane | None = None


def check_shapes(parts: Parts) -> None:
    """Raise if the planes are not of one size."""
    shape = tuple(parts.image.shape)
    for name, plane in (("mask", parts.mask), ("variance", parts.variance)):
        if plane is not None and tuple(plane.shape) != shape:
            raise ValueError(
                f"{parts.header.path}: {name} must have the image's shape "
                f"({shape[0]} x {shape[1]} pixels); got {' x '.join(map(str, plane.shape))}"
            )


def images_of(hdus: tuple[Hdu, ...]) -> list[Hdu]:
    """The HDUs that hold a two-dimensional image."""
    return [hdu for hdu in hdus if hdu.shape is not None]


def plane_bits(mask: Hdu) -> dict[str, int]:
    """Bit number of each mask plane by name, from the mask's ``MP_<PLANE>`` keys.

    Raises
    ------
    ValueError
        If a number is not that of one of 31 bits.
    """
    planes: dict[str, int] = {}
    for key in mask.header:
        if key.startswith("MP_"):
            bit = lookup(mask.header, key)
            if not isinstance(bit, int) or not 0 <= bit <= 30:
                raise ValueError(
                    f"{mask.path}: {key} must be a bit number from 0 to 30; got {bit!r}"
                )
            planes[key.removeprefix("MP_")] = int(bit)
    return planes

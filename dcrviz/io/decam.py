"""DECam community pipeline: image, weight and data quality in three files side by side."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dcrviz.io.keywords import Keywords
from dcrviz.io.lazy import computed_image, computed_mask, empty_mask, image_plane, mask_plane
from dcrviz.io.parts import Parts, images_of
from dcrviz.io.scan import Hdu, describe, scan
from dcrviz.records import Bits, LazyPlane, Plane

_log = logging.getLogger(__name__)
_ROLE = re.compile(r"_oo([iwd])_")
PLANES = {"BAD": 0, "SAT": 1, "INTRP": 2, "CR": 3, "SUSPECT": 7, "NO_DATA": 8}
_BIT = {name: 1 << bit for name, bit in PLANES.items()}
# Since version 3.5 a pixel carries one code: 1 bad, 2 no value, 3 saturated, 4 bleed trail,
# 5 cosmic ray, 6 low weight, 7 found in the difference of exposures, 8 long streak.
_OF_CODE = np.array(
    [0]
    + [_BIT[name] for name in ("BAD", "NO_DATA", "SAT", "SAT", "CR", "BAD", "SUSPECT", "SUSPECT")]
    + [_BIT["SUSPECT"]],
    dtype=np.int32,
)
# Before, it carried flags; those not listed count as SUSPECT.
_OF_FLAG = {1: "BAD", 2: "SAT", 4: "INTRP", 16: "CR", 64: "SAT", 128: "SUSPECT"}
_FIRST_WITH_CODES = (3, 5)


def image_beside(path: Path) -> Path:
    """The ``_ooi_`` image that a weight or data quality file belongs to; itself if it is none.

    Raises
    ------
    ValueError
        If it is not there.
    """
    role = _ROLE.search(path.name)
    if role is None or role[1] == "i":
        return path
    image = _partner(path, "i")
    if not image.is_file():
        raise ValueError(f"{path}: must lie beside its image {image.name}; got nothing there")
    return image


def decam_parts(hdus: tuple[Hdu, ...]) -> Parts | None:
    """The planes of a triple, given its image; None if the file's name is not one's.

    Notes
    -----
    The variance is 0 and the mask NO_DATA where the weight is 0, negative or not finite.
    """
    if not _is_image_of_triple(hdus):
        return None
    path = hdus[0].path
    image = _only_image(hdus)
    weight, quality = (_plane_beside(path, role) for role in "wd")
    return _triple(image, hdus[0], weight, quality)


def decam_detectors(hdus: tuple[Hdu, ...]) -> list[Parts] | None:
    """The planes of each CCD of a triple, given its image; None if the file's name is not one's.

    Raises
    ------
    ValueError
        If a weight or data quality file lacks a CCD that the image has.
    """
    if not _is_image_of_triple(hdus):
        return None
    path, images = hdus[0].path, images_of(hdus)
    beside = {role: _images_beside(path, role) for role in "wd"}
    found = []
    for place, image in enumerate(images):
        partners = [_same_ccd(image, place, beside[role], of=len(images)) for role in "wd"]
        found.append(_triple(image, hdus[0], *partners))
    return found


def _is_image_of_triple(hdus: tuple[Hdu, ...]) -> bool:
    return _ROLE.search(hdus[0].path.name) is not None and bool(images_of(hdus))


def _triple(image: Hdu, primary: Hdu, weight: Hdu | None, quality: Hdu | None) -> Parts:
    pixels = image_plane(image)
    keys = Keywords(image.header, primary.header)
    coded = _version(keys.text("PLVER")) >= _FIRST_WITH_CODES
    return Parts(
        image=pixels,
        mask=_mask(pixels.shape, weight, quality, bits_of_codes if coded else bits_of_flags),
        variance=None if weight is None else computed_image(_variance, image_plane(weight)),
        planes=PLANES,
        header=image,
        primary=primary,
        keys=keys,
    )


def bits_of_codes(codes: NDArray[np.int32]) -> Bits:
    """Mask bits of the pipeline's data quality codes; a code that is not known is SUSPECT."""
    last = len(_OF_CODE) - 1
    bits: Bits = _OF_CODE[np.where((codes < 0) | (codes > last), last, codes)]
    return bits


def bits_of_flags(flags: NDArray[np.int32]) -> Bits:
    """Mask bits of the data quality flags of versions before 3.5."""
    bits = np.where(flags & ~np.int32(sum(_OF_FLAG)), np.int32(_BIT["SUSPECT"]), np.int32(0))
    for flag, name in _OF_FLAG.items():
        bits |= np.where(flags & np.int32(flag), np.int32(_BIT[name]), np.int32(0))
    return bits


def _variance(weight: Plane) -> Plane:
    usable = np.isfinite(weight) & (weight > np.finfo(np.float32).tiny)
    return np.divide(np.float32(1), weight, out=np.zeros_like(weight), where=usable)


def _mask(
    shape: tuple[int, int],
    weight: Hdu | None,
    quality: Hdu | None,
    bits_of: Callable[[NDArray[np.int32]], Bits],
) -> LazyPlane:
    planes: list[LazyPlane] = []
    if quality is not None:
        planes.append(computed_mask(bits_of, mask_plane(quality)))
    if weight is not None:
        planes.append(computed_mask(_no_data, image_plane(weight)))
    return computed_mask(_merged, *planes) if planes else empty_mask(shape)


def _no_data(weight: Plane) -> Bits:
    bits: Bits = np.where(_variance(weight) > 0, np.int32(0), np.int32(_BIT["NO_DATA"]))
    return bits


def _merged(*masks: Bits) -> Bits:
    merged: Bits = np.bitwise_or.reduce(masks)
    return merged


def _version(text: str) -> tuple[int, int]:
    numbers = re.match(r"V?(\d+)\.(\d+)", text)
    return (int(numbers[1]), int(numbers[2])) if numbers else _FIRST_WITH_CODES


def _partner(path: Path, role: str) -> Path:
    return path.with_name(_ROLE.sub(f"_oo{role}_", path.name, count=1))


def _plane_beside(path: Path, role: str) -> Hdu | None:
    partner = _hdus_beside(path, role)
    return None if partner is None else _only_image(partner)


def _images_beside(path: Path, role: str) -> list[Hdu] | None:
    partner = _hdus_beside(path, role)
    return None if partner is None else images_of(partner)


def _hdus_beside(path: Path, role: str) -> tuple[Hdu, ...] | None:
    partner = _partner(path, role)
    if not partner.is_file():
        _log.warning("%s: %s is not beside it; read without", path, partner.name)
        return None
    return scan(partner)


def _same_ccd(image: Hdu, place: int, partners: list[Hdu] | None, *, of: int) -> Hdu | None:
    """The plane of the same name; of files without names, the one in the same place."""
    if partners is None:
        return None
    named = [hdu for hdu in partners if image.name and hdu.name == image.name]
    if named:
        return named[0]
    if len(partners) == of and not any(hdu.name for hdu in partners):
        return partners[place]
    raise ValueError(
        f"{image.path}: CCD {image.name or place} must be in the weight and data quality files, "
        f"too; got {', '.join(hdu.name or '-' for hdu in partners)}"
    )


def _only_image(hdus: tuple[Hdu, ...]) -> Hdu:
    images = images_of(hdus)
    if len(images) != 1:
        raise ValueError(
            f"{hdus[0].path}: a DECam file must hold the image of one CCD; got {describe(hdus)}"
        )
    return images[0]

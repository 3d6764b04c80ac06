"""Files with extensions SCI, VAR or ERR, and DQ; and files with one image and nothing else."""

from __future__ import annotations

import numpy as np

from dcrviz.io.keywords import Keywords
from dcrviz.io.lazy import computed_image, computed_mask, empty_mask, image_plane, mask_plane
from dcrviz.io.parts import Parts, images_of, plane_bits
from dcrviz.io.scan import Hdu, describe
from dcrviz.records import Bits, LazyPlane, Plane

_NAMES = ("SCI", "VAR", "ERR", "DQ")


def sci_var_dq_parts(hdus: tuple[Hdu, ...]) -> Parts | None:
    """The planes of such a file, or None if it has no extension SCI.

    Notes
    -----
    The bits of DQ mean something else in each observatory's files: they keep their names where
    the header names them (``MP_<PLANE>``); where not, any value but 0 is BAD.

    Raises
    ------
    ValueError
        If there are several of a kind.
    """
    found = {name: [hdu for hdu in images_of(hdus) if hdu.name == name] for name in _NAMES}
    if not found["SCI"]:
        return None
    if any(len(hdus_of_name) > 1 for hdus_of_name in found.values()):
        raise ValueError(
            f"{hdus[0].path}: must have one each of SCI, VAR or ERR, and DQ; got {describe(hdus)}"
        )
    science, variance, error, quality = (next(iter(found[name]), None) for name in _NAMES)
    assert science is not None
    pixels = image_plane(science)
    named = {} if quality is None else plane_bits(quality)
    return Parts(
        image=pixels,
        mask=empty_mask(pixels.shape) if quality is None else _mask(quality, named),
        variance=_variance(variance, error),
        planes={} if quality is None else named or {"BAD": 0},
        header=science,
        primary=hdus[0],
        keys=Keywords(science.header, hdus[0].header),
    )


def plain_parts(hdus: tuple[Hdu, ...]) -> Parts | None:
    """The only image of a file, without mask and variance; None if it has more or none."""
    images = images_of(hdus)
    if len(images) != 1:
        return None
    pixels = image_plane(images[0])
    return Parts(
        image=pixels,
        mask=empty_mask(pixels.shape),
        variance=None,
        planes={},
        header=images[0],
        primary=hdus[0],
        keys=Keywords(images[0].header, hdus[0].header),
    )


def _variance(variance: Hdu | None, error: Hdu | None) -> LazyPlane | None:
    if variance is not None:
        return image_plane(variance)
    return None if error is None else computed_image(_squared, image_plane(error))


def _mask(quality: Hdu, named: dict[str, int]) -> LazyPlane:
    bits = mask_plane(quality)
    return bits if named else computed_mask(_any_is_bad, bits)


def _squared(error: Plane) -> Plane:
    return error * error


def _any_is_bad(flags: Bits) -> Bits:
    bits: Bits = (flags != 0).astype(np.int32)
    return bits

"""LSST's Exposure: HDUs IMAGE, MASK, VARIANCE, the visit in the primary header."""

from __future__ import annotations

from dcrviz.io.archive import archived_visit
from dcrviz.io.keywords import Keywords
from dcrviz.io.lazy import empty_mask, image_plane, mask_plane
from dcrviz.io.parts import Parts, plane_bits
from dcrviz.io.scan import Hdu

PSF = "PSF"
"""HDU of the image of a star, where this project wrote one."""
_ROLES = ("IMAGE", "MASK", "VARIANCE")


def lsst_parts(hdus: tuple[Hdu, ...]) -> Parts | None:
    """The planes of an LSST Exposure, or None if the file is none.

    Notes
    -----
    HDUs are told by EXTTYPE, in files without by EXTNAME, else by position. Visit keys are looked
    for in the image's header, the primary one, and a VisitInfo record of the archive tables.
    """
    found = _by_label(hdus) or _by_position(hdus)
    if "IMAGE" not in found:
        return None
    image, mask, variance = (found.get(role) for role in _ROLES)
    assert image is not None
    pixels = image_plane(image)
    return Parts(
        image=pixels,
        mask=empty_mask(pixels.shape) if mask is None else mask_plane(mask),
        variance=None if variance is None else image_plane(variance),
        planes={} if mask is None else plane_bits(mask),
        header=image,
        primary=hdus[0],
        keys=Keywords(image.header, hdus[0].header, archived_visit(hdus)),
        psf=next((image_plane(hdu) for hdu in hdus if hdu.name == PSF and hdu.shape), None),
    )


def _by_label(hdus: tuple[Hdu, ...]) -> dict[str, Hdu]:
    found: dict[str, Hdu] = {}
    for hdu in hdus:
        role = hdu.kind or hdu.name
        if hdu.shape is not None and role in _ROLES:
            found.setdefault(role, hdu)
    return found


def _by_position(hdus: tuple[Hdu, ...]) -> dict[str, Hdu]:
    """HDUs 1 to 3, if they carry no names and their pixels are of the right types."""
    if len(hdus) < 4 or hdus[0].shape is not None:
        return {}
    planes = hdus[1:4]
    nameless = all(hdu.name in ("", "COMPRESSED_IMAGE") for hdu in planes)
    images = all(hdu.shape is not None for hdu in planes)
    if not nameless or not images or [hdu.integer for hdu in planes] != [False, True, False]:
        return {}
    return dict(zip(_ROLES, planes, strict=True))

"""Which layout a file has."""

from __future__ import annotations

from dcrviz.io.decam import decam_detectors, decam_parts
from dcrviz.io.lsst import lsst_parts
from dcrviz.io.parts import Parts, check_shapes
from dcrviz.io.scan import Hdu, describe
from dcrviz.io.sci_var_dq import plain_parts, sci_var_dq_parts

# The first that recognises the file reads it; the plain layout fits most and comes last.
_LAYOUTS = (decam_parts, lsst_parts, sci_var_dq_parts, plain_parts)


def parts_of(hdus: tuple[Hdu, ...]) -> Parts:
    """The planes and headers of an exposure, whatever its layout, given its file's headers.

    Raises
    ------
    ValueError
        If the file is no FITS file of a known layout.
    """
    for layout in _LAYOUTS:
        parts = layout(hdus)
        if parts is not None:
            check_shapes(parts)
            return parts
    raise ValueError(
        f"{hdus[0].path}: must be an LSST Exposure, a DECam ooi file, have extensions SCI, VAR or "
        f"ERR and DQ, or hold a single image; got {describe(hdus)}"
    )


def detectors_of(hdus: tuple[Hdu, ...]) -> list[Parts]:
    """The planes and headers of every detector in a file; one where the layout knows no more.

    Raises
    ------
    ValueError
        If the file is no FITS file of a known layout.
    """
    detectors = decam_detectors(hdus)
    if detectors is None:
        return [parts_of(hdus)]
    for parts in detectors:
        check_shapes(parts)
    return detectors

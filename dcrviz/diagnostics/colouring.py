"""Images in colours, as the explorer's wall shows them by default."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dcrviz.records import Bytes, Floats, Plane

# The wall's tables, of which all kinds of colour vision tell the ends apart.
_CIVIDIS = "00224e 1a386f 434e6c 61656f 7d7c78 9b9476 bcae6c dfcb59 fee838"
_VIRIDIS = "440154 472d7b 3b528b 2c728e 21918c 28ae80 5ec962 addc30 fde725"
_BLUE_TO_RED = "053061 2f79b5 94c4de f7f7f7 f5a886 c53e3d 67001f"
_COLOURS = {
    "flux": _CIVIDIS,
    "sigma": _BLUE_TO_RED,
    "fraction": _CIVIDIS,
    "count": _VIRIDIS,
    "sign": _BLUE_TO_RED,
}
_NO_VALUE = 119
_SIGMA = 12.0
_BEND = 100.0
_FAINT, _BRIGHT = 0.02, 0.999


def limits_of(images: Sequence[Plane], scale: str) -> tuple[float, float]:
    """The values that are shown darkest and brightest in all of these images alike.

    Parameters
    ----------
    scale
        As of a `Row`.
    """
    if scale == "sign":
        return -1.0, 1.0
    if scale == "sigma":
        return -_SIGMA, _SIGMA
    if scale in ("fraction", "rgb"):
        return 0.0, 1.0
    finite = [image[np.isfinite(image)] for image in images]
    finite = [values for values in finite if values.size]
    if not finite:
        return 0.0, 1.0
    if scale == "count":
        return 0.0, max(1.0, *(float(values.max()) for values in finite))
    low = min(float(np.quantile(values, _FAINT)) for values in finite)
    high = max(float(np.quantile(values, _BRIGHT)) for values in finite)
    return (low, high) if high > low else (low, low + 1.0)


def coloured(image: Plane, scale: str, *, limits: tuple[float, float] | None = None) -> Bytes:
    """An image as (Y, X, 3) colours, the last row on top as on the sky; grey where it has no value.

    Parameters
    ----------
    limits
        The lowest and highest value shown; `limits_of` this image if None.
    """
    if scale == "rgb":
        # Its colours are its values.
        shown = np.clip(np.nan_to_num(image), 0, 1)[::-1]
        return np.asarray(np.rint(255 * shown), dtype=np.uint8)
    low, high = limits or limits_of([image], scale)
    known = np.isfinite(image)
    part = np.clip((np.where(known, image, low) - low) / (high - low), 0, 1)
    if scale == "flux":
        part = np.arcsinh(part * _BEND) / np.arcsinh(_BEND)
    table = np.vstack([_table(_COLOURS[scale]), np.full(3, _NO_VALUE)]).astype(np.uint8)
    places = np.where(known, np.rint(255 * part), 256).astype(np.intp)
    return np.asarray(table[places][::-1], dtype=np.uint8)


def binned(image: Plane, *, side_px: int) -> Plane:
    """The image in blocks, each the mean of its pixels, so that no side is longer than this."""
    step = -(-max(image.shape[:2]) // side_px)
    if step <= 1:
        return image
    height, width = (n // step * step for n in image.shape[:2])
    sides = (height // step, step, width // step, step, *image.shape[2:])
    blocks = image[:height, :width].reshape(sides)
    mean: Plane = blocks.mean(axis=(1, 3), dtype=np.float32)
    return mean


def _table(anchors: str) -> Floats:
    """(256, 3) colours between anchors."""
    fixed = np.array([[int(word[i : i + 2], 16) for i in (0, 2, 4)] for word in anchors.split()])
    places = np.linspace(0, len(fixed) - 1, 256)
    steps = np.arange(len(fixed))
    channels = [np.interp(places, steps, channel) for channel in fixed.T]
    return np.asarray(np.rint(np.stack(channels, axis=1)), dtype=np.float64)

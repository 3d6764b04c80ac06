"""One picture in colour from the planes of all subfilters."""

from __future__ import annotations

import numpy as np

from dcrviz.records import Cube, Floats

_SOFTENING = 8.0
_LINEAR_SIGMA = 5.0


def colour_composite(planes: Cube, *, noise: float) -> Cube:
    """Red, green and blue of each pixel, 0 to 1, (Y, X, 3): the longest wavelengths are red.

    Parameters
    ----------
    planes
        (S, Y, X), from short to long wavelengths.
    noise
        Of the sky, 1 sigma: a source a few sigma high is on the linear part of the stretch.

    Notes
    -----
    Lupton et al. 2004, PASP 116, 133: the intensity I is stretched, asinh(Q I / s) / Q, and the
    colours keep their ratios; what would be brighter than 1 in a channel is scaled down in all.
    """
    channels = np.nan_to_num(np.moveaxis(channel_fluxes(planes), -1, 0), nan=0.0)
    intensity = channels.mean(axis=0)
    positive = np.maximum(intensity, np.float32(1e-6 * noise))
    unit = np.float32(_LINEAR_SIGMA * noise)
    stretched = np.arcsinh(np.float32(_SOFTENING) * positive / unit) / np.float32(_SOFTENING)
    colours = np.maximum(channels, 0) * np.where(intensity > 0, stretched / positive, 0)
    brightest = np.maximum(colours.max(axis=0), 1)
    composite: Cube = np.ascontiguousarray(np.moveaxis(colours / brightest, 0, -1), np.float32)
    return composite


def channel_fluxes(planes: Cube) -> Cube:
    """(Y, X, 3), what red, green and blue are made of; with three subfilters the planes themselves.

    The mean of the planes in each third of the band, so that a white source looks the same for any
    number of subfilters.
    """
    shares = channel_shares(len(planes)).astype(np.float32)
    fluxes: Cube = np.moveaxis(np.tensordot(shares, planes, axes=1), 0, -1)
    return fluxes


def channel_shares(n_subfilters: int) -> Floats:
    """(3, S), what each subfilter gives to red, green and blue: the thirds of the band.

    Each row adds up to 1; with three subfilters each has a colour of its own.
    """
    edges = np.linspace(0, 1, n_subfilters + 1)
    thirds = np.linspace(0, 1, 4)
    low = np.maximum(edges[:-1], thirds[:-1, None])
    high = np.minimum(edges[1:], thirds[1:, None])
    blue_green_red: Floats = 3 * np.maximum(high - low, 0)
    return blue_green_red[::-1]

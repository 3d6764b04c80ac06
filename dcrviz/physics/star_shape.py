"""The shape of a star in its image: how far it is from round."""

from __future__ import annotations

import numpy as np

from dcrviz.physics.seeing import width_px
from dcrviz.records import Floats, Plane

_FWHM_PER_SIGMA = float(np.sqrt(8 * np.log(2)))
_ITERATIONS = 60
_CLOSE = 1e-6
_NARROWEST = 1e-3


def second_moments(star: Plane) -> Floats:
    """(2, 2) second moments [px^2] in y and x of the Gaussian that matches a star best.

    Parameters
    ----------
    star
        (P, P), in the middle of its image.

    Notes
    -----
    Adaptive moments: those of the image weighted with a Gaussian are half that Gaussian's own where
    the two match (Bernstein and Jarvis 2002, AJ 123, 583). Noise and wings far out count for
    nothing.
    """
    light = np.asarray(star, dtype=np.float64)
    y, x = (np.arange(side) - (side - 1) / 2 for side in light.shape)
    places = np.stack([grid.ravel() for grid in np.meshgrid(y, x, indexing="ij")])
    moments = np.eye(2) * (width_px(star) / _FWHM_PER_SIGMA) ** 2
    for _ in range(_ITERATIONS):
        squared = np.einsum("ik,ij,jk->k", places, np.linalg.inv(moments), places)
        weighed = light.ravel() * np.exp(-squared / 2)
        found = 2 * (places * weighed) @ places.T / weighed.sum()
        # A star in a single pixel has no shape.
        if np.linalg.eigvalsh(found)[0] < _NARROWEST:
            break
        done = np.abs(found - moments).max() < _CLOSE * np.trace(moments)
        moments = found
        if done:
            break
    return np.asarray(moments)


def ellipticity(star: Plane) -> float:
    """(major - minor) / (major + minor) axis of a star, 0 if it is round."""
    minor, major = np.sqrt(np.maximum(np.linalg.eigvalsh(second_moments(star)), 0))
    return float((major - minor) / (major + minor))

"""The numbers of a leverage, to compare two."""

import numpy as np


def numbers_of(found):
    """All numbers of a leverage in a row."""
    return np.concatenate(
        [
            found.lost,
            found.term_amplification,
            found.plane_amplification,
            found.plane_sigma,
            found.singular_values,
            [found.colour_error, *found.lever_px],
        ]
    )

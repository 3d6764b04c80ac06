"""Artifacts: what is in one visit or two and not in the static sky."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dcrviz.config import ProblemConfig
from dcrviz.engine.candidates import (
    Candidate,
    Fate,
    Rules,
    Surroundings,
    epoch_counts,
    judged,
)
from dcrviz.engine.comparison import Comparison
from dcrviz.engine.matched_sky import MatchedVisits, matched_sky, sources_on
from dcrviz.engine.psf_match import kernel_from_image, matching_kernel
from dcrviz.engine.star_images import seeing_of
from dcrviz.frozen import Frozen
from dcrviz.kernels.pool import run_all
from dcrviz.records import Bools, Exposure, Floats, LazyPlane, Plane

# Common seeing where no visit tells its own; then none is broadened.
_FALLBACK_FWHM_PX = 4.0


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Artifacts(Frozen):
    """Everything that deviates from the static sky, and what became of it.

    Parameters
    ----------
    candidates
        Visit by visit.
    epochs
        (Y, X), visits that deviate at each pixel.
    sky
        (Y, X), the clipped mean of the visits at the common seeing.
    sources
        (Y, X), footprints of the sources on it.
    noise
        (V,) noise of a pixel of each visit at the common seeing.
    fwhm_px
        The common seeing.
    warnings
        Sentences about visits that could not be brought to it.
    """

    candidates: tuple[Candidate, ...]
    epochs: NDArray[np.uint16]
    sky: Plane
    sources: Bools
    noise: Floats
    fwhm_px: float
    warnings: tuple[str, ...] = ()

    def clipped(self, visit: int) -> Bools:
        """(Y, X), pixels of a visit that belong to an artifact."""
        flags = np.zeros(self.sky.shape, dtype=np.bool_)
        for one in self.candidates:
            if one.visit == visit and one.fate is Fate.CLIPPED:
                flags.ravel()[one.places] = True
        return flags

    def marks(self, visit: int) -> Plane:
        """(Y, X), 1 on what is clipped of a visit, -1 on what deviates and is kept, else 0."""
        marks = np.zeros(self.sky.shape, dtype=np.float32)
        for one in self.candidates:
            if one.visit == visit:
                marks.ravel()[one.places] = 1 if one.fate is Fate.CLIPPED else -1
        return marks

    @property
    def sentence(self) -> str:
        """What was found, for people."""
        number = len(self.candidates)
        clipped = [one for one in self.candidates if one.fate is Fate.CLIPPED]
        variable = sum(one.fate is Fate.VARIABLE for one in self.candidates)
        if not number:
            return "artifacts: no visit deviates from the static sky"
        share = 100 * sum(one.places.size for one in clipped) / self.sky.size / len(self.noise)
        said = f"artifacts: none of {number} deviations from the static sky is clipped"
        if clipped:
            said = (
                f"artifacts: {len(clipped)} of {number} deviations from the static sky are clipped"
            )
            visits = len({one.visit for one in clipped})
            said += f", in {visits} of {len(self.noise)} visits ({share:.2g} % of the pixels)"
        if variable:
            said += f"; {variable} that may be variable sources {_are(variable)} kept"
        return said


def find_artifacts(
    exposures: Sequence[Exposure],
    images: Sequence[Plane | LazyPlane],
    weights: Floats,
    config: ProblemConfig,
    *,
    threads: int = 1,
) -> Artifacts:
    """Look for what is in few visits and not in the others.

    Parameters
    ----------
    images
        V times (Y, X), scaled.
    weights
        (V,), of each visit in the static sky; 0 for one that is off, which is not searched.

    Notes
    -----
    ALGORITHM.md section 7. Visits pass twice: for the static sky in bands of rows, and to be
    compared with it one after the other. What is kept of each is the pixels that deviate, so that
    memory hardly grows with the number of visits.
    """
    on = [int(visit) for visit in np.flatnonzero(weights > 0)]
    fwhm_px, kernels, warnings = _kernels([exposures[visit] for visit in on], config)
    visits = MatchedVisits(
        exposures=[exposures[visit] for visit in on],
        images=[images[visit] for visit in on],
        kernels=kernels,
        fwhm_px=fwhm_px,
    )
    sky = matched_sky(
        visits,
        weights[on],
        sigma_clip=config.static_clip,
        clip_iterations=config.static_clip_iterations,
    )
    sources = sources_on(sky, fwhm_px)
    comparison = Comparison(visits=visits, sky=sky, sources=sources, config=config)
    compared = run_all([partial(comparison.of, *one) for one in enumerate(on)], threads=threads)
    found = [one for some, _ in compared for one in some]
    epochs = epoch_counts(found, sky.image.shape)
    rules = Rules(
        max_epochs=config.max_epochs,
        fraction_low=config.max_epoch_fraction_low,
        fraction_high=config.max_epoch_fraction_high,
        spatial_threshold=config.spatial_threshold,
        preserve_contained=config.preserve_contained,
    )
    around = Surroundings(epochs=epochs, n_visits=sky.n_visits, sources=sources)
    noise = np.ones(len(exposures))
    noise[on] = [level for _, level in compared]
    return Artifacts(
        candidates=tuple(judged(one, around, rules) for one in found),
        epochs=epochs,
        sky=sky.image,
        sources=sources,
        noise=noise,
        fwhm_px=fwhm_px,
        warnings=tuple(warnings),
    )


def _kernels(
    exposures: Sequence[Exposure], config: ProblemConfig
) -> tuple[float, list[Plane], list[str]]:
    """The common seeing, what brings each visit to it, and what could not be done."""
    widths = [seeing_of(exposure) for exposure in exposures]
    target = config.matched_fwhm or max(
        (width for width in widths if width is not None), default=_FALLBACK_FWHM_PX
    )
    kernels, lacking = [], []
    for exposure, own in zip(exposures, widths, strict=True):
        if exposure.psf is not None:
            kernels.append(
                kernel_from_image(exposure.psf, target_px=target, psf=config.star_profile)
            )
        else:
            lacking += [str(exposure.visit.id)] if own is None else []
            kernels.append(
                matching_kernel(own or target, target_px=target, psf=config.star_profile)
            )
    if not lacking:
        return target, kernels, []
    return (
        target,
        kernels,
        [
            f"no seeing in the record of {len(lacking)} of {len(exposures)} visits "
            f"({', '.join(lacking)}): compared with the static sky as they are"
        ],
    )


def _are(number: int) -> str:
    return "is" if number == 1 else "are"

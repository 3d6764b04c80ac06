"""What is truly in each subfilter of a made field."""

from __future__ import annotations

from functools import lru_cache

from dcrviz.diagnostics.pictures import planes_fwhm_px
from dcrviz.engine import Problem
from dcrviz.psf import Psf
from dcrviz.records import Cube
from dcrviz.simulate import Scene, truth_planes


def true_planes(scene: Scene, problem: Problem) -> Cube | None:
    """(S, Y, X) true planes at the seeing of the problem's own, in their units.

    That is the seeing that the fit gives its planes, or the typical one of the visits where it does
    not know theirs. None where the scene is another field or band than the problem's, or no visit
    tells its seeing.
    """
    fwhm_px = planes_fwhm_px(problem)
    if scene.shape != problem.shape or scene.band != problem.band or fwhm_px is None:
        return None
    psf = scene.psf if problem.seeing is None else problem.seeing.planes.profile
    return _planes(scene, n_subfilters=problem.n_subfilters, fwhm_px=fwhm_px, psf=psf)


@lru_cache(maxsize=8)
def _planes(scene: Scene, *, n_subfilters: int, fwhm_px: float, psf: Psf) -> Cube:
    return truth_planes(scene, n_subfilters=n_subfilters, fwhm_px=fwhm_px, psf=psf)

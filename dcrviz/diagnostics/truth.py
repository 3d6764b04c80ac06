"""What is truly in each subfilter of a made field."""

from __future__ import annotations

from functools import lru_cache

from dcrviz.diagnostics.pictures import typical_fwhm_px
from dcrviz.engine import Problem
from dcrviz.records import Cube
from dcrviz.simulate import Scene, truth_planes


def true_planes(scene: Scene, problem: Problem) -> Cube | None:
    """(S, Y, X) true planes at the visits' typical seeing, in the units of the problem's own.

    None where the scene is another field or band than the problem's, or no visit tells its seeing.
    """
    fwhm_px = typical_fwhm_px(problem)
    if scene.shape != problem.shape or scene.band != problem.band or fwhm_px is None:
        return None
    return _planes(scene, n_subfilters=problem.n_subfilters, fwhm_px=fwhm_px)


@lru_cache(maxsize=8)
def _planes(scene: Scene, *, n_subfilters: int, fwhm_px: float) -> Cube:
    return truth_planes(scene, n_subfilters=n_subfilters, fwhm_px=fwhm_px)

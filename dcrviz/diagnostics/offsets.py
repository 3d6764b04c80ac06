"""How far each source lies from its place in the coadd, in each visit and in its template."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import sep
from numpy.typing import NDArray

from dcrviz.diagnostics.pictures import sky_noise, source_pixels, typical_fwhm_px, visit_noise
from dcrviz.engine import Problem
from dcrviz.engine.template import share_of_template, visit_templates
from dcrviz.records import Bools, Cube, Floats, Frozen, Ints, Plane

_Pixel = TypeVar("_Pixel", np.float32, np.bool_)

_THRESHOLD_SIGMA = 5.0
_REACH_FWHM = 1.5
_REACH_PX = 6
# A place is wanted better than this from one visit, else the source tells nothing.
_LARGEST_SIGMA_PX = 0.15
# Pixels and neighbours move the place of a bright source by so much, whatever its noise.
_FLOOR_PX = 0.015
_MOST_SOURCES = 80
_NEIGHBOUR_SHARE = 0.1
_LEAST_USABLE = 0.9
_LEAST_VISITS = 3


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Offsets(Frozen):
    """Places of N sources in V visits, relative to the template coadd.

    Parameters
    ----------
    x, y
        (N,), where they are in the coadd.
    seen
        (N, V, 2), ``(y, x)`` in pixels, in the visits.
    predicted
        (N, V, 2), the same in the visits' matched templates.
    colourless
        (N, V, 2), the same in templates of a sky without colours.
    weight
        (N, V), one over the squared error of each component of `seen`; 0 where it isn't known.
    """

    x: Floats
    y: Floats
    seen: Floats
    predicted: Floats
    colourless: Floats
    weight: Floats


def measure_offsets(problem: Problem, planes: Cube) -> Offsets:
    """Offsets of the bright and lonely sources of the template coadd.

    Parameters
    ----------
    planes
        (S, Y, X), as they become coadds; from a step of this problem or made elsewhere.

    Notes
    -----
    To first order an image that is moved by o is the coadd minus o times its gradient. About each
    source, image minus coadd is fitted by the two gradients, by the coadd itself and a constant,
    for transparency and sky, and by its second derivatives, for seeing and the smear of the band.
    """
    reference = problem.template.image
    sources, reach = _lonely_sources(problem), _reach_px(problem)
    designs = [_Design(_stamp(reference, x, y, reach)) for x, y in sources]
    flat = np.repeat(share_of_template(problem)[None], problem.n_subfilters, axis=0)
    visits = range(len(problem.visits))
    models = [
        visit_templates(cube, problem.shifts, visits, order=problem.template_order)
        for cube in (planes, flat)
    ]
    offsets = np.zeros((3, len(sources), len(visits), 2))
    weight = np.zeros(offsets.shape[1:3])
    for visit, templates in enumerate(zip(*models, strict=True)):
        images = (problem.images[visit], *templates)
        noise = visit_noise(problem, visit) or sky_noise(problem)
        for number, ((x, y), design) in enumerate(zip(sources, designs, strict=True)):
            usable = _stamp(problem.observed[visit], x, y, reach)
            if usable.mean() < _LEAST_USABLE:
                continue
            stamps = [_stamp(image, x, y, reach) for image in images]
            offsets[:, number, visit], sigma_px = design.offsets(stamps, usable, noise)
            if sigma_px < _LARGEST_SIGMA_PX:
                weight[number, visit] = 1 / (sigma_px**2 + _FLOOR_PX**2)
    told = (weight > 0).sum(axis=1) >= min(_LEAST_VISITS, len(visits))
    seen, predicted, colourless = offsets[:, told]
    return Offsets(
        x=sources[told, 0].astype(np.float64),
        y=sources[told, 1].astype(np.float64),
        seen=seen,
        predicted=predicted,
        colourless=colourless,
        weight=weight[told],
    )


class _Design:
    """The fit of a stamp by the gradients of its reference."""

    def __init__(self, reference: Plane) -> None:
        self._reference = reference
        image = reference.astype(np.float64)
        along_y, along_x = np.gradient(image)
        bent_yy, bent_xy = np.gradient(along_y)
        bent_xx = np.gradient(along_x, axis=1)
        columns = [-along_y, -along_x, image, np.ones_like(image), bent_yy, bent_xy, bent_xx]
        self._columns = np.stack([column.ravel() for column in columns], axis=1)

    def offsets(self, images: Sequence[Plane], usable: Bools, noise: float) -> tuple[Floats, float]:
        """(I, 2) offsets (y, x) of images, and the error of each; infinite if it can't be told."""
        columns = self._columns[usable.ravel()]
        normal = columns.T @ columns
        if np.linalg.matrix_rank(normal) < len(normal):
            return np.zeros((len(images), 2)), math.inf
        inverse = np.linalg.inv(normal)
        differences = np.stack([(image - self._reference)[usable] for image in images], axis=1)
        solution = inverse @ (columns.T @ differences.astype(np.float64))
        return solution[:2].T, float(noise * np.sqrt(np.diag(inverse)[:2].mean()))


def _lonely_sources(problem: Problem) -> Ints:
    """(N, 2), x and y of sources with no bright neighbour in their stamp, the brightest first."""
    detected, reach = source_pixels(problem), _reach_px(problem)
    if not detected.any():
        return np.empty((0, 2), np.int64)
    image = np.where(detected, np.nan_to_num(problem.template.image), 0).astype(np.float32)
    sep.set_extract_pixstack(max(sep.get_extract_pixstack(), 2 * image.size))
    found = sep.extract(image, _THRESHOLD_SIGMA * sky_noise(problem), minarea=4)
    places = np.stack([found["xpeak"], found["ypeak"]], axis=1).astype(np.int64)
    peak = found["peak"]
    apart = np.abs(places[:, None] - places[None]).max(axis=-1)
    disturbs = (apart <= reach + reach // 2) & (peak[None] > _NEIGHBOUR_SHARE * peak[:, None])
    np.fill_diagonal(disturbs, False)
    height, width = problem.shape
    inside = (places >= reach).all(axis=1) & (places < np.array([width, height]) - reach).all(
        axis=1
    )
    kept = np.flatnonzero(inside & ~disturbs.any(axis=1))
    brightest: Ints = places[kept[np.argsort(-peak[kept])][:_MOST_SOURCES]]
    return brightest


def _reach_px(problem: Problem) -> int:
    fwhm_px = typical_fwhm_px(problem)
    return _REACH_PX if fwhm_px is None else max(3, math.ceil(_REACH_FWHM * fwhm_px))


def _stamp(image: NDArray[_Pixel], x: int, y: int, reach: int) -> NDArray[_Pixel]:
    return image[y - reach : y + reach + 1, x - reach : x + reach + 1]

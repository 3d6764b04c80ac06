"""Every image that can be derived from a step: what the wall shows, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from dcrviz.config import AssembleConfig
from dcrviz.config_rules import threads_of
from dcrviz.diagnostics.clamped import clamped_pixels
from dcrviz.diagnostics.colour import colour_composite
from dcrviz.diagnostics.pictures import (
    model_weights,
    shown_planes,
    sky_noise,
    subfilter_middles_nm,
    visit_noise,
)
from dcrviz.diagnostics.remembered import remembered
from dcrviz.engine import Problem, Step
from dcrviz.engine.template import amplify, template_maker_of
from dcrviz.kernels.planes import mean_plane
from dcrviz.physics.geometry import airmass_of
from dcrviz.records import Cube, Plane


@dataclass(frozen=True, slots=True)
class Panel:
    """One image of a row.

    Parameters
    ----------
    row
        Key of the row.
    index
        Subfilter or visit; 0 where there is only one.
    title
        As people read it.
    """

    row: str
    index: int
    title: str

    @property
    def key(self) -> str:
        """Names the panel, the same in every iteration and run."""
        return f"{self.row} {self.index}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Panels that share a scale.

    Parameters
    ----------
    scale
        ``flux`` in units of the image, ``sigma`` in units of the noise, about zero, ``fraction``
        from 0 to 1, ``count`` from 0, ``sign`` from -1 to 1, ``rgb`` red, green and blue from 0
        to 1.
    """

    name: str
    title: str
    scale: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Scene:
    """A step with the earlier ones that it is compared with.

    Parameters
    ----------
    before
        The step it came from; None for the starting model.
    config
        Knobs of the iteration that led to it; None for those the problem was prepared with.
    """

    problem: Problem
    step: Step
    before: Step | None = None
    config: AssembleConfig | None = None

    @classmethod
    def along(
        cls, problem: Problem, steps: Iterable[Step], knobs: Sequence[Mapping[str, Any]] = ()
    ) -> Iterator[Scene]:
        """Each step with the one before it, and the knobs that led to it.

        Parameters
        ----------
        knobs
            Of the solver, for each step; those the problem was prepared with if none are given.
        """
        before: Step | None = None
        for place, step in enumerate(steps):
            config = turned(problem, knobs[place]) if knobs else None
            yield cls(problem=problem, step=step, before=before, config=config)
            before = step

    @cached_property
    def planes(self) -> Cube:
        """(S, Y, X), as they become coadds; kept as long as the scene."""
        problem = self.problem
        return shown_planes(self.step, threads=threads_of(problem.config, problem.shape))

    @property
    def best(self) -> Cube | None:
        """(S, Y, X) of the best iteration of the tile on show, amplified like the others."""
        best = self.step.history.best_planes
        return None if best is None else amplify(best, self.step.accelerate)


def turned(problem: Problem, knobs: Mapping[str, Any]) -> AssembleConfig | None:
    """The knobs of an iteration; None where they are those the problem was prepared with."""
    own = problem.config
    same = all(getattr(own, name) == value for name, value in knobs.items())
    return None if same else own.with_values(**knobs)


def rows_of(problem: Problem) -> tuple[Row, ...]:
    """All rows, in the order in which they explain each other."""
    off = ["" if factor else ", off" for factor in problem.factors]
    airmasses = [airmass_of(visit) for visit in problem.visits]
    titles = {
        "subfilter": {
            a: f"S{a}  {nm:.0f} nm" for a, nm in enumerate(subfilter_middles_nm(problem))
        },
        "visit": {
            v: f"{problem.visits[v].id}  X {airmasses[v]:.2f}{off[v]}"
            for v in visits_by_airmass(problem)
        },
    }
    absent = {"clamped"} if problem.config.in_fourier_space else set()
    absent |= {"count"} if problem.counts is None else set()
    absent |= {"artifact", "epochs"} if problem.artifacts is None else set()
    return tuple(
        Row(
            name=name,
            title=kind.title,
            scale=kind.scale,
            panels=tuple(
                Panel(name, index, title)
                for index, title in titles.get(kind.panels, {0: kind.panels}).items()
            ),
        )
        for name, kind in _KINDS.items()
        if name not in absent
    )


@remembered
def visits_by_airmass(problem: Problem) -> tuple[int, ...]:
    """Indices of the visits, the lowest airmass first."""
    visits = problem.visits
    return tuple(sorted(range(len(visits)), key=lambda v: airmass_of(visits[v])))


def images(scene: Scene, panels: Sequence[Panel]) -> dict[str, Plane]:
    """The images of these panels by their keys, (Y, X) each; (Y, X, 3) of the row ``rgb``."""
    # Amplified planes are made once for all rows, and go with this copy.
    scene = replace(scene)
    found: dict[str, Plane] = {}
    for row in dict.fromkeys(panel.row for panel in panels):
        wanted = [panel.index for panel in panels if panel.row == row]
        for index, image in zip(wanted, _KINDS[row].images(scene, wanted), strict=True):
            found[f"{row} {index}"] = image
    return found


def _planes(scene: Scene, wanted: Sequence[int]) -> Iterator[Plane]:
    planes = scene.planes
    return (planes[a] for a in wanted)


def _minus_mean(scene: Scene, wanted: Sequence[int]) -> Iterator[Plane]:
    planes, noise = scene.planes, np.float32(sky_noise(scene.problem))
    mean = mean_plane(planes)
    return ((planes[a] - mean) / noise for a in wanted)


def _templates(scene: Scene, wanted: Sequence[int]) -> Iterator[Plane]:
    problem = scene.problem
    return map(template_maker_of(problem, scene.planes), wanted)


def _residuals(scene: Scene, wanted: Sequence[int]) -> Iterator[Plane]:
    problem = scene.problem
    for visit, residual in zip(wanted, flux_residuals(scene, wanted), strict=True):
        yield residual / np.float32(visit_noise(problem, visit) or sky_noise(problem))


def flux_residuals(scene: Scene, visits: Sequence[int]) -> Iterator[Plane]:
    """Image minus matched template of each visit, (Y, X), NaN where it is not usable."""
    problem = scene.problem
    for visit, template in zip(visits, _templates(scene, visits), strict=True):
        residual = problem.images[visit] - template
        yield np.where(problem.observed[visit], residual, np.float32(np.nan))


def _omega(scene: Scene, wanted: Sequence[int]) -> Iterator[Plane]:
    return (model_weights(scene.problem) for _ in wanted)


def _change(scene: Scene, wanted: Sequence[int]) -> Iterator[Plane]:
    before = scene.step if scene.before is None else scene.before
    return _difference(scene, shown_planes(before), wanted)


def _since_best(scene: Scene, wanted: Sequence[int]) -> Iterator[Plane]:
    best = scene.best
    return _difference(scene, scene.planes if best is None else best, wanted)


def _difference(scene: Scene, other: Cube, wanted: Sequence[int]) -> Iterator[Plane]:
    planes, noise = scene.planes, np.float32(sky_noise(scene.problem))
    return ((planes[a] - other[a]) / noise for a in wanted)


def _coadd(scene: Scene, wanted: Sequence[int]) -> Iterator[Plane]:
    total: Plane = scene.planes.sum(axis=0, dtype=np.float32)
    return (total for _ in wanted)


def _stack(scene: Scene, wanted: Sequence[int]) -> Iterator[Plane]:
    weights = scene.problem.stack_weight
    highest = np.float32(weights.max() or 1)
    return (weights[a] / highest for a in wanted)


def _counts(scene: Scene, wanted: Sequence[int]) -> Iterator[Plane]:
    counts = scene.problem.counts
    assert counts is not None
    return (counts[a].astype(np.float32) for a in wanted)


def _clamped(scene: Scene, wanted: Sequence[int]) -> Iterator[Plane]:
    marks = clamped_pixels(scene.problem, scene.step, scene.before, scene.config)
    return (marks[a] for a in wanted)


def _artifacts(scene: Scene, wanted: Sequence[int]) -> Iterator[Plane]:
    artifacts = scene.problem.artifacts
    assert artifacts is not None
    return (artifacts.marks(visit) for visit in wanted)


def _epochs(scene: Scene, wanted: Sequence[int]) -> Iterator[Plane]:
    artifacts = scene.problem.artifacts
    assert artifacts is not None
    return (artifacts.epochs.astype(np.float32) for _ in wanted)


def _colours(scene: Scene, wanted: Sequence[int]) -> Iterator[Plane]:
    composite = colour_composite(scene.planes, noise=sky_noise(scene.problem))
    return (composite for _ in wanted)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What all rows of a name have in common.

    Parameters
    ----------
    scale
        As in `Row`.
    panels
        ``subfilter`` or ``visit`` where there is one for each; else the title of the only one.
    images
        Makes those of these subfilters or visits.
    """

    title: str
    scale: str
    panels: str
    images: Callable[[Scene, Sequence[int]], Iterator[Plane]]


_KINDS = {
    "plane": _Kind("Subfilter planes", "flux", "subfilter", _planes),
    "minus_mean": _Kind(
        "Plane minus mean of the planes: holes are blue, wings are red",
        "sigma",
        "subfilter",
        _minus_mean,
    ),
    "residual": _Kind("Residuals of the visits, by airmass", "sigma", "visit", _residuals),
    "template": _Kind("Matched templates, by airmass", "flux", "visit", _templates),
    "omega": _Kind("Model weights", "fraction", "omega", _omega),
    "change": _Kind("This iteration minus the last", "sigma", "subfilter", _change),
    "since_best": _Kind("This iteration minus the best", "sigma", "subfilter", _since_best),
    "rgb": _Kind(
        "Colours of the subfilters: the longest wavelengths are red", "rgb", "colours", _colours
    ),
    "coadd": _Kind("Sum of the planes", "flux", "coadd", _coadd),
    "stack": _Kind("dcrWeights: what a stacked residual counts", "fraction", "subfilter", _stack),
    "clamped": _Kind(
        "Clamped in this iteration: raised is blue, lowered is red", "sign", "subfilter", _clamped
    ),
    "artifact": _Kind(
        "Deviations from the static sky, by airmass: clipped is red, kept is blue",
        "sign",
        "visit",
        _artifacts,
    ),
    "epochs": _Kind(
        "Epoch count: visits that deviate at each pixel", "count", "epoch count", _epochs
    ),
    "count": _Kind("nImage: visits that reach each pixel", "count", "subfilter", _counts),
}
ROW_NAMES = tuple(_KINDS)
"""Of every row that a problem may have."""

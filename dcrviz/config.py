"""Every knob of the algorithm as people see and turn them; and the presets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from dcrviz.problem_config import FOURIER_SOLVERS, ProblemConfig
from dcrviz.solver_config import SolverConfig
from dcrviz.suggest import unknown

__all__ = ["FOURIER_SOLVERS", "PRESETS", "AssembleConfig", "ProblemConfig", "SolverConfig"]


class AssembleConfig(SolverConfig, ProblemConfig):
    """All knobs of a run, flat: what people see and turn."""

    @classmethod
    def preset(cls, name: str) -> Self:
        """A named configuration: ``default``, ``lsst-2019`` or ``lsst-today``."""
        if name not in PRESETS:
            raise ValueError(unknown("preset", name, PRESETS))
        return cls(**PRESETS[name])


_AS_2019: dict[str, Any] = {
    "weights": "2019",
    "noise_estimator": "std",
    "metric_of_empty_visits": "zero",
    "on_divergence": "last",
    "subregion_mode": "sequential",
    "on_artifact": "mark",
    "fit_seeing": "off",
}
PRESETS: Mapping[str, Mapping[str, Any]] = {
    "default": {},
    "lsst-2019": _AS_2019,
    "lsst-today": _AS_2019 | {"interpolation_order": 1, "split_threshold": 0.1},
}

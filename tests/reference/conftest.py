"""Recorded runs of LSST's 2019 task beside ours, each replayed once."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import replay

import dcrviz


@dataclass(frozen=True, eq=False)
class Replayed:
    trace: replay.Trace
    problem: dcrviz.Problem
    steps: list[dcrviz.Step]

    @property
    def recorded(self) -> dict[str, Any]:
        return self.trace.recorded

    @property
    def regions(self) -> list[dict[str, Any]]:
        return self.trace.summary["subregions"]

    @property
    def histories(self):
        return self.steps[-1].histories

    @property
    def peak(self) -> float:
        return float(np.nanmax(np.abs(self.recorded["in_template"])))

    def planes_of(self, tile):
        """Our planes of one subregion, from its start to its end."""
        inner = self.problem.tiles[tile].inner.slices
        own = [step for step in self.steps if step.index and step.tile == tile]
        return np.stack([step.planes[:, *inner] for step in (self.steps[0], *own)])


@pytest.fixture(scope="session")
def replays(shared):
    """Replays a trace when it is first asked for."""
    done: dict[str, Replayed] = {}

    def get(name):
        if name not in done:
            trace = replay.read_trace(shared / "golden" / f"{name}.npz")
            done[name] = Replayed(trace, *replay.replay(trace))
        return done[name]

    return get

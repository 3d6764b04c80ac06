"""Visits on which one configuration after the other is tried, in as many threads as one likes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from dcrviz.config import AssembleConfig
from dcrviz.diagnostics.fit_scores import Yardstick
from dcrviz.simulate import Scene
from dcrviz.sweep.fits import Visits, try_knobs
from dcrviz.sweep.found import Found, StampPlace, found_of


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Bench:
    """Visits, and the fit with the shared knobs, with which all others are compared.

    Parameters
    ----------
    base
        The knobs that all trials share.
    place
        Where the stamps of all trials are from.
    """

    visits: Visits
    base: AssembleConfig
    yardstick: Yardstick
    place: StampPlace

    @classmethod
    def set_up(cls, visits: Visits, base: AssembleConfig, *, scene: Scene | None) -> Self:
        """The bench of these visits; it takes a fit.

        Raises
        ------
        ValueError
            If the visits can't be fitted with the shared knobs.
        """
        yardstick = visits.yardstick(base, scene=scene)
        place = StampPlace.of(yardstick.problem)
        return cls(visits=visits, base=base, yardstick=yardstick, place=place)

    def for_another_thread(self) -> Self:
        """The same bench, of which nothing that changes is shared."""
        return replace(self, visits=self.visits.for_another_thread())

    def find(
        self, number: int, knobs: Mapping[str, Any], *, heed: Callable[[], None] = lambda: None
    ) -> Found:
        """Try a configuration; `heed` is called after each iteration, and may raise to end it."""
        tried = try_knobs(self.visits, self.base, knobs, number=number, heed=heed)
        return found_of(tried.row(self.yardstick), tried.fit, self.place)

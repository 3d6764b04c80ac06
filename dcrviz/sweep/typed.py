"""A plan from what a person types, knob by knob, with what is wrong in words beside each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dcrviz.config import AssembleConfig
from dcrviz.knobs import Integer, Number
from dcrviz.sweep.plan import SweepPlan, parse_choices, parse_range

IN_A_PAGE = 1000
"""Trials of a sweep whose runs are all kept to be looked at."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class TypedPlan:
    """What the rows come to.

    Parameters
    ----------
    plan
        None if something is wrong.
    refusals
        What is wrong with each row; empty where nothing is.
    refusal
        What is wrong with all of it, when each row for itself is right.
    """

    plan: SweepPlan | None = None
    refusals: tuple[str, ...] = ()
    refusal: str = ""


def typed_plan(
    rows: Sequence[tuple[str, str]], *, n_random: int | None = None, seed: int = 0
) -> TypedPlan:
    """The plan of these rows.

    Parameters
    ----------
    rows
        Knob, and its values as ``2, 3, 5`` (between lists ``|``) or, to be drawn, ``LOW:HIGH``.
    n_random
        How many trials to draw; None for all combinations.
    """
    choices: dict[str, tuple[Any, ...]] = {}
    ranges: dict[str, tuple[float, float]] = {}
    refusals = []
    for knob, text in rows:
        try:
            if knob in choices or knob in ranges:
                raise ValueError(f"knob {knob}: is in a row above already")
            if _is_range(knob, text):
                ranges |= [_range(knob, text, drawn=n_random is not None)]
            else:
                choices |= [_choices(knob, text)]
            refusals.append("")
        except ValueError as error:
            refusals.append(str(error))
    if any(refusals):
        return TypedPlan(refusals=tuple(refusals))
    try:
        plan = SweepPlan(choices=choices, ranges=ranges, n_random=n_random, seed=seed)
    except ValueError as error:
        return TypedPlan(refusals=tuple(refusals), refusal=str(error))
    if len(plan) > IN_A_PAGE:
        refusal = (
            f"a sweep in the explorer must have at most {IN_A_PAGE} runs, dcrviz sweep takes more; "
            f"got {len(plan)}"
        )
        return TypedPlan(refusals=tuple(refusals), refusal=refusal)
    return TypedPlan(plan=plan, refusals=tuple(refusals))


def _choices(knob: str, text: str) -> tuple[str, tuple[Any, ...]]:
    if not text.strip():
        raise ValueError(f"knob {knob}: values must be typed, as in 2, 3, 5; got nothing")
    return parse_choices(f"{knob}={text}")


def _range(knob: str, text: str, *, drawn: bool) -> tuple[str, tuple[float, float]]:
    if not drawn:
        raise ValueError(
            f"knob {knob}: a range is for runs drawn at random; all combinations need values, as "
            f"in 2, 3, 5; got {text!r}"
        )
    return parse_range(f"{knob}={text}")


def _is_range(knob: str, text: str) -> bool:
    return ":" in text and isinstance(AssembleConfig.knobs().get(knob), Number | Integer)

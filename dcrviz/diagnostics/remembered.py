"""Facts of a problem, found once and forgotten with it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from dcrviz.engine import Problem

_Find = TypeVar("_Find", bound=Callable[..., Any])


def remembered(find: _Find) -> _Find:
    """A function of a problem that finds each of its answers once, as long as the problem lives.

    Its other arguments must be hashable, and no answer may hold the problem: it would live forever.
    A cache of the last few would keep as many problems, each with the pixels of all its visits.
    """
    known: WeakKeyDictionary[Problem, dict[Hashable, Any]] = WeakKeyDictionary()

    @wraps(find)
    def asked(problem: Problem, *others: Hashable) -> Any:
        answers = known.setdefault(problem, {})
        if others not in answers:
            answers[others] = find(problem, *others)
        return answers[others]

    return cast(_Find, asked)

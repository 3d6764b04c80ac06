"""Facts of a problem, found once and forgotten with it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from dcrviz.engine import Problem

_Asked = ParamSpec("_Asked")
_Found = TypeVar("_Found")


def remembered(
    find: Callable[Concatenate[Problem, _Asked], _Found],
) -> Callable[Concatenate[Problem, _Asked], _Found]:
    """A function of a problem that finds each of its answers once, as long as the problem lives.

    Its other arguments must be hashable, and no answer may hold the problem: it would live forever.
    A cache of the last few would keep as many problems, each with the pixels of all its visits.
    """
    known: WeakKeyDictionary[Problem, dict[Hashable, _Found]] = WeakKeyDictionary()

    @wraps(find)
    def asked(problem: Problem, /, *args: _Asked.args, **kwargs: _Asked.kwargs) -> _Found:
        answers = known.setdefault(problem, {})
        key: Any = (args, *kwargs.items())
        if key not in answers:
            answers[key] = find(problem, *args, **kwargs)
        return answers[key]

    return asked

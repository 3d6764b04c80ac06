"""Settings of knobs in the words of a command line."""

from __future__ import annotations

import re
from collections.abc import Sequence

SET = "--set"
_SETTING = re.compile(r"[\w.]+=.*", re.DOTALL)


def one_setting_each(words: Sequence[str]) -> list[str]:
    """The words of a command line with ``--set A=1 B=2`` as ``--set A=1 --set B=2``.

    A path may follow the settings then: it is no third one.
    """
    spread: list[str] = []
    among_settings = False
    for word in words:
        after_set = bool(spread) and spread[-1] == SET
        among_settings = after_set or (among_settings and bool(_SETTING.fullmatch(word)))
        spread += [word] if after_set or not among_settings else [SET, word]
    return spread

"""Where a run stands, in words that answer a click before the server does."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import param

from dcrviz.views.inputs import Quiet

_JS = Path(__file__).parent / "js"
_CSS = """
.standing { line-height: 1.4; }
.history { opacity: 0.8; }
"""


class Standing(Quiet):
    """Sentences about a run: where it is, what it does, and what else is to be known.

    What a button on the same channel says stands in the place of `doing` until that changes.
    """

    place = param.String("", doc="Where the run is, with its numbers.")
    doing = param.String("", doc="What it does, or how it ended.")
    note = param.String("", doc="What else is to be known; empty if there is nothing.")
    channel = param.String("", doc="Under which name buttons tell of being pressed.")

    _esm = _JS / "standing.js"
    _stylesheets: ClassVar[list[str]] = [_CSS]

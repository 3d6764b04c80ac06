"""Text on the page that changes while it is looked at."""

from __future__ import annotations

from typing import Any

import panel as pn


class Words(pn.pane.HTML):
    """HTML whose text may change often, and whose stylesheets stay.

    Notes
    -----
    Panel sends the stylesheets again with each text, as addresses: a notebook, which was given them
    with the page, would fetch them from afar.
    """

    def _update(self, _ref: str, model: Any) -> None:
        changed = self._get_properties(model.document)
        changed.pop("stylesheets", None)
        model.update(**changed)

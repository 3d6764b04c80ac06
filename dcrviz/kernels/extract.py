"""Sources found by `sep`, in as much room as they take."""

from __future__ import annotations

import threading
from typing import Any

import sep

from dcrviz.records import Plane

# Pixels at the same time in sources whose end has not come, of a few stars; and of an image.
_LEAST_ROOM, _USUAL_SHARE = 20_000, 1 / 64
_LARGER = 8
# What sep says of too little room; it has no error of its own.
_FULL = "internal pixel buffer full"
# The room is that of all searches of the process.
_searching = threading.Lock()


def extract(image: Plane, threshold: float, **options: Any) -> Any:
    """What `sep.extract` finds, however many pixels are above the threshold.

    Notes
    -----
    sep clears its whole room before each search: one for all pixels of a large image takes longer
    than the search, and as much memory as ten such images. So it begins with little, and is made
    larger for images that need it.
    """
    room, most = max(_LEAST_ROOM, int(_USUAL_SHARE * image.size)), _LEAST_ROOM + 2 * image.size
    with _searching:
        while True:
            sep.set_extract_pixstack(room)
            try:
                return sep.extract(image, threshold, **options)
            except Exception as error:
                if _FULL not in str(error) or room == most:
                    raise
            room = min(_LARGER * room, most)

"""What the browser holds of the wall, as far as the server knows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from dcrviz.records import Plane

# Each is as large as all panels of the field.
_IMAGES_KEPT = 2


class Held:
    """Names of iterations with their panels that the browser has got and not let go of."""

    def __init__(self) -> None:
        self._panels: dict[str, tuple[int, set[str]]] = {}

    def has(self, name: str, key: str, *, bin_px: int) -> bool:
        """Whether a panel of an iteration is there, at this sharpness."""
        held_bin, keys = self._panels.get(name, (bin_px, set()))
        return held_bin == bin_px and key in keys

    def add(self, name: str, keys: set[str], *, bin_px: int) -> None:
        """These panels are sent; those of another sharpness make room for them."""
        held_bin, held = self._panels.get(name, (bin_px, set()))
        self._panels[name] = (bin_px, keys | (held if held_bin == bin_px else set()))

    def drop(self, names: Iterable[str]) -> None:
        """These iterations are there no more."""
        for name in names:
            self._panels.pop(name, None)

    def keep_only(self, names: set[str]) -> None:
        """Forget all others: nobody will ask for them."""
        self._panels = {name: held for name, held in self._panels.items() if name in names}


class ExactImages:
    """The images of the last iterations that somebody looked at, by iteration and panel."""

    def __init__(self) -> None:
        self._images: OrderedDict[str, dict[str, Plane]] = OrderedDict()

    def of(self, name: str, keys: set[str]) -> dict[str, Plane] | None:
        """Those of an iteration, if all these panels are there."""
        images = self._images.get(name)
        return images if images is not None and keys <= images.keys() else None

    def add(self, name: str, images: dict[str, Plane]) -> None:
        """Keep them in the place of the oldest."""
        self._images[name] = self._images.pop(name, {}) | images
        while len(self._images) > _IMAGES_KEPT:
            self._images.popitem(last=False)

"""The subregions of a field."""

from __future__ import annotations

from dcrviz.box import Box
from dcrviz.config import ProblemConfig
from dcrviz.engine.outcome import Outcome
from dcrviz.engine.problem import Tile
from dcrviz.engine.weights import model_weights
from dcrviz.records import Bools, Cube


def tile_boxes(shape: tuple[int, int], *, size: tuple[int, int], buffer_px: int) -> list[Box]:
    """Rectangles of `size` (width, height) that tile a field row by row, clipped at its edge.

    Raises
    ------
    ValueError
        If a subregion is smaller than the buffer around it.
    """
    height, width = shape
    columns, rows = (
        min(int(side), limit) for side, limit in zip(size, (width, height), strict=True)
    )
    if columns < min(buffer_px, width) or rows < min(buffer_px, height):
        raise ValueError(
            "subregion_size must be at least the buffer of the largest shift, "
            f"{buffer_px} x {buffer_px} pixels here; got {size[0]} x {size[1]}"
        )
    return [
        Box(y0=y, y1=min(y + rows, height), x0=x, x1=min(x + columns, width))
        for y in range(0, height, rows)
        for x in range(0, width, columns)
    ]


def make_tiles(
    sources: Bools, stack_weight: Cube, *, config: ProblemConfig, buffer_px: int
) -> tuple[Tile, ...]:
    """The tiles of a field with their model weights and what can't be fitted.

    Parameters
    ----------
    sources
        (Y, X), pixels of the template that carry one of the convergence planes.
    """
    shape = (sources.shape[0], sources.shape[1])
    boxes = [Box(y0=0, y1=shape[0], x0=0, x1=shape[1])]
    if config.subregion_mode == "sequential" and not config.in_fourier_space:
        boxes = tile_boxes(shape, size=config.subregion_size, buffer_px=buffer_px)
    tiles = []
    for box in boxes:
        outer = box.grown(buffer_px, shape=shape)
        omega = model_weights(sources, outer, width_px=config.model_weights_width)
        verdict = Outcome.RUNNING
        if not stack_weight[:, *box.slices].any():
            verdict = Outcome.TOO_FEW_VISITS
        elif not config.in_fourier_space and config.use_model_weights and not omega.any():
            verdict = Outcome.NO_DETECTIONS
        tiles.append(Tile(inner=box, outer=outer, omega=omega, verdict=verdict))
    return tuple(tiles)

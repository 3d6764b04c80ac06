"""The subregions of a field."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import dcrviz
from dcrviz.box import Box
from dcrviz.engine.tiles import make_tiles, tile_boxes

SIDES = st.integers(1, 60)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(shape=st.tuples(SIDES, SIDES), size=st.tuples(SIDES, SIDES))
def test_the_tiles_cover_the_field_exactly_once(shape, size):
    covered = np.zeros(shape, dtype=int)
    for box in tile_boxes(shape, size=size, buffer_px=1):
        covered[box.slices] += 1
    assert (covered == 1).all()


def test_the_size_is_width_and_height_and_the_order_row_by_row():
    boxes = tile_boxes((40, 100), size=(50, 30), buffer_px=3)
    corners = [(box.y0, box.x0) for box in boxes]
    assert corners == [(0, 0), (0, 50), (30, 0), (30, 50)]
    assert [box.shape for box in boxes] == [(30, 50), (30, 50), (10, 50), (10, 50)]


def test_a_size_beyond_the_field_gives_one_tile():
    (box,) = tile_boxes((40, 100), size=(2000, 2000), buffer_px=3)
    assert box.shape == (40, 100)


@pytest.mark.parametrize("size", [(2, 30), (30, 2)])
def test_a_side_smaller_than_the_buffer_is_an_error(size):
    with pytest.raises(ValueError, match=f"3 x 3 pixels here; got {size[0]} x {size[1]}"):
        tile_boxes((40, 100), size=size, buffer_px=3)


def test_a_field_smaller_than_the_buffer_is_one_tile():
    (box,) = tile_boxes((2, 2), size=(2000, 2000), buffer_px=5)
    assert box.shape == (2, 2)


def test_the_outer_box_is_the_inner_one_with_the_buffer_within_the_field():
    sources = np.ones((40, 60), dtype=bool)
    config = dcrviz.AssembleConfig(subregion_size=(20, 20))
    stack = np.ones((3, 40, 60), dtype=np.float32)
    tiles = make_tiles(sources, stack, config=config, buffer_px=4)
    corner, middle = tiles[0], tiles[1]
    assert corner.outer == Box(y0=0, y1=24, x0=0, x1=24)
    assert middle.outer == Box(y0=0, y1=24, x0=16, x1=44)
    assert all(tile.omega.shape == tile.outer.shape for tile in tiles)


def test_a_last_tile_smaller_than_the_buffer_is_run_as_any_other(exposures, run_of):
    run = run_of(exposures, subregion_size=(47, 47), max_iterations=1)
    assert [tile.inner.shape for tile in run.problem.tiles] == [(47, 47), (47, 1), (1, 47), (1, 1)]
    assert np.isfinite(run.last.planes).all()


def test_a_size_of_whole_numbers_may_be_written_with_a_point(exposures):
    config = dcrviz.AssembleConfig(subregion_size=(24.0, 48.0))
    assert len(dcrviz.prepare(exposures, config).tiles) == 2


def test_seamless_has_one_tile_whatever_the_size(exposures):
    config = dcrviz.AssembleConfig(subregion_mode="seamless", subregion_size=(20, 20))
    (tile,) = dcrviz.prepare(exposures, config).tiles
    assert tile.inner == tile.outer
    assert tile.inner.shape == (48, 48)


def test_seamless_needs_no_smallest_size(exposures):
    config = dcrviz.AssembleConfig(subregion_mode="seamless", subregion_size=(1, 1))
    assert len(dcrviz.prepare(exposures, config).tiles) == 1

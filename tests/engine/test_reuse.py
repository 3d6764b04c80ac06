"""A part is taken again exactly as long as it is made of the same."""

import numpy as np
import pytest

from dcrviz import AssembleConfig, prepare
from dcrviz.engine.reuse import Reuse

ARRAY = np.zeros(3)


@pytest.mark.parametrize(
    ("before", "now", "is_taken_again"),
    [
        ((ARRAY, 2.0, ["BAD"]), (ARRAY, 2.0, ["BAD"]), True),
        ((ARRAY,), (ARRAY.copy(),), False),
        ((ARRAY, 2.0), (ARRAY, 2.5), False),
        ((1,), (True,), False),
        ((ARRAY,), (ARRAY, ARRAY), False),
    ],
    ids=["the same", "another array", "another value", "another type", "more of them"],
)
def test_a_part_is_taken_again_if_it_is_made_of_the_same(before, now, is_taken_again):
    reuse = Reuse()
    first = reuse.part("sky", before, object)
    assert (reuse.part("sky", now, object) is first) == is_taken_again


def test_a_knob_of_the_model_makes_no_other_template_and_reads_no_pixel_again(exposures):
    reuse = Reuse()
    first = prepare(exposures, AssembleConfig(), reuse=reuse)
    second = prepare(exposures, AssembleConfig(n_subfilters=2), reuse=reuse)
    assert second.usable is first.usable
    assert second.weights is first.weights
    assert second.stack_weight.shape[0] == 2


def test_a_copy_has_the_parts_and_what_it_makes_stays_its_own():
    reuse = Reuse()
    first = reuse.part("sky", (1,), object)
    copied = reuse.copy()
    assert copied.part("sky", (1,), object) is first
    copied.part("sky", (2,), object)
    assert reuse.part("sky", (1,), object) is first

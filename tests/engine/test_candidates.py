"""Which deviations are artifacts."""

import numpy as np
import pytest

from dcrviz.engine.candidates import Fate, Found, Rules, Surroundings, epoch_counts, judged
from dcrviz.engine.deviations import Footprint

SHAPE = (1, 10)
RULES = Rules(
    max_epochs=2,
    fraction_low=0.4,
    fraction_high=0.03,
    spatial_threshold=0.5,
    preserve_contained=True,
)


def found(places, *, visit=0, is_good=True, gained=0.0):
    places = np.array(places)
    return Found(
        visit=visit,
        footprint=Footprint(
            places=places, x=0.0, y=0.0, peak_sigma=9.0, gained=gained, gained_sigma=99 * gained
        ),
        excess=np.ones(places.size, dtype=np.float32),
        is_good=is_good,
    )


def fate_of(one, *, epochs, inside=0, n_visits=10, rules=RULES):
    sources = np.zeros(SHAPE, dtype=bool)
    sources[0, :inside] = True
    around = Surroundings(
        epochs=np.array([epochs], dtype=np.uint16),
        n_visits=np.full(SHAPE, n_visits, dtype=np.uint16),
        sources=sources,
    )
    return judged(one, around, rules).fate


# By hand: int(min(0.4 n, 2 + 0.03 n)).
@pytest.mark.parametrize(
    ("n_visits", "most"), [(2, 0), (3, 1), (5, 2), (8, 2), (33, 2), (34, 3), (100, 5)]
)
def test_the_broken_line_of_visits_that_may_deviate(n_visits, most):
    assert RULES.most_epochs(n_visits) == most


def test_what_deviates_in_few_visits_is_clipped():
    assert fate_of(found(range(10)), epochs=[2] * 10) is Fate.CLIPPED


def test_what_deviates_in_more_visits_is_kept():
    assert fate_of(found(range(10)), epochs=[3] * 10) is Fate.MANY_VISITS


@pytest.mark.parametrize(("rare", "fate"), [(5, Fate.MANY_VISITS), (6, Fate.CLIPPED)])
def test_more_than_half_of_the_pixels_must_deviate_in_few_visits(rare, fate):
    assert fate_of(found(range(10)), epochs=[1] * rare + [3] * (10 - rare)) is fate


@pytest.mark.parametrize(("inside", "fate"), [(9, Fate.CLIPPED), (10, Fate.IN_SOURCE)])
def test_what_lies_wholly_inside_a_source_is_kept(inside, fate):
    assert fate_of(found(range(10)), epochs=[1] * 10, inside=inside) is fate


def test_light_that_comes_and_goes_in_a_source_is_reported():
    varies = found(range(10), gained=-0.3)
    assert fate_of(varies, epochs=[5] * 10, inside=10) is Fate.VARIABLE
    assert fate_of(varies, epochs=[1] * 10, inside=10) is Fate.VARIABLE
    assert fate_of(varies, epochs=[5] * 10, inside=0) is Fate.MANY_VISITS


def test_what_has_hardly_a_good_pixel_is_dropped():
    assert fate_of(found(range(10), is_good=False), epochs=[1] * 10) is Fate.MASKED


def test_visits_are_counted_where_they_deviate_on_good_pixels():
    some = [found([0, 1]), found([1, 2], visit=1), found([1], visit=2, is_good=False)]
    assert epoch_counts(some, SHAPE)[0, :4].tolist() == [1, 2, 1, 0]

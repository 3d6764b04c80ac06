"""Visits come in groups, each once, and as even as the groups can be."""

from dataclasses import replace

import numpy as np
import pytest

import dcrviz
from dcrviz.engine.direct import spectrum_of
from dcrviz.engine.field_spectra import FieldSpectra


@pytest.mark.parametrize(
    ("seen", "sizes"),
    [((), []), ((1,), [1]), (range(8), [8]), (range(12), [6, 6]), (range(1, 18), [6, 6, 5])],
)
def test_each_visit_that_is_seen_comes_once(exposures, seen, sizes):
    problem = dcrviz.prepare(exposures)
    number = max([0, *seen]) + 1
    images = tuple(problem.images[visit % len(problem.images)] for visit in range(number))
    problem = replace(
        problem,
        images=images,
        usable=np.resize(problem.usable, (number, *problem.shape)),
        precision=np.isin(np.arange(number), seen).astype(float),
    )
    shares = spectrum_of(problem)[0].sum(axis=1)
    field = FieldSpectra.of(problem, seeing=None, shares=shares)
    groups = [few.tolist() for few, spectra in field.batches() if len(few) == len(spectra)]
    assert [len(few) for few in groups] == sizes
    assert [visit for few in groups for visit in few] == list(seen)

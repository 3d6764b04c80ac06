"""What a record holds."""

from dataclasses import fields, is_dataclass

import numpy as np


def arrays_in(record, path=""):
    """Every array that a record holds, however deep, with the way to it."""
    if isinstance(record, np.ndarray):
        yield path, record
    elif isinstance(record, tuple):
        for index, item in enumerate(record):
            yield from arrays_in(item, f"{path}[{index}]")
    elif is_dataclass(record):
        for field in fields(record):
            yield from arrays_in(getattr(record, field.name), f"{path}.{field.name}")

"""A loop has the same last bits in the process that compiles it and in those that load it."""

import pkgutil
from importlib import import_module

import pytest
from numba.core.dispatcher import Dispatcher

from dcrviz import kernels

LOOPS = {
    f"{module.name}.{name}": loop
    for module in pkgutil.iter_modules(kernels.__path__)
    for name, loop in vars(import_module(f"dcrviz.kernels.{module.name}")).items()
    if isinstance(loop, Dispatcher) and loop.py_func.__module__.endswith(f".{module.name}")
}


def called_by(loop):
    """The loops that a loop calls by name."""
    function = loop.py_func
    found = (function.__globals__.get(name) for name in function.__code__.co_names)
    return [other for other in found if isinstance(other, Dispatcher)]


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_that_others_call_is_inlined_in_them(name):
    for other in called_by(LOOPS[name]):
        assert other.targetoptions.get("forceinline"), other.py_func.__name__

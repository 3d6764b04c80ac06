"""What our components have in common: their modules of JavaScript."""

from pathlib import Path

import pytest

from dcrviz.views.buttons import PushButton
from dcrviz.views.tabs import TabBar


def shown(made):
    return made.get_root().esm


def test_a_module_is_read_once_for_all_components_of_its_kind(monkeypatch):
    first = shown(PushButton(print))

    def refuse(*_arguments, **_values):
        pytest.fail("the disk was asked")

    for name in ("open", "read_text", "is_file"):
        monkeypatch.setattr(Path, name, refuse)
    assert shown(PushButton(print)) == first


def test_each_kind_has_its_own_module():
    assert shown(PushButton(print)) != shown(TabBar())


def test_a_browser_takes_each_module_as_it_is_and_once():
    models = [made.get_root() for made in (PushButton(print), PushButton(print), TabBar())]
    names = [model.bundle for model in models]
    assert None not in names
    assert names[0] == names[1] != names[2]

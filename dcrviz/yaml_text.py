"""YAML in which no key is given twice."""

from __future__ import annotations

from typing import Any

import yaml


def load_yaml(text: str) -> Any:
    """What a YAML text stands for: numbers, strings, lists and mappings.

    Raises
    ------
    yaml.YAMLError
        If it is none, or a mapping has a key twice, of which YAML would silently keep the last.
    """
    return yaml.load(text, Loader=_UniqueKeyLoader)


class _UniqueKeyLoader(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)

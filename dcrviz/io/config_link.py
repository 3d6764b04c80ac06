"""A configuration as one word of a link: what differs from the defaults, and nothing else."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from dcrviz.config import AssembleConfig
from dcrviz.io.entries import Entries, read_json
from dcrviz.io.knob_values import plain, with_knob
from dcrviz.suggest import unknown

_SCHEMA = 1
_MOST_CHARACTERS = 60_000
_URL_SAFE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def config_code(config: AssembleConfig) -> str:
    """Letters, digits, - and _ from which `config_from_code` makes the same configuration."""
    return code_of({"set": plain(config.changed())})


def config_from_code(code: str) -> tuple[AssembleConfig, tuple[str, ...]]:
    """The configuration of a code, and a sentence for each part of it that was refused.

    What was refused has its default: a link of another version, or one that was cut, opens as far
    as it can be understood.
    """
    config = AssembleConfig()
    try:
        changed = from_code(code, where="link: cfg").inner("set").values
    except ValueError as error:
        return config, (str(error),)
    refused = []
    for name, value in changed.items():
        try:
            config = _with(config, name, value)
        except ValueError as error:
            refused.append(f"link: {error}")
    return config, tuple(refused)


def code_of(values: Mapping[str, Any]) -> str:
    """Values for JSON as a word of a link, with the version of the schema."""
    document = {"v": _SCHEMA, **values}
    text = json.dumps(document, separators=(",", ":"), allow_nan=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def from_code(code: str, *, where: str) -> Entries:
    """The values of such a word.

    Raises
    ------
    ValueError
        If it is too long, no base64url, no JSON, or of another version.
    """
    if len(code) > _MOST_CHARACTERS:
        raise ValueError(
            f"{where}: must have at most {_MOST_CHARACTERS} characters; got {len(code)}"
        )
    strange = sorted(set(code) - _URL_SAFE)
    if strange or not code:
        found = "".join(strange)[:20] if code else "nothing"
        raise ValueError(f"{where}: must be letters, digits, - and _; got {found!r}")
    try:
        text = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError(f"{where}: must be base64url of JSON; got {error}") from error
    entries = read_json(text, where=where)
    if entries.value("v") != _SCHEMA or isinstance(entries.value("v"), bool):
        raise ValueError(f"{where}: v must be {_SCHEMA}; got {entries.value('v')!r}")
    return entries


def _with(config: AssembleConfig, name: str, value: Any) -> AssembleConfig:
    if name not in AssembleConfig.knobs():
        raise ValueError(unknown("knob", name, AssembleConfig.knobs()))
    return with_knob(config, name, value)

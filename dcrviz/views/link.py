"""A link that opens the explorer on the same visits with the same knobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dcrviz.config import AssembleConfig
from dcrviz.io.config_link import config_code, config_from_code
from dcrviz.views.data_choice import DataChoice, choice_of, word_of


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Linked:
    """What a link asks for.

    Parameters
    ----------
    config, choice
        None where the link says nothing about it, or nothing that could be taken.
    refused
        A sentence for each part that was refused.
    """

    config: AssembleConfig | None
    choice: DataChoice | None
    refused: tuple[str, ...]


def link_query(config: AssembleConfig, choice: DataChoice) -> str:
    """The query of a link, with its question mark."""
    word = word_of(choice)
    return f"?cfg={config_code(config)}" + (f"&data={word}" if word else "")


def read_link(args: Mapping[str, Sequence[bytes]], *, local: bool, given: bool) -> Linked:
    """What the arguments of a page's address ask for; see `choice_of`."""
    refused: list[str] = []
    config = choice = None
    if "cfg" in args:
        config, sentences = config_from_code(_text(args["cfg"]))
        refused += sentences
    if "data" in args:
        try:
            choice = choice_of(_text(args["data"]), local=local, given=given)
        except ValueError as error:
            refused.append(str(error))
    return Linked(config=config, choice=choice, refused=tuple(refused))


def _text(values: Sequence[bytes]) -> str:
    """The last value, as of any key that an address has twice."""
    return values[-1].decode("utf-8", "replace") if values else ""

"""The reference of the command line, from its parsers."""

from __future__ import annotations

import argparse
import re

from dcrviz.cli import build_parser

_WIDTH = 88


def command_page() -> str:
    """A section for each subcommand: what it does, how it is called, its arguments."""
    commands = next(
        action
        for action in build_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    short = {choice.dest: choice.help or "" for choice in commands._choices_actions}
    overview = _table(
        ("Command", "What it does"),
        [(f"[`{name}`](#dcrviz-{name})", short.get(name, "")) for name in commands.choices],
    )
    return overview + "\n" + "\n".join(_section(p) for p in commands.choices.values())


def _section(parser: argparse.ArgumentParser) -> str:
    name = parser.prog.split()[-1]
    groups = [
        f"**{_sentence(group.title or '')}**\n\n{_arguments(group)}"
        for group in parser._action_groups
        if [action for action in group._group_actions if action.dest != "help"]
    ]
    usage = re.sub(r"\s+", " ", parser.format_usage().removeprefix("usage: "))
    return "\n".join(
        [
            f"(dcrviz-{name})=",
            f"## dcrviz {name}\n",
            f"{parser.description or ''}\n",
            f"```text\n{_wrapped(usage)}\n```\n",
            *groups,
            f"{parser.epilog}\n" if parser.epilog else "",
        ]
    )


def _arguments(group: argparse._ArgumentGroup) -> str:
    rows = [_row(action) for action in group._group_actions if action.dest != "help"]
    return _table(("Argument", "What it is"), rows)


def _row(action: argparse.Action) -> tuple[str, str]:
    value = _value(action)
    words = [f"{option} {value}".strip() for option in action.option_strings] or [value]
    said = action.help or ""
    if "%(" in said:
        said = argparse.HelpFormatter("dcrviz")._expand_help(action)
    return ", ".join(f"`{word}`" for word in words).replace("|", "\\|"), said.replace("|", "\\|")


def _value(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if action.choices and action.metavar is None:
        return "{" + ",".join(map(str, action.choices)) + "}"
    name = str(action.metavar or action.dest.upper())
    return {"+": f"{name} [{name} ...]", "*": f"[{name} ...]", "?": f"[{name}]"}.get(
        str(action.nargs), name
    )


def _sentence(title: str) -> str:
    return title[:1].upper() + title[1:]


def _wrapped(usage: str) -> str:
    """A usage in lines that no option is broken by."""
    lines, line = [], ""
    for part in re.findall(r"\[[^\[\]]*(?:\[[^\]]*\][^\[\]]*)*\]|\([^)]*\)|\S+", usage):
        if line and len(line) + len(part) >= _WIDTH:
            lines.append(line)
            line = "   "
        line = f"{line} {part}" if line else part
    return "\n".join([*lines, line])


def _table(head: tuple[str, str], rows: list[tuple[str, str]]) -> str:
    lines = [head, ("---", "---"), *rows]
    return "\n".join(f"| {one} | {two} |" for one, two in lines) + "\n"

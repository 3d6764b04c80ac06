"""The lines of an LSST config file, parsed and never run."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_OWN_LINE = re.compile(r"#\s*dcrviz:\s*(?P<knob>\w+)\s*=\s*(?P<value>.+)")
_NO_LITERAL = (ValueError, TypeError, SyntaxError, MemoryError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A field given a literal, or one entry of it if there is a key.

    Parameters
    ----------
    field
        Of a subtask with its path, such as ``detect.minPixels``.
    is_ours
        Whether it is one of our own knobs, in a comment that begins with "dcrviz:".
    """

    line: int
    source: str
    field: str
    value: Any
    key: str | None = None
    is_ours: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Ignored:
    """A line that means nothing here, and why."""

    line: int
    source: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.source}: ignored, as {self.reason}"


def read_lines(text: str) -> tuple[list[Assignment], list[Ignored]]:
    """All assignments of literals, in the order of their lines, and what is something else.

    Raises
    ------
    ValueError
        If the text is no Python.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        line = getattr(error, "lineno", None) or 1
        reason = getattr(error, "msg", None) or str(error)
        raise ValueError(
            f"line {line}: an LSST config file must be Python; got {reason}"
        ) from error
    found = [item for statement in statements for item in _read_statement(statement, text)]
    found += _own_assignments(text)
    assignments = [item for item in found if isinstance(item, Assignment)]
    return (
        sorted(assignments, key=lambda item: item.line),
        [item for item in found if isinstance(item, Ignored)],
    )


def _read_statement(statement: ast.stmt, text: str) -> Iterator[Assignment | Ignored]:
    source = _first_line(statement, text)
    reason = _reason_to_ignore(statement)
    if not isinstance(statement, ast.Assign) or reason:
        if not _is_docstring(statement):
            yield Ignored(statement.lineno, source, reason)
        return
    value = ast.literal_eval(statement.value)
    for target in statement.targets:
        field, key = _field_and_key(target)
        if field is None:
            reason = "it assigns to something other than a field of config"
            yield Ignored(statement.lineno, source, reason)
        else:
            yield Assignment(
                line=statement.lineno, source=source, field=field, key=key, value=value
            )


def _reason_to_ignore(statement: ast.stmt) -> str:
    """Empty for the assignment of a literal."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return "nothing is imported"
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        is_retarget = ast.unparse(statement.value.func).endswith(".retarget")
        return "there are no subtasks" if is_retarget else "nothing is called"
    if not isinstance(statement, ast.Assign):
        return "it is no plain assignment"
    try:
        ast.literal_eval(statement.value)
    except _NO_LITERAL:
        return "its value is no literal, and nothing is computed"
    return ""


def _field_and_key(target: ast.expr) -> tuple[str | None, str | None]:
    """X and None of ``config.X``, X and key of ``config.X["key"]``, None and None of others.

    X may lead to the field of a subtask, as ``detect.minPixels`` does.
    """
    key = None
    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
        key = target.slice.value if isinstance(target.slice.value, str) else None
        target = target.value if key is not None else target
    names: list[str] = []
    while isinstance(target, ast.Attribute):
        names.insert(0, target.attr)
        target = target.value
    return (".".join(names), key) if names and _is_config(target) else (None, None)


def _is_config(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "config"


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _own_assignments(text: str) -> Iterator[Assignment | Ignored]:
    """What `to_lsst` wrote into comments; tokenized, so that strings are left alone."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        match = _OWN_LINE.fullmatch(token.string) if token.type == tokenize.COMMENT else None
        if match is None:
            continue
        line = token.start[0]
        try:
            value = ast.literal_eval(match["value"])
        except _NO_LITERAL:
            yield Ignored(line, token.string, "its value is no literal, and nothing is computed")
        else:
            yield Assignment(
                line=line, source=token.string, field=match["knob"], value=value, is_ours=True
            )


def _first_line(statement: ast.stmt, text: str) -> str:
    segment = ast.get_source_segment(text, statement) or ""
    first, *more = segment.splitlines()
    return f"{first} ..." if more else first

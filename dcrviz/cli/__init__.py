"""The command ``dcrviz``: batches of what the library does, and the explorer.

A mistake of the person ends with exit code 2 and one line on standard error, a signal that ends the
command with 128 and its number, as shells have it.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from dcrviz import __version__
from dcrviz.background import end_all
from dcrviz.cli.console import console
from dcrviz.cli.garbage import kept_for_good
from dcrviz.cli.given import written
from dcrviz.cli.settings import one_setting_each
from dcrviz.cli.signals import Terminated, ended_by_signals
from dcrviz.suggest import unknown

# The module of each command and what it does, in the order of the help.
_COMMANDS = {
    "explore": ("explore", "watch and step a fit in the browser"),
    "warp": ("warp", "bring calibrated single exposures to one pixel grid"),
    "assemble": ("assemble", "fit the subfilter planes and write them as coadds"),
    "diagnose": ("diagnose", "say whether a fit is right, and what is wrong"),
    "ablate": ("ablate", "turn each knob to its neighbours, and tell what that changes"),
    "sweep": ("sweep", "try many configurations, on all cores or a Dask cluster"),
    "template": ("template", "predict a visit from finished coadds"),
    "export": ("export", "take a saved run away as one HTML page"),
    "simulate": ("simulate", "make warped visits of a made sky"),
    "config": ("show_config", "print a configuration"),
}
# What shells add to the number of a signal.
_SIGNALLED = 128
# How long a person who ends the command waits for loops at hand; the rest is dropped.
_PATIENCE_S = 0.7
# Not every system has it.
_SIGPIPE = 13


class _OneLineParser(argparse.ArgumentParser):
    """A parser whose mistakes are one line, as all others of the command are."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message} (see {self.prog} --help)")


def build_parser(described: Collection[str] = tuple(_COMMANDS)) -> argparse.ArgumentParser:
    """The parser of the command line.

    Parameters
    ----------
    described
        Commands whose options it knows; what the others import, nobody waits for.
    """
    parser = _OneLineParser(prog="dcrviz", description="DCR-matched coadds, step by step.")
    parser.add_argument("--version", action="version", version=f"dcrviz {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module, summary) in _COMMANDS.items():
        command = commands.add_parser(name, help=summary)
        if name in described:
            import_module(f"dcrviz.cli.{module}").describe(command)
            command.add_argument(
                "--quiet", action="store_true", help="say nothing but warnings and errors"
            )
    return parser


def command() -> NoReturn:
    """Run the command as a process of its own, which ends at once if a signal asks for it."""
    for name in ("stdout", "stderr"):
        # A shell may have closed it; what is told there is told nowhere.
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
    # As numpy is loaded, which is yet to come, OpenBLAS starts a thread for each core. Between the
    # small products of matrices that there are they keep the cores busy with waiting for the next.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    code = main(importing=kept_for_good())
    if code > _SIGNALLED:
        end_all(_PATIENCE_S)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        # Else the interpreter takes all that the page has brought apart, for seconds.
        os._exit(code)
    sys.exit(code)


def main(
    arguments: Sequence[str] | None = None,
    *,
    importing: AbstractContextManager[None] | None = None,
) -> int:
    """Run the command; the exit code is 0, 2 for a mistake told in one line, or a signal's.

    Parameters
    ----------
    importing
        Around what the command imports.
    """
    words = sys.argv[1:] if arguments is None else arguments
    try:
        _require_working_folder()
        _require_command(words)
        with importing or nullcontext():
            parser = build_parser([word for word in words if word in _COMMANDS][:1])
        options = parser.parse_args(one_setting_each(words))
        _refuse_empty(options)
        with ended_by_signals(), console(quiet=options.quiet) as options.console:
            options.run(options)
            sys.stdout.flush()
    except BrokenPipeError:
        return _unread()
    except (ValueError, OSError) as error:
        return _failed(str(error))
    except MemoryError as error:
        return _failed(f"the data must fit into memory; {error or 'it is full'}")
    except Terminated as end:
        return _stopped("terminated", end.number)
    except KeyboardInterrupt:
        return _stopped("interrupted", signal.SIGINT)
    return 0


def _require_working_folder() -> None:
    """Raise if it has been deleted: libraries ask for it as they are imported."""
    try:
        Path.cwd()
    except FileNotFoundError as error:
        raise ValueError("the working folder must exist; it has been deleted") from error


def _require_command(words: Sequence[str]) -> None:
    """Raise if the first word that is no option is no command."""
    name = next((word for word in words if not word.startswith("-")), None)
    if name is not None and name not in _COMMANDS:
        raise ValueError(f"{unknown('command', name, _COMMANDS)} (see dcrviz --help)")


def _refuse_empty(options: argparse.Namespace) -> None:
    """Raise for an empty value, as of a shell's variable that nobody set: it means nothing."""
    for name, value in vars(options).items():
        if value == "" or (isinstance(value, list) and "" in value):
            raise ValueError(f"{written(name)} must not be empty; got ''")


def _stopped(how: str, number: signal.Signals) -> int:
    print(f"dcrviz: {how}; no file is left half written", file=sys.stderr)
    return _SIGNALLED + number


def _unread() -> int:
    """Nobody reads on, which is no mistake: what is left to be said goes nowhere."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _SIGNALLED + _SIGPIPE


def _failed(sentence: str) -> int:
    print(f"dcrviz: error: {' '.join(sentence.split())}", file=sys.stderr)
    return 2

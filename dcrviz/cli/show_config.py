"""``dcrviz config``: every knob with its value, ours or in LSST's words."""

from __future__ import annotations

import argparse

from dcrviz.cli.options import add_knobs, knobs_from
from dcrviz.io.config_files import config_text
from dcrviz.io.lsst_config import to_lsst


def describe(parser: argparse.ArgumentParser) -> None:
    """Say what the command does, and add its options."""
    parser.description = "Print every knob as YAML, or as an override file for LSST's task."
    add_knobs(parser)
    parser.add_argument(
        "--lsst",
        nargs="?",
        const="today",
        choices=("2019", "today"),
        help="as an override file for DcrAssembleCoaddTask of that version",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print."""
    config = knobs_from(options)
    print(to_lsst(config, version=options.lsst) if options.lsst else config_text(config), end="")

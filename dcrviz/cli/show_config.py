"""``dcrviz config``: every knob with its value, ours or in LSST's words."""

from __future__ import annotations

import argparse
from typing import Any

from dcrviz.config import PRESETS, AssembleConfig
from dcrviz.io.config_files import config_text, read_config
from dcrviz.io.lsst_config import to_lsst
from dcrviz.io.settings import apply_settings


def add_parser(commands: Any) -> None:
    """Describe the command's options."""
    parser = commands.add_parser(
        "config",
        help="print a configuration",
        description="Print every knob as YAML, or as an override file for LSST's task.",
    )
    parser.add_argument("--preset", metavar="NAME", default="default", help=", ".join(PRESETS))
    parser.add_argument("--config", metavar="FILE", help="YAML to start from")
    parser.add_argument("--set", dest="settings", action="append", default=[], metavar="KNOB=VALUE")
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
    config = AssembleConfig.preset(options.preset)
    if options.config:
        config = read_config(options.config, base=config)
    config = apply_settings(config, options.settings)
    print(to_lsst(config, version=options.lsst) if options.lsst else config_text(config), end="")

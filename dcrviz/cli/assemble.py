"""``dcrviz assemble``: from warped visits to subfilter coadds, of one patch or of many."""

from __future__ import annotations

import argparse

from dcrviz.cli.measure_seeing import add_measure_seeing
from dcrviz.cli.numbers import real
from dcrviz.cli.one_patch import assemble_patch
from dcrviz.cli.options import add_inputs, add_knobs
from dcrviz.cli.patches import assemble_patches
from dcrviz.cli.planes import add_planes
from dcrviz.cli.spreading import add_where

_A_DAY_S = 86_400.0


def describe(parser: argparse.ArgumentParser) -> None:
    """Say what the command does, and add its options."""
    parser.description = (
        "Fit the subfilter planes to warped visits and write dcrCoadd_0.fits and so on, "
        "coadd.fits, nImage.fits, config.yaml and history.json."
    )
    add_inputs(parser, needed=True)
    add_measure_seeing(parser)
    add_planes(parser)
    add_knobs(parser)
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the products")
    large = parser.add_argument_group("large fields, and many of them")
    large.add_argument(
        "--resume",
        action="store_true",
        help="go on where a run of the same words was killed, from the checkpoint in DIR",
    )
    large.add_argument(
        "--checkpoint-every",
        type=real(0.0, _A_DAY_S),
        default=60.0,
        metavar="S",
        help="seconds between checkpoints; 0 is after every iteration",
    )
    large.add_argument(
        "--scratch",
        metavar="FOLDER",
        help="on a disk with room for 10 bytes a pixel of each visit; DIR if not said",
    )
    large.add_argument(
        "--patches",
        action="store_true",
        help="each PATH is a patch of its own: its products go to a folder of its name in DIR",
    )
    add_where(large, what="patches")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Fit one patch here, or spread many."""
    if options.patches:
        assemble_patches(options)
        return
    for name in ("workers", "scheduler"):
        if getattr(options, name) is not None:
            raise ValueError(f"--{name} is for several patches: --patches must be given, too")
    assemble_patch(options)

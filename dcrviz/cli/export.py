"""``dcrviz export``: a saved run as a page to take away."""

from __future__ import annotations

import argparse
import logging

from dcrviz.cli.numbers import real, whole
from dcrviz.io.atomic import atomic_write
from dcrviz.runs import Run, SavedRun, open_run
from dcrviz.views.take_away import MOST_MB, SIDE_PX, take_away_html

_log = logging.getLogger(__name__)


def describe(parser: argparse.ArgumentParser) -> None:
    """Say what the command does, and add its options."""
    parser.description = (
        "Write a saved run as one page that needs neither Python nor a network: the images of "
        "every iteration with their slider, the curves, and what each iteration shows."
    )
    parser.add_argument("run_folder", metavar="RUN", help="folder of a saved run")
    parser.add_argument("--html", required=True, metavar="FILE", help="page to write")
    parser.add_argument("--title", metavar="TEXT", help="heading; the folder's name without it")
    parser.add_argument(
        "--rows",
        metavar="A,B",
        help="only these rows of images, as plane,residual; else all that there is room for",
    )
    parser.add_argument(
        "--side",
        type=whole(16, 4096),
        default=SIDE_PX,
        metavar="N",
        help=f"most pixels along a side; larger fields are binned (default {SIDE_PX})",
    )
    parser.add_argument(
        "--max-mb",
        type=real(0.1, 500),
        default=MOST_MB,
        metavar="X",
        help=f"refuse to write a larger page (default {MOST_MB:g})",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Open the run, prepare its visits, write the page."""
    saved = open_run(options.run_folder)
    rows = [] if options.rows is None else [name.strip() for name in options.rows.split(",")]
    with atomic_write(options.html) as path:
        page = take_away_html(
            _whole(saved),
            title=options.title or saved.folder.resolve().name,
            rows=rows,
            side_px=options.side,
            provenance=saved.provenance,
            most_mb=options.max_mb,
        )
        path.write_text(page, encoding="utf-8")
    size_mb = len(page.encode()) / 1e6
    _log.info("%s: %d steps, %.1f MB", options.html, len(saved.steps), size_mb)


def _whole(saved: SavedRun) -> Run:
    """With the problem, whose residuals and templates are not among what was saved."""
    return Run(
        problem=saved.prepare(),
        exposures=saved.exposures,
        steps=saved.steps,
        config=saved.config,
        knobs=saved.knobs,
        shown=saved.shown,
    )

"""``dcrviz explore``: the explorer in a browser."""

from __future__ import annotations

import argparse
from typing import Any

from dcrviz.cli.numbers import whole
from dcrviz.cli.options import (
    add_inputs,
    add_knobs,
    bright_objects_from,
    config_from,
    exposures_from,
    template_from,
)
from dcrviz.engine.check import check_exposures, common_band


def add_parser(commands: Any) -> None:
    """Describe the command's options."""
    parser = commands.add_parser(
        "explore",
        help="watch and step a fit in the browser",
        description=(
            "Open the explorer on these visits, or on the bundled field. It is served on this "
            "machine alone, and ends when its last page has been closed."
        ),
    )
    add_inputs(parser, needed=False)
    add_knobs(parser)
    parser.add_argument(
        "--port", type=whole(0, 65535), default=0, metavar="N", help="0, the default: a free one"
    )
    parser.add_argument("--address", default="localhost", help="another one needs --allow-origin")
    parser.add_argument(
        "--allow-origin",
        action="append",
        default=[],
        metavar="HOST[:PORT]",
        help="host under which browsers may reach it; may be repeated",
    )
    parser.add_argument("--keep", action="store_true", help="go on when the last page has closed")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Check the visits and serve."""
    if options.address not in ("localhost", "127.0.0.1") and not options.allow_origin:
        raise ValueError(
            f"--address {options.address} needs --allow-origin HOST, the name under which browsers "
            "may reach it"
        )
    config = config_from(options)
    bright = bright_objects_from(options)
    exposures = exposures_from(options) if options.paths else None
    template = None
    if exposures:
        check_exposures(exposures)
        common_band(exposures, config.band)
        template = template_from(options, exposures[0])
    # Only here, so that no other command waits for the libraries of the page.
    from dcrviz.views.serve import Address, explorer_app, serve

    options.console.open()
    address = Address(
        host=options.address, port=options.port, allowed_origins=tuple(options.allow_origin)
    )
    try:
        serve(
            lambda: explorer_app(exposures, config, template=template, bright_objects=bright),
            address,
            open_browser=not options.no_browser,
            keep=options.keep,
            solver=config.solver,
            announce=lambda url: print(f"dcrviz explorer at {url} (Ctrl-C ends it)", flush=True),
        )
    except OSError as error:
        raise ValueError(
            f"--address {options.address} --port {options.port} must be free to listen on; got "
            f"{error}"
        ) from error

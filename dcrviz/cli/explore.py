"""``dcrviz explore``: the explorer in a browser."""

from __future__ import annotations

import argparse
from typing import Any

from dcrviz.cli.garbage import kept_for_good
from dcrviz.cli.given import OF_KNOBS, OF_VISITS, given, refuse_beside
from dcrviz.cli.numbers import whole
from dcrviz.cli.options import (
    add_inputs,
    add_knobs,
    bright_objects_from,
    config_from,
    exposures_from,
)
from dcrviz.cli.planes import add_planes, planes_from
from dcrviz.cli.saved_run import names_saved_run, saved_run
from dcrviz.engine.check import check_exposures, common_band
from dcrviz.lessons import lesson_config, lesson_names, read_lesson
from dcrviz.session.jobs import Start
from dcrviz.simulate import library_knobs, library_words
from dcrviz.template_file import read_template

_OWN = ("localhost", "127.0.0.1")


def describe(parser: argparse.ArgumentParser) -> None:
    """Say what the command does, and add its options."""
    parser.description = (
        "Open the explorer on these visits, on a saved run (the one path of its folder), or "
        "without any on a choice of scenes, lessons and files. It is served on this machine "
        "alone, and ends when its last page has been closed."
    )
    add_inputs(parser, needed=False)
    parser.add_argument(
        "--scene",
        metavar="NAME",
        help=f"a scene of the library instead: {', '.join(library_words())}",
    )
    add_planes(parser)
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
    parser.add_argument(
        "--history-mb",
        type=whole(1, 1_000_000),
        default=256,
        metavar="N",
        help="memory for the steps of each page; beyond it, older ones are computed again when "
        "shown (default 256)",
    )
    parser.add_argument(
        "--teacher",
        action="store_true",
        help="begin as a class sees it: large, two rows of images, a sentence on what they show",
    )
    parser.add_argument(
        "--lesson",
        metavar="NAME|FILE",
        help=f"play a lesson before a class: {', '.join(lesson_names())}, or a YAML file",
    )
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Check the visits and serve."""
    if options.address not in _OWN and not options.allow_origin:
        raise ValueError(
            f"--address {options.address} needs --allow-origin HOST, the name under which browsers "
            "may reach it"
        )
    given = _given(options)
    # Only here, so that no other command waits for the libraries of the page.
    with kept_for_good():
        from dcrviz.views.page import Explorer
        from dcrviz.views.serve import Address, explorer_app, serve

    options.console.open()
    # Who lets others in does not let them at the files of this machine.
    local = options.address in _OWN and not options.allow_origin
    address = Address(
        host=options.address, port=options.port, allowed_origins=tuple(options.allow_origin)
    )

    def page() -> Explorer:
        explorer = explorer_app(**given, local=local)
        explorer.session.history_bytes = options.history_mb * 1_000_000
        if options.teacher:
            explorer.appearance.teacher = True
        return explorer

    try:
        serve(
            page,
            address,
            open_browser=not options.no_browser,
            keep=options.keep,
            solver=_solver(given),
            announce=lambda url: print(f"dcrviz explorer at {url} (Ctrl-C ends it)", flush=True),
        )
    except OSError as error:
        raise ValueError(
            f"--address {options.address} --port {options.port} must be free to listen on; got "
            f"{error}"
        ) from error


def _given(options: argparse.Namespace) -> dict[str, Any]:
    """With what the explorer begins."""
    if options.lesson is not None:
        return _lesson(options)
    if options.scene is not None:
        return _scene(options)
    if _asks_for_nothing(options):
        return {"exposures": "welcome", "config": config_from(options)}
    if names_saved_run(options):
        return _saved(options)
    return _visits(options)


def _visits(options: argparse.Namespace) -> dict[str, Any]:
    """What the explorer is given: visits, if any are named, and knobs.

    Raises
    ------
    ValueError
        If something is given for visits and no visits are; stars may be masked in the bundled ones.
    """
    config = config_from(options)
    alone = given(options, *(name for name in OF_VISITS if name != "bright_objects"))
    if alone and not options.paths:
        raise ValueError(f"{alone[0]} needs the visits that it is for; got no PATH")
    bright = bright_objects_from(options)
    exposures = exposures_from(options) if options.paths else None
    template = planes = None
    if exposures:
        check_exposures(exposures)
        common_band(exposures, config.band)
        template = read_template(options.template, exposures[0])
        planes, _ = planes_from(options.planes, exposures[0])
    return {
        "exposures": exposures,
        "config": config,
        "start": Start(template=template, planes=planes, bright_objects=tuple(bright)),
    }


def _asks_for_nothing(options: argparse.Namespace) -> bool:
    """Whether neither visits nor knobs are named: then a person may want to be asked."""
    return not options.paths and not given(options, *OF_VISITS, *OF_KNOBS)


def _scene(options: argparse.Namespace) -> dict[str, Any]:
    """A scene of the library, which has its own visits."""
    whose = f"--scene {options.scene}: a scene has its own visits"
    refuse_beside(options, whose, "paths", *OF_VISITS)
    return {
        "exposures": options.scene,
        "config": config_from(options, library_knobs(options.scene)),
    }


def _lesson(options: argparse.Namespace) -> dict[str, Any]:
    """A lesson, whose steps have their own scenes and knobs."""
    whose = f"--lesson {options.lesson}: a lesson has its own visits and knobs"
    refuse_beside(options, whose, "paths", "scene", *OF_VISITS, *OF_KNOBS)
    lesson = read_lesson(options.lesson)
    first = lesson.steps[0]
    return {"exposures": lesson, "config": lesson_config(first.scene, first.knobs)}


def _solver(given: dict[str, Any]) -> str:
    """The solver of the first run, whose loops are compiled first."""
    config = given["run"][1].config if "run" in given else given["config"]
    return str(config.solver)


def _saved(options: argparse.Namespace) -> dict[str, Any]:
    """A saved run, which has its own visits and knobs."""
    run = saved_run(options)
    return {"run": (run, run.prepare())}

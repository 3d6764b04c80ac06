"""Many patches, each as a command of its own, on this machine's cores or on a Dask cluster."""

from __future__ import annotations

import argparse
import json
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dcrviz.cli.console import console
from dcrviz.cli.one_patch import assemble_patch
from dcrviz.cli.spreading import do_all
from dcrviz.io.atomic import atomic_write, output_directory
from dcrviz.products import HISTORY_NAME
from dcrviz.rooms import give_up
from dcrviz.runs.checkpoint import NAME as CHECKPOINT

_log = logging.getLogger(__name__)
TABLE_NAME = "patches.json"
_PATHS = ("table", "config", "bright_objects", "throughput", "scratch")
# Of these the products don't depend.
_WHERE = ("paths", "out", "workers", "scheduler", "resume", "quiet", "checkpoint_every")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """What travels to a worker: the options of its command, as plain values."""

    name: str
    options: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchEnd:
    """How the fit of a patch ended, in a word and a sentence; or why it was refused."""

    outcome: str = ""
    sentence: str = ""
    refusal: str = ""


def assemble_patches(options: argparse.Namespace) -> None:
    """Fit each of the paths, keep a table of what is done, and tell what was refused."""
    for name in ("template", "planes"):
        if getattr(options, name):
            raise ValueError(f"--{name} is on the grid of one patch; got --patches, too")
    named = _named(options.paths)
    shared = _shared(options)
    with output_directory(options.out) as folder:
        done = _done(folder, shared) if options.resume else {}
        patches = [
            Patch(name=name, options=_options_of(shared, path, folder / name, options))
            for name, path in named.items()
            if name not in done
        ]
        if not options.resume:
            for patch in patches:
                (Path(patch.options["out"]) / CHECKPOINT).unlink(missing_ok=True)
        if done:
            _log.info("%d of %d patches are done already", len(done), len(named))
        refusals = _spread(patches, done, folder, shared, options)
    if refusals:
        raise ValueError(f"{len(refusals)} of {len(named)} patches: {'; '.join(refusals)}")


def run_patch(patch: Patch) -> PatchEnd:
    """Fit one patch, with one thread, as there is a worker a core; from its checkpoint, if any."""
    options = argparse.Namespace(**patch.options)
    try:
        with console(quiet=True, about=patch.name) as options.console:
            assemble_patch(options)
    except (ValueError, OSError, MemoryError) as error:
        return PatchEnd(refusal=str(error) or "the data must fit into memory")
    except Exception as error:
        # A fault of this program; the other patches are not to suffer.
        _log.exception("%s", patch.name)
        return PatchEnd(refusal=f"{type(error).__name__}: {error}")
    finally:
        # A worker may wait for its next patch, or have had its last.
        give_up()
    history = json.loads((Path(options.out) / HISTORY_NAME).read_text(encoding="utf-8"))
    return PatchEnd(outcome=history["outcome"], sentence=history["sentence"])


def _spread(
    patches: Sequence[Patch],
    done: dict[str, PatchEnd],
    folder: Path,
    shared: Mapping[str, Any],
    options: argparse.Namespace,
) -> list[str]:
    """Fit them all, and give what was refused."""
    refusals: list[str] = []

    def take(patch: Patch, end: PatchEnd) -> None:
        if end.refusal:
            refusals.append(f"{patch.name}: {end.refusal}")
            return
        _log.info("%s: %s", patch.name, end.sentence)
        done[patch.name] = end
        _write_table(folder, shared, done)

    do_all(run_patch, patches, take, options, unit="patches", folder=folder)
    return refusals


def _named(paths: Sequence[str]) -> dict[str, str]:
    """The path of each patch by its name, which must be its own."""
    named: dict[str, str] = {}
    for path in paths:
        # Whole: of `..` the last part is no name, and a product in the folder would lie above it.
        whole = os.path.abspath(Path(path).expanduser())  # noqa: PTH100 - links keep their names
        name = Path(whole).name.split(".fit")[0]
        if not name:
            raise ValueError(f"{path}: a patch must have a name; got {whole}")
        if name in named:
            raise ValueError(
                f"{path}: patches must have names of their own; {name} is also that of "
                f"{named[name]}"
            )
        named[name] = whole
    return named


def _shared(options: argparse.Namespace) -> dict[str, Any]:
    """What the commands of all patches have in common, with paths that hold anywhere."""
    values = {
        key: value
        for key, value in vars(options).items()
        if key not in (*_WHERE, "console", "run", "command", "patches")
    }
    for key in _PATHS:
        path = Path(values[key] or "").expanduser()
        if values[key] and path.exists():
            values[key] = str(path.absolute())
    return values


def _options_of(
    shared: Mapping[str, Any], path: str, out: Path, options: argparse.Namespace
) -> dict[str, Any]:
    """The options of one patch; a dead worker's goes on from its checkpoint."""
    return {
        **shared,
        "settings": ["n_threads=1", *shared["settings"]],
        "paths": [path],
        "out": str(out.absolute()),
        "resume": True,
        "quiet": True,
        "checkpoint_every": options.checkpoint_every,
    }


def _done(folder: Path, shared: Mapping[str, Any]) -> dict[str, PatchEnd]:
    """What an earlier run of the same options has finished."""
    path = folder / TABLE_NAME
    if not path.exists():
        return {}
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        ends = {name: PatchEnd(**row) for name, row in record["patches"].items()}
        options = record["options"]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ValueError(f"{path}: must be the table of a run of patches; got {error}") from error
    if options != dict(shared):
        raise ValueError(
            f"{path}: must be of a run with the same options to go on from; got others. Without "
            "--resume the run begins anew"
        )
    return ends


def _write_table(folder: Path, shared: Mapping[str, Any], done: Mapping[str, PatchEnd]) -> None:
    rows = {name: {"outcome": e.outcome, "sentence": e.sentence} for name, e in done.items()}
    text = json.dumps({"options": dict(shared), "patches": rows}, indent=1)
    with atomic_write(folder / TABLE_NAME) as temporary:
        temporary.write_text(text, encoding="utf-8")

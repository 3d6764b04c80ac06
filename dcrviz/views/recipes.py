"""A run as text: Python, a command, or LSST's config, each of which can be run."""

from __future__ import annotations

import csv
import io
import math
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from itertools import groupby, pairwise
from typing import Any

import yaml

from dcrviz.config import AssembleConfig
from dcrviz.io.knob_values import plain
from dcrviz.io.lsst_config import to_lsst
from dcrviz.session import Moment
from dcrviz.simulate import MadeField, made_scene, made_visits, scene_to_mapping
from dcrviz.sweep import SweepPlan
from dcrviz.sweep.plan import is_list
from dcrviz.views.data_choice import DataChoice, in_library

_FIELD_PATH = "$(python -c 'import dcrviz; print(dcrviz.bundled(\"field\"))')"


def python_text(
    choice: DataChoice,
    config: AssembleConfig,
    moments: Sequence[Moment],
    *,
    template_given: bool = False,
) -> str:
    """A script that makes the planes of the last of these moments, bit for bit.

    Parameters
    ----------
    config
        With which the problem was prepared.
    moments
        From the starting model to the step on show.
    template_given
        Whether the run began with a coadd of somebody's, which the script can't name.
    """
    first = moments[min(1, len(moments) - 1)].knobs
    lines = ["import dcrviz"]
    if choice.kind == "made":
        lines.append("from dcrviz.simulate import MadeField, made_exposures")
    elif in_library(choice):
        lines.append("from dcrviz.simulate import library_exposures")
    lines += ["", *_data_lines(choice)]
    lines.append(f"config = {_config_call(config.with_values(**first))}")
    if template_given and choice.kind != "run":
        lines.append("# This run began with a template of its own: give it to prepare, too.")
    lines += [
        f"problem = dcrviz.prepare({', '.join(['exposures', 'config', *_start(choice)])})",
        "step = dcrviz.first_step(problem, config)",
    ]
    lines += _course(moments, first)
    lines += ["print(step.index, step.metric, step.outcome.sentence)"]
    lines += ["coadds = dcrviz.coadds(problem, step)"]
    return "\n".join(lines) + "\n"


def command_text(choice: DataChoice, config: AssembleConfig) -> str:
    """Shell commands that run these knobs on these visits to the end and write the coadds."""
    return _commands(choice, ["dcrviz", "assemble", "--out", "coadds", *_set_words(config)])


def sweep_text(choice: DataChoice, config: AssembleConfig, plan: SweepPlan) -> str:
    """Shell commands that try a plan on these visits with these knobs for all trials."""
    words = ["--out", "sweep", *_set_words(config)]
    for name, values in plan.choices.items():
        between = "|" if is_list(name) else ","
        listed = between.join(_setting(value) for value in values)
        words += ["--grid", shlex.quote(f"{name}={listed}")]
    for name, (low, high) in plan.ranges.items():
        words += ["--range", shlex.quote(f"{name}={low:.12g}:{high:.12g}")]
    if plan.n_random is not None:
        words += ["--random", str(plan.n_random), "--seed", str(plan.seed)]
    return _commands(choice, ["dcrviz", "sweep", *words])


def lsst_text(config: AssembleConfig) -> str:
    """The knobs as LSST's overrides; says so where LSST's task can't do what the solver does."""
    text = to_lsst(config)
    if config.solver == "iterative":
        return text
    return (
        f"# LSST's task has no solver like {config.solver!r}: it will iterate as the knobs below "
        f"say, and\n# end with other planes.\n{text}"
    )


def _data_lines(choice: DataChoice) -> Iterator[str]:
    if in_library(choice):
        yield f"exposures = library_exposures({choice.name!r})"
    elif choice.kind == "scene":
        yield f"exposures = dcrviz.read_exposures(dcrviz.bundled({choice.name!r}))"
    elif choice.kind == "made" and choice.made is not None:
        yield f"exposures = made_exposures({_made_call(choice.made)})"
    elif choice.kind == "run":
        yield f"run = dcrviz.open_run({choice.name!r})"
        yield "exposures = run.exposures"
    else:
        if choice.kind == "upload":
            yield "# The visits were uploaded: these are names, not paths."
        paths = list(choice.paths) or "the visits that the explorer was started with"
        yield f"exposures = dcrviz.read_exposures({paths!r})"


def _start(choice: DataChoice) -> list[str]:
    if choice.kind != "run":
        return []
    return ["template=run.template", "bright_objects=run.bright_objects"]


def _config_call(config: AssembleConfig) -> str:
    changed = [f"{name}={_literal(value)}" for name, value in config.changed().items()]
    return f"dcrviz.AssembleConfig({', '.join(changed)})"


def _literal(value: Any) -> str:
    """The value as Python; records are names of the package."""
    if is_dataclass(value):
        return f"dcrviz.{value!r}"
    return repr(plain(value))


def _made_call(field: MadeField) -> str:
    changed = [
        f"{item.name}={getattr(field, item.name)!r}"
        for item in fields(field)
        if getattr(field, item.name) != item.default
    ]
    return f"MadeField({', '.join(changed)})"


def _course(moments: Sequence[Moment], first: dict[str, Any]) -> Iterator[str]:
    """The steps, and what was turned between them."""
    taken = [(b.knobs, b.step.index - a.step.index) for a, b in pairwise(moments)]
    known = first
    for knobs, group in groupby(taken, key=lambda item: item[0]):
        turned = [f"{n}={_literal(value)}" for n, value in knobs.items() if known[n] != value]
        if turned:
            yield f"config = config.with_values({', '.join(turned)})"
        known = knobs
        yield f"for _ in range({sum(number for _, number in group)}):"
        yield "    step = dcrviz.advance(problem, step, config)"


def _commands(choice: DataChoice, words: Sequence[str]) -> str:
    """What makes the visits, if they are made ones, and a command on them."""
    lines = [] if choice.made is None else list(_made_lines(choice.made))
    if in_library(choice):
        lines.append(f"dcrviz simulate made --scene {choice.name}")
    lines.append(" ".join([*words, *_command_paths(choice)]))
    return "\n".join(lines) + "\n"


def _set_words(config: AssembleConfig) -> Iterator[str]:
    for name, value in config.changed().items():
        yield from ("--set", shlex.quote(f"{name}={_setting(value)}"))


def _command_paths(choice: DataChoice) -> list[str]:
    if choice.kind == "made" or in_library(choice):
        return ["made"]
    if choice.kind == "scene":
        return [f'"{_FIELD_PATH}"']
    return [shlex.quote(path) for path in choice.paths] or ["VISITS.fits"]


def _setting(value: Any) -> str:
    """The value as YAML on one line."""
    if value is None:
        return "auto"
    listed = plain(value)
    listed = list(listed) if isinstance(listed, tuple) else listed
    dumped = yaml.safe_dump([listed], default_flow_style=True, sort_keys=False, width=math.inf)
    return dumped.strip()[1:-1]


def _made_lines(field: MadeField) -> Iterator[str]:
    """The same stars seen by the same visits, in files."""
    visits = made_visits(field)
    scene = made_scene(field)
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["visit", "airmass", "parallactic_deg", "seeing_arcsec", "mid_utc"])
    for visit in visits:
        angle_deg = math.degrees(visit.parallactic_rad or 0.0)
        seeing_arcsec = (visit.psf_fwhm_px or 0.0) * scene.pixel_scale_arcsec
        writer.writerow([visit.id, visit.airmass, angle_deg, seeing_arcsec, visit.time])
    yield "cat > scene.yaml <<'END'"
    yield yaml.safe_dump(scene_to_mapping(scene), sort_keys=False, default_flow_style=None).strip()
    yield "END"
    yield "cat > visits.csv <<'END'"
    yield table.getvalue().strip()
    yield "END"
    yield (
        f"dcrviz simulate made --scene scene.yaml --conditions visits.csv --visits {len(visits)} "
        f"--seed {field.seed}"
    )

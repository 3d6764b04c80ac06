"""The take-away page holds what the explorer's wall shows, and is small."""

import base64
import html
import json
import re
import struct
import zlib
from itertools import islice

import numpy as np
import pytest

import dcrviz
from dcrviz import AssembleConfig, Run
from dcrviz.diagnostics.course import course_entry
from dcrviz.diagnostics.during import during_verdicts
from dcrviz.diagnostics.panels import Scene, rows_of
from dcrviz.runs.save import provenance
from dcrviz.simulate import MadeField, made_exposures
from dcrviz.views.take_away import take_away_html
from dcrviz.views.take_away_steps import Packer
from dcrviz.views.wall_frames import Wish


@pytest.fixture(scope="module")
def run(exposures):
    config = AssembleConfig(max_iterations=3, min_iterations=3, base_gain=0.4)
    problem = dcrviz.prepare(exposures, config)
    steps = tuple(dcrviz.assemble(problem))
    return Run(problem=problem, exposures=tuple(exposures), steps=steps)


@pytest.fixture(scope="module")
def made(run):
    return take_away_html(run, title="Tuesday", provenance=provenance())


def told(page):
    """What the page's script reads."""
    return json.loads(re.search(r'id="told">(.*?)</script>', page)[1])


def unpacked(text):
    """The messages to the wall in the text of a row, undone as the page's script does it."""
    stream, before = zlib.decompress(base64.b64decode(text)), None
    while stream:
        end = 4 + struct.unpack("<I", stream[:4])[0]
        message, stream = stream[4:end], stream[end:]
        start = 4 + struct.unpack("<I", message[:4])[0]
        pixels = np.frombuffer(message, np.uint8, offset=start)
        before = pixels if before is None else pixels + before
        yield message[:start] + before.tobytes()


def held(page):
    """The messages of each row that the page holds."""
    rows = re.findall(r'class="row" data-row="(\w+)">(.*?)</script>', page)
    return {name: list(unpacked(text)) for name, text in rows}


def wanted(run, *, bin_px=1):
    """The messages that the explorer sends of each row."""
    messages = {row.name: [] for row in rows_of(run.problem)}
    for place, step in enumerate(run.steps):
        before = run.steps[place - 1] if place else None
        scene = Scene(problem=run.problem, step=step, before=before)
        for row in rows_of(run.problem):
            panels = tuple((panel, row.scale) for panel in row.panels)
            label = f"iteration {place}"
            wish = Wish(id=str(place), scene=scene, panels=panels, bin_px=bin_px, label=label)
            messages[row.name].append(wish.message(wish.images(), seq=place + 1))
    return messages


def test_it_holds_every_panel_of_every_step_byte_for_byte_as_the_explorer_sends_it(run, made):
    assert held(made) == wanted(run)


def test_what_was_packed_comes_back_whatever_it_was():
    packer = Packer()
    random = np.random.default_rng(1)
    header = struct.pack("<I", 2) + b"{}"
    sent = [header + random.bytes(500) for _ in range(4)]
    for message in sent:
        packer.add(message)
    assert list(unpacked(packer.text())) == sent


def test_it_says_of_each_step_what_the_explorer_says(run, made):
    said = [[one["sentence"] for one in step["said"]] for step in told(made)["steps"]]
    course = [
        course_entry(run.problem, step, before)
        for before, step in zip([None, *run.steps], run.steps, strict=False)
    ]
    for place, step in enumerate(run.steps):
        found = during_verdicts(run.problem, course[: place + 1], step.outcome)
        assert said[place] == [verdict.sentence for verdict in found]
    assert told(made)["steps"][-1]["words"].endswith("ran out before the run converged.")


def test_it_tells_the_knobs_that_are_turned_and_what_made_it(made):
    text = html.unescape(re.sub(r"<[^>]+>", " ", made.split("<footer>")[1].split("</footer>")[0]))
    for words in ("base_gain", "0.4", "max_iterations", "410971", "numpy", "parallactic angle"):
        assert words in text
    assert "clamp_iterations" not in text


def test_it_has_the_curves_with_their_marks_at_the_step_on_show(run):
    page = take_away_html(
        Run(problem=run.problem, exposures=run.exposures, steps=run.steps, shown=0)
    )
    titles = re.findall(r'<svg[^>]*aria-label="([^"]*)"', page)
    assert [title.split(":")[0].split(",")[0] for title in titles] == [
        "Metric",
        "Holes and wings",
        "Gain",
    ]
    for mark in re.findall(r'<line class="mark"[^>]*>', page):
        x1, left = (
            float(re.search(rf'{name}="([\d.]+)"', mark)[1]) for name in ("x1", "data-left")
        )
        assert x1 == left
    assert told(page)["shown"] == 0


def test_nothing_in_it_is_fetched(made):
    assert re.findall(r'(?:src|href)="(?!data:)', made) == []
    assert "import(" not in made
    assert re.findall(r"^\s*import ", made, flags=re.MULTILINE) == []


def test_larger_fields_are_binned(run):
    page = take_away_html(run, side_px=30)
    assert held(page) == wanted(run, bin_px=2)


def test_a_page_may_hold_some_rows_only(run, made):
    small = take_away_html(run, rows=["residual", "plane"])
    assert [row["name"] for row in told(small)["plan"]["rows"]] == ["plane", "residual"]
    assert len(small) < len(made)


def test_a_row_that_does_not_exist_and_a_page_that_is_too_large_are_refused(run):
    with pytest.raises(ValueError, match="unknown row 'residuals'; did you mean 'residual'"):
        take_away_html(run, rows=["residuals"])
    with pytest.raises(ValueError, match=r"Monday: the page must be at most 0.1 MB; got .* MB of"):
        take_away_html(run, title="Monday", most_mb=0.1)


def test_words_of_a_person_are_no_markup(run):
    page = take_away_html(run, title="<script>alert(1)</script> & co")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in page


def test_rows_that_say_what_others_say_go_where_there_is_no_room(run, made):
    images = sum(map(len, re.findall(r'class="row" data-row="\w+">(.*?)</script>', made)))
    # Half a megabyte is kept for all else.
    most_mb = images / 1e6 + 0.499
    page = take_away_html(run, most_mb=most_mb)
    assert set(held(made)) - set(held(page)) == {"template"}
    assert "Left out, as the page would be too large: Matched templates, by airmass." in page


def test_twenty_iterations_of_eight_visits_of_256_pixels_are_at_most_15_megabytes():
    exposures = made_exposures(MadeField(size_px=256, n_visits=8, n_stars=80))
    # It diverges: all images change all the time, and take three times the room of one that goes
    # well.
    knobs = {"base_gain": 1.0, "clamp_iterations": 0.0, "clamp_subfilters": 0.0}
    config = AssembleConfig(max_iterations=20, min_iterations=20, **knobs)
    problem = dcrviz.prepare(exposures, config)
    steps = list(islice(dcrviz.assemble(problem), 21))
    page = take_away_html(Run(problem=problem, exposures=tuple(exposures), steps=steps))
    assert len(told(page)["steps"]) == 21
    assert {"plane", "minus_mean", "residual", "omega", "coadd"} <= set(held(page))
    assert 1e6 < len(page.encode()) < 15e6

"""The process that `live.py` measures: it serves explorers, and shows steps that it has already.

Commands come as lines of JSON on its input, an answer goes to its output for each.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import threading
import time
from functools import partial
from itertools import count, cycle
from pathlib import Path

import numpy as np
import panel as pn
import param

import dcrviz
from dcrviz.session import Moment
from dcrviz.simulate import random_scene, read_conditions, simulate_exposures
from dcrviz.views.messages import deliver_to_page
from dcrviz.views.page import Explorer
from dcrviz.views.serve import prepare_page
from dcrviz.views.warm import warm_up

PAGE_BYTES = 4096


class Film:
    """Steps made in advance, shown by an explorer one after another, each when the last is painted.

    Parameters
    ----------
    size, visits
        Of the made field.
    rows
        Of the wall that are visible.
    frames
        Different steps; they come again under new numbers.
    stored
        Whether each has pixels of its own and is stored as the engine's results are, under the
        session's budget.
    """

    def __init__(self, *, size, visits, rows, frames=6, stored=False):
        shape = (size, size)
        scene = random_scene(1, shape=shape, n_stars=max(6, size**2 // 2500), n_galaxies=4)
        conditions = read_conditions("hits2015")
        places = np.linspace(0, len(conditions) - 1, visits).round().astype(int)
        self.exposures = simulate_exposures(scene, [conditions[p] for p in places], seed=1)
        self.config = dcrviz.AssembleConfig(min_iterations=2000, max_iterations=2000)
        self.rows, self.stored = rows, stored
        self.steps = []
        if frames:
            self.problem = dcrviz.prepare(self.exposures, self.config)
            self.steps.append(dcrviz.first_step(self.problem))
            while len(self.steps) < frames:
                self.steps.append(dcrviz.advance(self.problem, self.steps[-1]))

    def page(self):
        """An explorer whose next steps come from here."""
        prepare_page()
        self.explorer = explorer = Explorer(self.exposures, self.config)
        self.deliver = deliver_to_page()
        if self.rows:
            explorer.wall.canvas.listen(self._heard)
        self.left, self.told = 0, threading.Event()
        return explorer.__panel__()

    def begin(self):
        """Put the first step on show."""
        session = self.explorer.session
        knobs = {name: getattr(self.config, name) for name in dcrviz.config.SolverConfig.knobs()}
        self.coming = (
            Moment(step=dataclasses.replace(step, index=index), knobs=knobs)
            for index, step in zip(count(), cycle(self.steps))
        )
        with param.parameterized.batch_call_watchers(session):
            session.problem = self.problem
            session.moments = [next(self.coming)]
            session.cursor = 0
        self.explorer.wall.show_rows(*self.rows)

    def feed(self, number):
        """Show so many steps more: when each was ready, and what all cost this process."""
        self.ready, self.left = [], number
        self.told.clear()
        self.deliver(partial(setattr, self.explorer.session, "playing", True))
        cpu = time.process_time()
        self.deliver(self._next)
        self.told.wait()
        return {"ready": self.ready, "cpu": (time.process_time() - cpu) / number, "rss": rss()}

    def _next(self):
        session, moment = self.explorer.session, next(self.coming)
        self.ready.append(time.time())
        if self.stored:
            own = dataclasses.replace(moment.step, planes=moment.step.planes.copy())
            moment = dataclasses.replace(moment, step=own)
            session._store(moment, session.moments[-1], problem=self.problem)
            return
        moments = [*session.moments, moment]
        with param.parameterized.batch_call_watchers(session):
            session.moments = moments
            session.cursor = len(moments) - 1

    def _heard(self, message):
        self.explorer.wall._take(message)
        if message["type"] == "painted" and self.left:
            self.left -= 1
            if self.left:
                self.deliver(self._next)
            else:
                self.explorer.session.playing = False
                self.told.set()


def rss():
    """Bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES


def obey(films):
    """Do what comes on the input, until it ends."""
    for line in sys.stdin:
        order = json.loads(line)
        film = films[order["film"]]
        answer = {"rss": rss()}
        if order["do"] == "begin":
            done = threading.Event()

            def begin(film=film, done=done):
                film.begin()
                done.set()

            film.deliver(begin)
            done.wait()
        elif order["do"] == "feed":
            answer = film.feed(order["number"])
        print(json.dumps(answer), flush=True)


def main():
    """Serve until the input ends."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("films", type=json.loads, help="JSON: keywords of a Film by its name")
    films = {name: Film(**keywords) for name, keywords in parser.parse_args().films.items()}
    warm_up()
    server = pn.serve(
        {f"/{name}": film.page for name, film in films.items()},
        port=0,
        threaded=True,
        show=False,
        verbose=False,
        server_id="live",
    )
    while "live" not in pn.state._servers:
        time.sleep(0.05)
    del server
    port = pn.state._servers["live"][0].port
    print(json.dumps({"address": f"http://localhost:{port}", "rss": rss()}), flush=True)
    obey(films)


if __name__ == "__main__":
    main()

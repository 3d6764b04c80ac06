"""The server that `live.py` measures, and the films that it shows."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
ROWS = ["plane", "residual"]
# Three planes and the residuals of five visits are eight panels.
FILMS = {
    "small": {"size": 256, "visits": 5, "rows": ROWS},
    "stored": {"size": 256, "visits": 5, "rows": ROWS, "stored": True},
    "large": {"size": 512, "visits": 5, "rows": ROWS},
    "wide": {"size": 1024, "visits": 5, "rows": ROWS, "frames": 3},
}


class Server:
    """The process that is measured."""

    def __init__(self, process):
        self.process = process
        self.address = json.loads(process.stdout.readline())["address"]

    def order(self, film, what, **values):
        """Have it do something and give its answer."""
        line = json.dumps({"film": film, "do": what, **values})
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def server(*films):
    """A server of these films, warm."""
    wanted = json.dumps({name: FILMS[name] for name in films})
    process = subprocess.Popen(
        [sys.executable, HERE / "live_server.py", wanted],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Server(process)
    finally:
        process.kill()
        process.communicate()


@contextmanager
def film_tab(browser, film, *, held=0, width=1920):
    """A tab with a film that has begun, and some of its steps in the browser."""
    with server(film) as process, browser.tab(width=width) as tab:
        tab.open(f"{process.address}/{film}")
        process.order(film, "begin")
        tab.page.wait_for_timeout(1500)
        if held:
            process.order(film, "feed", number=held)
            tab.page.wait_for_timeout(1500)
        yield process, tab

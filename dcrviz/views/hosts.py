"""Under which names the page may be asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bokeh.server.server import Server
from tornado.httputil import split_host_and_port
from tornado.web import RequestHandler

# Under which a browser reaches its own machine.
_OWN = ("localhost", "127.0.0.1", "[::1]")


class _Stranger(RequestHandler):
    """Tells who asks under another name which ones there are."""

    def initialize(self, names: Sequence[str]) -> None:
        self._names = names

    def prepare(self) -> None:
        self.set_status(403)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(
            f"This explorer must be asked for as {' or '.join(self._names)}; got "
            f"{self.request.host_name}. Other names are given with --allow-origin.\n"
        )


def answer_only_to(server: Server, origins: Sequence[str]) -> None:
    """Refuse what is asked for under names that are neither the machine's own nor among these.

    A page from elsewhere whose name is made to point at this machine is of one origin with the
    explorer, and could do all that its person can: read files, and write some.

    Parameters
    ----------
    origins
        Hosts with or without ports, as ``--allow-origin`` has them; ``*`` stands for any letters.
    """
    names = list(dict.fromkeys(split_host_and_port(origin.lower())[0] for origin in origins))
    known = "|".join(re.escape(name).replace(r"\*", ".*") for name in (*_OWN, *names))
    refused = (r"/.*", _Stranger, {"names": names})
    server._tornado.add_handlers(rf"(?!(?:{known})$).*$", [refused])

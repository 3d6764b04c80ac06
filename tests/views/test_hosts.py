"""The page is there for those who ask for it under a name that it knows."""

import signal

import panel as pn
import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from dcrviz.views.hosts import _Stranger, answer_only_to


@pytest.fixture(scope="module")
def server():
    interrupt = signal.getsignal(signal.SIGINT)
    server = pn.serve(lambda: pn.Row(), port=0, start=False, show=False, verbose=False)
    # Panel takes Ctrl-C for itself, and keeps it from the tests that come after.
    signal.signal(signal.SIGINT, interrupt)
    answer_only_to(server, ["localhost", "Lecture.example:5006", "*.observatory.example"])
    yield server
    server.stop(wait=False)


def is_refused(server, host, path):
    line = RequestStartLine("GET", path, "HTTP/1.1")
    request = HTTPServerRequest(start_line=line, headers=HTTPHeaders({"Host": host}))
    return server._tornado.find_handler(request).handler_class is _Stranger


@pytest.mark.parametrize("path", ["/", "/ws", "/static/js/bokeh.min.js"])
@pytest.mark.parametrize(
    "host",
    [
        "localhost:5006",
        # Through a tunnel that begins at another port.
        "localhost:8000",
        "127.0.0.1:5006",
        "[::1]:5006",
        "lecture.example",
        "LECTURE.example:5006",
        "alps.observatory.example:80",
    ],
)
def test_names_of_the_machine_and_those_allowed_are_answered(server, host, path):
    assert not is_refused(server, host, path)


@pytest.mark.parametrize("path", ["/", "/ws", "/static/js/bokeh.min.js"])
@pytest.mark.parametrize(
    "host",
    [
        "elsewhere.example:5006",
        "localhost.elsewhere.example",
        "elsewhere.example.localhost2",
        "lecture.example.elsewhere.example:5006",
        "lectureXexample",
        "127.0.0.2",
    ],
)
def test_any_other_name_is_refused(server, host, path):
    assert is_refused(server, host, path)

"""Pages of the explorer: what is watched on them, and one that several tests have in turn."""

import time
import uuid
from contextlib import ExitStack, contextmanager

import panel as pn
from on_page import PATIENCE, expect_start


def watched_page(page):
    """The page, whose every request to another machine and every complaint is remembered."""
    page.left, page.complaints = [], []

    def note_request(request):
        if request.url.startswith(("data:", "blob:")):
            return
        host = request.url.split("/")[2].rsplit(":", 1)[0]
        if host not in ("localhost", "127.0.0.1"):
            page.left.append(request.url)

    def note_complaint(message):
        if message.type == "error":
            page.complaints.append(f"{message.text} ({message.location['url']})")

    page.on("request", note_request)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", note_complaint)
    page.set_default_timeout(PATIENCE)
    return page


def assert_quiet(page):
    """Nothing has left this machine, and nothing went wrong in the browser."""
    assert not page.left, page.left
    assert not page.complaints, page.complaints


@contextmanager
def served(app, context):
    """Serve an app on a free port, and give its address.

    The pages of the browser's context leave before the server ends, as nothing can be sent to them
    afterwards.
    """
    name = uuid.uuid4().hex
    thread = pn.serve(app, port=0, threaded=True, show=False, server_id=name)
    wait_for(lambda: name in pn.state._servers, seconds=20)
    server, *_ = pn.state._servers[name]
    yield f"http://localhost:{server.port}"
    for page in context.pages:
        page.goto("about:blank")
    wait_for(lambda: not server._tornado._clients, seconds=5)
    thread.stop()
    del pn.state._servers[name], pn.state._threads[name]


def wait_for(holds, *, seconds):
    """Wait until something holds, or for so long."""
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)


def begun(page, make, serve, expect_begun=expect_start):
    """The page, once its explorer has begun; it has the session and the controls.

    Parameters
    ----------
    make
        Makes the explorer.
    serve
        Serves an app, and gives its address.
    expect_begun
        Waits until it has: usually for the starting model of a run.
    """
    made = []

    def app():
        made.append(make())
        return made[-1].__panel__()

    page.goto(serve(app))
    expect_begun(page)
    page.session, page.controls = made[-1].session, made[-1].controls
    return page


def without_curves(explorer):
    """The explorer, none of whose tabs is open: its curves keep a browser busy with every step.

    For those who look at something else; each tab is made once somebody asks for it.
    """
    explorer.tabs.bar.value = ""
    return explorer


class SharedPage:
    """A page that tests have one after the other; after one that failed they get another.

    Parameters
    ----------
    make
        Makes the explorer.
    go_back
        Brings the page to where it began, as a person does.
    expect_begun
        Waits until it has begun.
    **context
        Of the browser's context, such as `viewport`.
    """

    def __init__(self, browser, make, go_back, *, expect_begun=expect_start, **context):
        self._browser, self._make, self._go_back = browser, make, go_back
        self._expect_begun = expect_begun
        self._context = context
        self._open = ExitStack()
        self._page = None

    def lend(self):
        """The page, at its start."""
        if self._page is None:
            context = self._open.enter_context(self._browser.new_context(**self._context))
            self._page = begun(
                watched_page(context.new_page()),
                self._make,
                lambda app: self._open.enter_context(served(app, context)),
                self._expect_begun,
            )
        return self._page

    def take_back(self, *, failed):
        """Bring the page to where it began; it is closed if that, or the test, has failed."""
        with ExitStack() as stack:
            stack.callback(self.close)
            assert_quiet(self._page)
            if not failed:
                self._go_back(self._page)
                assert_quiet(self._page)
                stack.pop_all()

    def close(self):
        """Let the page and its server go."""
        self._page = None
        self._open.close()

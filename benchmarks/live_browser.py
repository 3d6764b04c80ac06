"""A real browser for `live.py`: pages that remember when they painted what, and what came."""

from __future__ import annotations

import json
import statistics
import time
from contextlib import contextmanager
from pathlib import Path

from browsers import FLAGS, find_browser
from playwright.sync_api import sync_playwright

# A pixel is read back, so that what is noted has been painted and not only asked for.
WATCH = """(() => {
    const find = (selector, root = document) => {
        const found = root.querySelector(selector);
        if (found) return found;
        for (const node of root.querySelectorAll('*')) {
            const inner = node.shadowRoot && find(selector, node.shadowRoot);
            if (inner) return inner;
        }
        return null;
    };
    const live = { painted: {}, sums: {}, wall: null };
    window.live = live;
    const pixels = (canvas, box) => {
        const stage = canvas.getBoundingClientRect();
        const ratio = canvas.width / stage.width;
        const x = Math.round((box.x - stage.x + box.width / 2) * ratio);
        const y = Math.round((box.y - stage.y + box.height / 2) * ratio);
        const out = new Uint8Array(4 * 1024);
        const gl = canvas.getContext('webgl2');
        const low = canvas.height - y - 16;
        if (gl) gl.readPixels(x - 16, low, 32, 32, gl.RGBA, gl.UNSIGNED_BYTE, out);
        else out.set(canvas.getContext('2d').getImageData(x - 16, y - 16, 32, 32).data);
        return out;
    };
    live.words = () => find('[role=status]').innerText;
    live.sum = () => {
        const box = live.wall.querySelector('.box[data-key]');
        const canvas = live.wall.querySelector('.pixels');
        if (!box || !canvas.width) return 0;
        return pixels(canvas, box.getBoundingClientRect()).reduce((a, b) => (31 * a + b) % 1e9, 7);
    };
    const note = () => {
        const name = live.wall.dataset.shown;
        if (!name || name in live.painted) return;
        live.sums[name] = live.sum();
        live.painted[name] = (performance.timeOrigin + performance.now()) / 1000;
    };
    const wait = () => {
        live.wall = find('.wall');
        if (!live.wall) return setTimeout(wait, 20);
        new MutationObserver(note).observe(live.wall, { attributes: true });
        note();
    };
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', wait);
    else wait();
})()"""

# Seconds from the next event of the pointer until each condition holds, or until the frame has been
# painted in which it does, by the page's own clock.
WHEN = """([conditions, painted]) => {
    live.promised = new Promise((done) => {
        const begin = (event) => {
            for (const kind of ['pointermove', 'click']) removeEventListener(kind, begin, true);
            const start = event.timeStamp;
            const found = [];
            const soon = (look) => setTimeout(look, 2);
            const afterPainting = (look) => requestAnimationFrame(() => setTimeout(look));
            const look = () => {
                while (found.length < conditions.length) {
                    if (!new Function(`return ${conditions[found.length]}`)()) break;
                    found.push((performance.now() - start) / 1000);
                }
                if (found.length === conditions.length) done(found);
                else (painted ? afterPainting : soon)(look);
            };
            (painted ? afterPainting : soon)(look);
        };
        for (const kind of ['pointermove', 'click']) addEventListener(kind, begin, true);
    });
}"""


class Tab:
    """A page: what it has painted, and the bytes that came over its web socket."""

    def __init__(self, page):
        self.page, self.messages = page, []
        page.on("websocket", self._watch)
        page.add_init_script(WATCH)

    def _watch(self, socket):
        socket.on("framereceived", lambda payload: self.messages.append(payload))

    def open(self, address):
        """Go there; seconds until the first picture was painted."""
        start = time.time()
        self.page.goto(address, wait_until="commit")
        self.page.wait_for_function("window.live && Object.keys(live.painted).length > 0")
        return min(self.painted().values()) - start

    def painted(self):
        """When each iteration was painted first, by its name."""
        return self.page.evaluate("live.painted")

    def sums(self):
        """A number for the colours that were painted, by the iteration's name."""
        return self.page.evaluate("live.sums")

    @property
    def shown(self):
        """Name of the iteration that is painted."""
        return self.page.evaluate("live.wall.dataset.shown")

    def received(self):
        """Bytes that came since this was asked last."""
        number = sum(len(m.encode() if isinstance(m, str) else m) for m in self.messages)
        self.messages.clear()
        return number

    def traffic(self, act, *, rest_ms=600):
        """Bytes that come while a person acts, and in a moment after."""
        self.page.wait_for_timeout(rest_ms)
        self.received()
        act()
        during = self.received()
        self.page.wait_for_timeout(rest_ms)
        return during, self.received()

    def until(self, condition):
        """Wait until a condition in the page holds."""
        self.page.wait_for_function(condition)

    def promise(self, *conditions, painted=False):
        """Begin to look for conditions in the page; gives what waits for them, see `WHEN`.

        The clock starts with the next movement or press of the pointer.
        """
        self.page.evaluate(WHEN, [list(conditions), painted])
        return lambda: self.page.evaluate("live.promised")

    def other_words(self):
        """The condition that the sentence about the run is not what it is now."""
        words = self.page.get_by_role("status").inner_text()
        return f"live.words() !== {json.dumps(words)}"

    def thinned(self):
        """Whether the browser had to let go of iterations."""
        return self.page.evaluate("live.wall.querySelector('.memory').textContent !== ''")


class Chromium:
    """A browser and its processes."""

    def __init__(self, browser):
        self.browser = browser

    @contextmanager
    def tab(self, *, width=1920, height=1080, context=None):
        """A tab in a profile of its own, or in the given one."""
        own = context is None
        context = context or self.browser.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        page.set_default_timeout(60_000)
        yield Tab(page)
        page.close()
        if own:
            context.close()

    def rss(self):
        """Bytes of memory that the processes which paint pages have."""
        session = self.browser.new_browser_cdp_session()
        infos = session.send("SystemInfo.getProcessInfo")["processInfo"]
        session.detach()
        kinds = {"renderer", "GPU", "gpu-process"}
        pages = [Path(f"/proc/{info['id']}/statm") for info in infos if info["type"] in kinds]
        return sum(int(page.read_text().split()[1]) * 4096 for page in pages if page.exists())


@contextmanager
def chromium():
    """The system's browser, or Playwright's own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        yield Chromium(browser)
        browser.close()


def quantiles_ms(seconds):
    """Median and 95th percentile in ms."""
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return {"median_ms": 1000 * statistics.median(ordered), "p95_ms": 1000 * p95}

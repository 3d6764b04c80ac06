"""What `live.py` measures: each case takes a browser and the options, and gives its numbers."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import time
from functools import partial

from live_browser import quantiles_ms
from live_films import FILMS, film_tab, server

MB = 1e6
HELD = 12


def live(browser, options, film, *, width):
    """Every update waits until the one before it has been painted."""
    runs, size = [], FILMS[film]["size"]
    with film_tab(browser, film, width=width) as (process, tab):
        for _ in range(options.repeat):
            known = set(tab.painted())
            tab.received()
            made = process.order(film, "feed", number=options.updates)
            tab.page.wait_for_timeout(1000)
            painted = sorted(at for name, at in tab.painted().items() if name not in known)
            assert len(painted) == options.updates, "an update was not painted"
            latency = [late - early for early, late in zip(made["ready"], painted, strict=True)]
            runs.append(
                {
                    "updates_per_s": (len(painted) - 1) / (painted[-1] - painted[0]),
                    "server_cpu_ms": 1000 * made["cpu"],
                    "mb_per_update": tab.received() / options.updates / MB,
                    **quantiles_ms(latency),
                }
            )
        assert runs[0]["mb_per_update"] > 8 * size**2 / MB, "the panels were binned"
        different = len(set(tab.sums().values()))
        assert different > 3, f"only {different} different pictures were painted"
    return max(runs, key=lambda run: run["updates_per_s"])


def live256(browser, options):
    """Eight panels of 256 x 256."""
    return live(browser, options, "small", width=1920)


def live512(browser, options):
    """Eight panels of 512 x 512, in a window so wide that they are not binned."""
    return live(browser, options, "large", width=2560)


def scrub(browser, _options):
    """The Iteration slider is dragged back and forth over what the browser holds."""
    with film_tab(browser, "small", held=HELD) as (_, tab):
        slider = tab.page.get_by_role("slider", name="Iteration", exact=True)
        box = slider.bounding_box()
        y, seen = box["y"] + box["height"] / 2, set()

        def drag():
            tab.page.mouse.move(box["x"] + box["width"] - 4, y)
            tab.page.mouse.down()
            for part in [*range(20, -1, -1), *range(12)]:
                tab.page.mouse.move(box["x"] + 4 + (box["width"] - 8) * part / 20, y)
                tab.page.wait_for_timeout(40)
                seen.add(tab.shown)

        during, _ = tab.traffic(drag, rest_ms=0)
        tab.page.wait_for_timeout(800)
        after = tab.received()
        tab.page.mouse.up()
    assert len(seen) > HELD / 2, f"only {len(seen)} iterations were shown"
    return {"bytes": during, "bytes_after": after, "shown": len(seen)}


def blink(browser, _options):
    """Two iterations in turn in one large panel, by keys and by themselves."""
    with film_tab(browser, "small", held=3) as (_, tab):
        page = tab.page

        def compare():
            page.keyboard.press("1")
            page.get_by_label("compare Subfilter planes: S2").click()
            for _ in range(6):
                page.keyboard.press("b")
                page.wait_for_timeout(100)
            page.get_by_role("button", name="compare: blink").click()
            page.wait_for_timeout(1500)

        during, after = tab.traffic(compare)
    return {"bytes": during + after}


def look(browser, _options):
    """Stretch, limits and colours of a group."""
    with film_tab(browser, "small", held=2) as (_, tab):
        page, sums = tab.page, []

        def turn():
            sums.append(page.evaluate("live.sum()"))
            page.get_by_label("flux: stretch").select_option("linear")
            page.get_by_label("flux: colours").select_option("grey")
            page.get_by_label("flux: high").fill("100")
            page.get_by_label("flux: high").press("Enter")
            page.get_by_label("flux: lock limits").uncheck()
            page.wait_for_timeout(200)
            sums.append(page.evaluate("live.sum()"))

        during, after = tab.traffic(turn)
        assert sums[0] != sums[1], "nothing changed"
    return {"bytes": during + after}


def zoom(browser, _options):
    """The wheel over a pixel whose values have been read, where the bytes are as sharp as data."""
    with film_tab(browser, "small", held=2) as (_, tab):
        page = tab.page
        box = page.locator('.box[data-key="plane 0"]').bounding_box()
        # Whole pixels of the screen, as a mouse has them: a wheel knows no others.
        page.mouse.move(round(box["x"]) + 40, round(box["y"]) + 40)
        page.wait_for_timeout(1000)
        sums = [page.evaluate("live.sum()")]

        def turn():
            for _ in range(4):
                page.mouse.wheel(0, -100)
                page.wait_for_timeout(60)

        during, after = tab.traffic(turn)
        sums.append(page.evaluate("live.sum()"))
        assert sums[0] != sums[1], "nothing was zoomed"
    return {"bytes": during + after}


# The first value on the wall: as quantised with a tilde, or exact.
VALUE = "live.wall.querySelector('.value').textContent"


def readout(browser, options):
    """The pointer comes to rest on a pixel: when its values are there, and when they are exact."""
    at_once, exact = [], []
    with film_tab(browser, "small", held=2) as (_, tab):
        box = tab.page.locator('.box[data-key="plane 0"]').bounding_box()
        for place in range(5 * options.repeat):
            tab.page.mouse.move(5, 5)
            tab.until(f"{VALUE} === ''")
            wait = tab.promise(f"{VALUE} !== ''", f"/^[^~]/.test({VALUE})")
            tab.page.mouse.move(box["x"] + 20 + 9 * place, box["y"] + 40)
            first, second = wait()
            at_once.append(first)
            exact.append(second)
    return {
        "at_once_ms": 1000 * statistics.median(at_once),
        "exact_ms": 1000 * statistics.median(exact),
    }


def crop(browser, _options):
    """A field of 1024 x 1024, binned, is zoomed until its own pixels are seen."""
    with film_tab(browser, "wide", held=1) as (_, tab):
        box = tab.page.locator('.box[data-key="plane 0"]')
        box.hover()
        tab.page.wait_for_timeout(1000)
        for _ in range(5):
            tab.page.mouse.wheel(0, -150)
        start = time.time()
        tab.page.wait_for_function("live.wall.dataset.sharp === 'true'")
        return {"ms": 1000 * (time.time() - start)}


def load(browser, options):
    """From navigation to the first picture, of a browser new here and of one that was here."""
    fresh, again = [], []
    with server("small") as process:
        address = f"{process.address}/small"
        for _ in range(options.repeat):
            with browser.tab() as tab:
                fresh.append(tab.open(address))
                tab.page.goto("about:blank")
                again.append(tab.open(address))
    return {"first_picture_s": min(fresh), "first_picture_again_s": min(again)}


def pause(browser, options):
    """Pause and Stop during a run of the engine: when the page says so, painted."""
    told = {"Pause": [], "Stop": []}
    paused = []
    with server("small") as process, browser.tab() as tab:
        tab.open(f"{process.address}/small")
        button = partial(tab.page.get_by_role, "button", exact=True)
        # What comes after the first picture.
        tab.page.get_by_role("table", name="Visits").wait_for()
        for _ in range(max(8, 3 * options.repeat)):
            for name, words in (("Pause", "/Pausing|Finishing|Paused/"), ("Stop", "/Stop/")):
                button(name="Play").click()
                tab.page.wait_for_timeout(600)
                ends = ["/Paused/"] if name == "Pause" else []
                wait = tab.promise(
                    *(f"{w}.test(live.words())" for w in [words, *ends]), painted=True
                )
                button(name=name).click()
                first, *rest = wait()
                told[name].append(1000 * first)
                paused += rest
            button(name="Reset").click()
            tab.page.wait_for_timeout(300)
    return {
        "pause_median_ms": statistics.median(told["Pause"]),
        "pause_worst_ms": max(told["Pause"]),
        "stop_median_ms": statistics.median(told["Stop"]),
        "stop_worst_ms": max(told["Stop"]),
        "paused_median_ms": 1000 * statistics.median(paused),
        "paused_worst_ms": 1000 * max(paused),
    }


def sessions(browser, options):
    """A button of one page while another page computes at 1024 x 1024."""
    answers = []
    with server("wide", "small") as process, browser.tab() as busy, browser.tab() as tab:
        busy.open(f"{process.address}/wide")
        tab.open(f"{process.address}/small")
        process.order("small", "begin")
        tab.page.wait_for_timeout(1000)
        process.order("small", "feed", number=2)
        tab.page.wait_for_timeout(1000)
        busy.page.get_by_role("button", name="Play", exact=True).click()
        tab.page.wait_for_timeout(1500)
        for name in ["Back", "Step"] * (5 * options.repeat):
            wait = tab.promise(tab.other_words())
            tab.page.get_by_role("button", name=name, exact=True).click()
            answers.append(wait()[0])
    return quantiles_ms(answers)


def history(browser, options):
    """So many updates more once what is kept has filled its budget, on both sides."""
    with film_tab(browser, "stored") as (process, tab):
        sizes = []
        while not sizes or (not tab.thinned() and len(sizes) < 40):
            sizes.append(process.order("stored", "feed", number=50)["rss"])
        before = (process.order("stored", "rss")["rss"], browser.rss())
        process.order("stored", "feed", number=options.more)
        tab.page.wait_for_timeout(2000)
        after = (process.order("stored", "rss")["rss"], browser.rss())
        kept = int(tab.page.evaluate("live.wall.dataset.bytes"))
    return {
        "updates_until_full": 50 * len(sizes),
        "server_mb": after[0] / MB,
        "browser_mb": after[1] / MB,
        "browser_kept_mb": kept / MB,
        "server_growth": after[0] / before[0] - 1,
        "browser_growth": after[1] / before[1] - 1,
    }


def sigterm(browser, options):
    """The command is told to end while a run plays."""
    switches = ["--scene", "healthy", "--no-browser", "--keep"]
    command = [sys.executable, "-m", "dcrviz.cli", "explore", *switches]
    seconds = []
    for _ in range(options.repeat):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            address = re.search(r"http://\S+", process.stdout.readline()).group()
            with browser.tab() as tab:
                tab.open(address)
                tab.page.get_by_role("button", name="Play", exact=True).click()
                tab.page.wait_for_timeout(700)
                start = time.perf_counter()
                process.terminate()
                process.wait(timeout=30)
                seconds.append(time.perf_counter() - start)
        finally:
            process.kill()
            process.communicate()
    return {"s": max(seconds)}


CASES = {
    case.__name__: case
    for case in (
        *(live256, live512, scrub, blink, look, zoom, readout, crop, load, pause),
        *(sessions, history, sigterm),
    )
}

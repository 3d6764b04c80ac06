"""Pictures of every view for the gallery of the documentation, by a real browser.

``python benchmarks/gallery.py [--only NAME ...]``

Each entry of `docs/gallery` is run, served and photographed; its picture is kept beside it.
"""

from __future__ import annotations

import argparse
import io
import socket
import sys
from contextlib import contextmanager
from pathlib import Path

import holoviews as hv
import panel as pn
from browsers import FLAGS, find_browser
from panel.viewable import Viewer
from PIL import Image, ImageChops
from playwright.sync_api import sync_playwright

import dcrviz.views
from dcrviz.views import Explorer
from dcrviz.views.appearance import in_page_design
from dcrviz.views.serve import prepare_page
from dcrviz.views.warm import warm_up

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs" / "_ext"))

from gallery_page import SCALE, entries  # noqa: E402 - the path comes first

MOST_BYTES = 200_000
_FRAME = (Path(dcrviz.views.__file__).parent / "css" / "frame.css").read_text(encoding="utf-8")
_PATIENCE_MS = 30_000
_REST_MS = 700
_MARGIN_PX = 12
# Where a view is as wide as its page; others are as wide as the column they have in the explorer.
_WIDE = {
    "star": 900,
    "image_wall": 900,
    "source": 900,
    "controls": 900,
    "visits": 900,
    "runs": 900,
    "artifacts": 900,
    "captions": 900,
    "knobs": 340,
    "one_knob": 340,
    "data": 340,
    "scene_choice": 340,
    "export": 340,
    "hv_row": 1150,
    "hv_course": 1150,
    "hv_sweep": 1150,
    "tornado": 680,
}
# Of these the dialog is shown that they open over the page.
_DIALOGS = ("welcome",)
_COLUMN = 480
_EXPLORER = {"width": 1440, "height": 900}


def app(entry):
    """What a page shows of an entry: a view in the frame of the explorer, or a figure as it is."""
    prepare_page()
    with in_page_design():
        view = entry.made()
        if isinstance(view, Explorer):
            return view.__panel__()
        shown = view.__panel__() if isinstance(view, Viewer) else pn.panel(view)
        return pn.Column(
            shown,
            css_classes=["dcrviz", "of-gallery"],
            stylesheets=[_FRAME],
            width=_WIDE.get(entry.name, _COLUMN),
            margin=0,
        )


@contextmanager
def served(shown):
    """The address under which each of these entries has a page."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    # Panel serves functions, and no other callables.
    pages = {entry.name: lambda entry=entry: app(entry) for entry in shown}
    thread = pn.serve(pages, port=port, show=False, threaded=True, verbose=False)
    try:
        yield f"http://localhost:{port}"
    finally:
        thread.stop()


def taken(browser, entry, address):
    """The picture of an entry as PNG, once nothing on it changes any more."""
    size = _EXPLORER if entry.is_page else {"width": 1300, "height": 900}
    scale = 1 if entry.is_page else SCALE
    context = browser.new_context(viewport=size, device_scale_factor=scale)
    page = context.new_page()
    page.set_default_timeout(_PATIENCE_MS)
    page.goto(f"{address}/{entry.name}")
    if entry.is_page:
        page.get_by_role("button", name="Play", exact=True).click()
        page.get_by_role("status").get_by_text("reached").wait_for()
    dialog = page.get_by_role("dialog")
    shown = page if entry.is_page else page.locator(".of-gallery")
    if entry.name in _DIALOGS:
        dialog.wait_for()
        shown = dialog
    picture, before = shown.screenshot(), b""
    while picture != before:
        page.wait_for_timeout(_REST_MS)
        picture, before = shown.screenshot(), picture
    context.close()
    return picture


def compressed(png):
    """The picture as WebP without its empty margins, as good as it can be in so many bytes."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    ground = Image.new(
        "RGB", picture.size, picture.getpixel((picture.width - 1, picture.height - 1))
    )
    _, _, right, bottom = ImageChops.difference(picture, ground).getbbox()
    ends = zip(picture.size, (right, bottom), strict=True)
    picture = picture.crop((0, 0, *(min(size, end + _MARGIN_PX) for size, end in ends)))
    for quality in (90, 80, 70, 60, 50):
        kept = io.BytesIO()
        picture.save(kept, "WEBP", quality=quality, method=6)
        if kept.tell() < MOST_BYTES:
            return kept.getvalue()
    raise ValueError(f"a picture must have less than {MOST_BYTES} bytes; got {kept.tell()}")


def main(arguments=None):
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="NAME", help="entries; all without it")
    options = parser.parse_args(arguments)
    shown = [entry for entry in entries() if entry.name in (options.only or [entry.name])]
    hv.extension("bokeh")
    warm_up()
    with served(shown) as address, sync_playwright() as playwright:
        path = find_browser()
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for entry in shown:
            picture = compressed(taken(browser, entry, address))
            entry.picture.write_bytes(picture)
            print(f"{entry.name}: {len(picture) / 1000:.0f} kB")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

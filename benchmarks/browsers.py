"""The system's browser: where it is, and what it is told so that it stays on this machine."""

from __future__ import annotations

import os
import shutil

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Chromium's engine alone does the same to a page, and the windows that nobody sees take no time.
_NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
)


def find_browser():
    """Its path: what DCRVIZ_CHROMIUM names, else one that is installed; None without any."""
    wanted = (os.environ.get("DCRVIZ_CHROMIUM", ""), *_NAMES)
    return next((path for name in wanted if name and (path := shutil.which(name))), None)

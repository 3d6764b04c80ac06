"""What is asked of the finished site: nothing from elsewhere, and no link into nothing.

``python docs/_ext/check_site.py build/docs``

Every page may load files of the site alone, and every link within it must lead to a file, and to a
place there if it names one. Links to other sites must be well formed; nobody is asked whether they
are there. README and CONTRIBUTING are held to the same, as they stand in the repository.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parents[2]
_LOADING = {"img": "src", "script": "src", "source": "src", "iframe": "src", "link": "href"}
_NOT_LOADED = {"canonical", "next", "prev", "search", "index", "author", "copyright", "alternate"}
_IN_STYLES = re.compile(r"(?:url\(|@import)\s*['\"]?(https?:|//)[^)'\"\s;]*")
_IN_SCRIPTS = re.compile(r"(?:import|fetch|src\s*=)\s*\(?\s*[\"'](?:https?:)?//[^\"']*[\"']")
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?|localhost(:\d+)?")


class Page(HTMLParser):
    """What a page loads, where it leads, and the places in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of one element."""
        given = {name: value or "" for name, value in attrs}
        self.places |= {given[name] for name in ("id", "name") if name in given}
        loaded = given.get(_LOADING.get(tag, ""), "")
        if loaded and not _NOT_LOADED & set(given.get("rel", "").split()):
            self.loads.append(loaded)
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])


@cache
def page_of(path: Path) -> Page:
    """A page of the site, read once."""
    return Page(path.read_text(encoding="utf-8"))


def faults_of(site: Path) -> Iterator[str]:
    """Everything that is wrong, one line each."""
    for path in sorted(site.rglob("*.html")):
        page, where = page_of(path), path.relative_to(site)
        yield from (f"{where} loads {url}" for url in page.loads if _is_elsewhere(url))
        for link in page.links:
            if fault := _fault_of(link, path):
                yield f"{where}: {link}: {fault}"
    for path in sorted(site.rglob("*.css")):
        found = _IN_STYLES.finditer(path.read_text(encoding="utf-8"))
        yield from (f"{path.relative_to(site)} loads {one[0]}" for one in found)
    for path in sorted(site.rglob("*.js")):
        found = _IN_SCRIPTS.finditer(path.read_text(encoding="utf-8"))
        yield from (f"{path.relative_to(site)} loads {one[0]}" for one in found)
    for name in ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md"):
        yield from faults_of_text(ROOT / name)


def faults_of_text(path: Path) -> Iterator[str]:
    """Links of a Markdown file that lead nowhere, as it stands in the repository."""
    text = path.read_text(encoding="utf-8")
    for link in re.findall(r"(?<!`)\[[^\]\n]*\]\(([^)\s]+)\)", text):
        target, _, place = link.partition("#")
        if _is_elsewhere(link):
            fault = _malformed(link)
        elif target and not (path.parent / target).exists():
            fault = "there is no such file"
        elif place and place not in _headings((path.parent / target) if target else path):
            fault = "there is no such heading"
        else:
            continue
        if fault:
            yield f"{path.name}: {link}: {fault}"


def _headings(path: Path) -> set[str]:
    """Anchors of the headings of a Markdown file, as repositories' pages make them."""
    titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def _fault_of(link: str, path: Path) -> str:
    """What is wrong with a link of a page; empty if nothing."""
    if _is_elsewhere(link):
        return _malformed(link)
    if urlsplit(link).scheme in ("mailto", "javascript", "data"):
        return ""
    parts = urlsplit(link)
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.is_dir():
        target /= "index.html"
    if not target.is_file():
        return "there is no such file"
    place = unquote(parts.fragment)
    if place and target.suffix == ".html" and place not in page_of(target).places:
        return "there is no such place"
    return ""


def _is_elsewhere(url: str) -> bool:
    return url.startswith(("http:", "https:", "//"))


def _malformed(url: str) -> str:
    parts = urlsplit(url)
    return (
        "" if parts.scheme == "https" and _HOST.fullmatch(parts.netloc) else "is no https address"
    )


def main(arguments: list[str]) -> int:
    """Print what is wrong; the exit code is 1 if anything is."""
    site = Path(arguments[0]).resolve()
    faults = list(faults_of(site))
    for fault in faults:
        print(fault)
    pages = len(list(site.rglob("*.html")))
    print(f"{pages} pages: {f'{len(faults)} faults' if faults else 'all links lead somewhere'}")
    return 1 if faults or not pages else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Changes of a page go out together, and not more often than a browser can draw them."""

import asyncio
import threading
import time
import weakref
from functools import partial
from types import SimpleNamespace

import panel as pn
import pytest

from dcrviz.views.lazy import Later, lazy_card
from dcrviz.views.messages import Seldom, deliver_to_page


class Document:
    """Stands in for a page: remembers what it was asked to do, and when."""

    def __init__(self):
        self.session_context = SimpleNamespace(request=SimpleNamespace(arguments={}))
        self.asked, self.loaded = [], []

    def load(self):
        for loaded in self.loaded:
            loaded()

    def add_next_tick_callback(self, callback):
        self.asked.append((0, callback))

    def add_timeout_callback(self, callback, milliseconds):
        self.asked.append((milliseconds, callback))

    def run(self):
        delay, callback = self.asked.pop(0)
        callback()
        return delay


@pytest.fixture
def document(monkeypatch):
    document = Document()
    monkeypatch.setattr(type(pn.state), "curdoc", document)
    monkeypatch.setattr(type(pn.state), "onload", lambda _, loaded: document.loaded.append(loaded))
    monkeypatch.setattr(pn.io, "hold", _Held)
    _Held.open = 0
    return document


class _Held:
    open = 0

    def __enter__(self):
        _Held.open += 1

    def __exit__(self, *_):
        _Held.open -= 1


def test_a_result_is_taken_while_messages_are_held(document):
    seen = []
    deliver = deliver_to_page()
    document.load()
    deliver(lambda: seen.append(_Held.open))
    assert seen == []
    document.run()
    assert seen == [1]
    assert _Held.open == 0


def test_results_wait_for_a_page_that_is_still_being_made(document):
    seen, deliver = [], deliver_to_page()
    for number in range(3):
        deliver(partial(seen.append, number))
    assert document.asked == []
    document.load()
    deliver(partial(seen.append, 3))
    while document.asked:
        document.run()
    assert seen == [0, 1, 2, 3]


def test_what_was_delivered_is_not_kept(document):
    class Image:
        pass

    image = Image()
    alive = weakref.ref(image)
    deliver = deliver_to_page()
    document.load()
    deliver(partial(id, image))
    del image
    _, callback = document.asked.pop()
    callback()
    assert alive() is None


def test_a_page_is_asked_in_its_own_thread(document):
    asked_in = []
    document.add_next_tick_callback = lambda _: asked_in.append(threading.get_ident())

    async def page():
        deliver = deliver_to_page()
        document.load()
        await asyncio.to_thread(deliver, lambda: None)
        await asyncio.sleep(0)

    asyncio.run(page())
    assert asked_in == [threading.get_ident()]


def test_a_closed_page_takes_nothing(document):
    deliver = deliver_to_page()
    document.load()
    document.session_context = None
    deliver(lambda: None)
    assert document.asked == []


def test_many_calls_are_done_once_at_once_and_once_after_the_pause(document):
    done = []
    seldom = Seldom(lambda: done.append(time.monotonic()), pause_s=60)
    for _ in range(5):
        seldom()
    assert document.run() == 0
    for _ in range(5):
        seldom()
    assert len(document.asked) == 1
    assert 55_000 < document.run() <= 60_000
    assert len(done) == 2


def test_what_somebody_waits_for_is_done_without_a_pause(document):
    done = []
    seldom = Seldom(lambda: done.append(1), pause_s=60)
    seldom()
    document.run()
    seldom.at_once()
    assert document.run() == 0
    assert done == [1, 1]


def test_without_a_page_it_is_done_in_place():
    done = []
    seldom = Seldom(lambda: done.append(1), pause_s=60)
    seldom()
    seldom()
    assert done == [1, 1]


def test_closed_sections_are_made_when_they_are_opened():
    made = []

    def section(name):
        made.append(name)
        return pn.pane.HTML(name)

    cards = {
        name: lazy_card(lambda name=name: section(name), title=name, collapsed=name != "b")
        for name in ("a", "b", "c")
    }
    assert made == ["b"]
    for collapsed in (False, True, False):
        cards["c"].collapsed = collapsed
    assert made == ["b", "c"]


def test_what_may_come_later_comes_part_by_part_into_its_place(document):
    later = Later()
    boxes = [later.part(partial(pn.pane.HTML, name)) for name in ("curves", "visits")]
    assert [box.objects for box in boxes] == [[], []]
    later.come()
    assert document.run() == 0
    assert [len(box.objects) for box in boxes] == [1, 0]
    document.run()
    assert [box[0].object for box in boxes] == ["curves", "visits"]


def test_what_may_come_later_comes_once_and_at_once_where_all_is_there(document):
    later = Later()
    box = later.part(lambda: pn.pane.HTML("curves"))
    later.come()
    later.come()
    assert len(document.asked) == 1
    document.run()
    assert len(box.objects) == 1
    assert len(later.part(lambda: pn.pane.HTML("visits")).objects) == 1


def test_without_a_page_nothing_comes_later():
    assert len(Later().part(lambda: pn.pane.HTML("curves")).objects) == 1

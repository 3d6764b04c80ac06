"""Work that a click asks for, done where nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dcrviz.worker import Worker

_END = object()


class Background:
    """Computes in the session's thread; without one in place, as a test wants it.

    Parameters
    ----------
    told
        Called with one sentence when something can't be done.
    """

    def __init__(self, worker: Worker | None, *, told: Callable[[str], None]) -> None:
        self._worker, self.told = worker, told

    def do(
        self,
        compute: Callable[[], Any],
        done: Callable[[Any], None],
        *,
        failed: Callable[[str], None] | None = None,
    ) -> None:
        """Compute, then hand over the result where the page lives.

        Parameters
        ----------
        compute
            A closure over values that nobody changes.
        failed
            Called with the sentence instead of the one who is told of all.
        """
        failed = failed or self.told
        if self._worker is not None:
            self._worker.submit(compute, done=done, failed=failed)
            return
        try:
            result = compute()
        except ValueError as error:
            failed(str(error))
            return
        done(result)


class Newest:
    """One computation at a time, and after it the one that was asked for last."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._at_work = False
        self._next: tuple[Callable[[], Any], Callable[[Any], None]] | None = None

    def do(self, compute: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Compute when the one at work is done, unless something newer is asked for until then."""
        self._next = compute, done
        if not self._at_work:
            self._begin()

    def _begin(self) -> None:
        if self._next is None:
            return
        (compute, done), self._next, self._at_work = self._next, None, True

        def took(result: Any) -> None:
            self._at_work = False
            done(result)
            self._begin()

        def failed(sentence: str) -> None:
            self._at_work = False
            self._background.told(sentence)
            self._begin()

        self._background.do(compute, took, failed=failed)


class Series:
    """Results that come one after the other; what else the thread has to do comes between them.

    Parameters
    ----------
    took
        Called with each result.
    ended
        Called at the end, also of one that was cancelled or failed.
    """

    def __init__(
        self, background: Background, *, took: Callable[[Any], None], ended: Callable[[], None]
    ) -> None:
        self._background, self._took, self._ended = background, took, ended
        self._revision = 0
        self.running = False

    def start(self, make: Callable[[], Iterator[Any]]) -> None:
        """Begin with the results of an iterator, which is made in the thread."""
        self.cancel()
        self.running = True
        self._submit(make, self._revision)

    def cancel(self) -> None:
        """Take nothing more; what is at work is finished, and dropped."""
        self._revision += 1
        if self.running:
            self.running = False
            self._ended()

    def _submit(self, make: Callable[[], Iterator[Any]], revision: int) -> None:
        def following() -> tuple[Iterator[Any], Any]:
            iterator = make()
            return iterator, next(iterator, _END)

        def done(found: tuple[Iterator[Any], Any]) -> None:
            iterator, result = found
            if revision != self._revision:
                return
            if result is _END:
                self.cancel()
                return
            self._took(result)
            # Whoever took it may have cancelled the others.
            if revision == self._revision:
                self._submit(lambda: iterator, revision)

        def failed(sentence: str) -> None:
            if revision == self._revision:
                self.cancel()
                self._background.told(sentence)

        self._background.do(following, done, failed=failed)

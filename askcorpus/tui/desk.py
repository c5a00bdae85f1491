"""The one thread that holds the corpus.

A question keeps the ledger's transaction open until it is answered, so everything that reads the
corpus takes its turn here, in order. Nothing of it runs on the event loop, and a question that is
given up is only dropped: what the thread is in the middle of can't be stopped.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

from askcorpus.errors import AskcorpusError
from askcorpus.question.understand import understand

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from askcorpus.config import Settings
    from askcorpus.corpus import Corpus
    from askcorpus.question.query import Query
    from askcorpus.records import Answer, Document, Status
    from askcorpus.sync.run import Contents

T = TypeVar("T")
# How long leaving waits for what the thread is in the middle of.
PATIENCE_S = 0.5


class Desk:
    """An index that is opened, asked and closed on a thread of its own."""

    def __init__(self, settings: Settings) -> None:
        """Start the thread; nothing is opened or imported yet."""
        self.settings = settings
        self.notify: Callable[[str], None] = lambda _: None
        """Called on the desk's thread with a sentence when something takes its time."""
        self._corpus: Corpus | None = None
        self._jobs: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="askcorpus-desk", daemon=True)
        self._thread.start()

    async def open(self) -> Status:
        """Open the index and return what it holds.

        Raises:
            IndexMissingError: There is none.
            AskcorpusError: It can't be used.
        """
        return await self.run(lambda: self._open().status())

    async def warm(self) -> None:
        """Load the models, so that the first question needn't wait."""
        await self.run(lambda: self._open().warm())
        await self.run(lambda: self._open().read("warm"))  # and the reader

    async def understand(self, line: str, earlier: Sequence[Answer], *, literal: bool) -> Query:
        """Return what a typed line asks; see `question.understand`."""
        return await self.run(lambda: understand(line, earlier, literal=literal))

    async def ask(self, query: Query) -> Answer:
        """Return the answer to a question."""
        return await self.run(lambda: self._open().ask(query))

    async def document(self, path: str) -> Document:
        """Return an indexed document."""
        return await self.run(lambda: self._open().document(path))

    async def with_corpus(self, job: Callable[[Corpus], T]) -> T:
        """Return what a job finds in the index."""
        return await self.run(lambda: job(self._open()))

    async def state(self) -> tuple[object, ...]:
        """Return which index it is (first), and what changes whenever that did."""
        return await self.with_corpus(lambda corpus: corpus.state)

    async def status(self) -> Status:
        """Return what the index holds now."""
        return await self.run(lambda: self._open().status())

    async def contents(self) -> Contents:
        """Return every document of the index, and what was left out."""
        return await self.run(self._contents)

    def close(self) -> bool:
        """Give the index back; return whether the thread ended in time."""
        self._jobs.put(None)
        self._thread.join(PATIENCE_S)
        return not self._thread.is_alive()

    async def run(self, job: Callable[[], T]) -> T:
        """Return what the job returns, run in its turn; cancelling drops the result."""
        future: Future[T] = Future()
        self._jobs.put((future, job))
        return await asyncio.wrap_future(future)

    def _work(self) -> None:
        while (item := self._jobs.get()) is not None:
            future, job = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(job())
            except AskcorpusError as exc:
                future.set_exception(exc)
            except Exception as exc:  # noqa: BLE001 (a traceback in front of a user is a bug)
                wrapped = AskcorpusError(
                    f"Unexpected {type(exc).__name__}: {exc}", hint="Run: askcorpus doctor"
                )
                wrapped.__cause__ = exc
                future.set_exception(wrapped)
        if self._corpus is not None:
            self._corpus.close()

    def _open(self) -> Corpus:
        from askcorpus.corpus import Corpus

        if self._corpus is not None and self._corpus.outdated:
            self._corpus.close()
            self._corpus = None
        if self._corpus is None:
            # The app that wants to be told may change; the corpus is opened once.
            self._corpus = Corpus.open(settings=self.settings, notify=self._tell)
        return self._corpus

    def _tell(self, text: str) -> None:
        self.notify(text)

    def _contents(self) -> Contents:
        from askcorpus.sync.run import contents

        return contents(self.settings.index_path)

"""A corpus: an index of a folder that can be asked. Puts the stages together.

asking  one open ledger: what it needs to be asked, and in which order

folder → ingest → chunk → embed → store          Corpus.sync (sync/run.py)
question → retrieve → read → answer              Corpus.ask
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from askcorpus import config
from askcorpus.corpus.asking import Asking
from askcorpus.errors import UsageError
from askcorpus.question.checks import checked, checked_k
from askcorpus.read import DEPTH as READ_DEPTH
from askcorpus.render import holdings
from askcorpus.store import schema
from askcorpus.store.ledger import Ledger
from askcorpus.sync import state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from askcorpus.answer.fit import Fit
    from askcorpus.config import Settings
    from askcorpus.ingest import Selection
    from askcorpus.ports import Embedder, Reader
    from askcorpus.question.query import Query
    from askcorpus.records import Answer, Document, Hit, IndexReport, Reading, Status
    from askcorpus.sync.run import Progress
    from askcorpus.sync.scope import Scope


class Corpus:
    """An open index. Close it, or use it in a `with` statement."""

    def __init__(
        self,
        ledger: Ledger,
        settings: Settings,
        *,
        calibrated: bool = True,
        reader: Reader | None = None,
        embedder: Embedder | None = None,
        notify: Callable[[str], None] | None = None,
    ) -> None:
        """Wrap an open ledger; `build` and `open` are the ways in."""
        self.settings = settings
        self.report: IndexReport | None = None
        """What `build` did; None of a corpus that was only opened."""
        self._open: Ledger | None = ledger
        self._identity = schema.identity(ledger.db)
        self._process = os.getpid()
        self._left: tuple[object, ...] = ()
        """What another process has open: given back here, it would be so there too."""
        self._begin = partial(
            Asking,
            settings=settings,
            calibrated=calibrated,
            reader=reader,
            embedder=embedder,
            notify=notify,
        )
        self._asking = self._begin(ledger)

    @classmethod
    def build(  # noqa: PLR0913 (what may be chosen, all by name)
        cls,
        *folders: str | Path,
        index: str | Path | None = None,
        settings: Settings | None = None,
        selection: Selection | None = None,
        rebuild: bool = False,
        yes: bool = False,
        reader: Reader | None = None,
        embedder: Embedder | None = None,
        progress: Progress | None = None,
        notify: Callable[[str], None] | None = None,
    ) -> Corpus:
        """Bring an index in step with folders and return it open; `report` says what was done.

        Arguments and errors are those of `sync`, and `open`'s reader.
        """
        from askcorpus.sync.run import open_indexer

        settings = settings or config.load()[0]
        embedder = embedder or open_indexer(folders, index, settings, notify)
        report = cls.sync(
            *folders,
            index=index,
            settings=settings,
            selection=selection,
            rebuild=rebuild,
            yes=yes,
            progress=progress,
            embedder=embedder,
        )
        corpus = cls.open(index, settings=settings, reader=reader, embedder=embedder, notify=notify)
        corpus.report = report
        return corpus

    @classmethod
    def sync(
        cls,
        *folders: str | Path,
        index: str | Path | None = None,
        settings: Settings | None = None,
        selection: Selection | None = None,
        rebuild: bool = False,
        yes: bool = False,
        progress: Progress | None = None,
        notify: Callable[[str], None] | None = None,
        embedder: Embedder | None = None,
    ) -> IndexReport:
        """Return what was done to bring an index in step with folders.

        Args:
            folders: Of documents, subfolders included; those that the index has, where none.
            index: Its directory; the settings' where None.
            settings: The user's own where None.
            selection: Which files are wanted, from now on; as before where None.
            rebuild: Drop what another model or folder left in the index.
            yes: Also where a known folder, or most of its files, are gone.
            progress: Called with files done, files in all and the path in hand.
            notify: Called with a sentence when something takes its time.
            embedder: One that is open already; that of the settings where None.

        Raises:
            UsageError: There is no such folder, or nothing in it to index.
            FilesGoneError: What was indexed is gone; nothing has changed.
            IndexMissingError: No folder is named, and there is no index.
            IndexMismatchError: The index was made from another folder or with another model.
            IndexBusyError: Another process is writing this index.
            ModelUnavailableError: The embedding model can't be had.
        """
        from askcorpus.sync.run import Request, open_indexer, sync

        settings = settings or config.load()[0]
        directory = Path(settings.index_path if index is None else index)
        request = Request(tuple(map(Path, folders)), selection, rebuild=rebuild, yes=yes)
        embedder = embedder or open_indexer(folders, index, settings, notify)
        return sync(request, directory, settings, embedder, progress)

    @classmethod
    def open(
        cls,
        index: str | Path | None = None,
        *,
        settings: Settings | None = None,
        one_shot: bool = False,
        calibrated: bool = True,
        reader: Reader | None = None,
        embedder: Embedder | None = None,
        notify: Callable[[str], None] | None = None,
    ) -> Corpus:
        """Return an index that is there already.

        Args:
            index: Its directory; the settings' where None.
            settings: The user's own where None.
            one_shot: For programs written for 0.1.0; it makes no difference any more.
            calibrated: Whether a calibration that is kept with the index counts.
            reader: Instead of the settings'; it may leave out what `ports.Reader` allows.
            embedder: Instead of the settings' model; the one that the index was made with.
            notify: Called with a sentence when something takes its time.

        Raises:
            IndexMissingError: There is none.
            IndexMismatchError: Another format.
            StoreUnavailableError: It is damaged or can't be read.
        """
        del one_shot
        settings = settings or config.load()[0]
        directory = Path(index) if index is not None else settings.index_path
        return cls(
            Ledger.open(directory),
            settings,
            calibrated=calibrated,
            reader=reader,
            embedder=embedder,
            notify=notify,
        )

    def close(self) -> None:
        """Give the index back; closing twice is no error."""
        if self._open is not None:
            self._asking.vectors.close()
            self._open.close()
            self._open = None

    @property
    def _ledger(self) -> Ledger:
        if self._open is None:
            raise UsageError("This corpus was closed.", hint="Open it again: Corpus.open(index).")
        if self._process != os.getpid():
            # The connection and the threads of the networks belong to the process that forked us.
            self._left = (*self._left, self._open, self._asking)
            self._open = Ledger.open(self._open.directory)
            self._asking, self._process = self._begin(self._open), os.getpid()
        return self._open

    def __enter__(self) -> Corpus:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(
        self,
        question: str | Query,
        *,
        k: int | None = None,
        files: str | Sequence[str] = (),
        after: str | date | None = None,
        before: str | date | None = None,
        without: str | Sequence[str] = (),
        phrases: str | Sequence[str] = (),
    ) -> Answer:
        """Return the answer to a question; "no answer" is one of its outcomes.

        Args:
            question: In English; a text is taken as it stands, and `understand` makes a Query of
                a typed line, with the filters in it. Filters given here are added to its own.
            k: Passages listed with the answer, 1 to 50; the settings' where None.
            files: Globs; only documents whose path or name matches one are searched.
            after: YYYY, YYYY-MM or YYYY-MM-DD, inclusive; documents without a date are left out.
            before: Likewise.
            without: Words and phrases that no passage may hold.
            phrases: Words and phrases that every passage must hold.

        Raises:
            UsageError: The question has no word, or `k`, a date or a phrase isn't one.
            IndexMismatchError: The index was made with another model.
        """
        k = checked_k(k, self.settings.k)
        with self._ledger.reading():
            query = checked(
                question,
                self._ledger.manifest.root,
                files=files,
                dates=(after, before),
                without=without,
                phrases=phrases,
            )
            answer = self._asking.answer(query, max(READ_DEPTH, k))
        return replace(answer, passages=answer.passages[:k])

    @property
    def fit(self) -> Fit:
        """What makes the reader's scores probabilities, and divides the outcomes by them."""
        return self._asking.fit()[0]

    def search(
        self, question: str | Query, *, k: int = READ_DEPTH, files: str | Sequence[str] = ()
    ) -> list[Hit]:
        """Return the passages that retrieval ranks first, best first; nothing is read.

        Args:
            question: As in `ask`.
            k: Passages, 1 to 50; fewer come back where fewer pass the filters.
            files: As in `ask`.

        Raises:
            UsageError: The question has no word, or `k` isn't one.
            IndexMismatchError: The index was made with another model.
        """
        with self._ledger.reading():
            query = checked(question, root=self._ledger.manifest.root, files=files)
            return self._asking.found(query, checked_k(k, k)).hits

    def read(
        self, question: str | Query, *, k: int = READ_DEPTH, files: str | Sequence[str] = ()
    ) -> Reading:
        """Return what was found for a question before it is decided whether that is an answer.

        Args:
            question: As in `ask`.
            k: Passages to find, 1 to 50; the reader looks at the first `read.DEPTH`.
            files: As in `ask`.

        Raises:
            UsageError: The question has no word, or `k` isn't one.
            IndexMismatchError: The index was made with another model.
        """
        with self._ledger.reading():
            query = checked(question, root=self._ledger.manifest.root, files=files)
            return self._asking.reading(query, checked_k(k, k))

    def __iter__(self) -> Iterator[Document]:
        """Yield the indexed documents, in the order of their paths."""
        return map(self._ledger.document, self._ledger.paths)

    def __repr__(self) -> str:
        """Return one line: where the index is, and how much is in it."""
        if self._open is None:
            return "<Corpus, closed>"
        counts = self._open.counts
        return f"<Corpus {str(self._open.directory)!r}: {holdings(counts)}>"

    def paths(self) -> list[str]:
        """Return the indexed documents' paths, in order."""
        return self._ledger.paths

    def document(self, path: str) -> Document:
        """Return an indexed document by its path, or by the only path that ends with it.

        Raises:
            UsageError: There is none, or there are several.
        """
        paths = self._ledger.paths
        found = [p for p in paths if p == path] or [p for p in paths if p.endswith(f"/{path}")]
        if len(found) > 1:
            raise UsageError(
                f"{path!r} names {len(found)} documents.",
                hint=f"Say which: {', '.join(found[:5])}.",
            )
        return self._ledger.document(found[0] if found else path)

    def status(self) -> Status:
        """Return what the index holds and what it was made with."""
        return state.status(self._ledger, dense=self._asking.vectors.searched)

    def check(self) -> None:
        """Read the whole index; nothing comes of it where it is sound.

        Raises:
            StoreUnavailableError: It is damaged.
        """
        state.sound(self._ledger)

    @property
    def scope(self) -> Scope | None:
        """The folders of the index and what is wanted of them; None before its first run."""
        from askcorpus.sync import scope

        return scope.stored(self._ledger.manifest)

    @property
    def state(self) -> tuple[object, ...]:
        """Which index it is, and what changes whenever that did, whichever process did it."""
        return self._identity, *self._ledger.revision, state.under_way(self._ledger)

    @property
    def outdated(self) -> bool:
        """Whether another index, one of another format or none at all stands in its place now."""
        return self._identity != schema.identity(self._ledger.db)

    def warm(self) -> None:
        """Load the models and the vector index, so that the first question needn't wait."""
        embedder, _ = self._asking.parts()
        if embedder:
            embedder.embed(["warm"])

"""A corpus: an index of a folder that can be asked. Puts the stages together.

folder → ingest → chunk → embed → store          Corpus.sync (sync/run.py)
question → retrieve → read → answer              Corpus.ask
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from askcorpus import config
from askcorpus.answer import compose
from askcorpus.answer import fit as fits
from askcorpus.embed import open_embedder
from askcorpus.errors import ModelUnavailableError, UsageError
from askcorpus.question.checks import checked, checked_k, remarks
from askcorpus.question.spelling import correct
from askcorpus.read import DEPTH as READ_DEPTH
from askcorpus.read.open import open_reader
from askcorpus.records import Note, Reading, Status
from askcorpus.render import note
from askcorpus.retrieve import retrieve
from askcorpus.store import schema
from askcorpus.store.ledger import Ledger
from askcorpus.store.search import VectorSearch
from askcorpus.sync import scope, state
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from askcorpus.answer.fit import Fit
    from askcorpus.config import Settings
    from askcorpus.ingest import Selection
    from askcorpus.ports import Embedder, Reader, Store
    from askcorpus.question.query import Query
    from askcorpus.records import Answer, Document, IndexReport
    from askcorpus.sync.run import Progress
    from askcorpus.sync.scope import Scope


class Corpus:
    """An open index. Close it, or use it in a `with` statement."""

    def __init__(
        self,
        ledger: Ledger,
        settings: Settings,
        *,
        one_shot: bool = False,
        calibrated: bool = True,
        reader: Reader | None = None,
        embedder: Embedder | None = None,
        notify: Callable[[str], None] | None = None,
    ) -> None:
        """Wrap an open ledger; `build` and `open` are the ways in."""
        self.settings = settings
        self._calibrated = calibrated
        self.report: IndexReport | None = None
        """What `build` did; None of a corpus that was only opened."""
        self._ledger = ledger
        self._identity = schema.identity(ledger.db)
        self._vectors = VectorSearch(ledger, settings, one_shot=one_shot)
        self._notify = notify
        self._notes: list[Note] = []
        self._embedder = embedder
        self._given = reader
        self._reader: Reader | None = None

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
            one_shot: Whether a single question will be asked, for which start-up time counts.
            calibrated: Whether a calibration that is kept with the index counts.
            reader: Instead of the settings'; it may leave out what `ports.Reader` allows.
            embedder: Instead of the settings' model; the one that the index was made with.
            notify: Called with a sentence when something takes its time.

        Raises:
            IndexMissingError: There is none.
            IndexMismatchError: Another format.
            StoreUnavailableError: It is damaged or can't be read.
        """
        settings = settings or config.load()[0]
        directory = Path(index) if index is not None else settings.index_path
        return cls(
            Ledger.open(directory),
            settings,
            one_shot=one_shot,
            calibrated=calibrated,
            reader=reader,
            embedder=embedder,
            notify=notify,
        )

    def close(self) -> None:
        """Give the index back."""
        self._vectors.close()
        self._ledger.close()

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
        began = time.perf_counter()
        k = checked_k(k, self.settings.k)
        with self._ledger.reading():
            root = self._ledger.manifest.root
            query = checked(
                question, root, files=files, dates=(after, before), without=without, phrases=phrases
            )
            reading = self._reading(query, max(READ_DEPTH, k))
            reading.seconds["total"] = time.perf_counter() - began
            answer = compose(
                query.text,
                reading,
                root=root,
                document=cache(self._ledger.document),
                thresholds=self.fit.thresholds,
            )
            cited = (citation.path for citation in answer.citations)
            notes = [*reading.notes, *state.changed(self._ledger, cited)]
        return replace(answer, passages=answer.passages[:k], notes=tuple(notes))

    @property
    def fit(self) -> Fit:
        """What makes the reader's scores probabilities, and divides the outcomes by them."""
        return self._fit()[0]

    def read(
        self, question: str | Query, *, k: int = READ_DEPTH, files: str | Sequence[str] = ()
    ) -> Reading:
        """Return what was found for a question before it is decided whether that is an answer.

        Args:
            question: In English.
            k: Passages to find; the reader looks at the first `read.DEPTH`.
            files: As in `ask`.

        Raises:
            UsageError: The question is empty.
            IndexMismatchError: The index was made with another model.
        """
        with self._ledger.reading():
            query = checked(question, root=self._ledger.manifest.root, files=files)
            return self._reading(query, k)

    def _reading(self, query: Query, k: int) -> Reading:
        """Return what one state of the index has to say."""
        seconds: dict[str, float] = {}
        notes = list(state.warnings(self._ledger))
        text, slips = correct(query.text, self._ledger)
        notes += [note("slip", written=one_line(was), read=now) for was, now in slips]
        query = query.corrected(text, slips)
        embedder, store = self._parts()
        notes += [*self._notes, *self._vectors.notes]
        allowed, undated = self._ledger.select(query)
        notes += remarks(query, allowed, undated)
        with _timed(seconds, "embed"):
            vector = embedder.embed([text])[0] if embedder else None
        with _timed(seconds, "retrieve"):
            words = query.analysis.terms
            hits = retrieve(words, vector, ledger=self._ledger, store=store, k=k, allowed=allowed)
        with _timed(seconds, "read"):
            fit, remark = self._fit()
            spans = fit.applied(self._open_reader().read(text, hits))
        notes += [Note(remark, "calibration")] if remark else []
        return Reading(text, hits, spans, notes, seconds)

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
        return state.status(self._ledger, dense=self._vectors.searched)

    @property
    def scope(self) -> Scope | None:
        """The folders of the index and what is wanted of them; None before its first run."""
        return scope.stored(self._ledger.manifest)

    @property
    def state(self) -> tuple[object, ...]:
        """Which index it is, and what changes whenever that did, whichever process did it."""
        return self._identity, *self._ledger.revision

    @property
    def outdated(self) -> bool:
        """Whether another index, one of another format or none at all stands in its place now."""
        return self._identity != schema.identity(self._ledger.db)

    def warm(self) -> None:
        """Load the models and the vector index, so that the first question needn't wait."""
        embedder, _ = self._parts()
        if embedder:
            embedder.embed(["warm"])

    def _parts(self) -> tuple[Embedder | None, Store | None]:
        """Return the embedder and the vector store; note why one is missing."""
        if self._embedder is None:
            self._notes = []
            name = Path(self.settings.model).name
            try:
                self._embedder = open_embedder(self.settings, self._notify)
            except ModelUnavailableError as exc:
                # A model that the index wasn't made with is a mistake, which words would hide.
                if self._ledger.manifest.label != name:
                    raise
                instead = "Only words are searched."
                self._notes = [note("search", cause=exc.message, instead=instead, hint=exc.hint)]
                return None, None
        mismatch = self._ledger.manifest.mismatch(self._embedder.name)
        if mismatch:
            raise mismatch
        return self._embedder, self._vectors.store()

    def _open_reader(self) -> Reader:
        """Return the reader, opened when it is first needed."""
        if self._reader is None:
            self._reader = open_reader(self.settings, self._given)
        return self._reader

    def _fit(self) -> tuple[Fit, str]:
        """Return the fit to use, and a remark where the one in the index can't be."""
        own = fits.shipped(self._open_reader(), self._ledger.manifest.model)
        return fits.chosen(self._ledger.manifest.fit, own) if self._calibrated else (own, "")


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - began

"""What an open index needs to be asked: the embedder, the vectors, the reader, and their order."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from askcorpus.answer import compose
from askcorpus.answer import fit as fits
from askcorpus.embed import open_embedder
from askcorpus.errors import ModelUnavailableError
from askcorpus.question.checks import remarks
from askcorpus.question.spelling import correct
from askcorpus.read.open import open_reader
from askcorpus.records import Note, Reading
from askcorpus.render import note
from askcorpus.retrieve import retrieve
from askcorpus.store.search import VectorSearch
from askcorpus.sync import state
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from askcorpus.answer.fit import Fit
    from askcorpus.config import Settings
    from askcorpus.ports import Embedder, Ids, Reader, Store
    from askcorpus.question.query import Query
    from askcorpus.records import Answer
    from askcorpus.store.ledger import Ledger


class Asking:
    """Asks one ledger. What is heavy is opened when it is first needed, and then kept."""

    def __init__(
        self,
        ledger: Ledger,
        settings: Settings,
        *,
        calibrated: bool,
        reader: Reader | None,
        embedder: Embedder | None,
        notify: Callable[[str], None] | None,
    ) -> None:
        """Take the parts that are there; the arguments are those of `Corpus.open`."""
        self.vectors = VectorSearch(ledger, settings)
        self._ledger = ledger
        self._settings = settings
        self._calibrated = calibrated
        self._given = reader
        self._reader: Reader | None = None
        self._embedder = embedder
        self._notify = notify
        self._notes: list[Note] = []

    def answer(self, query: Query, k: int) -> Answer:
        """Return the answer to a query that was checked, from k passages."""
        began = time.perf_counter()
        reading = self.reading(query, k)
        reading.seconds["total"] = time.perf_counter() - began
        answer = compose(
            query.text,
            reading,
            root=self._ledger.manifest.root,
            document=cache(self._ledger.document),
            thresholds=self.fit()[0].thresholds,
        )
        cited = (citation.path for citation in answer.citations)
        return replace(answer, notes=(*reading.notes, *state.changed(self._ledger, cited)))

    def reading(self, query: Query, k: int) -> Reading:
        """Return what retrieval finds and what the reader proposes."""
        found = self.found(query, k)
        with _timed(found.seconds, "read"):
            fit, remark = self.fit()
            spans = fit.applied(self._open_reader().read(found.understood, found.hits))
        notes = [*found.notes, *([Note(remark, "calibration")] if remark else [])]
        return replace(found, spans=spans, notes=notes)

    def found(self, query: Query, k: int) -> Reading:
        """Return what retrieval finds, with nothing read yet."""
        seconds: dict[str, float] = {}
        notes = list(state.warnings(self._ledger))
        text, slips = correct(query.text, self._ledger)
        notes += [note("slip", written=one_line(was), read=now) for was, now in slips]
        query = query.corrected(text, slips)
        embedder, store = self.parts()
        notes += [*self._notes, *self.vectors.notes]
        asked = query
        query, allowed, undated = self._narrowed(query)
        notes += [note("quotes")] if query != asked else []
        notes += remarks(query, allowed, undated, self._ledger.directory)
        with _timed(seconds, "embed"):
            vector = embedder.embed([text])[0] if embedder else None
        with _timed(seconds, "retrieve"):
            words = query.analysis.terms
            hits = retrieve(words, vector, ledger=self._ledger, store=store, k=k, allowed=allowed)
        return Reading(text, hits, [], notes, seconds)

    def _narrowed(self, query: Query) -> tuple[Query, Ids | None, int]:
        """Return the query with the passages that pass its filters, and how many state no date.

        Quotation marks are more often meant as such than as a filter: where nothing holds what
        stands in them, their words are searched like the others.
        """
        allowed, undated = self._ledger.select(query)
        freed = query.unquoted()
        if allowed is None or len(allowed) or freed == query:
            return query, allowed, undated
        others, undated_too = self._ledger.select(freed)
        if others is None or len(others):
            return freed, others, undated_too
        return query, allowed, undated

    def parts(self) -> tuple[Embedder | None, Store | None]:
        """Return the embedder and the vector store; note why one is missing."""
        if self._embedder is None:
            self._notes = []
            name = Path(self._settings.model).name
            try:
                self._embedder = open_embedder(self._settings, self._notify)
            except ModelUnavailableError as exc:
                # A model that the index wasn't made with is a mistake, which words would hide.
                if self._ledger.manifest.label != name:
                    raise
                instead = "Only words are searched."
                self._notes = [note("search", cause=exc.message, instead=instead, hint=exc.hint)]
                return None, None
        mismatch = self._ledger.manifest.mismatch(self._embedder.name, self._ledger.directory)
        if mismatch:
            raise mismatch
        return self._embedder, self.vectors.store()

    def fit(self) -> tuple[Fit, str]:
        """Return the fit to use, and a remark where the one in the index can't be."""
        own = fits.shipped(self._open_reader(), self._ledger.manifest.model)
        return fits.chosen(self._ledger.manifest.fit, own) if self._calibrated else (own, "")

    def _open_reader(self) -> Reader:
        if self._reader is None:
            self._reader = open_reader(self._settings, self._given)
        return self._reader


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - began

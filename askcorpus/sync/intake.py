"""Documents into an index: cut into passages, embedded in groups, each committed by itself."""

from __future__ import annotations

import hashlib
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from askcorpus.chunk import chunk, embedding_text
from askcorpus.records import FileReport
from askcorpus.store import blobs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from askcorpus.config import Settings
    from askcorpus.ports import Embedder, Vectors
    from askcorpus.records import Document, Passage
    from askcorpus.store.ledger import Ledger

# Passages that are embedded together: enough to keep every thread busy, little to lose.
GROUP = 64


class Intake:
    """Takes in one document after the other; `flush` it at the end."""

    def __init__(
        self,
        ledger: Ledger,
        settings: Settings,
        embedder: Embedder,
        *,
        vectors: Mapping[bytes, Vectors],
        report: Callable[[FileReport], None],
        seconds: dict[str, float],
    ) -> None:
        """Take in nothing yet.

        Args:
            ledger: Open for writing.
            settings: How to chunk.
            embedder: What no vector is known for goes through it.
            vectors: Known beside those of the ledger, (dim,) float32, by the text's hash.
            report: Called with each document when it is committed.
            seconds: Where the time went; "chunk", "embed" and "store" are added to.
        """
        self.embedded = 0
        """Passages embedded so far."""
        self._ledger = ledger
        self._settings = settings
        self._embedder = embedder
        self._vectors = vectors
        self._report = report
        self._seconds = seconds
        self._waiting: list[tuple[Document, list[Passage]]] = []

    def add(self, document: Document) -> None:
        """Cut a document; it is committed with the next group."""
        embedder, settings = self._embedder, self._settings
        with timed(self._seconds, "chunk"):
            passages = chunk(
                document,
                max_tokens=settings.chunk_tokens,
                overlap=settings.overlap_sentences,
                fits=lambda texts: [n <= embedder.window for n in embedder.count(texts)],
            )
        self._waiting.append((document, passages))
        if sum(len(found) for _, found in self._waiting) >= GROUP:
            self.flush()

    def flush(self) -> None:
        """Embed what no vector is known for, and commit each document that waits."""
        waiting, self._waiting = self._waiting, []
        texts = [
            [embedding_text(document.title, passage) for passage in passages]
            for document, passages in waiting
        ]
        hashes = [[hashlib.sha256(text.encode()).digest() for text in group] for group in texts]
        with timed(self._seconds, "embed"):
            vectors, fresh = self._embed(
                {
                    digest: text
                    for group, digests in zip(texts, hashes, strict=True)
                    for text, digest in zip(group, digests, strict=True)
                }
            )
        with timed(self._seconds, "store"):
            for (document, passages), digests in zip(waiting, hashes, strict=True):
                rows = [vectors[digest] for digest in digests]
                empty = np.empty((0, self._embedder.dim), dtype=np.float32)
                matrix = np.stack(rows) if rows else empty
                self._ledger.replace(document, passages, matrix, digests)
                reused = sum(digest not in fresh for digest in digests)
                self._report(_indexed(document, len(passages), reused))

    def _embed(self, texts: Mapping[bytes, str]) -> tuple[dict[bytes, Vectors], set[bytes]]:
        """Return a vector for each hash, and the hashes of those that weren't known before."""
        found = {digest: self._vectors[digest] for digest in texts if digest in self._vectors}
        found |= self._ledger.known_vectors([digest for digest in texts if digest not in found])
        missing = [digest for digest in texts if digest not in found]
        made = self._embedder.embed([texts[digest] for digest in missing])
        self.embedded += len(missing)
        return found | dict(zip(missing, made, strict=True)), set(missing)


def known_vectors(ledger: Ledger) -> dict[bytes, Vectors]:
    """Return a vector, (dim,) float32, for each text of the index, by its hash."""
    hashes, matrix = blobs.distinct(ledger.db, ledger.manifest.dim or 0, upto=ledger.watermark)
    return {bytes.fromhex(found): row for found, row in zip(hashes, matrix, strict=True)}


def _indexed(document: Document, passages: int, reused: int) -> FileReport:
    marked = sum(mark.end - mark.start for mark in document.boilerplate)
    return FileReport(
        document.path, "indexed", passages=passages, reused=reused, boilerplate=marked
    )


@contextmanager
def timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    """Add the time that is spent inside to what stands under the name."""
    began = time.perf_counter()
    yield
    seconds[name] += time.perf_counter() - began

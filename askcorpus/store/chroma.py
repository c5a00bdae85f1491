"""Chroma as a fast index of the ledger's vectors; the only module that touches chromadb.

It proposes candidates and nothing more: every score is computed again from the ledger's vectors,
so that hits, scores and ties are those of exact search. Only vectors are in it, each once, under
the hash of the text that it stands for: the ledger says which passages have that. Chroma's own
embedding functions never run.

Run as a program by `generations`, in a child process: `build` fills a new directory and `probe`
tests one, with the arguments INDEX DIRECTORY WATERMARK.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from askcorpus.errors import AskcorpusError, StoreUnavailableError
from askcorpus.store import blobs
from askcorpus.store.exact import ExactStore, check_width
from askcorpus.store.generations import check, remedy
from askcorpus.store.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from askcorpus.ports import Ids, Vectors
    from askcorpus.store.manifest import Generation

_COLLECTION = "passages"
_BATCH = 250  # a batch keeps the process still for as long as it takes: about 0.3 s
_PAGE = 1000
_FEW = 1000  # allowed passages that are read for one question; more are kept in memory
_SPARE = 16  # candidates beyond twice k, for passages that have been deleted since
_SAMPLES = 200  # vectors that are looked for when a directory is probed
_MOST_MISSED = 0.02  # of those; HNSW is approximate
_EF_SEARCH = 400
"""Candidates that a search walks; with Chroma's own 100, 4% of the best ten were missed on 20,000
hard synthetic vectors (384 numbers, noisy clusters), with 400 1%. What it costs was lost in the
machine's noise (3 to 5 ms a search either way)."""
_SAME = 1e-3  # cosine distance of a vector to itself, at most

# How the errors of Chroma's SQLite, and of its own files, name a disk that can't be written.
_READ_ONLY = ("(code: 8)", "readonly database", "(os error 30)")
_FULL = ("(code: 13)", "(os error 28)")

# Chroma reads its settings from variables that begin like this, and from these too.
_PREFIX = "chroma_"
_SETTINGS = frozenset(
    """allow_reset anonymized_telemetry environment is_persistent migrations
    migrations_hash_algorithm persist_directory tenant_id topic_namespace
    worker_memberlist_name""".split()
)


class ChromaStore:
    """Finds the nearest passages with the directory that the ledger named when it was opened.

    Passages newer than the directory are searched exactly, and those deleted since are left out,
    so it stays right, if slower, however old it gets.
    """

    def __init__(self, ledger: Ledger, client: Any, collection: Any, generation: Generation):
        """Wrap an open collection; `open` is the way in."""
        self._ledger = ledger
        self._client = client
        self._collection = collection
        self._generation = generation
        self._newer: tuple[tuple[int, int], Ids, Vectors] | None = None
        self._all: tuple[tuple[int, int], ExactStore] | None = None

    @classmethod
    def open(cls, ledger: Ledger) -> ChromaStore:
        """Return the store, loaded and ready. Takes a second or two, mostly Chroma's import.

        Raises:
            StoreUnavailableError: No directory is named, or it is missing, damaged or on a
                read-only disk. Exact search over the ledger's vectors does the same.
        """
        generation = ledger.manifest.generation
        directory = check(ledger, generation)
        assert generation is not None
        with _translated(directory):
            client = _connect(directory)
            collection = client.get_collection(_COLLECTION, embedding_function=None)
            store = cls(ledger, client, collection, generation)
            loaded = store._candidates(np.ones(generation.dim, dtype=np.float32), 1)
            if collection.count() != generation.distinct or not loaded:
                raise ValueError("it lacks passages")
        return store

    @property
    def name(self) -> str:
        """The directory's name; the manifest tells whether a newer one is there."""
        return self._generation.name

    def close(self) -> None:
        """Let go of the directory."""
        with _translated(self._ledger.directory):
            self._client.close()

    def search(
        self, vector: Vectors, k: int, *, allowed: Ids | None = None
    ) -> list[tuple[int, float]]:
        """Return at most k (passage id, cosine similarity in [-1, 1]), best first.

        Args:
            vector: (dim,) float32, L2-normalised.
            k: Upper bound; fewer come back when the index is smaller.
            allowed: Passage ids to choose from, ascending; None for all.

        Ties break on the passage id.

        Raises:
            IndexMismatchError: `vector` is not as wide as this index.
            StoreUnavailableError: Chroma or the ledger fails.
        """
        check_width(vector, self._generation.dim)
        if k <= 0:
            return []
        with self._ledger.reading():
            if allowed is not None:
                return self._filtered(allowed).search(vector, k, allowed=allowed)
            ids, matrix = self._near(vector, k)
            newer_ids, newer = self._above_watermark()
            pool = ExactStore(np.append(ids, newer_ids), np.concatenate((matrix, newer)))
            return pool.search(vector, k)

    def _near(self, vector: Vectors, k: int) -> tuple[Ids, Vectors]:
        """Return at least k of Chroma's candidates that are still in the ledger, if it has k."""
        n = 2 * k + _SPARE
        while True:
            hashes = self._candidates(vector, n)
            found = blobs.of_texts(self._ledger.db, hashes, upto=self._generation.watermark)
            if len(found) >= k or n >= self._generation.distinct:
                return self._ledger.vectors(found)
            n *= 4

    def _candidates(self, vector: Vectors, n: int) -> list[str]:
        """Return the hashes of the n nearest texts, as far as Chroma finds them."""
        with _translated(self._ledger.directory):
            found = self._collection.query(
                query_embeddings=vector[None, :],
                n_results=min(n, self._generation.distinct),
                include=["distances"],
            )
            return list(found["ids"][0])

    def _filtered(self, allowed: Ids) -> ExactStore:
        """Return an exact store that holds at least the allowed passages.

        Not Chroma: over 20,000 vectors (384 numbers, busy machine) its `ids=` took 41 ms where
        200 were allowed and 22 where 6,667 were, it is approximate, and an id that it doesn't
        know raises. Reading 200 vectors from the ledger and comparing them takes 0.5 ms, 6,667
        take 69, and comparing all of them in memory 7: so a wide filter keeps them there.
        """
        if len(allowed) <= _FEW:
            return ExactStore(*self._ledger.vectors(allowed))
        revision = self._ledger.revision
        if self._all is None or self._all[0] != revision:
            self._all = (revision, ExactStore(*self._ledger.vectors()))
        return self._all[1]

    def _above_watermark(self) -> tuple[Ids, Vectors]:
        revision = self._ledger.revision
        if self._newer is None or self._newer[0] != revision:
            newer = self._ledger.vectors(after=self._generation.watermark)
            self._newer = (revision, *newer)
        return self._newer[1:]


_USED_BY: set[int] = set()
"""Processes that have used Chroma; a forked one inherits what its parent wrote here."""


def _connect(directory: Path) -> Any:
    """Return Chroma's client for a directory of ours.

    Raises:
        StoreUnavailableError: A process that we were forked from has used Chroma, whose threads
            are only there: any call would wait for them for ever.
    """
    if _USED_BY and os.getpid() not in _USED_BY:
        raise StoreUnavailableError(
            "Chroma was in use when this process was forked.",
            hint="Open the corpus in a process that is started anew to have it.",
        )
    _USED_BY.add(os.getpid())
    with _undisturbed(directory):
        import chromadb
        from chromadb.config import Settings

        settings = Settings(
            _env_file=None,
            chroma_api_impl="chromadb.api.rust.RustBindingsAPI",
            anonymized_telemetry=False,
            allow_reset=False,
        )
        return chromadb.PersistentClient(path=str(directory), settings=settings)


@contextmanager
def _undisturbed(directory: Path) -> Iterator[None]:
    """Keep a `.env` in the current folder and the environment from configuring Chroma.

    Importing it reads both: they could turn it into a client of another machine. Meanwhile the
    whole process stands in `directory`, which is private and holds no `.env`.
    """
    try:
        here = os.open(".", os.O_RDONLY)
    except OSError:  # the current folder is gone, or may not be read: no way back
        here = None
    hidden = {
        name: os.environ.pop(name)
        for name in list(os.environ)
        if name.lower().startswith(_PREFIX) or name.lower() in _SETTINGS
    }
    try:
        os.chdir(directory)
        yield
    finally:
        os.environ.update(hidden)
        if here is not None:
            os.fchdir(here)
            os.close(here)


@contextmanager
def _translated(place: Path) -> Iterator[None]:
    """Turn whatever Chroma raises into a StoreUnavailableError.

    That is any exception at all: its own, ValueError, TypeError, OSError, ImportError, and the
    panics of its Rust half, which aren't even an Exception.
    """
    try:
        yield
    except (AskcorpusError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as exc:
        reason = " ".join(str(exc).split()).rstrip(".") or type(exc).__name__
        if any(sign in reason for sign in _READ_ONLY):
            raise StoreUnavailableError(
                f"Chroma has to write to {place}, which is read-only.",
                hint="Set dense to exact, and Chroma is left out.",
            ) from exc
        if any(sign in reason for sign in _FULL):
            raise StoreUnavailableError(
                f"Chroma has to write to {place}, and its disk is full.",
                hint="Free some space, then run it again.",
            ) from exc
        raise StoreUnavailableError(
            f"Chroma can't use {place}: {reason[:200]}.", hint=remedy(place)
        ) from exc


def _build(ledger: Ledger, directory: Path, watermark: int) -> None:
    """Fill the new directory with the texts up to the watermark."""
    hashes, matrix = blobs.distinct(ledger.db, ledger.manifest.dim or 0, upto=watermark)
    client = _connect(directory)
    # Written out once, with the last passage. What is left in Chroma's log instead is put into
    # the graph again at every opening, by several threads, and so never twice the same.
    once = max(2, len(hashes))
    hnsw = {
        "space": "cosine",
        "ef_search": _EF_SEARCH,
        "sync_threshold": once,
        "batch_size": min(_BATCH, once),
    }
    collection = client.create_collection(
        _COLLECTION, embedding_function=None, configuration={"hnsw": hnsw}
    )
    for at in range(0, len(hashes), _BATCH):
        part = slice(at, at + _BATCH)
        collection.add(ids=hashes[part], embeddings=matrix[part])
    client.close()


def _probe(ledger: Ledger, directory: Path, watermark: int) -> None:
    """Check that the directory holds exactly those vectors and that they are found.

    Raises:
        StoreUnavailableError: It doesn't. A damaged directory may end the process instead.
    """
    hashes, matrix = blobs.distinct(ledger.db, ledger.manifest.dim or 0, upto=watermark)
    row = {found: at for at, found in enumerate(hashes)}
    client = _connect(directory)
    collection = client.get_collection(_COLLECTION, embedding_function=None)
    if collection.count() != len(hashes):
        raise StoreUnavailableError(f"it holds {collection.count()} of {len(hashes)} texts")
    seen = np.zeros(len(hashes), dtype=bool)
    for at in range(0, len(hashes), _PAGE):
        page = collection.get(limit=_PAGE, offset=at, include=["embeddings"])
        rows = [row[found] for found in page["ids"]]
        seen[rows] = np.isclose(matrix[rows], page["embeddings"], atol=1e-6).all(axis=1)
    if not seen.all():
        raise StoreUnavailableError(f"{int((~seen).sum())} vectors are not those of the ledger")
    sample = matrix[:: max(1, len(hashes) // _SAMPLES)]
    sample = sample[np.linalg.norm(sample, axis=1) > 0.5]  # no direction, no neighbour
    if len(sample):
        found = collection.query(query_embeddings=sample, n_results=1, include=["distances"])
        missed = sum(not near or near[0] > _SAME for near in found["distances"])
        if missed > _MOST_MISSED * len(sample):
            raise StoreUnavailableError(f"{missed} of {len(sample)} vectors don't find themselves")
    client.close()


def _main(task: str, index: str, directory: str, watermark: str) -> int:
    try:
        with Ledger.open(Path(index)) as ledger, _translated(Path(directory)):
            work = {"build": _build, "probe": _probe}[task]
            work(ledger, Path(directory), int(watermark))
    except AskcorpusError as exc:
        sys.stderr.write(f"{exc.message}\n")
        return exc.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))

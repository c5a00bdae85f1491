"""The vector store of an index: which one is meant, when it is built and when opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from askcorpus.errors import StoreUnavailableError
from askcorpus.render import note

if TYPE_CHECKING:
    from askcorpus.config import Settings
    from askcorpus.ports import Store
    from askcorpus.records import Note
    from askcorpus.store.chroma import ChromaStore
    from askcorpus.store.exact import ExactStore
    from askcorpus.store.ledger import Ledger

EXACT_PASSAGES = 20_000
"""Passages that are compared one by one sooner than chromadb is imported."""


def way(ledger: Ledger, settings: Settings) -> Literal["chroma", "exact"]:
    """Return how vectors are searched by the settings."""
    if settings.dense != "auto":
        return settings.dense
    return "exact" if ledger.counts.passages <= EXACT_PASSAGES else "chroma"


def prepare(ledger: Ledger, settings: Settings) -> None:
    """Build the next Chroma directory where Chroma will search and one is due.

    Args:
        ledger: Open for writing, by whoever holds the lock of the index.
        settings: Which store will search.

    Raises:
        StoreUnavailableError: It can't be built; the ledger names what it did.
    """
    from askcorpus.store import generations

    if way(ledger, settings) == "chroma" and generations.needs_rebuild(ledger):
        generations.build(ledger)


class VectorSearch:
    """Keeps the store that fits the ledger's present state; close it."""

    def __init__(self, ledger: Ledger, settings: Settings) -> None:
        """Remember what is wanted; nothing is opened yet."""
        self.notes: list[Note] = []
        """Why another store than the one that is meant searches, in sentences."""
        self._ledger = ledger
        self._settings = settings
        self._meant: tuple[str, str] | None = None
        self._chroma: ChromaStore | None = None
        self._exact: tuple[object, ExactStore] | None = None

    @property
    def searched(self) -> str:
        """How vectors are searched as things are: exactly, where there is nothing for Chroma."""
        built = self._ledger.manifest.generation
        return way(self._ledger, self._settings) if built else "exact"

    def store(self) -> Store:
        """Return the store, opened again where the index has moved on without it."""
        by = way(self._ledger, self._settings)
        named = self._ledger.manifest.generation if by == "chroma" else None
        meant = (by, named.name if named else "")
        if meant != self._meant:
            self.close()
            self._chroma = self._open_chroma() if by == "chroma" else None
            self._meant = meant
        # A Chroma directory follows the ledger until another one is named; a matrix doesn't.
        return self._open_exact() if self._chroma is None else self._chroma

    def _open_chroma(self) -> ChromaStore | None:
        """Return Chroma's store, or None and a note: it is tried once for each directory."""
        from askcorpus.store.chroma import ChromaStore

        try:
            return ChromaStore.open(self._ledger)
        except StoreUnavailableError as exc:
            instead = "Vectors are searched exactly."
            self.notes = [note("search", cause=exc.message, instead=instead, hint=exc.hint)]
            return None

    def _open_exact(self) -> ExactStore:
        """Return the matrix of all vectors, loaded again where the ledger has changed."""
        from askcorpus.store.exact import ExactStore

        revision = self._ledger.revision
        if self._exact is None or self._exact[0] != revision:
            self._exact = None  # there may not be room for two
            self._exact = (revision, ExactStore(*self._ledger.vectors()))
        return self._exact[1]

    def close(self) -> None:
        """Close the store, where it is one that holds files open."""
        chroma, self._chroma = self._chroma, None
        self._meant = self._exact = None
        self.notes = []
        if chroma:
            chroma.close()

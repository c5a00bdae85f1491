"""The vector store of an open index: which one is meant, and when it must be opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from askcorpus.errors import StoreUnavailableError

if TYPE_CHECKING:
    from askcorpus.config import Settings
    from askcorpus.ports import Store
    from askcorpus.store.ledger import Ledger

# One question over an index of this size is answered before chromadb is even imported.
EXACT_PASSAGES = 20_000


class VectorSearch:
    """Keeps the store that fits the ledger's present state; close it."""

    def __init__(self, ledger: Ledger, settings: Settings, *, one_shot: bool) -> None:
        """Remember what is wanted; nothing is opened yet."""
        self.notes: list[str] = []
        """Why another store than the one that is meant searches, in sentences."""
        self._ledger = ledger
        self._settings = settings
        self._one_shot = one_shot
        self._store: Store | None = None
        self._opened: object = None

    @property
    def way(self) -> str:
        """How vectors are searched by the settings: "chroma" or "exact"."""
        if self._settings.dense != "auto":
            return self._settings.dense
        small = self._ledger.counts.passages <= EXACT_PASSAGES
        return "exact" if self._one_shot and small else "chroma"

    @property
    def searched(self) -> str:
        """How vectors are searched as things are: exactly, where there is nothing for Chroma."""
        from askcorpus.store import generations

        return self.way if generations.named(self._ledger) else "exact"

    def store(self) -> Store:
        """Return the store, opened again where the index has moved on without it."""
        from askcorpus.store import generations
        from askcorpus.store.exact import ExactStore

        way = self.way
        named = generations.named(self._ledger) if way == "chroma" else None
        # A Chroma directory follows the ledger until another one is named; a matrix doesn't.
        wanted = named.name if named else self._ledger.revision
        if self._store is not None and self._opened == wanted:
            return self._store
        self.close()
        self.notes = []
        if way == "chroma":
            from askcorpus.store.chroma import ChromaStore

            try:
                self._store, self._opened = ChromaStore.open(self._ledger), wanted
            except StoreUnavailableError as exc:
                self.notes = [f"{exc.message} Vectors are searched exactly. {exc.hint}".strip()]
            else:
                return self._store
        self._store, self._opened = ExactStore(*self._ledger.vectors()), self._ledger.revision
        return self._store

    def close(self) -> None:
        """Close the store, where it is one that holds files open."""
        close = getattr(self._store, "close", None)
        if close:
            close()
        self._store = None

"""The three seams where a part can be swapped: Embedder, Store, Reader.

To plug in a reader, write a class with its method that can be made without arguments, and name it
"module:Class" as the setting `reader`. An embedder is chosen in embed/__init__.py, a store
in store/search.py: add it there, and to the parameters of the contract tests. There is no registry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from askcorpus.records import Hit, Span

    Vectors = npt.NDArray[np.float32]
    Ids = npt.NDArray[np.int64]


class Embedder(Protocol):
    """Turns text into vectors whose dot product is cosine similarity."""

    @property
    def name(self) -> str:
        """Identifies the weights and their precision; an index is bound to it."""

    @property
    def dim(self) -> int:
        """The width of a vector."""

    @property
    def window(self) -> int:
        """The most tokens, special ones included, that are read; the rest is cut off."""

    def count(self, texts: Sequence[str]) -> list[int]:
        """Return each text's length in the model's own tokens, special ones included."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return (n, dim) float32, L2-normalised rows, in the order of the texts.

        A row depends on its own text alone, never on its neighbours. No texts give (0, dim).
        """


class Store(Protocol):
    """Finds the nearest passages."""

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
        """


class Reader(Protocol):
    """Finds the characters that answer a question."""

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        """Return candidate answers from the hits' passages, best first; may be empty."""

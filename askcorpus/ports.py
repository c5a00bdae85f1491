"""The three seams where a part can be swapped: Embedder, Store, Reader.

Give a reader or an embedder of your own to `Corpus.build` and `Corpus.open`. A reader's class that
can be made without arguments can also be named "module:Class" as the setting `reader`. A store is
chosen in store/search.py: add it there, and to the parameters of the contract tests. There is no
registry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from askcorpus.records import Hit, Span, Thresholds

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
    """Finds the characters that answer a question.

    A class of the user's may leave identity and thresholds out: it then goes by its name, and is
    held to `records.NEUTRAL`.
    """

    @property
    def identity(self) -> str:
        """Identifies all that its scores depend on; a calibration is bound to it."""

    @property
    def thresholds(self) -> Thresholds:
        """From which of its scores a span is an answer, fair or strong."""

    def read(self, question: str, hits: Sequence[Hit]) -> list[Span]:
        """Return candidate answers from the hits' passages, best first; may be empty."""

"""Exact search: every vector is compared.

Over 20,000 vectors of 384 numbers it takes 2.5 ms of one core, all but 0.2 in one matrix product.
On a busy machine that product is what suffers, and more so the more threads BLAS uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from askcorpus.errors import IndexMismatchError

if TYPE_CHECKING:
    from askcorpus.ports import Ids, Vectors

_ROUNDING = 1e-4
"""More than a float32 product of normalised vectors can be off, for any width in use."""


class ExactStore:
    """Finds the nearest passages among vectors in memory."""

    def __init__(self, ids: Ids, matrix: Vectors) -> None:
        """Search these vectors.

        Args:
            ids: (n,) int64, ascending.
            matrix: (n, dim) float32, L2-normalised rows.
        """
        self._ids = ids
        self._matrix = matrix

    def search(
        self, vector: Vectors, k: int, *, allowed: Ids | None = None
    ) -> list[tuple[int, float]]:
        """Return at most k (passage id, cosine similarity in [-1, 1]), best first.

        Args:
            vector: (dim,) float32, L2-normalised.
            k: Upper bound; fewer come back when there are fewer.
            allowed: Passage ids to choose from, ascending; None for all.

        Ties break on the passage id.

        Raises:
            IndexMismatchError: `vector` is not as wide as this index.
        """
        n, dim = self._matrix.shape
        if n:
            check_width(vector, dim)
        if allowed is None:
            rows = np.arange(n)
        else:
            rows = np.flatnonzero(np.isin(self._ids, allowed, assume_unique=True))
        k = min(k, len(rows))
        if k <= 0:
            return []
        scores = self._matrix @ vector
        if allowed is not None:
            scores = scores[rows]
        if k < len(rows):
            least = np.partition(scores, -k)[-k] - _ROUNDING
            rows = rows[scores >= least]
        # A matrix product rounds the same vector differently in different rows, which would
        # untie ties. The finalists are computed again, each on its own, in double precision.
        finalists = self._matrix[rows].astype(np.float64) * vector.astype(np.float64)
        exact = np.clip(finalists.sum(axis=1), -1.0, 1.0)
        ids = self._ids[rows]
        best = np.lexsort((ids, -exact))[:k]
        return [(int(ids[at]), float(exact[at])) for at in best]


def check_width(vector: Vectors, dim: int) -> None:
    """Check that a question's vector fits the index.

    Raises:
        IndexMismatchError: It is not as wide.
    """
    if vector.shape != (dim,):
        width = vector.shape[-1] if vector.ndim else 0
        raise IndexMismatchError(
            f"The index holds vectors of {dim} numbers, the question's has {width}.",
            hint="Use the model that the index was made with, or index again.",
        )

"""Ranks passages: vectors and words each propose fifty, and their scores are fused.

Each leg also scores what only the other one found, so that a fused score never rests on a missing
number. Scores are fused, not ranks: on held-out questions a convex combination of normalised
scores beats reciprocal rank fusion by several points of recall@1 (eval/LOG.md). Filters are
resolved before either leg runs: a passage that the filter allows can't be crowded out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from askcorpus.errors import UsageError
from askcorpus.records import Hit
from askcorpus.text import content_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from askcorpus.ports import Ids, Store, Vectors
    from askcorpus.records import Passage

CANDIDATES = 50
# Share of the vectors in the fused score; chosen on SQuAD dev articles, see eval/LOG.md.
DENSE_WEIGHT = 0.5
# A pasted page is still a question: its first words say what it is about.
MAX_WORDS = 64


class Lexicon(Protocol):
    """What retrieval needs of the ledger."""

    def lexical(
        self, words: Sequence[str], k: int, *, allowed: Ids | None = None
    ) -> list[tuple[int, float]]:
        """Return at most k (passage id, BM25 score above 0), best first."""

    def lexical_scores(self, words: Sequence[str], ids: Sequence[int]) -> dict[int, float]:
        """Return the BM25 scores of those passages that hold any of the words."""

    def passages(self, ids: Sequence[int]) -> dict[int, Passage]:
        """Return the passages by id; unknown ids are left out."""

    def vectors(self, ids: Sequence[int] | None = None) -> tuple[Ids, Vectors]:
        """Return the ids that are there, ascending, and their vectors, one row each."""


def query_words(question: str) -> list[str]:
    """Return the distinct words that the lexical leg looks for, at most `MAX_WORDS`.

    Raises:
        UsageError: The question holds no word.
    """
    found = list(dict.fromkeys(content_words(question)))
    if not found:
        raise UsageError(
            "The question holds no word.", hint='Ask something like: "who denied the deal?"'
        )
    return found[:MAX_WORDS]


def retrieve(
    words: Sequence[str],
    vector: Vectors | None,
    *,
    ledger: Lexicon,
    store: Store | None,
    k: int,
    allowed: Ids | None = None,
    dense_weight: float = DENSE_WEIGHT,
) -> list[Hit]:
    """Return at most k hits, best first; ties break on the passage id.

    Args:
        words: From `query_words`.
        vector: The question's, (dim,) float32 and L2-normalised; None leaves the words alone.
        ledger: Scores words and holds the passages.
        store: Finds neighbours of the vector; None leaves the words alone.
        k: Upper bound.
        allowed: Passage ids to choose from, ascending; None for all.
        dense_weight: In [0, 1].
    """
    if allowed is not None and len(allowed) == 0:
        return []
    lexical = dict(ledger.lexical(words, CANDIDATES, allowed=allowed))
    dense: dict[int, float] = {}
    if vector is not None and store is not None:
        dense = dict(store.search(vector, CANDIDATES, allowed=allowed))
        found_by_vector = sorted(dense.keys() - lexical.keys())
        lexical |= ledger.lexical_scores(words, found_by_vector)
        ids, rows = ledger.vectors(sorted(lexical.keys() - dense.keys()))
        dense |= zip(ids.tolist(), (rows @ vector).tolist(), strict=True)
    fused = fuse(dense, lexical, dense_weight=dense_weight)
    order = sorted(fused, key=lambda passage: (-fused[passage], passage))[:k]
    passages = ledger.passages(order)
    present = [passage for passage in order if passage in passages]
    return [
        Hit(
            passage=passages[passage],
            score=fused[passage],
            rank=rank,
            scores={"dense": dense.get(passage, 0.0), "lexical": lexical.get(passage, 0.0)},
        )
        for rank, passage in enumerate(present, start=1)
    ]


def fuse(
    dense: Mapping[int, float], lexical: Mapping[int, float], *, dense_weight: float
) -> dict[int, float]:
    """Return each passage's fused score in [0, 1].

    Cosines are scaled from the lowest to the highest candidate, BM25 from 0 (no word found) to
    the highest. Without a dense leg, the scaled BM25 score alone.
    """
    if not dense:
        return _scaled(lexical, low=0.0)
    cosines = _scaled(dense, low=min(dense.values()))
    matches = _scaled(lexical, low=0.0)
    return {
        passage: dense_weight * cosines.get(passage, 0.0)
        + (1 - dense_weight) * matches.get(passage, 0.0)
        for passage in _union(cosines, matches)
    }


def _scaled(scores: Mapping[int, float], *, low: float) -> dict[int, float]:
    """Return the scores mapped from [low, highest] to [0, 1]; equal scores become 1."""
    high = max(scores.values(), default=low)
    if high <= low:
        return dict.fromkeys(scores, 1.0)
    return {passage: (score - low) / (high - low) for passage, score in scores.items()}


def _union(*parts: Iterable[int]) -> set[int]:
    return {passage for part in parts for passage in part}

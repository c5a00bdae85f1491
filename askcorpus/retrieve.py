"""Ranks passages: vectors and words each propose fifty, and their scores are fused.

Each leg also scores what only the other one found, so that a fused score never rests on a missing
number. Scores are fused, not ranks: on held-out questions a convex combination of normalised
scores beats reciprocal rank fusion by several points of recall@1. The best of them get a third
score, focus: how many of the question's rare words stand together in one sentence (eval/LOG.md).
Filters are resolved before either leg runs: what a filter allows can't be crowded out.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Protocol

from askcorpus.language.taken import sentence_stems
from askcorpus.language.words import stem
from askcorpus.records import Hit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from askcorpus.ports import Ids, Store, Vectors
    from askcorpus.records import Passage

# Of each leg. Not tuned.
CANDIDATES = 50
# Passages whose sentences are looked at. Not tuned.
FOCUSED = 20


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares of the scores, fitted on SQuAD train articles (eval/LOG.md, "Retrieval")."""

    dense: float = 0.65
    """Of the vectors against the words, in [0, 1], where two legs are fused."""
    focus: float = 0.3
    """Of the focus against those two, in [0, 1]."""


WEIGHTS = Weights()


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

    def document_frequency(self, words: Sequence[str]) -> dict[str, int]:
        """Return in how many passages each word occurs."""

    @property
    def size(self) -> int:
        """The number of passages."""

    def vectors(self, ids: Sequence[int] | None = None) -> tuple[Ids, Vectors]:
        """Return the ids that are there, ascending, and their vectors, one row each."""


def retrieve(
    words: Sequence[str],
    vector: Vectors | None,
    *,
    ledger: Lexicon,
    store: Store | None,
    k: int,
    allowed: Ids | None = None,
    weights: Weights = WEIGHTS,
) -> list[Hit]:
    """Return at most k hits, best first; ties break on the passage id.

    Args:
        words: The question's distinct content words, folded.
        vector: The question's, (dim,) float32 and L2-normalised; None leaves the words alone.
        ledger: Scores words and holds the passages.
        store: Finds neighbours of the vector; None leaves the words alone.
        k: Upper bound.
        allowed: Passage ids to choose from, ascending; None for all.
        weights: Shares of the scores.
    """
    if allowed is not None and len(allowed) == 0:
        return []
    dense, lexical = _legs(words, vector, ledger=ledger, store=store, allowed=allowed)
    fused = fuse(dense, lexical, dense_weight=weights.dense)
    order = _best_first(fused)[: max(k, FOCUSED)]
    passages = ledger.passages(order)
    frequency = ledger.document_frequency(words)
    rare = rarity(words, frequency, ledger.size)
    focused = {n: focus(rare, passages[n].text) for n in order[:FOCUSED] if n in passages}
    share = weights.focus
    scores = {
        n: (1 - share) * fused[n] + share * focused.get(n, 0.0) for n in order if n in passages
    }
    return [
        Hit(
            passage=passages[n],
            score=scores[n],
            rank=rank,
            scores={
                "dense": dense.get(n, 0.0),
                "lexical": lexical.get(n, 0.0),
                "focus": focused.get(n, 0.0),
            },
        )
        for rank, n in enumerate(_best_first(scores)[:k], start=1)
    ]


def _legs(
    words: Sequence[str],
    vector: Vectors | None,
    *,
    ledger: Lexicon,
    store: Store | None,
    allowed: Ids | None,
) -> tuple[dict[int, float], dict[int, float]]:
    """Return the cosines and the BM25 scores of what either leg proposes.

    Without a vector or a store there are no cosines. A passage that holds none of the words has no
    BM25 score.
    """
    lexical = dict(ledger.lexical(words, CANDIDATES, allowed=allowed))
    if vector is None or store is None:
        return {}, lexical
    dense = dict(store.search(vector, CANDIDATES, allowed=allowed))
    lexical |= ledger.lexical_scores(words, sorted(dense.keys() - lexical.keys()))
    others = sorted(lexical.keys() - dense.keys())
    if others:  # an index that holds no passage yet has no width either
        ids, rows = ledger.vectors(others)
        dense |= zip(ids.tolist(), (rows @ vector).tolist(), strict=True)
    return dense, lexical


def fuse(
    dense: Mapping[int, float], lexical: Mapping[int, float], *, dense_weight: float
) -> dict[int, float]:
    """Return each passage's fused score in [0, 1].

    Cosines are scaled from the lowest to the highest candidate, BM25 from 0 (no word found) to
    the highest. Without a dense leg, the scaled BM25 score alone.
    """
    matches = _scaled(lexical, low=0.0)
    if not dense:
        return matches
    cosines = _scaled(dense, low=min(dense.values()))
    return {
        n: dense_weight * cosines.get(n, 0.0) + (1 - dense_weight) * matches.get(n, 0.0)
        for n in cosines.keys() | matches.keys()
    }


def rarity(terms: Sequence[str], frequency: Mapping[str, int], passages: int) -> dict[str, float]:
    """Return each term's inverse passage frequency, log((N + 1) / (n + 0.5)), at least 0.05.

    Args:
        terms: Words.
        frequency: In how many passages each occurs.
        passages: In the whole index.
    """
    return {term: max(0.05, log((passages + 1) / (frequency.get(term, 0) + 0.5))) for term in terms}


def focus(rare: Mapping[str, float], text: str) -> float:
    """Return the largest share in [0, 1] of the words' rarity that stands in one sentence.

    Args:
        rare: The rarity of each of the question's words.
        text: A passage's.
    """
    wanted = [(stem(word), weight) for word, weight in rare.items()]
    total = sum(rare.values())
    held = sentence_stems(text)
    found = (sum(weight for root, weight in wanted if root in own) for own in held)
    return max(found, default=0.0) / total if total else 0.0


def _scaled(scores: Mapping[int, float], *, low: float) -> dict[int, float]:
    """Return the scores mapped from [low, highest] to [0, 1]; equal scores become 1."""
    high = max(scores.values(), default=low)
    if high <= low:
        return dict.fromkeys(scores, 1.0)
    return {n: (score - low) / (high - low) for n, score in scores.items()}


def _best_first(scores: Mapping[int, float]) -> list[int]:
    """Return the ids by falling score; ties break on the id."""
    return sorted(scores, key=lambda n: (-scores[n], n))

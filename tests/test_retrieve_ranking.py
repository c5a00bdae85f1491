"""Rankings, on small real ledgers with cosines chosen by hand.

What `retrieve` says is held against an independent BM25 and a fusion written out here, and each
constant against a case whose order of results is another one with a larger or a smaller value.
"""

from __future__ import annotations

from collections import Counter
from math import log, sqrt
from typing import TYPE_CHECKING

import numpy as np
import pytest

from askcorpus.retrieve import Weights, retrieve
from askcorpus.store.exact import ExactStore
from askcorpus.store.ledger import Ledger
from tests.store.kit import add

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from askcorpus.ports import Ids, Vectors
    from askcorpus.records import Hit

QUESTION = "?"
K1, B = 1.2, 0.75
"""Of the bm25() function of SQLite's FTS5 (https://sqlite.org/fts5.html#the_bm25_function)."""


class Bearings:
    """An embedder for the plane: each text has the cosine to the question that is written for it.

    Args:
        cosines: Of each text that will be embedded.
    """

    name = "bearings"
    dim = 2
    window = 100

    def __init__(self, cosines: Mapping[str, float]) -> None:
        self._cosines = {**cosines, QUESTION: 1.0}

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def embed(self, texts: Sequence[str]) -> Vectors:
        found = [self._cosines[text] for text in texts]
        rows = [(cosine, sqrt(1.0 - cosine * cosine)) for cosine in found]
        return np.array(rows, np.float32).reshape(-1, self.dim)


Passages = list[tuple[str, float]]
"""Texts, each with its cosine to the question; the first one has the id 1."""


def ranked(
    place: Path,
    passages: Passages,
    words: str,
    *,
    k: int = 10,
    weights: Weights | None = None,
    allowed: Sequence[int] | None = None,
    by_words_alone: bool = False,
) -> list[Hit]:
    """Return what is retrieved for the words, and for a question with those cosines."""
    with Ledger.create(place / "index") as ledger:
        # Equal texts may have other cosines here: each passage is embedded by itself.
        rows = [Bearings({text: cosine}).embed([text])[0] for text, cosine in passages]
        add(ledger, "a.txt", [text for text, _ in passages], np.array(rows))
        vector = Bearings({}).embed([QUESTION])[0]
        ids: Ids | None = None if allowed is None else np.array(allowed, np.int64)
        return retrieve(
            words.split(),
            None if by_words_alone else vector,
            ledger=ledger,
            store=ExactStore(*ledger.vectors()),
            k=k,
            allowed=ids,
            **({} if weights is None else {"weights": weights}),
        )


def order(hits: Sequence[Hit]) -> list[int]:
    """Return the ids of the passages, best first."""
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    return [hit.passage.id for hit in hits]


# An implementation of its own: plain words, no stems, nothing of askcorpus.


def bm25(texts: Sequence[str], query: Sequence[str]) -> list[float]:
    """Return the BM25 score of each text, from the formula."""
    held = [Counter(text.replace(".", " ").split()) for text in texts]
    average = sum(words.total() for words in held) / len(held)
    scores = [0.0] * len(texts)
    for word in query:
        having = sum(word in words for words in held)
        idf = log((len(texts) - having + 0.5) / (having + 0.5))
        idf = idf if idf > 0 else 1e-6  # as FTS5 does: a word of most passages still counts
        for at, words in enumerate(held):
            length = K1 * (1 - B + B * words.total() / average)
            scores[at] += idf * words[word] * (K1 + 1) / (words[word] + length)
    return scores


def expected(
    passages: Passages, query: Sequence[str], *, dense: float, focus: float
) -> list[float]:
    """Return the score of each passage where all of them are candidates; sentences end with "."."""
    texts = [text for text, _ in passages]
    cosines = [cosine for _, cosine in passages]
    lexical = bm25(texts, query)
    low, high, most = min(cosines), max(cosines), max(lexical)
    rarity = {
        word: max(0.05, log((len(texts) + 1) / (sum(word in t.split() for t in texts) + 0.5)))
        for word in query
    }
    scores = []
    for text, cosine, score in zip(texts, cosines, lexical, strict=True):
        both = dense * (cosine - low) / (high - low) + (1 - dense) * score / most
        sentences = [set(part.split()) for part in text.split(".")]
        best = max(sum(rarity[word] for word in query if word in part) for part in sentences)
        scores.append((1 - focus) * both + focus * best / sum(rarity.values()))
    return scores


MIXED: Passages = [
    ("the red fox ran . the hen hid .", 0.31),
    ("a hen sat . a hen ate . a red hen slept .", 0.62),
    ("nobody saw it .", 0.77),
    ("the fox fox fox .", 0.05),
    ("corn grew in the wet field beside the old mill and the hen was gone .", 0.5),
    ("rain fell .", 0.11),
    ("snow fell .", 0.12),
    ("dew fell .", 0.13),
]


@pytest.mark.parametrize("query", ["fox hen", "red", "hen corn fox red", "fell hen", "mill rain"])
@pytest.mark.parametrize(("dense", "focus"), [(0.5, 0.25), (0.2, 0.0), (0.9, 0.6), (1.0, 0.0)])
def test_scores_are_those_of_the_formula(
    tmp_path: Path, query: str, dense: float, focus: float
) -> None:
    hits = ranked(tmp_path, MIXED, query, weights=Weights(dense=dense, focus=focus))
    wanted = expected(MIXED, query.split(), dense=dense, focus=focus)
    assert {hit.passage.id: hit.score for hit in hits} == pytest.approx(
        dict(enumerate(wanted, start=1)), abs=1e-5
    )
    assert order(hits) == sorted(range(1, len(MIXED) + 1), key=lambda n: (-wanted[n - 1], n))


@pytest.mark.parametrize("query", ["fox hen", "hen corn fox red"])
def test_each_leg_says_its_own_score(tmp_path: Path, query: str) -> None:
    hits = ranked(tmp_path, MIXED, query)
    lexical = bm25([text for text, _ in MIXED], query.split())
    for hit in hits:
        at = hit.passage.id - 1
        assert hit.scores["dense"] == pytest.approx(MIXED[at][1], abs=1e-5)
        assert hit.scores["lexical"] == pytest.approx(lexical[at], rel=1e-5)


def test_words_alone_rank_by_bm25_and_focus(tmp_path: Path) -> None:
    hits = ranked(
        tmp_path, MIXED, "fox hen", weights=Weights(dense=0.9, focus=0.0), by_words_alone=True
    )
    scores = bm25([text for text, _ in MIXED], ["fox", "hen"])
    held = [n for n in range(1, len(MIXED) + 1) if scores[n - 1] > 0]
    assert order(hits) == sorted(held, key=lambda n: -scores[n - 1])


OTHER = [("sand", 0.01)] * 5  # without them "fox" would be in most passages, and weigh nothing


# What says "fox" once scores a = 0.548 of what says it three times: it comes first while the
# vectors' share is above (1 - a) / (1 - a + 1 - x), where x is the cosine of the other one.
@pytest.mark.parametrize(
    ("cosine", "first"),
    [
        (0.7, 1),  # above 0.601
        (0.8, 2),  # above 0.693
    ],
)
def test_vectors_weigh_somewhat_more_than_words(tmp_path: Path, cosine: float, first: int) -> None:
    nearest, wordy = ("fox red hen", 1.0), ("fox fox fox", cosine)
    hits = ranked(tmp_path, [nearest, wordy, ("sand", 0.0), *OTHER], "fox")
    one, three = (hit.scores["lexical"] for hit in sorted(hits, key=lambda h: h.passage.id)[:2])
    assert one / three == pytest.approx(0.548, abs=0.001)
    assert order(hits)[0] == first


TOGETHER = "red fox . hen sat ."
APART = "red hen . fox sat ."


@pytest.mark.parametrize(
    ("cosine", "first"),
    [
        (0.75, 2),  # 0.7 × 0.65 × 0.25 = 0.114 behind, 0.15 ahead
        (0.55, 1),  # 0.7 × 0.65 × 0.45 = 0.205 behind
    ],
)
def test_words_in_one_sentence_make_up_for_some_distance(
    tmp_path: Path, cosine: float, first: int
) -> None:
    passages = [(APART, 1.0), (TOGETHER, cosine), ("sand", 0.0), *OTHER]
    assert order(ranked(tmp_path, passages, "red fox"))[0] == first


def test_a_rare_word_counts_for_more_than_a_common_one_in_a_sentence(tmp_path: Path) -> None:
    passages = [("fox hen", 0.5), ("fox red", 0.5), *[("fox", 0.5), ("hen", 0.5)] * 3, *OTHER]
    assert order(ranked(tmp_path, passages, "hen red", weights=Weights(focus=1.0)))[0] == 2


def test_words_of_every_passage_still_count_a_little_in_a_sentence(tmp_path: Path) -> None:
    # "red" stands in 92 of 100 passages and weighs 0.09, the others in all of them: 0.05 each.
    passages = [("red . fox . hen", 0.5)] * 92 + [("fox . hen", 0.1)] * 7 + [("fox hen", 1.0)]
    hits = ranked(tmp_path, passages, "red fox hen", weights=Weights(focus=1.0))
    assert order(hits)[0] == 100


def test_words_are_scaled_from_nought(tmp_path: Path) -> None:
    # Scaled from the lowest, the first one's words would be worth nothing.
    passages = [("fox red", 1.0), ("fox fox", 0.8), ("fox fox fox", 0.0)]
    assert order(ranked(tmp_path, passages, "fox"))[0] == 1


def test_cosines_are_scaled_from_the_lowest(tmp_path: Path) -> None:
    # Scaled from nought, 0.8 would be nearly as good as 0.9.
    passages = [("fox red hen", 0.9), ("fox fox fox", 0.8), *[("sand", 0.7)] * 6]
    assert order(ranked(tmp_path, passages, "fox"))[0] == 1


def test_a_passage_alone_has_all_of_the_score(tmp_path: Path) -> None:
    assert ranked(tmp_path, [("fox", 0.2)], "fox")[0].score == pytest.approx(1.0)


FULL = 54
"""More than either leg proposes."""


def test_what_only_vectors_found_is_scored_by_its_words_too(tmp_path: Path) -> None:
    wordy: Passages = [("fox fox fox", 0.0)] * FULL
    # Neither is among the best by its words, and both hold the word in a sentence.
    near = [("fox sand oak elm ash yew", 0.92), ("fox fox sand oak", 0.90)]
    passages = [*wordy, *near, *[("sand", 0.01)] * 2 * FULL]
    assert order(ranked(tmp_path, passages, "fox"))[:2] == [FULL + 2, FULL + 1]


def test_what_only_words_found_is_scored_by_its_vector_too(tmp_path: Path) -> None:
    near: Passages = [("sand", 0.9)] * FULL
    found = [("fox red red red", 0.8), ("fox red red", 0.1)]
    passages = [*near, *found, ("sand", 0.0)]
    assert order(ranked(tmp_path, passages, "fox"))[0] == FULL + 1


def test_each_leg_proposes_some_fifty(tmp_path: Path) -> None:
    # The first one is the 45th of either leg, the second the 56th: both would be the best two.
    wordy: Passages = [("fox fox fox", 0.0)] * 44 + [("fox red red", 0.0)] * 10
    near: Passages = [("sand", 0.9)] * 44 + [("sand", 0.87)] * 10
    passages = [("fox fox", 0.88), ("fox red red red", 0.86), *wordy, *near]
    found = order(ranked(tmp_path, [*passages, *[("sand", -0.1)] * FULL], "fox", k=50))
    assert found[0] == 1
    assert 2 not in found


def test_the_first_twenty_are_looked_at_for_sentences(tmp_path: Path) -> None:
    # The 16th and the 25th by what comes before hold both words in one sentence.
    cosines = [0.9 - 0.001 * n for n in range(30)]
    passages = [(TOGETHER if n in (15, 24) else APART, c) for n, c in enumerate(cosines)]
    found = order(ranked(tmp_path, [*passages, *[("sand", 0.0)] * 40], "red fox", k=30))
    assert found[0] == 16
    assert found.index(25) >= 20


def test_ties_break_on_the_passage(tmp_path: Path) -> None:
    passages = [("red", 0.1), *[("fox", 0.5)] * 4, *OTHER]
    assert order(ranked(tmp_path, passages, "fox"))[:4] == [2, 3, 4, 5]


def test_what_is_not_allowed_takes_no_place(tmp_path: Path) -> None:
    passages = [*[("fox fox", 0.9)] * FULL, ("fox red", 0.5), ("sand", 0.1)]
    assert order(ranked(tmp_path, passages, "fox", allowed=[FULL + 1, FULL + 2])) == [
        FULL + 1,
        FULL + 2,
    ]
    assert ranked(tmp_path / "none", passages, "fox", allowed=[]) == []


def test_a_title_weighs_as_much_as_the_text(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "index") as ledger:
        add(ledger, "title.txt", ["red hen"], title="fox")
        add(ledger, "text.txt", ["red fox hen"])
        add(ledger, "other.txt", [text for text, _ in OTHER])
        hits = retrieve(["fox"], None, ledger=ledger, store=None, k=2, weights=Weights(focus=0.0))
    assert order(hits) == [1, 2]  # a tie: both hold it once in three words
    assert hits[0].score == hits[1].score


def test_k_is_the_most_that_come_back_and_cuts_the_order(tmp_path: Path) -> None:
    found = order(ranked(tmp_path, MIXED, "fox hen", k=2))
    assert found == order(ranked(tmp_path / "all", MIXED, "fox hen"))[:2]

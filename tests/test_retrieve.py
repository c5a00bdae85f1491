from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askcorpus.errors import UsageError
from askcorpus.question.lengths import MAX_TERMS
from askcorpus.retrieve import fuse, query_words

SCORES = st.dictionaries(st.integers(1, 20), st.floats(-1, 1), max_size=8)


def test_the_fused_score_weighs_both_legs() -> None:
    fused = fuse({1: 0.9, 2: 0.5, 3: 0.1}, {1: 0.0, 2: 4.0, 3: 2.0}, dense_weight=0.5)
    assert fused == {1: 0.5, 2: 0.75, 3: 0.25}


def test_a_weight_of_one_or_nought_leaves_one_leg() -> None:
    dense, lexical = {1: 0.9, 2: 0.1}, {1: 1.0, 2: 3.0}
    assert fuse(dense, lexical, dense_weight=1.0) == {1: 1.0, 2: 0.0}
    assert fuse(dense, lexical, dense_weight=0.0)[2] == 1.0


def test_words_alone_rank_without_a_model() -> None:
    assert fuse({}, {1: 1.0, 2: 4.0}, dense_weight=0.5) == {1: 0.25, 2: 1.0}


@given(SCORES, SCORES.map(lambda s: {k: abs(v) for k, v in s.items()}), st.floats(0, 1))
def test_a_fused_score_is_a_share(
    dense: dict[int, float], lexical: dict[int, float], weight: float
) -> None:
    fused = fuse(dense, lexical, dense_weight=weight)
    assert all(0 <= score <= 1 + 1e-9 for score in fused.values())
    assert fused.keys() == (dense.keys() | lexical.keys() if dense else lexical.keys())


def test_query_words_are_distinct_content_words() -> None:
    assert query_words("Who denied the DEAL, the deal?") == ["denied", "deal"]
    assert len(query_words(" ".join(f"w{n}" for n in range(30_000)))) == MAX_TERMS


@pytest.mark.parametrize("question", ["?!", "😀😀", "— …"])
def test_a_question_without_words_is_a_usage_error(question: str) -> None:
    with pytest.raises(UsageError, match="no word"):
        query_words(question)

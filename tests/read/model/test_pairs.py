"""How long passages are cut into windows, and which spans of a window are looked at."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from askcorpus.read.model.pairs import Pair, PairTokenizer, best_spans, pairs, windows


def tokenizer() -> PairTokenizer:
    """Return one whose tokens are the words between spaces."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    known = {word: n for n, word in enumerate(["[UNK]", "[CLS]", "[SEP]"])}
    built = Tokenizer(models.WordLevel(known, unk_token="[UNK]"))
    built.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PairTokenizer(built.to_str().encode(), label="The tokenizer")


def cut(*lengths: int, room: int) -> list[tuple[int, int]]:
    """Return the windows over sentences of so many tokens, each token one character wide."""
    firsts = np.cumsum([0, *lengths]).tolist()
    offsets = [(n, n + 1) for n in range(firsts[-1])]
    return windows(offsets, list(pairwise(firsts)), room)


def stand_together(found: list[tuple[int, int]], low: int, high: int) -> bool:
    return any(first <= low and high <= last for first, last in found)


def test_windows_share_a_sentence_so_that_neighbours_are_read_together() -> None:
    found = cut(10, 10, 10, 10, room=25)
    assert all(stand_together(found, at, at + 20) for at in (0, 10, 20))


def test_a_sentence_that_leaves_no_room_for_the_next_is_not_shared() -> None:
    assert cut(10, 20, 20, room=30) == [(0, 30), (30, 50)]


def test_parts_of_a_long_sentence_overlap_by_half() -> None:
    found = cut(50, room=10)
    assert all(stand_together(found, at, at + 5) for at in range(45))


def pair(n: int) -> Pair:
    """Return a window of n tokens, each one character wide, behind the token for no answer."""
    ids = np.zeros(n + 1, np.int64)
    return Pair(ids, ids, first=1, no_answer=0, offsets=[(at, at + 1) for at in range(n)])


@pytest.mark.parametrize(("last", "found"), [(29, (0, 30)), (31, (0, 1))])
def test_a_span_has_at_most_thirty_tokens(last: int, found: tuple[int, int]) -> None:
    start, end = np.zeros((2, 41), np.float32)
    start[1], end[last + 1], end[1] = 5.0, 5.0, 1.0
    best = best_spans(pair(40), start, end, most=1)[0]
    assert (best.start, best.end) == found


def test_a_margin_is_over_no_answer_in_the_same_window() -> None:
    start, end = np.zeros((2, 6), np.float32)
    start[0], end[0], start[3], end[3] = 1.0, 2.0, 4.0, 5.0
    best = best_spans(pair(5), start, end, most=1)[0]
    assert ((best.start, best.end), best.margin) == ((2, 3), 4.0 + 5.0 - 1.0 - 2.0)


def test_spans_come_best_first_and_share_no_token() -> None:
    start, end = np.zeros((2, 7), np.float32)
    start[1:], end[1:] = [9, 0, 8, 0, 7, 0], [0, 9, 0, 8, 0, 7]
    found = best_spans(pair(6), start, end, most=3)
    assert [(each.start, each.end) for each in found] == [(0, 2), (2, 4), (4, 6)]


def test_the_first_forty_tokens_of_a_question_are_read() -> None:
    (found,) = pairs(tokenizer(), range(100, 160), "The port is shut.", window=100)
    assert 139 in found.ids
    assert 141 not in found.ids

from __future__ import annotations

import pytest

from askcorpus.language.words import content_words, fold, words


@pytest.mark.parametrize(
    ("word", "folded"),
    [("Hamas’s", "hamas"), ("Israel's", "israel"), ("Café", "cafe"), ("N", "n"), ("ISIS'", "isis")],
)
def test_fold_takes_case_accents_and_possessives(word: str, folded: str) -> None:
    assert fold(word) == folded


def test_content_words_drop_function_words_unless_nothing_is_left() -> None:
    assert content_words("Who denied the deal?") == ["denied", "deal"]
    assert content_words("who is it?") == ["who", "is", "it"]
    assert words("") == []

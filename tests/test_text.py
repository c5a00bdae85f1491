from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askcorpus.text import content_words, fold, line_starts, one_line, printable, sentences, words


def test_sentences_end_at_stops_but_not_at_abbreviations() -> None:
    text = "Mr. Smith paid $3.5 million. U.S. officials agreed.\r\n\r\nA new paragraph"
    found = [text[low:high] for low, high in sentences(text)]
    assert found == [
        "Mr. Smith paid $3.5 million.",
        "U.S. officials agreed.",
        "A new paragraph",
    ]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_sentences_keep_every_character_but_outer_white_space(text: str) -> None:
    kept = "".join(text[low:high] for low, high in sentences(text))
    assert "".join(kept.split()) == "".join(text.split())


def test_sentences_respect_the_range() -> None:
    text = "One. Two. Three."
    assert [text[low:high] for low, high in sentences(text, 5, 9)] == ["Two."]


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


def test_printable_shows_control_sequences_instead_of_obeying_them() -> None:
    hostile = "a\x1b[31mred\x07\u202eevil\r\nnext\x9b1m"
    safe = printable(hostile)
    assert safe == "a\ufffd[31mred\ufffd\ufffdevil\nnext\ufffd1m"
    assert one_line("a\r\n  b\tc") == "a b c"


def test_every_kind_of_line_break_counts_once() -> None:
    assert line_starts("a\r\nb\rc\nd") == [0, 3, 5, 7]

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askcorpus.text import (
    MAX_SEGMENT_CHARS,
    content_words,
    fold,
    line_starts,
    one_line,
    printable,
    sentences,
    words,
)
from tests.fuzzing import limited


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


def test_a_wrapped_line_of_a_windows_file_goes_on_in_the_next() -> None:
    text = "The mayor said that the\r\nharbour is shut.\r\n\r\nThe gale goes on."
    assert [text[low:high] for low, high in sentences(text)] == [
        "The mayor said that the\r\nharbour is shut.",
        "The gale goes on.",
    ]


@pytest.mark.parametrize("run", [" ", "\t", "\u2028", "“", "`", '"', "\n \r "])
def test_endless_runs_of_one_character_take_no_time(run: str) -> None:
    text = "Shut." + run * 400_000 + "Open."
    with limited():
        found = sentences(text)
    assert text[: found[0][1]].startswith("Shut.")
    assert found[-1][1] == len(text)


def test_an_endless_sentence_is_one_whatever_the_splitter_sees_at_once() -> None:
    text = "The clerk wrote " + "and wrote " * MAX_SEGMENT_CHARS + "on. Then he slept."
    found = sentences(text)
    assert [text[low:high][:9] for low, high in found] == ["The clerk", "Then he s"]


def test_a_sentence_that_lies_across_two_windows_stays_whole() -> None:
    text = " ".join(f"The council of Elmford met {n} times." for n in range(2_000))
    found = [text[low:high] for low, high in sentences(text)]
    assert len(text) > 3 * MAX_SEGMENT_CHARS
    assert found == [f"The council of Elmford met {n} times." for n in range(2_000)]

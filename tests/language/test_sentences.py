from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askcorpus.language.sentences import MAX_SEGMENT_CHARS, sentences
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

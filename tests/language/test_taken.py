from __future__ import annotations

from askcorpus.language.sentences import sentences
from askcorpus.language.taken import sentence_ranges, sentence_stems

TEXT = "The mayor closed the ports. Dr. Lee denied it.\n\nNobody was harmed."


def test_a_passage_is_taken_apart_as_any_text_is() -> None:
    assert list(sentence_ranges(TEXT)) == sentences(TEXT)
    assert [TEXT[low:high] for low, high in sentence_ranges(TEXT)][1] == "Dr. Lee denied it."
    assert sentence_stems(TEXT)[0] == {"the", "mayor", "close", "port"}
    assert len(sentence_stems(TEXT)) == len(sentence_ranges(TEXT))


def test_a_passage_is_taken_apart_once() -> None:
    text = f"{TEXT} Unheard of until now."
    before = sentence_ranges.cache_info().misses
    for _ in range(3):
        sentence_stems(text)
        sentence_ranges(text)
    assert sentence_ranges.cache_info().misses == before + 1

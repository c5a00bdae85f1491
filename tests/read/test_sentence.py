from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from askcorpus.embed import HashingEmbedder
from askcorpus.language.words import stem, words
from askcorpus.question.kind import analyse
from askcorpus.read.features import NAMES
from askcorpus.read.phrases import cut, holds_kind
from askcorpus.read.sentence import SentenceReader
from askcorpus.records import Hit, Passage

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST = "The mayor denied the deal on 3 May 1999. It rained in Paris because the wind was cold."
SECOND = "Nobody knows who paid. The port (12 miles away) closed."

KINDS = [
    ("Who denied the deal?", "who"),
    ("Whose deal was it?", "who"),
    ("When did it close?", "when"),
    ("In what year did it close?", "when"),
    ("In which city did it rain?", "where"),
    ("How many miles away is the port?", "number"),
    ("What percentage was paid?", "number"),
    ("How did they pay?", "how"),
    ("Why did it rain?", "why"),
    ("What was the reason for the rain?", "why"),
    ("Did the mayor pay?", "yes_no"),
    ("Isn't it closed?", "yes_no"),
    ("What did the mayor deny?", "what"),
    ("the deal", "what"),
    ("", "what"),
]


@pytest.mark.parametrize(("question", "kind"), KINDS)
def test_a_question_tells_its_kind(question: str, kind: str) -> None:
    assert analyse(question).kind == kind


def test_names_and_numbers_are_told_from_other_terms() -> None:
    asked = analyse("What did Ann Lee say in Paris about the 1999 deal?")
    assert asked.names == {"ann", "lee", "paris", "1999"}
    assert asked.terms == ("ann", "lee", "paris", "1999", "deal")
    assert analyse("WHAT DID ANN LEE SAY?").names == frozenset()


PHRASES = [
    ("When did the mayor deny the deal?", "The mayor denied it on 3 May 1999.", "3 May 1999"),
    ("How many miles away is it?", "The port, 12 miles away, closed.", "12 miles"),
    ("Who denied the deal?", "Mayor Ann Lee denied the deal.", "Mayor Ann Lee"),
    ("Why did it rain?", "It rained because the wind was cold.", "because the wind was cold"),
    ("Where did it rain?", "It rained all night in Paris.", "Paris"),
]


@pytest.mark.parametrize(("question", "sentence", "wanted"), PHRASES)
def test_a_sentence_is_cut_where_its_kind_makes_that_safe(
    question: str, sentence: str, wanted: str
) -> None:
    place = cut(analyse(question), sentence, stem)
    assert place
    assert sentence[slice(*place)] == wanted


def test_what_the_question_says_itself_is_no_answer() -> None:
    asked = analyse("When in 1999 did it close?")
    assert not holds_kind(asked, "It closed in 1999.")
    assert holds_kind(asked, "It closed in May 1999.")


@pytest.mark.parametrize("question", ["What did the mayor deny?", "Did it rain?"])
def test_other_kinds_keep_the_sentence(question: str) -> None:
    assert cut(analyse(question), FIRST, stem) is None


class Counts:
    """Word counts of the two texts."""

    def document_frequency(self, words_: Sequence[str]) -> dict[str, int]:
        held = Counter(word for text in (FIRST, SECOND) for word in set(words(text)))
        return {word: held[word] for word in words_}


def hits() -> list[Hit]:
    return [
        Hit(Passage(f"{n}.txt", 10, 10 + len(text), text, 1, id=n), 1 / n, n, {"dense": 0.5})
        for n, text in enumerate((FIRST, SECOND), start=1)
    ]


@pytest.mark.parametrize("embedder", [None, HashingEmbedder()], ids=["words", "vectors"])
def test_the_answering_sentence_comes_first(embedder: HashingEmbedder | None) -> None:
    reader = SentenceReader(embedder, Counts(), passages=2)
    spans = reader.read("When did the mayor deny the deal?", hits())
    assert spans[0].text == "3 May 1999"
    assert len(spans) == 4
    assert [s.score for s in spans] == sorted((s.score for s in spans), reverse=True)
    for span in spans:
        own = span.passage
        assert own.text[span.start - own.start : span.end - own.start] == span.text
        assert span.sentence_start <= span.start < span.end <= span.sentence_end
        assert set(span.scores) == set(NAMES)


def test_no_hits_give_no_spans() -> None:
    assert SentenceReader(None, Counts(), passages=2).read("Who?", []) == []

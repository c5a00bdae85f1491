"""Which answers are worth a line beside the best one, and how many."""

from __future__ import annotations

import pytest

from askcorpus.answer import compose
from askcorpus.records import Answer, Document, Passage, Reading, Span, Thresholds

LIMITS = Thresholds(related=0.01, answered=0.08, fair=0.15, strong=0.3)


def composed(*said: tuple[str, float]) -> Answer:
    """Return what is made of these phrases with their probabilities, a document each."""
    documents, spans = {}, []
    for n, (phrase, score) in enumerate(said):
        path, text = f"{n}.txt", f"Officials said on day {n} it was {phrase}."
        start = text.index(phrase, 20)
        passage = Passage(path, 0, len(text), text, line=1, id=n + 1)
        spans.append(Span(passage, start, start + len(phrase), phrase, 0, len(text), score))
        documents[path] = Document(path, text, "", "", 0, 0)
    return compose(
        "who was it?",
        Reading("who was it?", [], spans),
        root="/r",
        document=documents.__getitem__,
        thresholds=LIMITS,
    )


def others(answer: Answer) -> list[str]:
    return [each.answer for each in answer.also]


@pytest.mark.parametrize(("score", "listed"), [(0.46, ["Eve"]), (0.44, [])])
def test_another_answer_is_listed_where_it_is_half_as_likely(
    score: float, listed: list[str]
) -> None:
    assert others(composed(("Ann", 0.9), ("Eve", score))) == listed


@pytest.mark.parametrize(("score", "listed"), [(0.16, ["Eve"]), (0.14, [])])
def test_another_answer_is_listed_where_it_would_be_fair(score: float, listed: list[str]) -> None:
    assert others(composed(("Ann", 0.2), ("Eve", score))) == listed


def test_the_three_likeliest_others_are_listed() -> None:
    names = ("Ann", "Eve", "Bob", "Joe", "Kim")
    said = [(name, 0.9 - 0.1 * n) for n, name in enumerate(names)]
    assert others(composed(*said)) == ["Eve", "Bob", "Joe"]


def test_the_four_likeliest_places_are_cited() -> None:
    said = [("Ann", 0.9 - 0.1 * n) for n in range(6)]
    assert [cited.path for cited in composed(*said).citations] == [f"{n}.txt" for n in range(4)]


def test_the_likeliest_of_all_is_the_answer() -> None:
    assert composed(("Eve", 0.5), ("Ann", 0.7), ("Bob", 0.6)).answer == "Ann"


def test_what_is_said_twice_is_no_likelier() -> None:
    assert composed(("Eve", 0.5), ("Eve", 0.5), ("Eve", 0.5), ("Ann", 0.6)).answer == "Ann"

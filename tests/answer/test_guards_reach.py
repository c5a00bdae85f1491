"""How far back a guard looks for whom a span is about, and which denial it quotes."""

from __future__ import annotations

import pytest

from askcorpus.answer import compose
from askcorpus.language.names import opens_with_name
from askcorpus.question.kind import analyse
from askcorpus.records import Answer, Document, Passage, Reading, Span, Thresholds

LIMITS = Thresholds(related=0.2, answered=0.5, fair=0.7, strong=0.9)


def asked(question: str, phrase: str, sentence: str, text: str, score: float = 0.95) -> Answer:
    """Return what is made of one span, read in a passage that is the whole document."""
    low = text.index(sentence)
    start = text.index(phrase, low)
    passage = Passage("p", 0, len(text), text, 1, id=1)
    found = Span(passage, start, start + len(phrase), phrase, low, low + len(sentence), score)
    document = Document("p", text, "Two yards", "", 0, 0)
    return compose(
        question,
        Reading(question, [], [found]),
        root="/r",
        document=lambda _: document,
        thresholds=LIMITS,
    )


BUILDS = "It builds ferries."


@pytest.mark.parametrize(("between", "band"), [(2, "strong"), (3, "weak")])
def test_a_name_three_paragraphs_back_says_whom_it_is_about(between: int, band: str) -> None:
    back = [f"it was rebuilt {n} times." for n in range(between)]
    text = "\n\n".join(["We saw the Pelican shipyard.", *back, BUILDS])
    answer = asked("What does the Pelican shipyard build?", "ferries", BUILDS, text)
    assert answer.band == band


@pytest.mark.parametrize(("thousands", "band"), [(18, "strong"), (22, "weak")])
def test_in_an_endless_paragraph_a_name_counts_some_twenty_thousand_characters_back(
    thousands: int, band: str
) -> None:
    filler = "it was calm and " * (1000 * thousands // 16)
    text = f"We saw the Pelican shipyard. {filler}\n{BUILDS}"
    answer = asked("What does the Pelican shipyard build?", "ferries", BUILDS, text)
    assert answer.band == band


SUBMITTED = "Acme submitted $3.9 million."


def test_the_denial_that_holds_most_of_the_question_is_quoted() -> None:
    less = "Zenith did not say who submitted one."
    most = "Zenith did not submit a bid for the airport road."
    for text in (f"{less} {most} {SUBMITTED}", f"{most} {less} {SUBMITTED}"):
        answer = asked(
            "What bid did Zenith submit for the airport road?", "$3.9 million", SUBMITTED, text
        )
        assert answer.answer == most


def test_a_denial_is_never_strong() -> None:
    text = f"Zenith did not submit a bid. {SUBMITTED}"
    answer = asked("What bid did Zenith submit?", "$3.9 million", SUBMITTED, text, score=0.99)
    assert (answer.answer, answer.band) == ("Zenith did not submit a bid.", "fair")


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Who Employs Marlin", {"employs", "marlin"}),
        ("What Did Marlin Pay Acme", set()),  # every word has a capital
        ("Who did Marlin Pay in Rome today", {"marlin", "pay", "rome"}),
    ],
)
def test_capitals_mean_nothing_where_three_words_all_have_one(
    question: str, names: set[str]
) -> None:
    assert analyse(question).single_names == names


@pytest.mark.parametrize(
    ("paragraph", "opens"),
    [("it was Pelican that", True), ("so it was Pelican that", False)],
)
def test_a_paragraph_opens_with_a_name_in_its_first_three_words(
    paragraph: str, *, opens: bool
) -> None:
    assert opens_with_name(paragraph, paragraph) is opens

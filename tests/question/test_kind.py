from __future__ import annotations

import pytest

from askcorpus.question.kind import analyse


@pytest.mark.parametrize(
    "question",
    [
        "What gods were in the Capitoline triad?",
        "Which countries signed the treaty?",
        "In what two years were the wars of Kappel?",
        "Who are two representative writers?",
        "Who were the members of the board?",
        "What are the preferred symbols for deuterium and tritium?",
        "Name the cities that were bombed",
        "Which eleven teams came?",
    ],
)
def test_questions_that_ask_for_several(question: str) -> None:
    assert analyse(question).several


@pytest.mark.parametrize(
    "question",
    [
        "Who denied the deal?",
        "What is the status of the talks?",
        "Which bus did she take?",
        "How many people live in Miami?",
        "When were the talks?",
        "What was the crisis about?",
        "What does Theotokos mean?",
        "What causes a crisis?",
        "What news did the minister bring?",
        "What had officials promised?",
        "Which police station burnt down?",
        "",
    ],
)
def test_questions_that_ask_for_one(question: str) -> None:
    assert not analyse(question).several


@pytest.mark.parametrize("question", ["Did they sign?", "Won't they sign?", "Hadn’t they signed?"])
def test_an_auxiliary_in_front_asks_for_yes_or_no(question: str) -> None:
    assert analyse(question).kind == "yes_no"

"""The adversarial questions keep their promises, and the bench counts them rightly."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

import pytest

from askcorpus.records import Answer
from eval.bench.adversarial import QUESTIONS, Item


@pytest.fixture(scope="module")
def documents() -> list[dict[str, Any]]:
    return [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


def test_at_least_half_of_the_questions_have_an_answer(documents: list[dict[str, Any]]) -> None:
    asked = [each for held in documents for each in held["questions"]]
    assert len(asked) >= 150
    assert sum(each["answerable"] for each in asked) * 2 >= len(asked)
    assert max(Counter(each["id"] for each in asked).values()) == 1


def test_answers_and_traps_stand_in_the_document(documents: list[dict[str, Any]]) -> None:
    for held in documents:
        for each in held["questions"]:
            for words in (*each["answers"], *each["traps"]):
                assert words in held["text"], (each["id"], words)
            assert each["answers"] or not each["answerable"]


def test_the_split_is_the_hash_of_the_question_and_its_path(
    documents: list[dict[str, Any]],
) -> None:
    for held in documents:
        for each in held["questions"]:
            digest = hashlib.sha256((each["question"] + held["path"]).encode()).hexdigest()
            assert each["split"] == ("test" if int(digest, 16) % 2 else "dev"), each["id"]


@pytest.mark.parametrize(
    ("said", "quote", "verdict"),
    [
        ("$4.1 million", "Acme bid $3.9 million, Borealis $4.1 million.", "right, fair"),
        ("$3.9 million", "Acme bid $3.9 million.", "wrong, fair"),
        ("$3.9 million and $4.1 million", "Bids of $3.9 million and $4.1 million.", "wrong, fair"),
        (
            "Acme bid $3.9, Borealis $4.1 million.",
            "Acme bid $3.9, Borealis $4.1 million.",
            "right, fair",
        ),
    ],
)
def test_a_trap_is_wrong_unless_the_whole_quote_is_shown(
    said: str, quote: str, verdict: str
) -> None:
    item = Item("?", "a", answerable=True, answers=("$4.1 million",), traps=("3.9",))
    answer = Answer("?", "answered", answer=said, sentence=quote, band="fair")
    assert item.verdict(answer) == verdict


def test_silence_is_neither_right_nor_wrong() -> None:
    assert Item("?", "a", answerable=True).verdict(Answer("?", "related")) == "silent"

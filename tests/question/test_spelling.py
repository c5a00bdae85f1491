from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from askcorpus import Corpus, Settings
from askcorpus.question.spelling import correct
from askcorpus.store.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def ledger(seeds_index: Path) -> Iterator[Ledger]:
    with Ledger.open(seeds_index) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("who denyed the weopons deal?", "who denyed the weapons deal?"),
        (
            "Which airprot did the cargo plain land at?",
            "Which airport did the cargo plain land at?",
        ),
        ("what did nethanyahu say?", "what did netanyahu say?"),
        ("how many misiles will hamas get", "how many missiles will hamas get"),
    ],
)
def test_a_slip_is_read_as_the_documents_write_it(question: str, read: str, ledger: Ledger) -> None:
    assert correct(question, ledger)[0] == read


@pytest.mark.parametrize(
    "question",
    [
        "Who denied the deal?",
        "Who wrote Pride and Prejudice?",
        "What did the denal cost?",
        "What is vitamin D deficiency?",
        "wo ist ab im un",
        "Qwertz uiop asdfg hjkly xcvbn mlkjh gfdsa",
        "R2D2 C3PO 4711",
        "",
    ],
)
def test_known_distant_and_short_words_stay(question: str, ledger: Ledger) -> None:
    assert correct(question, ledger) == (question, [])


def test_what_was_read_is_said_and_the_question_stays_as_asked(seeds_index: Path) -> None:
    with Corpus.open(seeds_index, settings=Settings()) as corpus:
        answer = corpus.ask("Who supplies the misiles?")
    assert answer.question == "Who supplies the misiles?"
    assert "Read 'misiles' as 'missiles'." in answer.notes

"""What holds for every record, wherever it was made."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from askcorpus import Corpus, Settings
from askcorpus.records import Answer, Citation, Note
from askcorpus.render import note

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUESTIONS = ("who denied the deal?", "how many people were arrested?", "who is the mayor of Oz?")


@pytest.fixture(scope="module")
def corpus(seeds_index: Path) -> Iterator[Corpus]:
    with Corpus.open(seeds_index, settings=Settings()) as opened:
        yield opened


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_offset_is_a_slice_of_its_document(question: str, corpus: Corpus) -> None:
    answer, reading = corpus.ask(question), corpus.read(question)
    assert reading.hits
    for span in reading.spans:
        assert corpus.document(span.passage.path).text[span.start : span.end] == span.text
    for hit in (*answer.passages, *reading.hits):
        text = corpus.document(hit.passage.path).text
        assert text[hit.passage.start : hit.passage.end] == hit.passage.text
    for citation in answer.citations:
        text = corpus.document(citation.path).text
        assert text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize("question", QUESTIONS)
def test_scores_fall_and_ties_break_on_the_passage(question: str, corpus: Corpus) -> None:
    reading = corpus.read(question, k=30)
    keys = [(-hit.score, hit.passage.id) for hit in reading.hits]
    assert keys == sorted(keys)
    assert [hit.rank for hit in reading.hits] == list(range(1, len(keys) + 1))
    scores = [span.score for span in reading.spans]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_comes_back_from_its_json(question: str, corpus: Corpus) -> None:
    answer = corpus.ask(question)
    data = json.loads(json.dumps(answer.to_dict()))
    assert Answer.from_dict(data).to_dict() == data


def test_a_note_is_its_sentence_and_says_what_it_is_about() -> None:
    changed = note("changed", path="a b.txt", run="askcorpus sync")
    assert changed == "a b.txt has changed since it was indexed. Run: askcorpus sync"
    assert (changed.kind, changed.path) == ("changed", "a b.txt")
    assert note("slip", written="dnied", read="denied") == "Read 'dnied' as 'denied'."
    assert json.dumps([changed]) == f'["{changed}"]'


def test_braces_in_a_path_stay_what_they_are() -> None:
    assert note("gone", path="{0} {path}.txt").startswith("{0} {path}.txt is gone")


def test_a_note_that_was_read_back_knows_the_document_that_it_is_about() -> None:
    quoted = Citation(1, "/r", "a.txt", 0, 2, "It", "A", None, 1, None)
    answer = Answer(
        "who?",
        "related",
        citations=(quoted,),
        notes=(
            note("changed", path="a.txt", run="askcorpus sync"),
            Note("a.txt.bak is odd."),
            note("undated", documents="2 documents state", were="were"),
        ),
    )
    back = Answer.from_dict(json.loads(json.dumps(answer.to_dict())))
    assert back.notes == answer.notes
    assert [each.path for each in back.notes] == ["a.txt", "", ""]

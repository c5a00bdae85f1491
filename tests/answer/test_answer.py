from __future__ import annotations

from dataclasses import replace

import pytest

from askcorpus.answer import compose
from askcorpus.records import Answer, Document, Hit, Passage, Reading, Span, Thresholds

TEXTS = {
    "a.txt": "Intro.\r\nThe mayor closed the port. It opens on Monday.",
    "b.txt": "Officials said the mayor closed it.",
    "c.txt": "A gale closed the road.",
}
LIMITS = Thresholds(related=0.2, answered=0.5, fair=0.7, strong=0.9)


def document(path: str) -> Document:
    return Document(path, TEXTS[path], f"Title of {path}", "", 0, 0, date="2014-07-27")


def span(path: str, words: str, sentence: str, score: float) -> Span:
    text = TEXTS[path]
    low, start = text.index(sentence), text.index(words)
    passage = Passage(path, 0, len(text), text, line=1, id=sorted(TEXTS).index(path) + 1)
    return Span(passage, start, start + len(words), words, low, low + len(sentence), score)


def composed(*spans: Span) -> Answer:
    hits = [Hit(s.passage, s.score, n) for n, s in enumerate(spans, 1)]
    reading = Reading("who?", hits, list(spans))
    return compose("who?", reading, root="/r", document=document, thresholds=LIMITS)


FIRST = span("a.txt", "The mayor", "The mayor closed the port.", 0.95)
SECOND = span("b.txt", "the mayor", "Officials said the mayor closed it.", 0.8)
OTHER = span("c.txt", "A gale", "A gale closed the road.", 0.75)


def test_every_citation_and_span_is_a_slice() -> None:
    answer = composed(FIRST, SECOND, OTHER)
    for citation in answer.citations:
        assert TEXTS[citation.path][citation.start : citation.end] == citation.quote
    first = answer.spans[0]
    cited = answer.citations[first.n - 1]
    assert TEXTS[cited.path][first.start : first.end] == answer.answer == "The mayor"
    assert answer.sentence == "The mayor closed the port."


def test_what_says_the_same_is_merged_and_another_answer_is_listed() -> None:
    answer = composed(FIRST, SECOND, OTHER)
    assert [(c.n, c.path) for c in answer.citations] == [(1, "a.txt"), (2, "b.txt"), (3, "c.txt")]
    assert [s.n for s in answer.spans] == [1, 2]
    assert [(a.answer, a.n) for a in answer.also] == [("A gale", 3)]


def test_another_answer_far_less_likely_is_not_listed() -> None:
    assert composed(FIRST, replace(OTHER, score=0.6)).also == ()


def test_a_part_of_a_better_answer_is_not_another_one() -> None:
    part = span("a.txt", "mayor", "The mayor closed the port.", 0.9)
    assert composed(FIRST, part).also == ()


def test_a_place_read_in_two_passages_is_cited_once() -> None:
    again = replace(FIRST, passage=replace(FIRST.passage, id=9), score=0.9)
    assert len(composed(FIRST, again).citations) == 1


@pytest.mark.parametrize(
    ("score", "outcome", "band"),
    [
        (0.95, "answered", "strong"),
        (0.8, "answered", "fair"),
        (0.5, "answered", "weak"),
        (0.4, "related", None),
        (0.1, "none", None),
    ],
)
def test_the_score_decides_outcome_and_band(score: float, outcome: str, band: str | None) -> None:
    answer = composed(replace(FIRST, score=score))
    assert (answer.outcome, answer.band) == (outcome, band)
    assert (answer.answer is None) == (outcome != "answered")
    assert len(answer.citations) == (0 if outcome == "none" else 1)


def test_no_spans_is_no_answer() -> None:
    assert composed().outcome == "none"


def test_words_that_do_not_stand_there_are_never_shown() -> None:
    forged = replace(FIRST, text="The major")
    assert composed(forged, OTHER).answer == "A gale"
    assert composed(forged).outcome == "none"


def test_the_line_counts_crlf_once() -> None:
    assert composed(FIRST).citations[0].line == 2


def test_extracted_text_has_no_line() -> None:
    answer = compose(
        "who?",
        Reading("who?", [], [FIRST]),
        root="/r",
        document=lambda path: replace(document(path), extracted=True),
        thresholds=LIMITS,
    )
    assert answer.citations[0].line is None


@pytest.mark.parametrize(
    ("question", "phrase", "sentence", "answer"),
    [
        ("how much did Zenith pay?", "$4.2 million", "Zenith did not pay $4.2 million.", None),
        ("who took a bribe?", "Senator Brown", "It is false that Senator Brown took one.", None),
        ("who stole it?", "Smith", "The prosecutor claimed that Smith stole it.", None),
        ("how long is the term?", "ten years", "If convicted, Frost faces ten years.", None),
        ("when will it resume?", "Tuesday", "The trial won’t resume on Tuesday.", None),
        ("who denied the deal?", "The council", "The council denied the deal.", "The council"),
        ("when did it open?", "Monday", "The ferry opened on Monday.", "Monday"),
        ("who did not pay?", "Zenith", "Zenith did not pay.", "Zenith"),
    ],
)
def test_a_phrase_that_its_sentence_turns_around_is_not_cut_out(
    question: str, phrase: str, sentence: str, answer: str | None
) -> None:
    start = sentence.index(phrase)
    passage = Passage("a", 0, len(sentence), sentence, 1, id=1)
    found = Span(passage, start, start + len(phrase), phrase, 0, len(sentence), 0.95)
    composed = compose(
        question,
        Reading(question, [], [found]),
        root="/r",
        document=lambda path: Document(path, sentence, "", "", 0, 0),
        thresholds=LIMITS,
    )
    assert composed.answer == (answer or sentence)


def asked(question: str, *spans: Span, understood: str = "") -> Answer:
    reading = Reading(understood or question, [], list(spans))
    return compose(question, reading, root="/r", document=document, thresholds=LIMITS)


@pytest.mark.parametrize(
    "question",
    [
        "who closed the port of Zurich?",
        "who closed the port in 1998?",
        "Which Zurich mayor closed the port?",
    ],
)
def test_a_document_without_the_name_asked_about_is_related_at_most(question: str) -> None:
    answer = asked(question, FIRST)
    assert answer.outcome == "related"
    assert answer.citations[0].quote == "The mayor closed the port."


@pytest.mark.parametrize(
    "question",
    [
        "did the Mayors close the Port?",  # written otherwise
        "Who Closed The Zurich Port?",  # capitals of a title
        "WHO CLOSED THE ZURICH PORT?",
        "Zurich: who closed the port?",  # the first word has a capital anyway
        "who closed the U.S. port?",
        "did the Title say who closed it?",  # in the document's title
        "who closed zurich's port?",
    ],
)
def test_only_a_name_that_is_surely_missing_counts(question: str) -> None:
    assert asked(question, FIRST).outcome == "answered"


def test_the_name_is_looked_for_as_the_question_was_read() -> None:
    assert asked("who let Oficials in?", SECOND, understood="who let Officials in?").answer
    assert asked("who let Oficials in?", SECOND).outcome == "related"


def test_a_document_with_the_name_goes_before_a_likelier_one_without() -> None:
    answer = asked("what did the Officials say?", FIRST, SECOND)
    assert answer.citations[0].path == "b.txt"
    assert len(answer.citations) == 1


def test_accents_do_not_hide_a_name() -> None:
    text = "The Müller works closed."
    found = Span(Passage("m", 0, len(text), text, 1, id=1), 4, 10, "Müller", 0, len(text), 0.95)
    answer = compose(
        "which works of Muller closed?",
        Reading("which works of Muller closed?", [], [found]),
        root="/r",
        document=lambda path: Document(path, text, "", "", 0, 0),
        thresholds=LIMITS,
    )
    assert answer.outcome == "answered"

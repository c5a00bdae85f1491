"""Turns to keep."""

from __future__ import annotations

from askcorpus.history import Turn
from askcorpus.question.query import Query
from askcorpus.records import Alternative, Answer, Citation, Hit, Note, Passage, SpanRef

ROOT = "/documents"


TEXT = "The mayor closed the harbour on Monday because of ice."


def answer(question: str = "who closed it?", path: str = "port.txt", text: str = TEXT) -> Answer:
    """Return an answer that quotes the whole text and names its first nine characters."""
    citation = Citation(1, ROOT, path, 0, len(text), text, "Port", "2014-07-27", 1, None)
    return Answer(
        question=question,
        outcome="answered",
        answer=text[:9],
        sentence=text,
        band="strong",
        spans=(SpanRef(1, 0, 9),),
        citations=(citation,),
        also=(Alternative("Monday", 1),),
        passages=(Hit(Passage(path, 0, len(text), text, 0), 0.5, 1),),
        notes=(Note("A note."),),
        seconds={"total": 0.25},
    )


def turn(question: str = "who closed it?", understood: str = "", **changes: str) -> Turn:
    return Turn(question, Query(understood or question), answer(question, **changes))

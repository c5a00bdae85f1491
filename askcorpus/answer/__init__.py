"""Turns a reader's spans into an answer with citations, or says that no passage answers.

Spans that say the same are merged: the best one is quoted first and the others become further
citations. Whether to answer at all, and how sure the words sound, is decided by the best span's
probability against thresholds that were fitted on development questions. Before that, the guards
lower what a document says of something else than what was asked about.

    fit     the reader's own thresholds, or those fitted for an index
    guards  what keeps a likely span from being the answer
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from askcorpus.answer.guards import GUARDS, guarded
from askcorpus.language.negation import turning
from askcorpus.language.sentences import CLAUSE_END
from askcorpus.language.words import words
from askcorpus.question.kind import analyse
from askcorpus.question.query import Query
from askcorpus.records import Alternative, Answer, Citation, SpanRef
from askcorpus.text import line_breaks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from askcorpus.answer.guards import Guard
    from askcorpus.records import Band, Document, Reading, Span, Thresholds

__all__ = ["compose", "place_label"]

# As many as one looks at. Not tuned.
MAX_CITATIONS = 4
MAX_ALSO = 3


def compose(
    question: str,
    reading: Reading,
    *,
    root: str,
    document: Callable[[str], Document],
    thresholds: Thresholds,
    guards: Sequence[Guard] = GUARDS,
) -> Answer:
    """Return the answer to a question from what was read.

    Args:
        question: As asked, before slips were corrected.
        reading: Its hits are all listed as passages.
        root: The indexed folder.
        document: Returns a document by its path.
        thresholds: What counts as an answer.
        guards: What may lower a span's probability, in order.
    """
    spans = [
        _in_context(question, span, document(span.passage.path))
        for span in _distinct(reading.spans)
        if _is_slice(span, document(span.passage.path))
    ]
    spans = _apart(
        guarded(
            Query(reading.understood),
            spans,
            document=document,
            thresholds=thresholds,
            guards=guards,
        )
    )
    best = spans[0].score if spans else 0.0
    unanswered = Answer(
        question,
        "none",
        passages=tuple(reading.hits),
        probability=best if spans else None,
        notes=tuple(reading.notes),
        scores={"probability": best, **spans[0].scores} if spans else {},
        seconds=reading.seconds,
    )
    if best < thresholds.related:
        return unanswered
    if best < thresholds.answered:
        cited = _citation(1, spans[0], root, document(spans[0].passage.path))
        return replace(unanswered, outcome="related", citations=(cited,))
    return _answered(unanswered, spans, root=root, document=document, thresholds=thresholds)


def _answered(
    unanswered: Answer,
    spans: Sequence[Span],
    *,
    root: str,
    document: Callable[[str], Document],
    thresholds: Thresholds,
) -> Answer:
    """Return the answer that the best span gives, with what else says so and other answers."""
    groups = _groups(span for span in spans if span.score >= thresholds.answered)
    chosen, best = groups[0][:MAX_CITATIONS], spans[0].score
    # Another answer is worth a line only where it could be the right one. Half isn't tuned.
    least = max(thresholds.fair, best / 2)
    others = [group[0] for group in groups[1 : 1 + MAX_ALSO] if group[0].score >= least]
    quoted = _quoted([*chosen, *others])
    numbers = {key: n for n, key in enumerate(quoted, start=1)}
    return replace(
        unanswered,
        outcome="answered",
        answer=chosen[0].text,
        sentence=_quote(chosen[0], document),
        band=_band(best, thresholds),
        spans=tuple(SpanRef(numbers[_place(s)], s.start, s.end) for s in chosen),
        citations=tuple(
            _citation(n, span, root, document(span.passage.path))
            for n, span in enumerate(quoted.values(), start=1)
        ),
        also=tuple(Alternative(s.text, numbers[_place(s)]) for s in others),
    )


def _band(score: float, thresholds: Thresholds) -> Band:
    if score >= thresholds.strong:
        return "strong"
    return "fair" if score >= thresholds.fair else "weak"


def _is_slice(span: Span, document: Document) -> bool:
    """Return whether the span is still what stands in the document: else it is never shown."""
    inside = span.sentence_start <= span.start < span.end <= span.sentence_end
    return inside and document.text[span.start : span.end] == span.text


def _in_context(question: str, span: Span, document: Document) -> Span:
    """Return the whole sentence where the phrase's clause may turn it around.

    "Zenith did not pay $4.2 million" must never be cut to "$4.2 million". The same in what leads
    up to the first comma ("Allegedly, …", "If convicted, …").
    A turn that the question itself names ("who denied …?") is what was asked for.
    """
    low, high = span.sentence_start, span.sentence_end
    before, after = document.text[low : span.start], document.text[span.end : high]
    clauses = CLAUSE_END.split(before)
    around = f"{clauses[0]} | {clauses[-1]} | {CLAUSE_END.split(after)[0]}"
    if turning(around) <= analyse(question).stems:
        return span
    return replace(span, start=low, end=high, text=document.text[low:high])


def _distinct(spans: Iterable[Span]) -> list[Span]:
    """Return the spans, each place once: neighbouring passages share sentences."""
    first: dict[tuple[str, int, int], Span] = {}
    for span in spans:
        first.setdefault((span.passage.path, span.start, span.end), span)
    return list(first.values())


def _apart(spans: Iterable[Span]) -> list[Span]:
    """Return the spans, best first, without those inside a better one."""
    kept: list[Span] = []
    for span in spans:
        path = span.passage.path
        if not any(
            path == better.passage.path and better.start <= span.start and span.end <= better.end
            for better in kept
        ):
            kept.append(span)
    return kept


def _groups(spans: Iterable[Span]) -> list[list[Span]]:
    """Return the spans by what they say, best group first, each group best first."""
    groups: dict[tuple[str, ...], list[Span]] = {}
    for span in spans:
        groups.setdefault(tuple(words(span.text)), []).append(span)
    return list(groups.values())


def _place(span: Span) -> tuple[str, int, int]:
    return span.passage.path, span.sentence_start, span.sentence_end


def _quoted(spans: Iterable[Span]) -> dict[tuple[str, int, int], Span]:
    """Return one span for each sentence to be quoted, in order."""
    first: dict[tuple[str, int, int], Span] = {}
    for span in spans:
        first.setdefault(_place(span), span)
    return first


def _quote(span: Span, document: Callable[[str], Document]) -> str:
    return document(span.passage.path).text[span.sentence_start : span.sentence_end]


def _citation(n: int, span: Span, root: str, document: Document) -> Citation:
    passage = span.passage
    line = passage.line + line_breaks(document.text, passage.start, span.sentence_start)
    return Citation(
        n=n,
        root=root,
        path=document.path,
        start=span.sentence_start,
        end=span.sentence_end,
        quote=document.text[span.sentence_start : span.sentence_end],
        title=document.title,
        date=document.date,
        line=None if document.extracted else line,
        locator=place_label(document, span.sentence_start) or passage.heading or None,
    )


def place_label(document: Document, start: int) -> str:
    """Return the page, slide or row that the original holds a character on; empty for none."""
    at = bisect_right(document.places, start, key=lambda place: place.start)
    return document.places[at - 1].label if at else ""

"""What keeps a likely span from being the answer: its document says it of something else.

A reader takes the words of a passage that fit best, and hardly notices of whom they are said. Each
guard is one rule about that; it may lower a probability and never raises one.

    strange_document   the document never mentions a name of the question
    denial             a sentence says no about that name, to what is asked: it is quoted instead
    strange_paragraph  a name stands elsewhere in the document, not in what leads up to the span
    heading            a heading announces what the text below it says
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from math import nextafter
from typing import TYPE_CHECKING

from askcorpus.language.names import (
    beside_others,
    entitles,
    mentions,
    opens_with_name,
    speaks_of,
)
from askcorpus.language.negation import denying
from askcorpus.language.taken import sentence_ranges, sentence_stems
from askcorpus.language.words import stem, stems, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from askcorpus.language.names import Name
    from askcorpus.question.query import Query
    from askcorpus.records import Document, Passage, Span, Thresholds

    Guard = Callable[["Case", Span], Span]
    Stems = frozenset[str]

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
MAX_BACK = 3
"""Paragraphs before a span's own that may say whom it is about. Not tuned."""
MAX_PARAGRAPH_CHARS = 5_000
"""A longer paragraph counts as several, so that an endless one takes no time. Not tuned."""


@dataclass(frozen=True, slots=True)
class Denial:
    """A sentence that says no to something; offsets count the document's characters."""

    passage: Passage
    start: int
    end: int
    terms: Stems
    """What it holds of the question."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question, and what its spans are judged by."""

    asked: Query
    """As it was read."""
    document: Callable[[str], Document]
    thresholds: Thresholds
    names: tuple[Name, ...]
    lacking: frozenset[str]
    """Paths of documents that lack a word of a name."""
    denials: Mapping[str, Sequence[Denial]]
    """By path; none where the question names nothing."""


def guarded(
    asked: Query,
    spans: Sequence[Span],
    *,
    document: Callable[[str], Document],
    thresholds: Thresholds,
    guards: Sequence[Guard],
) -> list[Span]:
    """Return the spans as the guards leave them, best first; ties keep their order."""
    single, names = asked.analysis.single_names, asked.analysis.full_names
    paths = {span.passage.path for span in spans}
    lacking = frozenset(path for path in paths if _lacks(document(path), single))
    denials = _denials(asked, spans) if names else {}
    case = Case(asked, document, thresholds, names, lacking, denials)
    found = []
    for span in spans:
        kept = span
        for guard in guards:
            # What is no answer anyway needs no guard.
            kept = guard(case, kept) if kept.score >= thresholds.answered else kept
        found.append(kept)
    return sorted(found, key=lambda span: -span.score)


def strange_document(case: Case, span: Span) -> Span:
    """Return the span, related at most where its document lacks a name of the question.

    A document that never mentions Paris doesn't say who its mayor is, though it may name a mayor.
    """
    lacks = span.passage.path in case.lacking
    return _below(span, case.thresholds.answered) if lacks else span


def denial(case: Case, span: Span) -> Span:
    """Return the sentence that says no to the question, where the span's speaks of another name.

    "Zenith did not submit a bid. Acme submitted one of $3.9 million": asked for Zenith's bid, the
    first sentence holds all that the second one holds of the question, and its name besides.
    """
    document = case.document(span.passage.path)
    own = document.text[span.sentence_start : span.sentence_end]
    held = case.asked.analysis.content_stems.intersection(stems(own))
    name_stems = {stem(word) for name in case.names for word in name}
    fitting = [
        each
        for each in case.denials.get(span.passage.path, ())
        if held <= each.terms and (each.terms - held) & name_stems and each.terms - name_stems
    ]
    if not fitting:
        return span
    best = max(fitting, key=lambda each: len(each.terms))
    # What follows at once may say who did instead: it is quoted too.
    between = document.text[best.end : span.sentence_start]
    follows = best.end <= span.sentence_start and not between.strip()
    within = span.sentence_end <= best.passage.end
    return replace(
        _below(span, case.thresholds.strong),
        passage=best.passage,
        start=best.start,
        end=best.end,
        text=document.text[best.start : best.end],
        sentence_start=best.start,
        sentence_end=span.sentence_end if follows and within else best.end,
    )


def strange_paragraph(case: Case, span: Span) -> Span:
    """Return the span, two bands lower where what leads up to it speaks of no name asked about.

    The name must stand in the sentence or before it in its paragraph, in a heading above it or in
    the document's title; a paragraph that doesn't open with a name goes on with the one before.
    Where others of that name stand there instead, or the name heads another section, the span is
    related at most.
    """
    # A year or a number is a circumstance, and is seldom said twice.
    missing = [name for name in case.names if any(word[0].isalpha() for word in name)]
    if not missing:
        return span
    document = case.document(span.passage.path)
    title = f"{document.title} {document.path}"
    missing = [name for name in missing if not entitles(title, document.text, name)]
    nearest = list(_leading_up(document, span))
    missing = [name for name in missing if not any(speaks_of(text, name) for text in nearest)]
    if not missing:
        return span
    heads = [document.text[mark.start : mark.end] for mark in document.headings]
    is_other = any(
        any(speaks_of(head, name) for head in heads) or beside_others(" \n".join(nearest), name)
        for name in missing
    )
    limits = case.thresholds
    keeps = span.score >= limits.strong and not is_other
    return _below(span, limits.fair if keeps else limits.answered)


def heading(case: Case, span: Span) -> Span:
    """Return the span, quoted without a heading above it; as a heading's own it is weak at most.

    A heading that repeats the question's words is related at most.
    """
    document = case.document(span.passage.path)
    for mark in document.headings:
        if span.sentence_start <= mark.start and mark.end < span.end:
            below = document.text[mark.end : span.end]
            low = mark.end + len(below) - len(below.lstrip())
            start = max(span.start, low)
            text = document.text[start : span.end]
            span = replace(span, start=start, text=text, sentence_start=low)
        elif mark.start <= span.start < mark.end:
            says_more = set(words(span.text)).difference(case.asked.analysis.words)
            return _below(span, case.thresholds.fair if says_more else case.thresholds.answered)
    return span


GUARDS: tuple[Guard, ...] = (strange_document, denial, strange_paragraph, heading)


def _below(span: Span, bound: float) -> Span:
    return replace(span, score=min(span.score, nextafter(bound, 0.0)))


def _lacks(document: Document, names: frozenset[str]) -> bool:
    whole = f"{document.title} {document.path} {document.text}".casefold() if names else ""
    return any(not mentions(whole, name) for name in names)


def _denials(asked: Query, spans: Sequence[Span]) -> dict[str, list[Denial]]:
    """Return what says no in the spans' passages and holds a word of the question, by path."""
    found: dict[str, list[Denial]] = defaultdict(list)
    passages = {(s.passage.path, s.passage.start): s.passage for s in spans}
    for passage in passages.values():
        # Most passages say no to nothing: finding their sentences would take longer.
        if not denying(passage.text):
            continue
        ranges, roots = sentence_ranges(passage.text), sentence_stems(passage.text)
        for (low, high), own in zip(ranges, roots, strict=True):
            turns = denying(passage.text[low:high])
            held = asked.analysis.content_stems & own
            # Where the question itself says no, that is what it asks for.
            if turns and held and not turns <= asked.analysis.stems:
                place = passage.start + low, passage.start + high
                found[passage.path].append(Denial(passage, *place, held))
    return found


def _leading_up(document: Document, span: Span) -> Iterator[str]:
    """Yield what may say whom a span is about, nearest first."""
    text = document.text
    level = 7
    for mark in reversed(document.headings):
        if mark.start < span.sentence_start and mark.level < level:
            level = mark.level
            yield text[mark.start : mark.end]
    end = span.sentence_end
    for _ in range(MAX_BACK + 1):
        start = _paragraph_start(text, end)
        yield text[start:end]
        if not start or opens_with_name(text[start:end], text):
            return
        end = len(text[:start].rstrip())


def _paragraph_start(text: str, end: int) -> int:
    """Return where the paragraph begins that holds the character before `end`."""
    first = max(0, end - MAX_PARAGRAPH_CHARS)
    return max((gap.end() for gap in _BLANK_LINE.finditer(text, first, end)), default=first)

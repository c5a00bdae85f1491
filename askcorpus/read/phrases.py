"""Cuts a sentence to the short phrase that answers, where the kind of question makes it safe.

Patterns over English newspaper prose: dates, numbers with their unit, names after a preposition,
reasons after "because", and the subject before the verb that the question asks about. Where no
pattern fits, the sentence itself is the answer: too long is forgiven, wrong is not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from askcorpus.language.words import STOP_WORDS, WORD, fold, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from askcorpus.question.kind import Question

    Range = tuple[int, int]

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?"
    r"|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_COUNT = r"(?:\d+|a|one|two|three|four|five|six|seven|eight|nine|ten|several|a few|many)"
DATE = re.compile(
    rf"\b(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+(?:1[0-9]|20)\d\d)?\b"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}(?:\s+(?:1[0-9]|20)\d\d)?\b"
    rf"|{_MONTH},?\s+(?:of\s+)?(?:1[0-9]|20)\d\d\b"
    r"|(?:1[0-9]|20)\d\d-\d\d-\d\d\b|\d{1,2}[/.]\d{1,2}[/.](?:1[0-9]|20)\d\d\b"
    r"|(?:(?:early|mid|late)[\s-]+)?(?:1[0-9]|20)\d\ds?\b"
    rf"|{_DAY}(?:\s+(?:morning|afternoon|evening|night))?\b"
    rf"|\d{{1,2}}(?::\d\d)?\s*(?:a\.m\.|p\.m\.|am\b|pm\b)(?:\s+local time)?"
    rf"|{_COUNT}\s+(?:day|week|month|year|decade|hour)s?\s+ago\b"
    rf"|(?:in\s+)?(?:recent|last|past)\s+(?:day|week|month|year)s?\b"
    rf"|(?:yesterday|today|tonight)\b)"
)
_NUMERAL = (
    r"(?<![\w.-])(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\d.,]*\d)"
    r"|(?:hundreds?|thousands?|millions?|billions?|dozens?)"
    r"(?:\s+of\s+(?:hundreds|thousands|millions|billions))?|half"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty)"
    r"(?![a-z])"
)
_ABOUT = (
    r"(?:more than|less than|fewer than|at least|at most|nearly|almost|about|around|over|under"
    r"|roughly|some|up to|the age of|more than half of)"
)
NUMBER = re.compile(
    rf"(?:\b{_ABOUT}\s+)?(?:[$£€]\s?|\b){_NUMERAL}(?:[- ](?:hundred|thousand|million|billion))*"
    r"(?:\s*(?:%|percent\b|per cent\b|tons?\b|tonnes?\b|dollars\b|euros\b|pounds\b|miles\b"
    r"|kilomet\w+\b|years?(?: old)?\b|months?\b|weeks?\b|days?\b|hours?\b|minutes?\b"
    r"|of\s+dollars\b))?",
    re.IGNORECASE,
)
_NAME = r"[A-Z](?:[\w’'.-]*\w)?"
_NAMES = rf"{_NAME}(?:\s+(?:of|the|al|de|del|la|le|von|van|and)\s+{_NAME}|\s+{_NAME})*"
PLACE = re.compile(
    rf"\b(?:in|at|from|near|to|into|through|across|outside|inside|beneath|under|of)\s+"
    rf"((?:the\s+)?(?:\w+\s+)?{_NAMES})"
)
PERSON = re.compile(rf"\b{_NAMES}")
REASON = re.compile(r"\b(?:because(?: of)?|due to|so that|so|in order to|as a result of)\s+")
_AUXILIARY = (
    r"(?:has|have|had|will|would|did|does|do|could|can|may|might|reportedly|also|already|now"
    r"|flatly|\w+ly)"
)
_SUBJECT_STARTS = re.compile(
    r"(?:^|[,;:—–]\s|[“\"]|\b(?:that|but|and|which|while|as|report,)\s)", re.IGNORECASE
)


def cut(question: Question, sentence: str, stem: Callable[[str], str]) -> Range | None:
    """Return the phrase's range in the sentence, or None where the whole sentence is safer."""
    finders = {
        "when": _when,
        "number": _number,
        "where": _where,
        "why": _why,
        "who": _who,
    }
    finder = finders.get(question.kind)
    return finder(question, sentence, stem) if finder else None


def holds_kind(question: Question, sentence: str) -> bool:
    """Return whether the sentence holds a thing of the kind asked for, not in the question."""
    asked = set(words(question.text))
    patterns = {"when": DATE, "number": NUMBER, "where": PLACE, "who": PERSON, "why": REASON}
    pattern = patterns.get(question.kind)
    if pattern is None:
        return True
    return any(
        any(word not in asked and word not in STOP_WORDS for word in words(match.group()))
        for match in pattern.finditer(sentence)
    )


def _when(question: Question, sentence: str, stem: Callable[[str], str]) -> Range | None:
    return _nearest(question, sentence, stem, _new(question, DATE.finditer(sentence)))


def _number(question: Question, sentence: str, stem: Callable[[str], str]) -> Range | None:
    found = list(_new(question, NUMBER.finditer(sentence)))
    dates = [match.span() for match in DATE.finditer(sentence)]
    kept = [r for r in found if not any(r[0] < high and low < r[1] for low, high in dates)]
    return _nearest(question, sentence, stem, kept)


def _where(question: Question, sentence: str, stem: Callable[[str], str]) -> Range | None:
    return _nearest(question, sentence, stem, _new(question, PLACE.finditer(sentence), group=1))


def _why(question: Question, sentence: str, stem: Callable[[str], str]) -> Range | None:
    del question, stem
    match = REASON.search(sentence)
    if match is None:
        return None
    end = len(sentence)
    while end > match.start() and sentence[end - 1] in ".,;:”’\"' ":
        end -= 1
    return (match.start(), end) if end - match.start() > 12 else None


def _who(question: Question, sentence: str, stem: Callable[[str], str]) -> Range | None:
    """Return the subject before the question's own verb, where both are in the active voice."""
    verbs = {stem(term) for term in question.terms[:2]}
    for match in WORD.finditer(sentence):
        if stem(fold(match.group())) not in verbs or match.start() == 0:
            continue
        end = match.start()
        while cleared := re.search(rf"\b{_AUXILIARY}\s+$", sentence[:end]):
            end = cleared.start()
        starts = [m.end() for m in _SUBJECT_STARTS.finditer(sentence[:end])]
        start = starts[-1] if starts else 0
        subject = sentence[start:end].rstrip()
        if _is_subject(subject, question):
            return start, start + len(subject)
    return None


def _is_subject(subject: str, question: Question) -> bool:
    found = WORD.findall(subject)
    named = any(word[0].isupper() for word in found)
    asked = {fold(word) for word in WORD.findall(question.text)}
    fresh = any(fold(word) not in asked for word in found if fold(word) not in STOP_WORDS)
    return bool(found) and len(found) <= 8 and named and fresh


def _new(question: Question, matches: Iterator[re.Match[str]], group: int = 0) -> Iterator[Range]:
    """Yield the ranges of matches that say something that the question doesn't."""
    asked = set(words(question.text))
    for match in matches:
        if any(word not in asked and word not in STOP_WORDS for word in words(match.group(group))):
            yield match.span(group)


def _nearest(
    question: Question,
    sentence: str,
    stem: Callable[[str], str],
    ranges: Iterator[Range] | list[Range],
) -> Range | None:
    """Return the range closest to the question's words in the sentence; the first on a tie."""
    wanted = {stem(term) for term in question.terms}
    places = [
        match.start() for match in WORD.finditer(sentence) if stem(fold(match.group())) in wanted
    ]

    def distance(span: Range) -> float:
        near = sorted(min(abs(at - span[0]), abs(at - span[1])) for at in places)[:2]
        return sum(near) / len(near) if near else 0.0

    return min(ranges, key=distance, default=None)

"""What kind of thing a question asks for, told from its words. English only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from askcorpus.language.asking import (
    MEASURES,
    PEOPLE,
    PLACES,
    QUANTITIES,
    REASONS,
    SEVERAL,
    TIMES,
    VERBS_IN_S,
)
from askcorpus.language.grammar import FINITE
from askcorpus.language.names import names
from askcorpus.language.number import is_plural
from askcorpus.language.words import content_words, words
from askcorpus.question.lengths import MAX_TERMS

Kind = Literal["who", "when", "where", "number", "why", "how", "yes_no", "what"]

_ASKING = {"what", "which", "who", "whom", "name", "list"}
_NAMED: dict[str, Kind] = {
    **dict.fromkeys(TIMES, "when"),
    **dict.fromkeys(PLACES, "where"),
    **dict.fromkeys(PEOPLE, "who"),
    **dict.fromkeys(QUANTITIES, "number"),
    **dict.fromkeys(REASONS, "why"),
}
_PLAIN: dict[str, Kind] = {
    "who": "who",
    "whom": "who",
    "whose": "who",
    "when": "when",
    "where": "where",
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question's kind and the words that a passage should hold."""

    text: str
    kind: Kind
    terms: tuple[str, ...]
    """Distinct content words, folded, in order."""
    names: frozenset[str]
    """Those terms that are written like names or numbers (capitals inside the sentence)."""
    several: bool = False
    """Whether it asks for more than one thing."""


def analyse(text: str) -> Question:
    """Return the question's kind and terms; "what" where no word tells more."""
    terms = tuple(dict.fromkeys(content_words(text)))[:MAX_TERMS]
    return Question(
        text=text,
        kind=_kind(words(text)),
        terms=terms,
        names=names(text),
        several=asks_for_several(text),
    )


def _kind(asked: list[str]) -> Kind:
    for at, first in enumerate(asked[:12]):
        following = asked[at + 1 : at + 4]
        if first in _PLAIN:
            return _PLAIN[first]
        if first == "how":
            return "number" if following and following[0] in MEASURES else "how"
        if first == "why":
            return "why"
        if first in ("what", "which"):
            return next((_NAMED[word] for word in following if word in _NAMED), "what")
    return "yes_no" if asked and asked[0] in FINITE else "what"


def asks_for_several(question: str) -> bool:
    """Return whether the answer to a question is more than one thing."""
    asked = words(question)
    for at, word in enumerate(asked):
        if word not in _ASKING:
            continue
        following = asked[at + 1 : at + 4]
        if SEVERAL.intersection(following[:2]):
            return True
        if following and following[0] in {"are", "were"}:
            return any(_is_plural(each) for each in asked[at + 2 : at + 7])
        if word in ("who", "whom") or not following or following[0] in FINITE:
            return False
        return any(_is_plural(each) for each in following[:2])
    return False


def _is_plural(word: str) -> bool:
    return is_plural(word) and word not in VERBS_IN_S

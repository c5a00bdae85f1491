"""What kind of thing a question asks for, told from its words. English only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from askcorpus.language.names import names
from askcorpus.language.words import content_words, words

Kind = Literal["who", "when", "where", "number", "why", "how", "yes_no", "what"]

_WHEN = {"year", "date", "day", "month", "time", "decade", "century", "weekday"}
_WHERE = {"city", "country", "place", "town", "location", "state", "region", "area", "airport"}
_WHO = {"person", "people", "man", "woman", "leader", "official", "author", "reporter", "name"}
_NUMBER = {"number", "percentage", "percent", "amount", "age", "share", "proportion", "quantity"}
_AMOUNT = {"many", "much", "old", "long", "far", "often", "large", "big", "tall", "high", "deep"}
_REASON = {"reason", "cause", "motive", "purpose"}
_AUXILIARIES = set(
    """is are was were am do does did has have had can could will would should shall may might
    must isn't aren't wasn't weren't don't doesn't didn't hasn't haven't""".split()
)
_ASKING = {"what", "which", "who", "whom", "name", "list"}
_SEVERAL = set("two three four five six seven eight nine ten both several all some".split())
_PLURAL_VERBS = {"are", "were"}
_PLURALS = {"people", "men", "women", "children", "cities", "countries"}
_VERBS = set("is was has does do did can could will would should may might must".split())
# Words in -s that follow "what" or "which" and aren't things.
_NOT_PLURAL = set(
    "is was has does its his this thus causes makes gives happens comes means".split()
)
_NAMED: dict[str, Kind] = {
    **dict.fromkeys(_WHEN, "when"),
    **dict.fromkeys(_WHERE, "where"),
    **dict.fromkeys(_WHO, "who"),
    **dict.fromkeys(_NUMBER, "number"),
    **dict.fromkeys(_REASON, "why"),
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
    terms = tuple(dict.fromkeys(content_words(text)))[:64]
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
            return "number" if following and following[0] in _AMOUNT else "how"
        if first == "why":
            return "why"
        if first in ("what", "which"):
            return next((_NAMED[word] for word in following if word in _NAMED), "what")
    return "yes_no" if asked and asked[0] in _AUXILIARIES else "what"


def asks_for_several(question: str) -> bool:
    """Return whether the answer to a question is more than one thing."""
    asked = words(question)
    for at, word in enumerate(asked):
        if word not in _ASKING:
            continue
        following = asked[at + 1 : at + 4]
        if _SEVERAL.intersection(following[:2]):
            return True
        if following and following[0] in _PLURAL_VERBS:
            return any(_is_plural(each) for each in asked[at + 2 : at + 7])
        if word in ("who", "whom") or not following or following[0] in _VERBS:
            return False
        return any(_is_plural(each) for each in following[:2])
    return False


def _is_plural(word: str) -> bool:
    if word in _PLURALS:
        return True
    return (
        len(word) > 3
        and word.endswith("s")
        and not word.endswith(("ss", "us", "is"))
        and word not in _NOT_PLURAL
    )

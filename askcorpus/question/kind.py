"""What kind of thing a question asks for, told from its words. English only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from askcorpus.language.names import names
from askcorpus.language.words import content_words, stem, words

Kind = Literal["who", "when", "where", "number", "why", "how", "yes_no", "what"]

# A pasted page is still a question: its first words say what it is about. Not tuned.
MAX_TERMS = 64

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
class Analysis:
    """What the words of a question tell: the kind of its answer, and what a passage should hold."""

    kind: Kind
    words: tuple[str, ...]
    """All of them, folded, in order."""
    stems: frozenset[str]
    """Of all its words."""
    content: frozenset[str]
    """Its content words, folded."""
    content_stems: frozenset[str]
    terms: tuple[str, ...]
    """The distinct content words that are searched for, in order; at most `MAX_TERMS`."""
    names: frozenset[str]
    """Those words that are written like names or numbers (capitals inside the sentence)."""
    several: bool
    """Whether it asks for more than one thing."""


@lru_cache(maxsize=64)
def analyse(text: str) -> Analysis:
    """Return the analysis of a question; the kind is "what" where no word tells more.

    It is kept, since every stage asks for it: a question is taken apart once.
    """
    asked, content = words(text), content_words(text)
    return Analysis(
        kind=_kind(asked),
        words=tuple(asked),
        stems=frozenset(stem(word) for word in asked),
        content=frozenset(content),
        content_stems=frozenset(stem(word) for word in content),
        terms=tuple(dict.fromkeys(content))[:MAX_TERMS],
        names=names(text),
        several=_asks_for_several(asked),
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


def _asks_for_several(asked: list[str]) -> bool:
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

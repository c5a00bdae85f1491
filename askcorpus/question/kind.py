"""What kind of thing a question asks for, told from its words. English only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

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
from askcorpus.language.names import full_names, names, searchable
from askcorpus.language.number import is_plural
from askcorpus.language.words import STOP_WORDS, stem, words
from askcorpus.question.lengths import MAX_TERMS

if TYPE_CHECKING:
    from askcorpus.language.names import Name

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
    single_names: frozenset[str]
    """The words of its names that a text may be searched for."""
    full_names: tuple[Name, ...]
    """Its names in order, each as those words."""
    several: bool
    """Whether it asks for more than one thing."""


@lru_cache(maxsize=64)
def analyse(text: str) -> Analysis:
    """Return the analysis of a question; the kind is "what" where no word tells more.

    It is kept, since every stage asks for it: a question is taken apart once.
    """
    asked = words(text)
    content = [word for word in asked if word not in STOP_WORDS] or asked
    found = names(text)
    single = searchable(found, asked)
    return Analysis(
        kind=_kind(asked),
        words=tuple(asked),
        stems=frozenset(stem(word) for word in asked),
        content=frozenset(content),
        content_stems=frozenset(stem(word) for word in content),
        terms=tuple(dict.fromkeys(content))[:MAX_TERMS],
        names=found,
        single_names=single,
        full_names=tuple(full_names(text, single)),
        several=_asks_for_several(asked),
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


def _asks_for_several(asked: list[str]) -> bool:
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

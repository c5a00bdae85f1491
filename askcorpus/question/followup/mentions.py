"""Who and what an earlier turn spoke of: what a pronoun may mean."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from askcorpus.language.grammar import BE, DETERMINERS, PREPOSITIONS
from askcorpus.language.number import NUMBERS, is_many
from askcorpus.language.words import STOP_WORDS
from askcorpus.question.followup.lexicon import ATTRIBUTES, FEMALE, MALE, ORGANISATION, PERSON
from askcorpus.question.followup.phrases import (
    BREAKS,
    known_names,
    names,
    phrase_end,
    phrases,
    tokens,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from askcorpus.question.followup.phrases import Range, Token

# Longer answers are clauses: nobody calls them "it".
MAX_ANSWER_WORDS = 14
_PEOPLES = ("ans", "elis", "aqis", "anis", "Jews", "Arabs", "Turks", "Greeks")
_ADJECTIVAL = ("an", "ish", "ese", "eli", "ench", "utch", "ic", "aqi", "ani")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name or a noun phrase of an earlier turn."""

    text: str
    """As it may stand in a question: "the deal", "Khaled Meshaal"."""
    name: bool
    plural: bool
    person: bool | None
    """None where nothing tells."""
    female: bool | None = None
    answer: bool = False


def of_question(text: str, known: frozenset[str]) -> list[Mention]:
    """Return what a question speaks of, in order."""
    own = tokens(text)
    runs = names(text, known)
    others = list(phrases(text, runs))
    # "Korean" of "Korean leaders" is no name of its own.
    adjectives = [
        (a, b)
        for a, b in runs
        if own[b - 1].low.endswith(_ADJECTIVAL) and any(c <= a and b < d for c, d in others)
    ]
    found = [
        (low, described(text, own, low, high, name=True))
        for low, high in runs
        if (low, high) not in adjectives
    ]
    for low, high in others:
        mention = described(text, own, low, high, name=False)
        if low and own[low - 1].low in {"many", "much", "few", "which", "what"}:
            mention = replace(mention, text=f"the {mention.text}")
        if [word.low for word in own[max(0, low - 2) : low]] == ["one", "of"]:
            mention = replace(mention, text=f"one of {mention.text}", plural=False)
        found.append((low, mention))
    return [mention for _, mention in sorted(found, key=lambda pair: (pair[0], -len(pair[1].text)))]


def of_answer(answer: str, question: str, sentence: str) -> Mention | None:
    """Return the person or thing that a short answer names, or None where it names none."""
    own, asked = tokens(answer), [word.low for word in tokens(question)]
    kind = next((low for low in asked if low.startswith(("who", "what", "which"))), "")
    # Of these, the answer is a time, a place, a reason or a number.
    adjunct = {"when", "where", "why", "how", "whose"} & set(asked[:3])
    if not own or not kind or adjunct or len(own) > MAX_ANSWER_WORDS:
        return None
    runs = names(answer, known_names(sentence) | known_names(f"x {answer}"))
    if own[0].low in (DETERMINERS | NUMBERS) - {"that", "this"}:
        mention = _answered_phrase(answer, runs)
    elif all(word.text[0].isupper() or word.low in STOP_WORDS for word in own):
        mention = described(answer, own, 0, len(own), name=True)
    elif own[0].text[0].isupper() and runs:
        # Of "Hamas leader Khaled Meshaal" the last name, of "President Obama spoke" the first.
        titled = runs[0][1] < len(own) and own[runs[0][1]].low in PERSON
        low, high = runs[-1 if titled else 0]
        end = phrase_end(own, answer, high, opened=False)
        if low == 0 and end > high:
            mention = _answered_phrase(answer if is_many(own[end - 1].low) else f"the {answer}", [])
        else:
            mention = described(answer, own, low, high, name=True)
    else:
        return None
    if mention is None:
        return None
    office = kind.startswith("who") and set(asked[:3]) & (BE | {"who's"}) and set(asked) & PERSON
    return replace(mention, answer=True, person=True if office else mention.person)


def _answered_phrase(answer: str, runs: Sequence[Range]) -> Mention | None:
    """Return the noun phrase that opens an answer, with "in Pyongyang" where that follows."""
    own = tokens(answer)
    opened = own[0].low in DETERMINERS | NUMBERS
    end = phrase_end(own, answer, 1 if opened else 0, opened=opened)
    if end < 1 + opened:
        return None
    if end < len(own) and own[end].low in {"in", "of"}:
        end = max([end, *(high for low, high in runs if low == end + 1)])
    return described(answer, own, 0, end, name=False)


def asked_for(question: str) -> Mention | None:
    """Return what a question asks for by a noun: "the newspaper" of "which newspaper"."""
    own = tokens(question)
    if len(own) < 3 or own[0].low not in {"which", "what"} or own[1].low in BREAKS:
        return None
    end = phrase_end(own, question, 1, opened=False)
    if not 1 < end < len(own) or own[end].low in PREPOSITIONS or own[end - 1].low in ATTRIBUTES:
        return None
    mention = described(question, own, 1, end, name=False)
    return replace(mention, text=f"the {mention.text}", answer=True)


def described(text: str, own: Sequence[Token], low: int, high: int, *, name: bool) -> Mention:
    """Return the mention that these words make; an article becomes "the", a title goes."""
    words = {word.bare.lower() for word in own[low:high]}
    last = own[high - 1]
    start = own[low].start
    titles = 0
    if name:
        while low + titles + 1 < high and own[low + titles].low in PERSON | {"prime", "foreign"}:
            titles += 1
        start = own[low + titles].start if not words & (FEMALE | MALE) else start
    spoken = text[start : last.start] + last.bare
    if not name and own[low].low in DETERMINERS:
        spoken = re.sub(r"^\S+\s*", "the ", spoken)
    elif own[low].low in NUMBERS or (name and low and own[low - 1].low == "the"):
        spoken = f"the {spoken}"
    before = own[low - 1].low if low else ""
    head = last.bare.lower() if not name else ""
    person: bool | None = None
    if titles or before in PERSON or head in PERSON or head.removesuffix("s") in PERSON:
        person = True
    elif words & ORGANISATION or not name:
        person = False
    female = True if words & FEMALE else False if words & MALE else None
    several = last.bare.endswith(_PEOPLES) or " and " in spoken
    plural = several if name else is_many(last.bare.lower())
    return Mention(spoken, name, plural, person, female)

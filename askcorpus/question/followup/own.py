"""Pronouns that a question explains itself: "who did Obama say he met?", "is it true that"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from askcorpus.language.grammar import AUXILIARIES, BE, PREPOSITIONS, WH
from askcorpus.language.words import STOP_WORDS
from askcorpus.question.followup.lexicon import (
    AFTER_SUBJECT,
    COUNTS,
    EMPTY_IT,
    QUOTED,
    SPEECH,
    VERBS,
)
from askcorpus.question.followup.phrases import is_past, names, phrases, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from askcorpus.question.followup.phrases import Range, Token

Kind = Literal["he", "she", "it", "they"]
Role = Literal["subject", "object", "possessive"]

_FORMS: dict[str, tuple[Kind, Role | None]] = {
    "he": ("he", "subject"),
    "him": ("he", "object"),
    "his": ("he", "possessive"),
    "she": ("she", "subject"),
    "her": ("she", None),
    "it": ("it", None),
    "its": ("it", "possessive"),
    "they": ("they", "subject"),
    "them": ("they", "object"),
    "their": ("they", "possessive"),
}
_NOBODY = {"nobody", "everyone", "everybody", "anyone", "anybody", "someone", "somebody", "one"}
_CLAUSE_OPENERS = {"that", "whether", "if", "because", "before", "after", "when", "while", "as"}
_PAUSE = re.compile(r"[:,;()]|\s[-–—]\s|—")
# What may stand between a name and an "it" that is not the same clause's object.
_BREAK = re.compile(
    _PAUSE.pattern
    + r"|\b(?:and|but|because|while|if|that|which|who|how|why|where|when|before|after"
    r"|until|since|as|say|says|said)\b"
)
_INFINITIVE = re.compile(r"\b(?:to|by|from|\w+ing)\b")
_AROUND = {"around", "near", "inside", "within", "behind", "beside", "beneath", "over", "above"}
# "made it possible", "get away with it": no name belongs there.
_IDIOM = re.compile(
    r"\b(?:ma[dk]e|makes|making|finds?|found|considere?d?s?|declared?|thinks?|thought) it [^?]"
    r"|\bget(?:s|ting)? (?:away )?with it\b|\bit[’']s own\b"
)
_FRONT = re.compile(
    r"(?:in|on|at|by|with|before|after|when|while|as|since|if|although|until|because|despite|unlike)\b"
)
_CLOCK = re.compile(r"\bwhat(?:['’]s| is)? (?:time|day|date|year) is it\b")
_ADVERBS = {"not", "really", "very", "still", "also", "now", "ever", "already", "even"}


class Pronoun(NamedTuple):
    """A pronoun, and what it does in the question."""

    at: int
    """Its place among the question's words."""
    kind: Kind
    role: Role
    ending: str
    """What is contracted with it: "re" of "they're"."""


def unexplained(text: str, known: frozenset[str]) -> Iterator[Pronoun]:
    """Yield the first pronoun of each kind that the question itself doesn't explain.

    Args:
        text: The question.
        known: Names, in lower case.
    """
    own = tokens(text)
    quoted = [match.span() for match in QUOTED.finditer(text)]
    seen: set[Kind] = set()
    for at, token in enumerate(own):
        low, _, ending = token.low.partition("'")
        if low not in _FORMS or any(a <= token.start < b for a, b in quoted):
            continue
        if token.text.isupper() and not text.isupper():
            continue  # IT is a trade
        kind, role = _FORMS[low]
        if kind in seen:
            continue
        seen.add(kind)
        pronoun = Pronoun(at, kind, role or _role(text, own, at, kind), ending)
        if not _is_empty(text, own, pronoun) and not _has_own(text, own, pronoun, known):
            yield pronoun


def _role(text: str, own: Sequence[Token], at: int, kind: Kind) -> Role:
    """Return what "it" or "her" does in the question."""
    last = at + 1 == len(own) or bool(text[own[at].end : own[at + 1].start].strip())
    after = "" if last else own[at + 1].low
    if kind == "she":
        plain = last or after in PREPOSITIONS | STOP_WORDS or is_past(after)
        return "object" if plain else "possessive"
    before = own[at - 1].low if at else ""
    opens = not at or before in AUXILIARIES | WH or before.endswith("'s") or "'" in own[at].low
    if opens or (before in SPEECH | _CLAUSE_OPENERS and after and after not in PREPOSITIONS):
        return "subject"
    plain = last or after in PREPOSITIONS | {"to"} or is_past(before)
    return "object" if plain else "subject"


def _is_empty(text: str, own: Sequence[Token], pronoun: Pronoun) -> bool:
    """Whether an "it" stands for nothing: "is it true that", "how long does it take to"."""
    at = pronoun.at
    before = own[at - 1].low if at else ""
    after = [token.low for token in own[at + 1 : at + 12]]
    if pronoun.kind != "it" or not after:
        return pronoun.kind == "it" and bool(_IDIOM.search(text.lower()))
    if _CLOCK.search(text.lower()) or _IDIOM.search(text.lower()):
        return True
    if after[0] in {"take", "takes", "took", "cost", "costs", "mean", "means"}:
        return "to" in after
    while after and after[0] in BE | _ADVERBS | {"become", "became"}:
        after, before = after[1:], "is"
    if not after or not (before in AUXILIARIES or pronoun.ending):
        return False
    if after[1:2] in (["for"], ["as"]) and "to" not in after:
        return False  # "what is it known for"
    return (
        after[0] in EMPTY_IT | {"matter", "seem"}
        or (before in BE and after[0] in {"to", "before", "until", "since", "when"})
        or (after[0] == "worth" and any(word.endswith("ing") for word in after[1:2]))
        or bool({"that", "whether", "when", "if"} & set(after))
    )


def _has_own(text: str, own: Sequence[Token], pronoun: Pronoun, known: frozenset[str]) -> bool:
    """Whether the question itself names what its pronoun stands for."""
    at, kind, role, _ = pronoun
    start = own[at].start
    runs = names(text, known)
    groups = sorted([*runs, *phrases(text, runs)])
    before = [group for group in groups if group[1] <= at]
    lows = [token.low for token in own[:at]]
    if (kind == "they" and set(lows) & _NOBODY) or _named_later(text, own, at, groups, role=role):
        return True
    asking = set(lows) & WH or set(lows[:1]) & AUXILIARIES
    if not asking and role != "object":  # "each country had its own what"
        return any(map(_is_noun, own[:at]))
    verb = _first_auxiliary(own)
    asks_noun = lows[:1] in (["which"], ["what"]) and verb != 1
    if at == verb + 1 and (verb >= 0 or role != "possessive"):
        # The subject itself: only what stands before a pause can be meant ("Hamas: what is it?").
        # In "which town has its own police" the verb is no auxiliary.
        owns = role == "possessive" and own[verb].low in {"has", "have", "had"}
        return bool(_PAUSE.search(text, 0, start) and before) or (owns and asks_noun)
    if role == "object":
        return _object_has_own(text, own, at, before, asks_noun=asks_noun)
    by_whom = lows[:1] == ["who"] and kind != "it" and verb != 1
    counted = bool(set(lows[1:2]) & (COUNTS | PREPOSITIONS))
    return (
        (by_whom and (role == "subject" or kind == "they"))
        or (asks_noun and not counted and kind in {"it", "they"})
        or any(map(_is_noun, own[:at]))
        or bool(before)
    )


def _object_has_own(
    text: str, own: Sequence[Token], at: int, before: Sequence[Range], *, asks_noun: bool
) -> bool:
    """Whether an object's pronoun stands for something that the question has named.

    The subject of the same clause can't be meant: it would be "itself".
    """
    start = own[at].start
    verb = _first_auxiliary(own)
    if own[at - 1].low in _AROUND and (asks_noun or before):
        return True
    for low, high in before:
        between = text[own[high - 1].end : start]
        subject = low == verb + 1
        if _BREAK.search(between) or (not subject and _INFINITIVE.search(between)):
            return True
    between = text[own[1].end : start] if asks_noun else ""
    return bool(re.search(r"\b(?:to|when|before|after|until)\b|\w \w+ing\b", between))


def _is_noun(token: Token) -> bool:
    """Whether a word is most likely a noun or an adjective: no function word, no verb."""
    low = token.low
    closed = STOP_WORDS | WH | AUXILIARIES | PREPOSITIONS | VERBS | SPEECH | AFTER_SUBJECT | COUNTS
    verbal = is_past(low) or low.endswith("ing") or low.removesuffix("s") in VERBS
    return low not in closed and not verbal and not low.endswith("ly")


def _named_later(
    text: str, own: Sequence[Token], at: int, groups: Sequence[Range], *, role: Role
) -> bool:
    """Whether the name follows: "in its statement, what did Hamas say"."""
    comma = text.find(",", own[at].start)
    if _FRONT.match(text.lower()) and comma > 0:
        return any(own[low].start > comma for low, _ in groups)
    verb = _first_auxiliary(own)
    return role == "possessive" and verb > at and any(low == verb + 1 for low, _ in groups)


def _first_auxiliary(own: Sequence[Token]) -> int:
    """Return the place of the first auxiliary ("what's" is one too); -1 where there is none."""
    for at, token in enumerate(own):
        if token.low in AUXILIARIES or (token.low in WH and token.low.endswith("'s")):
            return at
    return -1

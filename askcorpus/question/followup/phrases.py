"""The words of a question, its names and its noun phrases."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from askcorpus.language.grammar import (
    AUXILIARIES,
    CONJUNCTIONS,
    DETERMINERS,
    DO_OR_MODAL,
    PREPOSITIONS,
    PRONOUNS,
    WH,
)
from askcorpus.language.names import is_proper, is_shouted
from askcorpus.language.number import is_many
from askcorpus.language.words import STOP_WORDS
from askcorpus.question.followup.lexicon import (
    AFTER_SUBJECT,
    CALENDAR,
    COUNTS,
    IRREGULAR,
    MODIFIERS,
    PARTICIPLES,
    PERSON,
    TOKEN,
    VERBS,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BREAKS = AUXILIARIES | WH | PREPOSITIONS | PRONOUNS | CONJUNCTIONS | AFTER_SUBJECT | DETERMINERS
"""Words that no noun phrase goes on with."""

Range = tuple[int, int]
"""From a word's place to the one after the last."""


class Token(NamedTuple):
    """A word of a question, with its place."""

    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        """The word in lower case, with straight apostrophes; the month May is no "may"."""
        return "May" if self.text == "May" else self.text.lower().replace("’", "'")

    @property
    def bare(self) -> str:
        """The word without a possessive ending."""
        return self.text.replace("’", "'").removesuffix("'s").removesuffix("'")


def tokens(text: str) -> list[Token]:
    """Return the words of a text, in order."""
    return [Token(m.group(), m.start(), m.end()) for m in TOKEN.finditer(text)]


def known_names(*texts: str) -> frozenset[str]:
    """Return the words that documents write with a capital inside a sentence, in lower case."""
    found = set()
    for text in texts:
        own = tokens(text)
        for before, word in pairwise(own):
            opens = set(text[before.end : word.start]) & set('.!?“"\n')
            if is_proper(word.text) and not opens:
                found.add(word.bare.lower())
    return frozenset(found - CALENDAR)


def is_possessive(token: Token, text: str) -> bool:
    """Whether the word ends in 's, or in an apostrophe after its s."""
    after = text[token.end : token.end + 1]
    return token.low.endswith("'s") or (token.low.endswith("s") and after in {"'", "’"})


def is_past(low: str) -> bool:
    """Whether a word in lower case looks like a verb's past or participle."""
    if low in IRREGULAR or low in PARTICIPLES:
        return True
    return len(low) > 4 and low.endswith("ed") and "-" not in low  # "Gaza-based"


def names(text: str, known: frozenset[str] = frozenset()) -> list[Range]:
    """Return the names in a question, in order.

    A capital counts inside a sentence, and at its start where the word isn't a common one. Words
    that the documents write with a capital count in any case.
    """
    own = tokens(text)
    shouted = is_shouted(text)
    runs: list[Range] = []
    for at, word in enumerate(own):
        common = word.low in CALENDAR or word.bare.lower() in STOP_WORDS | AUXILIARIES | WH
        if common or not word.text[0].isalpha() or _is_role(own, at):
            continue
        first = at == 0 or text[own[at - 1].end : word.start].strip() in {".", "?", "!"}
        capital = word.text[0].isupper() and not shouted and not (first and is_past(word.low))
        if not (capital or word.bare.lower() in known):
            continue
        if runs and runs[-1][1] == at and _continues(text, own, at):
            runs[-1] = (runs[-1][0], at + 1)
        else:
            runs.append((at, at + 1))
    return runs


def _continues(text: str, own: Sequence[Token], at: int) -> bool:
    """Whether a name goes on with this word."""
    before = own[at - 1]
    return text[before.end : own[at].start] == " " and not is_possessive(before, text)


def _is_role(own: Sequence[Token], at: int) -> bool:
    """Whether a word is an office ("the CEO of") and not a title before a name."""
    followed = at + 1 < len(own) and own[at + 1].text[0].isupper()
    return own[at].low in PERSON and not followed and bool(at) and own[at - 1].low in DETERMINERS


def phrases(text: str, runs: Sequence[Range]) -> Iterator[Range]:
    """Yield the other noun phrases: "the cargo plane", "Hamas's tunnels", "missiles".

    Args:
        text: A question.
        runs: The names in it.
    """
    own = tokens(text)
    inside = {at for low, high in runs for at in range(low, high)}
    at = 0
    while at < len(own):
        owner = at in inside and at + 1 not in inside and is_possessive(own[at], text)
        opened = own[at].low in DETERMINERS or owner
        low, end = at, at
        if opened:
            end = phrase_end(own, text, at + 1, opened=True)
            while owner and low - 1 in inside and not is_possessive(own[low - 1], text):
                low -= 1
        elif own[at].low not in BREAKS | COUNTS | VERBS and not {at - 1, at} <= inside:
            end = phrase_end(own, text, at, opened=False)
            end = end if end > at and is_many(own[end - 1].low) else at
        if end > at + opened and not set(range(low, end)) <= inside:
            yield low, end
        at = max(end, at + 1)


def phrase_end(own: Sequence[Token], text: str, at: int, *, opened: bool) -> int:
    """Return the place after a noun phrase that goes on at `at`.

    Past forms end it, except right after its article ("the seized weapons") and graded ("most
    sophisticated"). A plain verb can only follow the subject of "did" or "would".
    """
    first = at
    opener = first - 2 if opened else first - 1
    after_do = opener >= 0 and own[opener].low in DO_OR_MODAL
    while at < len(own) and own[at].low not in BREAKS and not own[at].text[0].isdigit():
        if at > first - opened and text[own[at - 1].end : own[at].start].strip(" '’"):
            break
        low = own[at].low
        leads = opened and at == first
        graded = at > 0 and own[at - 1].low in {"most", "more", "very"}
        verbal = is_past(low) or (len(low) > 5 and low.endswith("ing") and low not in MODIFIERS)
        if (verbal and not leads and not graded) or (after_do and low in VERBS and not leads):
            return at
        at += 1
    # "Did the minister resign": where no verb was known, the last word must be it.
    told = at < len(own) and own[at].low in {"of", "and"} | AUXILIARIES
    return at - 1 if after_do and opened and at - first > 1 and not told else at

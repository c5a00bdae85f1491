"""Moves a span's edges to where a reader of the text would put them.

Whole words and numbers with their signs; no quote or bracket without its partner; no punctuation
or white space outside.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    Range = tuple[int, int]

# What is never cut in two: numbers with their separators, initials, and words with an apostrophe;
# but a possessive ending isn't part of a name.
_WHOLE = re.compile(
    r"(?<!\w)[-−–+±]?(?:[A-Z]{1,3}(?=[$£€¥]))?(?:[$£€¥₹]\s?|#)?"
    r"\.?\d+(?:[.,:]\d+)*\w*(?:\s?(?:[%‰]|°(?:[CF](?!\w))?))?"
    r"|(?<!\w)(?:[^\W\d_]\.){2,}(?:[^\W\d_](?!\w))?"
    r"|\b[A-Z](?:\+\+|#)(?!\w)"
    r"|\b(?:Dr|Mr|Mrs|Ms|St|Jr|Sr|Inc|Co|Corp|Ltd|Gen|Lt|Col|Sen|Rep|Gov|No)\.(?!\w)"
    r"|\w+(?:[’'](?!s\b)\w+)*"
)
_PARTNERS = {"(": ")", "[": "]", "{": "}", "“": "”", "«": "»", "„": "“"}
_CLOSERS = frozenset(")]}”»")
_QUOTES = '"“”„«»'
# How far away a partner may be for the span to grow to it, in characters. Not tuned.
_REACH = 40


def tidy(text: str, start: int, end: int) -> Range | None:
    """Return the span with clean edges, or None where no letter or digit is left of it.

    Args:
        text: The passage.
        start: Of the span, in characters of the text.
        end: Likewise, exclusive.
    """
    wholes = _wholes(text)
    place: Range | None = (start, end)
    for _ in range(8):  # each step shrinks what an earlier one grew, or nothing changes
        before = place
        place = _trimmed(text, wholes, *_grown(wholes, *place)) if place else None
        place = _balanced(text, *place) if place else None
        if place is None or place == before:
            return place
    return _trimmed(text, wholes, *place) if place else None


@lru_cache(maxsize=16)
def _wholes(text: str) -> tuple[Range, ...]:
    """Return the ranges that are never cut in two."""
    return tuple(match.span() for match in _WHOLE.finditer(text))


def _grown(wholes: Sequence[Range], start: int, end: int) -> Range:
    """Return the range grown to all of each word that it cuts."""
    for low, high in wholes:
        if low < start < high:
            start = low
        if low < end < high:
            end = high
    return start, end


def _trimmed(text: str, wholes: Sequence[Range], start: int, end: int) -> Range | None:
    """Return the range from its first word or opening mark to its last word or closing mark."""
    inside = [(low, high) for low, high in wholes if low >= start and high <= end]
    if not inside:
        return None
    low, high = inside[0][0], inside[-1][1]
    while low > start and text[low - 1] in '([{“"«„':
        low -= 1
    while high < end and text[high] in ')]}”"»':
        high += 1
    return low, high


def _balanced(text: str, start: int, end: int) -> Range | None:
    """Return the range without outer pairs, and grown or cut where a partner is outside."""
    stack, lone = _lone(text, start, end)
    if not lone:
        outer = any(low == start and high == end - 1 for low, high in stack)
        return (start + 1, end - 1) if outer else (start, end)
    at = lone[0]
    opens = _opens(text, at)
    if at == start:
        return start + 1, end
    if at == end - 1:
        return start, end - 1
    partner = _partner(text, at, start, end, opens=opens)
    if partner is not None:
        return (start, partner + 1) if opens else (partner, end)
    # What stands in brackets explains what stands before them.
    is_aside = opens and text[at] in "([{"
    return (start, at) if is_aside or at - start >= end - at - 1 else (at + 1, end)


def _lone(text: str, start: int, end: int) -> tuple[list[Range], list[int]]:
    """Return the pairs of marks in the range, and the marks without a partner, in order."""
    waiting: list[int] = []
    found: list[Range] = []
    lone: list[int] = []
    for at in range(start, end):
        char = text[at]
        if char not in _PARTNERS and char not in _CLOSERS and char != '"':
            continue
        if waiting and _closes(text[waiting[-1]], char):
            found.append((waiting.pop(), at))
        elif _opens(text, at) and char not in _CLOSERS:
            waiting.append(at)
        else:
            lone.append(at)
    return found, sorted([*waiting, *lone])


def _closes(opener: str, char: str) -> bool:
    return char == ('"' if opener == '"' else _PARTNERS[opener])


def _opens(text: str, at: int) -> bool:
    """Return whether the mark opens; a straight quote does after a space or a bracket."""
    if text[at] != '"':
        return text[at] in _PARTNERS
    return at == 0 or text[at - 1].isspace() or text[at - 1] in "([{—–-"


def _partner(text: str, at: int, start: int, end: int, *, opens: bool) -> int | None:
    """Return where the partner of a lone mark stands outside the range, if that is near."""
    char = text[at]
    if opens:
        wanted = _PARTNERS.get(char, '"')
        found = text.find(wanted, end, end + _REACH)
    else:
        openers = [key for key, value in _PARTNERS.items() if value == char] or ['"']
        found = max(text.rfind(key, max(0, start - _REACH), start) for key in openers)
    if found < 0:
        return None
    # With punctuation beside it, the partner would be trimmed off again.
    beside = text[found - 1] if opens else text[found + 1]
    between = text[end:found] if opens else text[found + 1 : start]
    return found if beside.isalnum() and not any(c in "\n.;" + _QUOTES for c in between) else None

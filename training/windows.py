"""Cuts a paragraph to a passage of a given length around an answer, as the product's chunks do."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

    from tokenizers import Tokenizer

_BREAK = re.compile(r"(?<=[.!?])[\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9])|\s*\n\s*")
_WORD = re.compile(r"\S+")

Ranges = list[tuple[int, int]]


def sentence_ranges(text: str) -> Ranges:
    """Return the half-open ranges between sentence-like breaks.

    A plain rule on purpose: training must not change with the product's splitter, and a boundary
    too many ("Dr. Smith") only makes the windows more varied.
    """
    ranges = []
    at = 0
    for gap in _BREAK.finditer(text):
        space = gap.end() - len(gap.group()) + len(gap.group().rstrip())
        if space > at:
            ranges.append((at, space))
        at = gap.end()
    if at < len(text):
        ranges.append((at, len(text)))
    return ranges


def passages(tokenizer: Tokenizer, text: str, *, tokens: int) -> Ranges:
    """Return ranges of whole sentences that cover the text, each with a sentence of overlap.

    Args:
        tokenizer: Counts the tokens.
        text: The paragraph.
        tokens: The most tokens of a passage; only a single longer sentence exceeds it.
    """
    starts = [low for low, _ in tokenizer.encode(text, add_special_tokens=False).offsets]
    sentences = sentence_ranges(text)
    found: Ranges = []
    first = 0
    for i, (_, end) in enumerate(sentences):
        if i > first and _count(starts, sentences[first][0], end) > tokens:
            found.append((sentences[first][0], sentences[i - 1][1]))
            with_overlap = _count(starts, sentences[i - 1][0], end) <= tokens
            first = i - 1 if with_overlap and i - 1 > first else i
    if sentences:
        found.append((sentences[first][0], sentences[-1][1]))
    return found


def window(
    tokenizer: Tokenizer,
    text: str,
    anchor: tuple[int, int],
    *,
    tokens: int,
    rng: random.Random,
) -> tuple[int, int]:
    """Return a random range of whole sentences that holds the anchor and fits the length.

    Where the anchor's own sentences are too long, the range is one of whole words in them.

    Args:
        tokenizer: Counts the tokens.
        text: The paragraph.
        anchor: The half-open range that must be inside, such as the answer.
        tokens: The most tokens; only an anchor longer than that exceeds it.
        rng: Decides how much of the room lies before the anchor.
    """
    encoding = tokenizer.encode(text, add_special_tokens=False)
    if len(encoding.ids) <= tokens:
        return 0, len(text)
    starts = [low for low, _ in encoding.offsets]
    sentences = sentence_ranges(text)
    low, high = _touching(sentences, anchor)
    if _count(starts, sentences[low][0], sentences[high][1]) <= tokens:
        return _grown(starts, sentences, (low, high), tokens, rng)
    base, limit = sentences[low][0], sentences[high][1]
    words = [match.span() for match in _WORD.finditer(text, base, limit)]
    return _grown(starts, words, _touching(words, anchor), tokens, rng)


def _count(starts: list[int], low: int, high: int) -> int:
    return bisect_left(starts, high) - bisect_left(starts, low)


def _touching(ranges: Ranges, anchor: tuple[int, int]) -> tuple[int, int]:
    touched = [i for i, (low, high) in enumerate(ranges) if low < anchor[1] and high > anchor[0]]
    return (touched[0], touched[-1]) if touched else (0, 0)


def _grown(
    starts: list[int], ranges: Ranges, held: tuple[int, int], tokens: int, rng: random.Random
) -> tuple[int, int]:
    """Grow left into a random share of the room, then right, then left into what remains."""
    low, high = held
    spare = max(0, tokens - _count(starts, ranges[low][0], ranges[high][1]))
    share = round(spare * rng.random())
    low = _left(starts, ranges, (low, high), tokens - spare + share)
    while high + 1 < len(ranges) and (
        _count(starts, ranges[low][0], ranges[high + 1][1]) <= tokens
    ):
        high += 1
    low = _left(starts, ranges, (low, high), tokens)
    return ranges[low][0], ranges[high][1]


def _left(starts: list[int], ranges: Ranges, held: tuple[int, int], tokens: int) -> int:
    low, high = held
    while low > 0 and _count(starts, ranges[low - 1][0], ranges[high][1]) <= tokens:
        low -= 1
    return low

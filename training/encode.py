"""Turns a question and a passage into the reader's tokens, and its tokens back into characters.

    [CLS] question [SEP] passage [SEP]
      0   0 …       0    1 …      1       token types

A span is start and end logits over the passage's tokens; "no answer" is both at [CLS]. The
product's reader mirrors this file: the same ids, the same offsets, the same masked logits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MAX_QUESTION_TOKENS = 40
MAX_ANSWER_TOKENS = 30
SPECIAL_TOKENS = 3

Ids = npt.NDArray[np.int64]
Logits = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Encoded:
    """One question and passage as the model's input."""

    ids: list[int]
    first: int
    """The index of the passage's first token in `ids`."""
    offsets: list[tuple[int, int]]
    """Of each passage token, its half-open character range in the passage."""


def load_tokenizer(path: Path) -> Tokenizer:
    """Return the tokenizer of a `tokenizer.json`, without its own truncation and padding."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def encode(tokenizer: Tokenizer, question: str, passage: str, *, max_tokens: int = 256) -> Encoded:
    """Return the model's input; what doesn't fit is cut off the passage's end.

    Args:
        tokenizer: From `load_tokenizer`.
        question: Cut to `MAX_QUESTION_TOKENS`.
        passage: Its characters are what `offsets` count.
        max_tokens: The most tokens in all, special ones included.
    """
    asked: list[int] = tokenizer.encode(question, add_special_tokens=False).ids
    asked = asked[:MAX_QUESTION_TOKENS]
    held = tokenizer.encode(passage, add_special_tokens=False)
    room = max(0, max_tokens - len(asked) - SPECIAL_TOKENS)
    cls, sep = _special(tokenizer, "[CLS]"), _special(tokenizer, "[SEP]")
    ids = [cls, *asked, sep, *held.ids[:room], sep]
    return Encoded(ids, len(asked) + 2, held.offsets[:room])


def _special(tokenizer: Tokenizer, token: str) -> int:
    found = tokenizer.token_to_id(token)
    if found is None:
        raise ValueError(f"The tokenizer has no {token}.")
    return found


def token_span(encoded: Encoded, start: int, end: int) -> tuple[int, int] | None:
    """Return the first and last index in `ids` of the tokens that touch `passage[start:end]`."""
    touched = [i for i, (low, high) in enumerate(encoded.offsets) if low < end and high > start]
    if not touched:
        return None
    return encoded.first + touched[0], encoded.first + touched[-1]


@dataclass(frozen=True, slots=True)
class Padded:
    """A batch as (n, longest) arrays."""

    ids: Ids
    types: Ids
    attention: Ids
    allowed: npt.NDArray[np.bool_]
    """Where a span may start or end: [CLS] and the passage's tokens."""


def pad(rows: Sequence[Encoded]) -> Padded:
    """Return the rows as arrays, padded on the right with zeros ([PAD] is id 0)."""
    shape = len(rows), max(len(row.ids) for row in rows)
    ids, types, attention = (np.zeros(shape, np.int64) for _ in range(3))
    allowed = np.zeros(shape, np.bool_)
    for i, row in enumerate(rows):
        n = len(row.ids)
        ids[i, :n] = row.ids
        types[i, row.first : n] = 1
        attention[i, :n] = 1
        allowed[i, row.first : row.first + len(row.offsets)] = True
        allowed[i, 0] = True
    return Padded(ids, types, attention, allowed)


@dataclass(frozen=True, slots=True)
class Found:
    """The best span of one passage."""

    start: int
    end: int
    """Half-open character range in the passage; empty where the passage has no token."""
    score: float
    """Start logit plus end logit."""
    no_answer: float
    """The same sum at [CLS]; `score - no_answer` above a threshold means answered."""


def best_span(encoded: Encoded, start: Logits, end: Logits) -> Found:
    """Return the span with the highest sum of logits, at most `MAX_ANSWER_TOKENS` long.

    Args:
        encoded: What the logits belong to.
        start: (tokens,) start logits, padding allowed at the end.
        end: (tokens,) end logits, likewise.
    """
    n = len(encoded.offsets)
    no_answer = float(start[0] + end[0])
    if n == 0:
        return Found(0, 0, float("-inf"), no_answer)
    held = slice(encoded.first, encoded.first + n)
    sums = start[held, None] + end[None, held]
    length = np.arange(n)[None, :] - np.arange(n)[:, None]
    sums = np.where((length >= 0) & (length < MAX_ANSWER_TOKENS), sums, -np.inf)
    i, j = divmod(int(np.argmax(sums)), n)
    return Found(encoded.offsets[i][0], encoded.offsets[j][1], float(sums[i, j]), no_answer)

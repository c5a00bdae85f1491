"""Turns a question and a passage into the reader's tokens, and its tokens back into characters.

    [CLS] question [SEP] head: passage [SEP]          BERT's form (the small reader)
      0   0 …       0    1 …           1              its token types
    <s> question </s></s> head: passage </s>          MPNet's form (the deep reader), no types

The head is the document's name › heading path, where there is one. A span is start and end logits
over the passage's tokens, never the head's; "no answer" is both at the first token. The product's
reader mirrors this file: the same ids, the same offsets, the same masked logits.
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

MAX_HEAD_TOKENS = 32
MAX_ANSWER_TOKENS = 30

Ids = npt.NDArray[np.int64]
Logits = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Form:
    """Which tokens frame a question and its passage."""

    first: int
    between: tuple[int, ...]
    last: int
    padding: int
    typed: bool
    """Whether the second segment has a token type of its own."""
    question_tokens: int
    """The most tokens of a question; the rest is cut off."""


def form_of(tokenizer: Tokenizer) -> Form:
    """Return the form that a model with this tokenizer was trained on."""
    known: dict[str, int] = tokenizer.get_vocab(with_added_tokens=True)
    if "[CLS]" in known:
        end = known["[SEP]"]
        return Form(known["[CLS]"], (end,), end, known["[PAD]"], typed=True, question_tokens=40)
    if "<s>" in known:
        end = known["</s>"]
        return Form(known["<s>"], (end, end), end, known["<pad>"], typed=False, question_tokens=64)
    raise ValueError("The tokenizer has neither [CLS] nor <s>.")


@dataclass(frozen=True, slots=True)
class Encoded:
    """One question and passage as the model's input."""

    ids: list[int]
    first: int
    """The index of the passage's first token in `ids`."""
    offsets: list[tuple[int, int]]
    """Of each passage token, its half-open character range in the passage."""
    form: Form
    second: int
    """The index in `ids` at which the second segment begins: the head, where there is one."""


def load_tokenizer(path: Path) -> Tokenizer:
    """Return the tokenizer of a `tokenizer.json`, without its own truncation and padding."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def encode(
    tokenizer: Tokenizer,
    question: str,
    passage: str,
    *,
    head: str = "",
    max_tokens: int = 256,
    form: Form | None = None,
) -> Encoded:
    """Return the model's input; what doesn't fit is cut off the passage's end.

    Args:
        tokenizer: From `load_tokenizer`.
        question: Cut to the form's `question_tokens`.
        passage: Its characters are what `offsets` count.
        head: The document's name › heading path, cut to `MAX_HEAD_TOKENS`; no answer stands in it.
        max_tokens: The most tokens in all, special ones included.
        form: The tokenizer's own where None.
    """
    form = form or form_of(tokenizer)
    asked: list[int] = tokenizer.encode(question, add_special_tokens=False).ids
    before = [form.first, *asked[: form.question_tokens], *form.between]
    named: list[int] = []
    if head:
        named = tokenizer.encode(f"{head}:", add_special_tokens=False).ids[:MAX_HEAD_TOKENS]
    held = tokenizer.encode(passage, add_special_tokens=False)
    room = max(0, max_tokens - len(before) - len(named) - 1)
    ids = [*before, *named, *held.ids[:room], form.last]
    return Encoded(ids, len(before) + len(named), held.offsets[:room], form, len(before))


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
    """Where a span may start or end: the first token and the passage's."""


def pad(rows: Sequence[Encoded]) -> Padded:
    """Return the rows, all of one form, as arrays padded on the right."""
    shape = len(rows), max(len(row.ids) for row in rows)
    ids = np.full(shape, rows[0].form.padding, np.int64)
    types, attention = (np.zeros(shape, np.int64) for _ in range(2))
    allowed = np.zeros(shape, np.bool_)
    for i, row in enumerate(rows):
        n = len(row.ids)
        ids[i, :n] = row.ids
        types[i, row.second : n] = row.form.typed
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
    """The same sum at the first token; `score - no_answer` above a threshold means answered."""


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

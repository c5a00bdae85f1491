"""Draws the training batches; which ones come is a function of seed, epoch and position alone.

So an interrupted run continues with the very batch that would have come next. Every example's
window and augmentation are drawn anew in each epoch, from a generator of its own.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training import distract
from training.augment import augmented
from training.encode import Encoded, Form, Ids, Padded, encode, form_of, pad, token_span
from training.windows import window

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tokenizers import Tokenizer

    from training.negatives import Example

# Rows are sorted by length inside a block of this many batches: little padding, still mixed.
BLOCK_BATCHES = 40
MAX_TOKENS = 320
NOWHERE = (0, 0)  # the first token, both start and end
# A document's name stands before most passages, but a reader must do without it too.
HEADED = 0.6


@dataclass(frozen=True, slots=True)
class Plan:
    """How batches are drawn."""

    seed: int = 0
    batch_size: int = 24
    shortest_window: int = 64
    longest_window: int = 120
    """A passage's most WordPieces, drawn evenly between the two for each row."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows as arrays, with the indices of the first and last token of each answer."""

    rows: Padded
    starts: Ids
    ends: Ids


def row(
    tokenizer: Tokenizer, example: Example, plan: Plan, rng: random.Random, form: Form
) -> tuple[Encoded, tuple[int, int]]:
    """Return one example as a model input and its target."""
    low, high = window(
        tokenizer,
        example.context,
        (example.start, example.end),
        tokens=rng.randint(plan.shortest_window, plan.longest_window),
        rng=rng,
    )
    passage, answer = example.context[low:high], (example.start - low, example.end - low)
    if rng.random() < distract.SHARE:
        passage, answer = distract.distracted(passage, answer, rng)
    encoded = encode(
        tokenizer,
        augmented(example.question, rng),
        passage,
        head=example.head if rng.random() < HEADED else "",
        max_tokens=MAX_TOKENS,
        form=form,
    )
    if example.kind != "answer":
        return encoded, NOWHERE
    return encoded, token_span(encoded, *answer) or NOWHERE


def batches(
    tokenizer: Tokenizer, held: Sequence[Example], plan: Plan, *, epoch: int, begin: int = 0
) -> Iterator[Batch]:
    """Yield the batches of an epoch, from the one numbered `begin`."""
    order = list(range(len(held)))
    random.Random(f"order {plan.seed} {epoch}").shuffle(order)
    size = plan.batch_size * BLOCK_BATCHES
    for block, at in enumerate(range(0, len(order), size)):
        passed = block * BLOCK_BATCHES
        if passed + BLOCK_BATCHES <= begin:
            continue
        yield from _block(tokenizer, held, plan, epoch, order[at : at + size])[
            max(0, begin - passed) :
        ]


def _block(
    tokenizer: Tokenizer, held: Sequence[Example], plan: Plan, epoch: int, numbers: list[int]
) -> list[Batch]:
    form = form_of(tokenizer)
    rows = [
        row(tokenizer, held[i], plan, random.Random(f"row {plan.seed} {epoch} {i}"), form)
        for i in numbers
    ]
    rows.sort(key=lambda pair: len(pair[0].ids))
    made = [_batch(rows[i : i + plan.batch_size]) for i in range(0, len(rows), plan.batch_size)]
    random.Random(f"block {plan.seed} {epoch} {numbers[0]}").shuffle(made)
    return made


def _batch(rows: Sequence[tuple[Encoded, tuple[int, int]]]) -> Batch:
    targets = np.array([target for _, target in rows], np.int64)
    return Batch(pad([encoded for encoded, _ in rows]), targets[:, 0], targets[:, 1])

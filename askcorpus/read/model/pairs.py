"""A question and a passage as a span reader's input, and its logits as spans of tokens.

    before  question  between  passage  after
    [CLS]   …         [SEP]    …        [SEP]      the shipped reader's frame
      0     0           0      1          1        and its token types

What stands around the two texts is the tokenizer's frame; all else is the same for every model.
training/encode.py builds the same input when it trains; a test holds the two equal. A passage
that doesn't fit is read in windows of whole sentences, each with a sentence of overlap.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from askcorpus.language.taken import sentence_ranges
from askcorpus.onnx import Tokenizer, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    Range = tuple[int, int]
    Ids = npt.NDArray[np.int64]
    Logits = npt.NDArray[np.float32]

# Not tuned.
MAX_QUESTION_TOKENS = 40
MAX_SPAN_TOKENS = 30


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text's tokens."""

    ids: list[int]
    offsets: list[Range]
    """Of each token, its half-open character range in the text."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The special tokens that a model wants around a question and a passage."""

    before: tuple[int, ...]
    between: tuple[int, ...]
    after: tuple[int, ...]
    types: tuple[int, int, int, int, int]
    """The token types of before, question, between, passage and after."""
    no_answer: int = 0
    """Index of the token whose logits stand for "no answer"; below 0 it counts from the end."""

    @property
    def size(self) -> int:
        """The number of special tokens."""
        return len(self.before) + len(self.between) + len(self.after)


@dataclass(frozen=True, slots=True)
class Pair:
    """One question with one window of a passage, as the model's input."""

    ids: Ids
    """(length,)."""
    types: Ids
    """(length,)."""
    first: int
    """The index of the window's first token in `ids`."""
    no_answer: int
    """Index in `ids` of the token that stands for "no answer"; below 0 from the end."""
    offsets: Sequence[Range]
    """Of each of the window's tokens, its half-open character range in the passage."""


@dataclass(frozen=True, slots=True)
class Found:
    """A span of one window."""

    start: int
    end: int
    """Half-open character range in the passage."""
    margin: float
    """Sum of its two logits less the same sum at the token that stands for "no answer"."""


def bert_frame(tokenizer: Tokenizer) -> Frame:
    """Return BERT's frame; ValueError where the tokenizer lacks one of its two tokens."""
    cls, sep = (tokenizer.number(token) for token in ("[CLS]", "[SEP]"))
    if cls is None or sep is None:
        raise ValueError(f"the tokenizer has no {'[CLS]' if cls is None else '[SEP]'}")
    return Frame((cls,), (sep,), (sep,), types=(0, 0, 0, 1, 1))


class PairTokenizer(Tokenizer):
    """A tokenizer that also says where in the text its tokens stand, and frames two texts.

    Args:
        definition: The content of a tokenizer.json.
        label: What it is called in messages.
        frame: Returns the frame that the model was trained with, or raises ValueError.
    """

    def __init__(
        self, definition: bytes, *, label: str, frame: Callable[[Tokenizer], Frame] = bert_frame
    ) -> None:
        super().__init__(definition, label=label)
        with translated(label):
            self.frame = frame(self)

    def pieces(self, text: str) -> Pieces:
        """Return the text's tokens, without special ones."""
        return Pieces(*self.located(text))


def pairs(
    tokenizer: PairTokenizer, question: Sequence[int], passage: str, *, window: int
) -> list[Pair]:
    """Return the model's inputs for one passage, in its order; none where it has no token.

    Args:
        tokenizer: The model's.
        question: Its tokens, cut to `MAX_QUESTION_TOKENS`.
        passage: Its characters are what the offsets count.
        window: The most tokens in all, special ones included.
    """
    asked, frame = list(question[:MAX_QUESTION_TOKENS]), tokenizer.frame
    held = tokenizer.pieces(passage)
    room = max(1, window - len(asked) - frame.size)
    fits = len(held.ids) <= room
    bounds = [(0, len(held.ids))] if fits else windows(held.offsets, sentence_ranges(passage), room)
    head = [*frame.before, *asked, *frame.between]
    made = []
    for low, high in bounds:
        ids = np.array([*head, *held.ids[low:high], *frame.after], np.int64)
        lengths = (len(frame.before), len(asked), len(frame.between), high - low, len(frame.after))
        types = np.repeat(np.array(frame.types, np.int64), lengths)
        if high > low:
            made.append(Pair(ids, types, len(head), frame.no_answer, held.offsets[low:high]))
    return made


def windows(offsets: Sequence[Range], ranges: Sequence[Range], room: int) -> list[Range]:
    """Return ranges of tokens that cover all of them: whole sentences, one of them shared.

    Args:
        offsets: Of each token, its characters.
        ranges: The sentences' characters, in order.
        room: The most tokens of a window; a longer sentence is cut into overlapping parts.
    """
    starts = [low for low, _ in offsets]
    firsts = [0, *(bisect_left(starts, low) for low, _ in ranges[1:]), len(starts)]
    found: list[Range] = []
    at = 0
    for n in range(1, len(firsts)):
        if n - 1 > at and firsts[n] - firsts[at] > room:
            found.append((firsts[at], firsts[n - 1]))
            shares = n - 2 > at and firsts[n] - firsts[n - 2] <= room
            at = n - 2 if shares else n - 1
    found.append((firsts[at], firsts[-1]))
    return [part for low, high in found for part in _parts(low, high, room)]


def _parts(low: int, high: int, room: int) -> list[Range]:
    """Return ranges of at most `room` that cover one range, each half in the one before."""
    step = max(1, room // 2)
    lows = [low, *range(low + step, high - room + step, step)]
    return [(at, min(at + room, high)) for at in lows]


def best_spans(
    pair: Pair,
    start: Logits,
    end: Logits,
    *,
    most: int,
    within: Sequence[Range] | None = None,
) -> list[Found]:
    """Return the spans with the highest sums of logits, best first, none sharing a token.

    Args:
        pair: What the logits belong to.
        start: (length,) start logits.
        end: (length,) end logits.
        most: Upper bound.
        within: Ranges of characters, apart and in order; a span stands in one of them. None for
            anywhere.
    """
    n = len(pair.offsets)
    no_answer = float(start[pair.no_answer] + end[pair.no_answer])
    held = slice(pair.first, pair.first + n)
    sums = start[held, None] + end[None, held]
    length = np.arange(n)[None, :] - np.arange(n)[:, None]
    sums = np.where((length >= 0) & (length < MAX_SPAN_TOKENS), sums, -np.inf)
    if within is not None:
        owners = _owners(pair.offsets, within)
        sums = np.where(
            (owners[:, None] == owners[None, :]) & (owners[:, None] >= 0), sums, -np.inf
        )
    found: list[Found] = []
    while len(found) < most:
        i, j = divmod(int(np.argmax(sums)), n)
        if sums[i, j] == -np.inf:
            break
        place = pair.offsets[i][0], pair.offsets[j][1]
        found.append(Found(*place, float(sums[i, j]) - no_answer))
        sums[: j + 1, i:] = -np.inf
    return found


def _owners(offsets: Sequence[Range], ranges: Sequence[Range]) -> Ids:
    """Return (n,) the index of the range that each token stands in; -1 where it is in none."""
    if not ranges:
        return np.full(len(offsets), -1, np.int64)
    lows, highs = np.array(ranges, np.int64).T
    places = np.array(offsets, np.int64).reshape(-1, 2)
    at = np.searchsorted(lows, places[:, 0], side="right") - 1
    inside = (at >= 0) & (places[:, 1] <= highs[at])
    return np.where(inside, at, -1)

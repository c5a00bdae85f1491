"""Cuts a document into passages: whole sentences, an exact slice each, never across a heading.

Passages of about 150 tokens fit the embedder's window with room for a title. Sentences are
packed evenly, so that the last passage of a section isn't a stub, and neighbours share a
sentence, so that an answer at a seam keeps its context. Boilerplate is never inside a passage.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64decode
from bisect import bisect_right
from functools import cache
from importlib import resources
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

from askcorpus.language.sentences import sentences
from askcorpus.records import Document, Passage
from askcorpus.text import line_starts, trimmed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import tiktoken

    Range = tuple[int, int]

ENCODING = "askcorpus16k"
# GPT-4's, without possessive quantifiers (the trainer's regex engine has none) and with a line
# break as a token of its own. training/bpe.py uses the same pattern, so that the ranks fit it.
PATTERN = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# tiktoken's matcher recurses on long runs: a million spaces in one call bring it down.
MAX_PIECE = 10_000
# A title longer than this says more about the format than about the passage.
MAX_PREFIX = 120
# In scripts where each letter is several of the model's tokens, it mustn't fill the window.
MAX_PREFIX_BYTES = 160
# Each passage below a heading has a copy of it.
MAX_HEADING_CHARS = 300
# A shorter passage isn't what fills the window: its title is, and halving wouldn't help.
MIN_HALVED = 16
# A longer section is cut into parts first, so that memory doesn't grow with it.
MAX_SECTION_CHARS = 200_000
# How far from its middle an endless sentence may be cut.
MAX_REACH = 2_000
# No character that a reader sees has more marks; one that has is cut apart.
MAX_MARKS = 32


@cache
def encoding() -> tiktoken.Encoding:
    """Return the tiktoken encoding that measures passages; it comes with the package."""
    import tiktoken

    # Read here, not by tiktoken's loader, which keeps copies in a shared temporary folder.
    data = (resources.files("askcorpus") / "data" / f"{ENCODING}.tiktoken").read_bytes()
    pairs = (line.split() for line in data.splitlines())
    ranks = {b64decode(token): int(rank) for token, rank in pairs}
    return tiktoken.Encoding(ENCODING, pat_str=PATTERN, mergeable_ranks=ranks, special_tokens={})


def count_tokens(text: str) -> int:
    """Return the number of tokens; special-token text counts as ordinary text."""
    encode = encoding().encode_ordinary
    return sum(len(encode(text[i : i + MAX_PIECE])) for i in range(0, len(text), MAX_PIECE))


def embedding_text(title: str, passage: Passage) -> str:
    """Return what is embedded for a passage: its document's title, its headings, its text."""
    prefix = " › ".join(part for part in (title, passage.heading) if part)[:MAX_PREFIX]
    if len(prefix.encode()) > MAX_PREFIX_BYTES:
        prefix = prefix.encode()[:MAX_PREFIX_BYTES].decode(errors="ignore")
    return f"{prefix}\n{passage.text}" if prefix else passage.text


def chunk(
    document: Document,
    *,
    max_tokens: int,
    overlap: int,
    fits: Callable[[Sequence[str]], list[bool]] | None = None,
) -> list[Passage]:
    """Return the document's passages in order of their start; a neighbour may share sentences.

    Args:
        document: With sorted, disjoint boilerplate and headings.
        max_tokens: Upper bound for a passage.
        overlap: Sentences that a passage repeats from the one before it, unless they are long.
        fits: Says of each embedding text whether the embedder reads all of it; a passage that
            doesn't fit is halved until it does.
    """
    ranges: list[Range] = []
    for section in _sections(document):
        for part in _parts(document.text, *section):
            ranges.extend(_pack(document.text, part, max_tokens, overlap))
    passages = _passages(document, ranges)
    if fits is None:
        return passages
    done: set[Range] = set()
    while True:
        waiting = [passage for passage in passages if (passage.start, passage.end) not in done]
        verdicts = fits([embedding_text(document.title, passage) for passage in waiting])
        too_long = {
            (passage.start, passage.end)
            for passage, fitting in zip(waiting, verdicts, strict=True)
            if not fitting and passage.end - passage.start > MIN_HALVED
        }
        if not too_long:
            return passages
        done.update((passage.start, passage.end) for passage in waiting)
        # Of two passages that share a sentence, both may have it as a half: once is enough.
        ranges = sorted(
            {
                part
                for whole in ((passage.start, passage.end) for passage in passages)
                for part in (_halves(document.text, *whole) if whole in too_long else [whole])
            }
        )
        passages = _passages(document, ranges)


def _sections(document: Document) -> Iterator[Range]:
    """Yield the ranges between headings and boilerplate; a heading opens its section."""
    cuts = [(mark.start, mark.end) for mark in document.boilerplate]
    headings = {heading.start: heading.end for heading in document.headings}
    edges = sorted({0, len(document.text), *headings, *(edge for cut in cuts for edge in cut)})
    inside = {start for start, _ in cuts}
    opening: int | None = None
    for start, end in pairwise(edges):
        if start in inside:
            if opening is not None:
                yield from trimmed(document.text, opening, start)
            opening = None
            continue
        first = start if opening is None else opening
        heading_end = headings.get(start)
        if heading_end is not None and not document.text[heading_end:end].strip():
            opening = first  # a heading with no words of its own goes with what follows it
            continue
        opening = None
        yield from trimmed(document.text, first, end)
    if opening is not None:
        yield from trimmed(document.text, opening, len(document.text))


def _parts(text: str, start: int, end: int) -> Iterator[Range]:
    """Yield a section whole, or in halves of halves where it is very long."""
    if end - start <= MAX_SECTION_CHARS:
        yield start, end
        return
    for low, high in _halves(text, start, end):
        yield from _parts(text, low, high)


def _pack(text: str, section: Range, max_tokens: int, overlap: int) -> Iterator[Range]:
    """Yield runs of whole sentences of about the same length, none over `max_tokens`."""
    units: list[tuple[Range, int]] = []
    end = section[0]
    for sentence in sentences(text, *section):
        for piece, tokens in _pieces(text, *sentence, max_tokens):
            gap = text[end : piece[0]]  # a single space is part of the word after it
            units.append((piece, tokens + (count_tokens(gap) if gap not in ("", " ") else 0)))
            end = piece[1]
    total = sum(tokens for _, tokens in units)
    target = total / max(1, ceil(total / max_tokens))
    run: list[tuple[Range, int]] = []
    size = fresh = 0  # tokens of the run; its units that no passage holds yet
    left = total
    for unit in units:
        full = size + unit[1] > max_tokens or (size >= target and left > max_tokens / 4)
        if fresh and full:
            yield from _whole(text, run, max_tokens)
            run = run[-overlap:] if overlap else []
            size = sum(tokens for _, tokens in run)
            if size > max_tokens / 3 or size + unit[1] > max_tokens:
                run, size = [], 0
            fresh = 0
        run.append(unit)
        size += unit[1]
        left -= unit[1]
        fresh += 1
    if fresh:
        yield from _whole(text, run, max_tokens)


def _whole(text: str, run: Sequence[tuple[Range, int]], max_tokens: int) -> Iterator[Range]:
    """Yield a run of sentences, in halves where joining them took it over the limit."""
    start, end = run[0][0][0], run[-1][0][1]
    # At each seam a token or two may be more than were counted: a space before a figure.
    if sum(tokens for _, tokens in run) + 2 * len(run) <= max_tokens:
        yield start, end
        return
    for piece, _ in _pieces(text, start, end, max_tokens):
        yield piece


def _pieces(text: str, start: int, end: int, max_tokens: int) -> Iterator[tuple[Range, int]]:
    """Yield the sentence whole, or in halves of halves where it is longer than a passage."""
    # What can't be short enough needn't be counted: no token has so many characters.
    if end - start <= max_tokens * _longest():
        tokens = count_tokens(text[start:end])
        if tokens <= max_tokens or end - start == 1:
            yield (start, end), tokens
            return
    for low, high in _halves(text, start, end):
        yield from _pieces(text, low, high, max_tokens)


@cache
def _longest() -> int:
    """Return the bytes, and so at least the characters, of the encoding's longest token."""
    return max(map(len, encoding().token_byte_values()))


_SEAMS = (r"(?:\r\n|\r|\n)[^\S\r\n]*+[\r\n]", r"[.!?…][\"'”’)\]]*\s", r"[;:,–—]\s|[\r\n]", r"\s")


def _halves(text: str, start: int, end: int) -> Iterator[Range]:
    """Yield two parts, cut at the seam nearest the middle.

    Of a blank line, a sentence's end, a clause's and a word's, the first that is near enough;
    else between two characters.
    """
    middle = (start + end) // 2
    reach = max(1, min((end - start) // 4, MAX_REACH))
    for seam in _SEAMS:
        found = [m.end() for m in re.finditer(seam, text[middle - reach : middle + reach])]
        cuts = [cut for at in found if start < (cut := middle - reach + at) < end]
        if cuts:
            cut = min(cuts, key=lambda at: (abs(at - middle), at))
            break
    else:
        cut = _whole_character(text, max(middle, start + 1), start)
    yield from trimmed(text, start, cut)
    yield from trimmed(text, cut, end)


def _whole_character(text: str, cut: int, start: int) -> int:
    """Return the cut moved left, so that no combining mark or joined emoji loses its base."""
    at = cut
    while (
        cut - at < MAX_MARKS
        and at > start + 1
        and (
            unicodedata.combining(text[at])
            or text[at] in "\u200d\ufe0f"
            or text[at - 1] == "\u200d"
        )
    ):
        at -= 1
    return at


def _passages(document: Document, ranges: Sequence[Range]) -> list[Passage]:
    lines = line_starts(document.text)
    openings = [heading.start for heading in document.headings]
    names = ["", *heading_paths(document)]
    return [
        Passage(
            path=document.path,
            start=start,
            end=end,
            text=document.text[start:end],
            line=bisect_right(lines, start),
            heading=names[bisect_right(openings, start)],
        )
        for start, end in ranges
    ]


def heading_paths(document: Document) -> Iterator[str]:
    """Yield, for each heading, the headings above it and itself, outermost first."""
    above: list[tuple[int, str]] = []
    for heading in document.headings:
        line = document.text[heading.start : heading.end].splitlines()[0][:MAX_HEADING_CHARS]
        above = [pair for pair in above if pair[0] < heading.level]
        above.append((heading.level, line.strip("# \t")))
        yield " › ".join(name for _, name in above if name)

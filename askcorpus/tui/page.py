"""A document's text in rows of a given width, and the marks that lie on them.

Rows are ranges of the text, so that a mark is found by its characters and a selection is a slice
of the document. Five million characters are laid out in well under a second, off the event loop.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len

from askcorpus.text import line_starts, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MarkKind = Literal["boilerplate", "quote", "answer", "found"]
TAB = "    "
MOST_FOUND = 10_000


@dataclass(frozen=True, slots=True)
class Mark:
    """A range of the text that looks different."""

    start: int
    end: int
    kind: MarkKind


@dataclass(frozen=True, slots=True)
class Page:
    """A text cut into rows that fit a width."""

    text: str
    width: int
    starts: tuple[int, ...]
    """Of each row, ascending; the first is 0."""
    ends: tuple[int, ...]
    """Of each row, without the line break."""
    lines: tuple[int, ...]
    """1-based line of the text that each row belongs to."""

    def row(self, offset: int) -> int:
        """Return the row that holds the character at the offset."""
        return max(0, bisect_right(self.starts, offset) - 1)

    def begins_line(self, row: int) -> bool:
        """Return whether a line of the text begins with this row."""
        return row == 0 or self.lines[row - 1] != self.lines[row]

    @property
    def digits(self) -> int:
        """How many digits the last line's number has."""
        return len(str(self.lines[-1]))


@dataclass(slots=True)
class Marks:
    """The marks on a text, in the order in which a later kind covers an earlier one."""

    by_kind: dict[MarkKind, list[Mark]] = field(default_factory=dict)

    def put(self, kind: MarkKind, marks: Sequence[Mark]) -> None:
        """Make these, which must not overlap, the marks of their kind."""
        self.by_kind[kind] = sorted(marks, key=lambda mark: mark.start)

    def on(self, start: int, end: int) -> list[Mark]:
        """Return the marks that touch `text[start:end]`, kind by kind."""
        touching = []
        for marks in self.by_kind.values():
            at = max(0, bisect_right(marks, start, key=lambda mark: mark.start) - 1)
            while at < len(marks) and marks[at].start < end:
                if marks[at].end > start:
                    touching.append(marks[at])
                at += 1
        return touching


def lay_out(text: str, width: int) -> Page:
    """Return the text in rows of at most `width` cells, broken at spaces where there are any."""
    starts: list[int] = []
    ends: list[int] = []
    lines: list[int] = []
    firsts = line_starts(text)
    width = max(8, width)
    for number, low in enumerate(firsts, start=1):
        high = firsts[number] if number < len(firsts) else len(text)
        while high > low and text[high - 1] in "\r\n":
            high -= 1
        for start, end in _wrapped(text, low, high, width):
            starts.append(start)
            ends.append(end)
            lines.append(number)
    return Page(text, width, tuple(starts), tuple(ends), tuple(lines))


def _wrapped(text: str, low: int, high: int, width: int) -> Iterator[tuple[int, int]]:
    """Yield the rows of one line; an empty line is one empty row."""
    while True:
        end = _fitting(text, low, high, width)
        if end < high and text[end] != " ":
            space = text.rfind(" ", low + 1, end)
            end = space + 1 if space > low else end
        while end < high and text[end] == " ":  # spaces at a break hang over the edge
            end += 1
        yield low, end
        if end >= high:
            return
        low = end


def _fitting(text: str, low: int, high: int, width: int) -> int:
    """Return the end of the longest piece from `low` that is at most `width` cells wide."""
    piece = text[low : min(high, low + width)]
    if piece.isascii() and "\t" not in piece:
        return low + len(piece)
    used = 0
    for at, char in enumerate(piece):
        used += len(TAB) if char == "\t" else cell_len(printable(char))
        if used > width:
            return low + max(1, at)
    return low + len(piece)


def pieces(page: Page, row: int, marks: Marks) -> Iterator[tuple[str, tuple[MarkKind, ...]]]:
    """Yield a row's text in printable parts, each with the kinds of mark that lie on it."""
    start, end = page.starts[row], page.ends[row]
    touching = marks.on(start, end)
    edges = {start, end}
    for mark in touching:
        edges |= {max(start, mark.start), min(end, mark.end)}
    cuts = sorted(edges)
    for low, high in pairwise(cuts):
        kinds = tuple(mark.kind for mark in touching if mark.start <= low and mark.end >= high)
        yield printable(page.text[low:high]).replace("\t", TAB), kinds


def offset_at(page: Page, row: int, column: int) -> int:
    """Return the offset of the character at a column (of shown characters) of a row."""
    start, end = page.starts[row], page.ends[row]
    shown = 0
    for at in range(start, end):
        if shown >= column:
            return at
        shown += len(TAB) if page.text[at] == "\t" else 1
    return end


def find(text: str, wanted: str) -> list[Mark]:
    """Return where the words stand, whatever their case and the white space between them."""
    words = wanted.split()
    if not words:
        return []
    pattern = re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE)
    found = []
    for match in pattern.finditer(text):
        found.append(Mark(match.start(), match.end(), "found"))
        if len(found) == MOST_FOUND:
            break
    return found

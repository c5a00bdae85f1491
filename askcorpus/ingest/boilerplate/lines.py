"""The lines of a text that hold something, with their places."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

# Not str.splitlines: it also splits at U+2028 and the like, which no editor counts as a line.
_LINE = re.compile(r"[^\r\n]+")


class Line(NamedTuple):
    """A line without its outer white space: `text` stands at [start, end)."""

    start: int
    end: int
    text: str
    gap: bool
    """Whether a blank line, or the start of the text, stands before it."""


def lines(text: str, start: int = 0) -> Iterator[Line]:
    """Yield the lines that aren't blank, in order."""
    at = None
    for match in _LINE.finditer(text, start):
        words = match.group().strip()
        if words:
            low = match.start() + match.group().index(words)
            gap = at is None or _breaks(text, at, match.start()) > 1
            yield Line(low, low + len(words), words, gap)
            at = match.end()


def _breaks(text: str, start: int, end: int) -> int:
    """Return how many line ends stand in a range; CRLF is one."""
    piece = text[start:end]
    return piece.count("\n") + piece.count("\r") - piece.count("\r\n")

"""Lines, blocks and safe printing: what several stages need to know about text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
# Begins at a line's end, not at the white space before it: that would take quadratic time. No
# part is given back, or CRLF would count as two line ends.
_BLANK_LINE = re.compile(r"(?>\r\n|\r|\n)(?:[^\S\r\n]*+(?>\r\n|\r|\n))++")


def blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges between blank lines in `text[start:end]`, without outer white space."""
    at = start
    for gap in _BLANK_LINE.finditer(text, start, end):
        yield from trimmed(text, at, gap.start())
        at = gap.end()
    yield from trimmed(text, at, end)


def trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the range without outer white space, or nothing where only that is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


# What may stand on either side of a joiner that makes one picture of two: a family, a flag.
_EMOJI = "\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
# C0 and C1 controls but tab and newline, and the characters that reorder or hide text: those that
# Unicode lets a terminal draw as nothing, the Hangul fillers and the tags among them.
UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200c\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff"
    f"\U000e0000-\U000e0fff]|(?<![{_EMOJI}\ufe0f])\u200d|\u200d(?![{_EMOJI}])"
)


def printable(text: str) -> str:
    """Return the text safe for a terminal: controls and reordering characters made visible.

    CRLF and CR become newlines; anything else that could move the cursor, change colours, reorder
    or hide text becomes U+FFFD. For showing only: a quote's own characters stay as they are.
    """
    return UNSAFE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Return the text safe for a terminal, with every run of white space as one space."""
    return " ".join(printable(text).split())


def shortened(text: str, width: int) -> str:
    """Return the text, its end cut off where it is longer than so many characters."""
    return text if len(text) <= width else f"{text[: max(0, width - 1)]}…"


def middle_cut(text: str, width: int) -> str:
    """Return the text, its middle cut out where it is longer than so many characters."""
    if len(text) <= width:
        return text
    tail = max(0, width - 1) * 2 // 3
    return f"{text[: max(0, width - 1 - tail)]}…{text[len(text) - tail :]}"


def line_starts(text: str) -> list[int]:
    """Return the offset of each line's first character; CRLF, CR and LF end a line."""
    return [0, *(match.end() for match in _LINE_BREAK.finditer(text))]


def line_breaks(text: str, start: int, end: int) -> int:
    """Return how many lines end in `text[start:end]`; CRLF, CR and LF end a line."""
    return sum(1 for _ in _LINE_BREAK.finditer(text, start, end))

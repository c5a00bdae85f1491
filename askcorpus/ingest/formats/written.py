"""Puts together the text that is extracted from a format, block by block.

Blocks are parted by a blank line. Headings, places and boilerplate are noted as they are written,
so that their ranges are right by construction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from askcorpus.ingest.boilerplate import stated
from askcorpus.ingest.boilerplate.lines import lines
from askcorpus.ingest.extracted import MAX_TEXT_CHARS, Extracted, RefusedError, Unreadable
from askcorpus.records import Boilerplate, Heading, Place
from askcorpus.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_TITLE_CHARS = 300
MAX_HEADING_CHARS = 1000
"""A longer one is a paragraph: every passage below it would carry a copy."""
MAX_LABEL_CHARS = 200


class Writer:
    """A text that grows, and what is known about its ranges."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._headings: list[Heading] = []
        self._boilerplate: list[Boilerplate] = []
        self._places: list[Place] = []
        self._label: str | None = None

    def place(self, label: str) -> None:
        """Say where the original holds what is written from here on."""
        self._label = one_line(label[:MAX_LABEL_CHARS])

    def heading(self, words: str, level: int) -> None:
        """Write a heading on a line of its own; level 1 is the outermost, beyond 6 counts as 6."""
        words = one_line(words)
        if words:
            start = self.block(words)
            if len(words) > MAX_HEADING_CHARS:
                return
            self._headings.append(Heading(start, start + len(words), min(max(level, 1), 6)))

    def boilerplate(self, words: str, reason: str) -> None:
        """Write what is not content."""
        words = words.strip()
        if words:
            start = self.block(words)
            self._boilerplate.append(Boilerplate(start, start + len(words), reason))

    def block(self, words: str, *, gap: str = "\n\n") -> int:
        """Write a paragraph or a row, and return where it starts.

        Args:
            words: Outer white space is dropped; nothing is written where nothing is left.
            gap: What stands between it and what was written before.
        """
        words = words.strip()
        if not words:
            return self._length
        if self._length:
            self._add(gap)
        return self.append(words)

    def append(self, words: str) -> int:
        """Write right behind what was written last, and return where that starts."""
        start = self._length
        if self._label is not None:
            if not self._places or self._places[-1].label != self._label:
                self._places.append(Place(start, self._label))
            self._label = None
        self._add(words)
        return start

    def _add(self, piece: str) -> None:
        self._parts.append(piece)
        self._length += len(piece)
        if self._length > MAX_TEXT_CHARS:
            raise RefusedError(
                f"its text is longer than {MAX_TEXT_CHARS // 1_000_000} million characters"
            )

    def extracted(
        self, *, title: str | None = None, date: str | None = None, byline: str | None = None
    ) -> Extracted | Unreadable:
        """Return what was written; the first heading serves as the title where none is given.

        Args:
            title: As the format states it.
            date: In ISO 8601; where None, the one that the text's head states.
            byline: Where None, likewise.
        """
        text = "".join(self._parts)
        if not text.strip():
            return Unreadable("it holds no text")
        head = list(first_lines(text))
        first = next(iter(self._headings), None)
        title = one_line(title or (text[first.start : first.end] if first else ""))
        return Extracted(
            text=text,
            title=title[:MAX_TITLE_CHARS] or None,
            date=date or stated.first_date(head),
            byline=byline or stated.first_byline(head),
            headings=tuple(self._headings),
            boilerplate=tuple(self._boilerplate),
            extracted=True,
            places=tuple(self._places),
        )


def first_lines(text: str) -> Iterable[str]:
    """Yield the lines of a text's head, in which a date or a byline may stand."""
    for number, line in enumerate(lines(text)):
        if number == stated.HEAD_LINES:
            return
        yield line.text

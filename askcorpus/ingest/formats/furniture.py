"""Finds what stands in the margins of every page: running headers, footers and page numbers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from askcorpus.ingest.formats.columns import Piece

OUTER_LINES = 2
"""Lines from the top and from the bottom of a page that can be a header or a footer."""
REPEATED = 3
"""On so many pages the same words must stand, or on both of two. Neither is tuned."""
MAX_CHARS = 150

_NUMBER = re.compile(r"\W*(?:page|p\.?)?\s*(?P<n>\d{1,4})(?:\s*(?:/|of)\s*\d{1,4})?\W*", re.I)
_SAID = re.compile(r"\W*page\s*\d{1,4}.*|\W*\d{1,4}\s*(?:/|of)\s*\d{1,4}\W*", re.IGNORECASE)


def furniture(pages: Sequence[Sequence[Piece]]) -> dict[int, str]:
    """Return, by `id`, the lines that aren't content and why."""
    outer = [(page, list(_outer(lines))) for page, lines in enumerate(pages, start=1)]
    on: defaultdict[str, set[int]] = defaultdict(set)
    shifts: Counter[int] = Counter()
    for page, lines in outer:
        for line, _ in lines:
            on[_shape(line)].add(page)
        numbers = {number for line, _ in lines if (number := _number(line)) is not None}
        shifts.update(number - page for number in numbers)
    least = min(REPEATED, max(2, len(pages)))
    found: dict[int, str] = {}
    for page, lines in outer:
        for line, where in lines if len(pages[page - 1]) > 1 else ():
            number = _number(line)
            counted = number is not None and (number == page or shifts[number - page] >= 2)
            if counted or _SAID.fullmatch(line.text):
                found[id(line)] = "page number"
            elif len(on[_shape(line)]) >= least and any(char.isalpha() for char in line.text):
                found[id(line)] = f"running {where}"
    return found


def _outer(lines: Sequence[Piece]) -> Iterator[tuple[Piece, str]]:
    upright = sorted((line for line in lines if line.turn == 0), key=lambda line: -line.baseline)
    depth = min(OUTER_LINES, max(1, len(upright) // 4))
    top = upright[:depth]
    for line in top:
        yield line, "header"
    for line in upright[len(top) :][-depth:]:
        yield line, "footer"


def _number(line: Piece) -> int | None:
    """Return the number that is all that a line says, or None."""
    found = _NUMBER.fullmatch(line.text)
    return int(found["n"]) if found else None


def _shape(line: Piece) -> str:
    """Return a line's words with its numbers left out, for those differ from page to page."""
    return re.sub(r"\d+", "#", line.text.casefold()) if len(line.text) <= MAX_CHARS else ""

"""Finds what stands in the margins of every page: running headers, footers and page numbers.

Body text that happens to stand first or last is told from them by three signs: furniture says the
same on several pages, at nearly the same height, and stands apart from the text, or at least above
text that is another one on each page. Only page numbers, and dates beside them, may change. What
repeats is text where it stands first, so that no word is lost.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from askcorpus.ingest.formats.columns import CELL
from askcorpus.language.dates import MONTH

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from askcorpus.ingest.formats.columns import Piece

    Row = list[Piece]
    """Lines side by side."""

OUTER_ROWS = 2
"""Rows from the top and from the bottom of a page that can be a header or a footer."""
REPEATED = 3
"""On so many pages the same words must stand, or on both of two. Neither is tuned."""
APART = 1.35
"""What is more than so many times the usual distance of lines from the text stands apart."""
MARGIN_ROWS = 6
"""Rows from the edge that are compared; in a form and in copies they repeat further inwards."""
CLOSE_PAGES = 5
"""On so many pages it must stand where it doesn't stand apart. Neither is tuned."""
FIRST_COPY = ""
"""The reason of what repeats, where it stands first: it is text, but no part of a paragraph."""

_NUMBER = re.compile(r"\W*(?:page|p\.?)?\s*(?P<n>\d{1,4})(?:\s*(?:/|of)\s*\d{1,4})?\W*", re.I)
_SAID = re.compile(r"\W*page\s*\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?\W*", re.IGNORECASE)
_YEARS = range(1900, 2100)
# A number that no word of the line owns: at its edge, with a mark or a gap or "page" before it.
_OF = r"(?:\s*(?:/|of)\s*\d{1,4})?"
_SET_OFF = re.compile(
    rf"\b(?:page|pg?\.?|sheet|folio)\s*(?P<said>\d{{1,4}}){_OF}(?=\W*$|{CELL}|\s*[|·•–—\]])"
    rf"|^\W*(?P<first>\d{{1,4}}){_OF}(?={CELL}|\s*[|·•–—\]])"
    rf"|(?<!number)(?<!no)(?<!no\.)(?:{CELL}|[|·•–—\[-])\W*(?P<last>\d{{1,4}}){_OF}\W*$"
    r"|^[^\W\d]*(?P<stamped>\d{5,})$",  # what courts are given
    re.IGNORECASE,
)
_DATE = re.compile(
    rf"(?:\b\d{{1,2}}\.?\s+)?\b{MONTH}(?:\s+\d{{1,2}}\b,?)?(?:\s+\d{{4}}\b)?"
    r"|\b\d{1,4}([-/.])\d{1,2}\1\d{1,4}\b|\b\d{1,2}:\d{2}(?::\d{2})?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Edge:
    """A page's rows from its top or its bottom inwards, and how many can be furniture."""

    where: str
    rows: list[Row]
    depth: int

    def near(self) -> Iterator[Piece]:
        """Yield the lines that are compared."""
        return (line for row in self.rows[:MARGIN_ROWS] for line in row)

    def outer(self) -> Iterator[Piece]:
        """Yield the lines that can be furniture."""
        return (line for row in self.rows[: self.depth] for line in row)


def furniture(pages: Sequence[Sequence[Piece]]) -> dict[int, str]:
    """Return, by `id`, the lines that belong to no paragraph, and why they are no content.

    What repeats stays in its paragraph where it stands first as the first page's header, and
    elsewhere has `FIRST_COPY` for a reason.
    """
    rows = [_rows(page) for page in pages]
    leading = _leading(rows)
    edges = [edge for page in rows for edge in _edges(page)]
    found = dict.fromkeys(_page_numbers(edges, leading), "page number")
    first_page = min((page[0].page for page in pages if page), default=0)
    seen: set[str] = set()
    least = min(REPEATED, max(2, len(pages)))
    for where, line, words in _running(edges, leading, frozenset(found), least=least):
        if words in seen:
            found[id(line)] = f"running {where}"
        elif where != "header" or line.page != first_page:
            found[id(line)] = FIRST_COPY
        seen.add(words)
    return found


def _rows(lines: Sequence[Piece]) -> list[Row]:
    """Return a page's upright lines from the top, those on one height together."""
    rows: list[Row] = []
    for line in sorted((line for line in lines if line.turn == 0), key=lambda line: -line.baseline):
        if rows and rows[-1][0].baseline - line.baseline < line.size / 2:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _leading(pages: Sequence[Sequence[Row]]) -> float:
    """Return the usual distance of rows in points; 0 where none are near each other."""
    steps = [
        step
        for rows in pages
        for above, below in pairwise(rows)
        if (step := above[0].baseline - below[0].baseline) < 3 * below[0].size
    ]
    return median(steps) if steps else 0.0


def _edges(rows: list[Row]) -> Iterator[_Edge]:
    if len(rows) > 1:
        depth = min(OUTER_ROWS, max(1, len(rows) // 4))
        yield _Edge("header", rows, depth)
        yield _Edge("footer", rows[::-1], depth)


def _page_numbers(edges: Sequence[_Edge], leading: float) -> Iterator[int]:
    """Yield, by `id`, the lines that say nothing but which page it is."""
    alone = [
        (line, int(found["n"]), edge)
        for edge in edges
        for line in edge.outer()
        if (found := _NUMBER.fullmatch(line.text))
    ]
    counting = _Repeated(
        (number - line.page, line) for line, number, _ in alone if number not in _YEARS
    )
    for line, number, edge in alone:
        shift = number - line.page
        own = shift == 0 and (
            counting.on(0, line, REPEATED, anywhere=True)
            or any(_gap(edge, at) > APART * leading for at in range(1, edge.depth + 1))
        )
        if own or counting.on(shift, line, 2) or _SAID.fullmatch(line.text):
            yield id(line)


def _running(
    edges: Sequence[_Edge], leading: float, numbers: frozenset[int], *, least: int
) -> Iterator[tuple[str, Piece, str]]:
    """Yield the lines that are running headers or footers: which of them, and the words."""
    words = _wordings(edges)
    standing = _Repeated(
        ((edge.where, words[id(line)]), line) for edge in edges for line in edge.near()
    )
    votes: defaultdict[tuple[str, str], list[tuple[bool, bool]]] = defaultdict(list)
    repeated: list[tuple[tuple[str, str], Piece]] = []
    for edge in edges:
        repeats = {
            id(line)
            for line in edge.near()
            if standing.on((edge.where, words[id(line)]), line, least)
        }
        flags = [
            any(id(line) in repeats or id(line) in numbers for line in row)
            for row in edge.rows[:MARGIN_ROWS]
        ]
        for line in edge.outer():
            said = id(line) not in numbers and any(map(str.isalpha, line.text))
            if said and id(line) in repeats:
                key = edge.where, words[id(line)]
                repeated.append((key, line))
                votes[key].append(_stands(edge, flags, leading))
    running = {key for key, cast in votes.items() if _won(cast)}
    for key, line in repeated:
        if key in running:
            yield key[0], line, key[1]


def _won(votes: Sequence[tuple[bool, bool]]) -> bool:
    """Return whether most pages' margins stand apart, or are all that repeats on many pages."""
    apart, close = map(sum, zip(*votes, strict=True))
    return 2 * apart > len(votes) or (len(votes) >= CLOSE_PAGES and 2 * close > len(votes))


def _wordings(edges: Sequence[_Edge]) -> dict[int, str]:
    """Return, by `id`, what each line says without what may differ from page to page."""
    lines = [line for edge in edges for line in edge.near()]
    counting = _Repeated((shift, line) for line in lines for _, shift in _shifts(line))
    return {id(line): _words(line, counting) for line in lines}


def _stands(edge: _Edge, flags: Sequence[bool], leading: float) -> tuple[bool, bool]:
    """Return whether what repeats at an edge stands apart from the text, and whether it is all.

    Args:
        edge: With at least one outer row that repeats.
        flags: Of each row from the edge inwards, whether it repeats or is a page number.
        leading: Usual distance of rows in points.
    """
    outside = flags.index(True)
    if outside and _gap(edge, outside) <= APART * leading:
        return False, False  # it belongs to the text outside
    margin = max(at for at, flag in enumerate(flags[: edge.depth], start=1) if flag)
    while margin < len(flags) and flags[margin]:
        margin += 1
    if margin >= len(edge.rows):
        return False, False  # the whole page repeats
    cells = {line.text.count(CELL) for line in edge.rows[margin]} - {0}
    if any(line.text.count(CELL) in cells for line in edge.rows[margin - 1]):
        return False, False  # the head of a table
    return _gap(edge, margin) > APART * leading, not any(flags[margin:])


def _gap(edge: _Edge, at: int) -> float:
    """Return how many points lie between so many rows at the edge and the next one."""
    return abs(edge.rows[at - 1][0].baseline - edge.rows[at][0].baseline)


class _Repeated:
    """On which pages something stands, and how high."""

    def __init__(self, found: Iterator[tuple[Hashable, Piece]]) -> None:
        self._places: defaultdict[Hashable, list[tuple[float, int]]] = defaultdict(list)
        for key, line in found:
            self._places[key].append((line.baseline, line.page))
        for places in self._places.values():
            places.sort()

    def on(self, key: Hashable, line: Piece, least: int, *, anywhere: bool = False) -> bool:
        """Return whether it is on so many pages, nearly as high as the line or anywhere."""
        places = self._places[key]
        pages: set[int] = set()
        first = 0 if anywhere else bisect_left(places, (line.baseline - line.size, 0))
        for at in range(first, len(places)):
            baseline, page = places[at]
            if not anywhere and baseline > line.baseline + line.size:
                break
            pages.add(page)
            if len(pages) >= least:
                return True
        return False


def _shifts(line: Piece) -> Iterator[tuple[slice, tuple[str, int, int]]]:
    """Yield where each number that is set off stands, and how far it is from the page's own.

    With the words around it, for only under the same words it counts the pages.
    """
    shape = re.sub(r"\d+", "#", _DATE.sub("@", _plain(line.text)))
    for nth, found in enumerate(_SET_OFF.finditer(line.text)):
        kind = found.lastgroup or ""
        yield slice(*found.span(kind)), (shape, nth, int(found[kind]) - line.page)


def _words(line: Piece, counting: _Repeated) -> str:
    text = line.text
    spans = [span for span, shift in _shifts(line) if counting.on(shift, line, 2)]
    for span in reversed(spans):
        text = f"{text[: span.start]}#{text[span.stop :]}"
    return _plain(_DATE.sub("@", text) if spans else text)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())

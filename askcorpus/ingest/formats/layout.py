"""From pieces of lines on pages to paragraphs: line ends, hyphens, headings, the next page."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from askcorpus.ingest.formats.columns import CELL, in_order, same_row
from askcorpus.ingest.formats.furniture import FIRST_COPY, furniture
from askcorpus.ingest.formats.written import Writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from askcorpus.ingest.formats.columns import Piece

LOOSE = 1.35
"""More than so many times the usual distance of lines parts paragraphs. Not tuned."""
HEADING = 1.12
"""A heading is so many times as high as the text. Not tuned."""
HEADING_SHARE = 0.2
"""More of a document's characters than this are no headings, however large."""
MAX_HEADING_CHARS = 200
REACH = 12
"""Neighbouring lines that show how far a line could have gone."""
NARROW = 28
"""Shorter lines are those of a receipt or an address, unless the next one goes on in lower case."""

_MARK = r"(?:[•●▪■◦‣·–—*-]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)]|\.?\d{1,2}(?:\.\d{1,2})+|\.\d{1,2})"
_ITEM = re.compile(_MARK + r"\s", re.IGNORECASE)
_ONLY_MARK = re.compile(_MARK, re.IGNORECASE)
_ENDED = re.compile(r"[.!?:;…][\"'”’)\]]*$")
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_CUT = re.compile(r"(?P<word>[^\W\d_]+)(?P<mark>[-‐\u00ad])$")


def write(pages: Sequence[Sequence[Piece]]) -> Writer:
    """Return the pages' text: paragraphs whole, across pages too; each page is a place."""
    found = [list(_lines(in_order(page))) for page in pages]
    margins = furniture(found)
    writer = Writer()
    lines = [line for page in found for line in page if id(line) not in margins]
    beside = [(line, margins[id(line)]) for page in found for line in page if id(line) in margins]
    known = _vocabulary(lines)
    levels = _levels(lines)
    for paragraph in _paragraphs(lines):
        # A header would stand between the halves of a sentence: it is written after it.
        while beside and beside[0][0].page < paragraph[0].page:
            _beside(writer, *beside.pop(0))
        _paragraph(writer, paragraph, known, levels)
    for line, reason in beside:
        _beside(writer, line, reason)
    return writer


def _beside(writer: Writer, line: Piece, reason: str) -> None:
    writer.place(f"p. {line.page}")
    if reason == FIRST_COPY:
        writer.block(_plain(line.text))
    else:
        writer.boilerplate(_plain(line.text), reason)


def _lines(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield whole lines: pieces in one row are cells, with two spaces between."""
    line: Piece | None = None
    for piece in pieces:
        if line and same_row(line, piece):
            near = piece.left - line.right < 0.6 * max(line.size, piece.size)
            near = near or bool(_ONLY_MARK.fullmatch(line.text))
            line.text += (" " if near else CELL) + piece.text
            line.right = max(line.right, piece.right)
            line.size = max(line.size, piece.size)
        else:
            if line:
                yield line
            line = piece
    if line:
        yield line


def _paragraphs(lines: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Yield the runs of lines that belong together."""
    steps = [
        a.baseline - b.baseline
        for a, b in pairwise(lines)
        if a.page == b.page and 0 < a.baseline - b.baseline < 3 * a.size
    ]
    leading = median(steps) if steps else 0.0
    paragraph: list[Piece] = []
    for at, line in enumerate(lines):
        if paragraph and not _joins(paragraph[-1], line, leading, _edge(lines, at - 1)):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    if paragraph:
        yield paragraph


def _edge(lines: Sequence[Piece], at: int) -> float:
    """Return how far to the right the lines around one go that begin where it does."""
    line = lines[at]
    near = lines[max(0, at - REACH) : at + REACH + 1]
    return max(
        other.right
        for other in near
        if other.page == line.page and abs(other.left - line.left) < 4 * line.size
    )


def _joins(above: Piece, line: Piece, leading: float, edge: float) -> bool:
    """Return whether a line continues the paragraph that ends with the line above."""
    if above.turn != line.turn or _ITEM.match(line.text) or CELL in above.text + line.text:
        return False
    if not 0.87 < above.size / line.size < 1.15:
        return False
    ended = bool(_ENDED.search(above.text))
    step = above.baseline - line.baseline
    if above.page != line.page or step < -above.size / 2:  # the next page or column
        return line.text[0].islower() or (not ended and _full(above, line, edge))
    if step > max(LOOSE * leading, 1.2 * line.size) or step > 3 * line.size:
        return False
    if ended and line.left - above.left > 0.8 * line.size:
        return False  # its first line is indented
    return _full(above, line, edge)


def _full(above: Piece, line: Piece, edge: float) -> bool:
    """Return whether a line ends because the next one's first word no longer fitted."""
    if len(above.text) < NARROW and not line.text[0].islower() and not _CUT.search(above.text):
        return False
    width = (line.right - line.left) / len(line.text)
    word = len(line.text.split(maxsplit=1)[0]) + 1
    return above.right + word * width > edge - width


def _paragraph(
    writer: Writer, lines: Sequence[Piece], known: Counter[str], levels: dict[float, int]
) -> None:
    writer.place(f"p. {lines[0].page}")
    if len(lines) <= 3 and (level := levels.get(_rounded(lines[0].size))):
        words = " ".join(_plain(line.text) for line in lines)
        if len(words) <= MAX_HEADING_CHARS and any(char.isalpha() for char in words):
            writer.heading(words, level)
            return
    text, glue = lines[0].text, ""
    for at, line in enumerate(lines):
        following = lines[at + 1].text if at + 1 < len(lines) else ""
        text, between = _joint(line.text, following, known)
        if at == 0:
            writer.block(_plain(text))
        else:
            if line.page != lines[at - 1].page:
                writer.place(f"p. {line.page}")
            writer.append(glue + _plain(text))
        glue = between


def _joint(text: str, following: str, known: Counter[str]) -> tuple[str, str]:
    """Return a line, without its last hyphen where that only marks a cut, and what comes next.

    The document's own words decide: "informa-tion" is a word cut in two, "long-term" isn't.
    """
    cut = _CUT.search(text)
    rest = re.match(r"[^\W\d_]+", following)
    if not cut or not rest:
        return text, " "
    if not rest[0][0].islower():
        return text, ""
    first, second = cut["word"].lower(), rest[0].lower()
    whole, pair = known[first + second], known[f"{first}-{second}"]
    if whole > pair:
        return text[:-1], ""
    # Two words that the document also has by themselves are a compound.
    compound = pair or (cut["mark"] != "\u00ad" and known[first] and known[second])
    return (text[:-1] + "-", "") if compound else (text[:-1], "")


def _vocabulary(lines: Sequence[Piece]) -> Counter[str]:
    """Return how often each word occurs that isn't cut by a line's end."""
    found: Counter[str] = Counter()
    for above, line in pairwise([None, *lines]):
        words = _WORD.findall(line.text.lower()) if line else []
        if above and _CUT.search(above.text):
            words = words[1:]
        if line and _CUT.search(line.text):
            words = words[:-1]
        found.update(words)
    return found


def _levels(lines: Sequence[Piece]) -> dict[float, int]:
    """Return the level of each size that headings have; the largest is 1."""
    sizes: defaultdict[float, int] = defaultdict(int)
    for line in lines:
        sizes[_rounded(line.size)] += len(line.text)
    if not sizes:
        return {}
    body = max(sizes, key=lambda size: sizes[size])
    # Headings are few: what is large and much is a form, or slides.
    most = HEADING_SHARE * sum(sizes.values())
    larger = [size for size, chars in sizes.items() if size >= HEADING * body and chars <= most]
    larger.sort(reverse=True)
    return {size: level for level, size in enumerate(larger, start=1)}


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def _plain(text: str) -> str:
    """Return the text with hyphens for the marks that stand for one."""
    return text.replace("\u00ad", "-")

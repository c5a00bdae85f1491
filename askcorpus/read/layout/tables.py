"""Finds the rows in a text: tables, receipts, lists. A row is one line. English only."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from askcorpus.language.sentences import sentences
from askcorpus.text import trimmed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Range = tuple[int, int]

LEAST_ITEMS = 3
MAX_ROW_CHARS = 120
"""A longer line without names or bars is prose. Neither is tuned."""
_LINE = re.compile(r"[^\r\n]+")
# What the parsers of tables write: values with their names, or values between bars.
_TABLE = re.compile(r"[^:;]+: [^;]*; [^:;]+: |.*\S \| ?\S|\s*\|")
# A wide gap; but two spaces may follow a sentence, and justified prose begins anywhere.
_GAP = re.compile(r".*[^\s.!?](?:[^\S\r\n]{3,}|\t)\S|\s*[^\Wa-z_].*[^\s.!?]  \S")
_ITEM = re.compile(r"\s*[-*+•·–]\s+\S|\s*[^\Wa-z_](?=.*\d)")
_SENTENCE = re.compile(r"[.!?][\"'”’)\]]*\s*$")
_NAMED = re.compile(r"(?P<name>[^:;|]{1,80}): (?P<value>[^;]+)(?:; |$)")
_BARS = re.compile(r"[^|]+")
_GAPS = re.compile(r"\S(?:(?![^\S\r\n]{2}|\t).)*")
_MARK = re.compile(r"\s*(?:[-*+•·–]|(?P<number>\d{1,3})[.)]?)\s+(?=\S)")
_RULE = re.compile(r"[\s|:+=-]+")


@dataclass(frozen=True, slots=True)
class Cell:
    """A value and what its column is called; "" where nothing says it."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line that stands for itself."""

    start: int
    end: int
    cells: tuple[Cell, ...] | None
    """What may be an answer; None in a header, which names the columns."""


def tables(text: str) -> list[list[Row]]:
    """Return the tables and lists in a text, in order; empty where it is prose."""
    found: list[list[Row]] = []
    lines = [match.span() for match in _LINE.finditer(text) if not match.group().isspace()]
    for kind, group in groupby(lines, key=lambda line: _kind(text[slice(*line)])):
        run = list(group)
        if kind == "item":
            found += [_items(text, part) for part in _blocks(text, run) if len(part) >= LEAST_ITEMS]
        elif kind and len(run) > 1:
            # A total stands apart from what it sums up; rows of our own parsers all do.
            parts = [run] if kind == "table" else _blocks(text, run)
            found += [_table(text, part) for part in parts]
    return [table for table in found if table]


def _kind(line: str) -> str:
    """Return what a line is a row of: "table", "gap", "item" of a list or receipt, or ""."""
    if _TABLE.match(line):
        return "table"
    if len(line) > MAX_ROW_CHARS:
        return ""
    if _GAP.match(line):
        return "gap"
    return "item" if _ITEM.match(line) and not _SENTENCE.search(line) else ""


def _blocks(text: str, lines: Sequence[Range]) -> Iterator[list[Range]]:
    """Yield the lines in runs without a blank line between them."""
    run: list[Range] = []
    for line in lines:
        if run and len(text[run[-1][1] : line[0]].splitlines()) > 1:
            yield run
            run = []
        run.append(line)
    yield run


def _items(text: str, lines: Sequence[Range]) -> list[Row]:
    """Return the rows, each one cell without its bullet or its number in the list."""
    marks = [_MARK.match(text, low, high) for low, high in lines]
    numbers = [mark["number"] for mark in marks if mark]
    counted = numbers == [str(n) for n in range(1, len(lines) + 1)]
    made = []
    for (low, high), mark in zip(lines, marks, strict=True):
        start = mark.end() if mark and (counted or not mark["number"]) else low
        made.append(Row(low, high, (Cell(start, high, ""),)))
    return made


def _table(text: str, lines: Sequence[Range]) -> list[Row]:
    """Return the rows with their cells, named by themselves or by the first line."""
    rules = [line for line in lines if _RULE.fullmatch(text[slice(*line)])]
    kept = [line for line in lines if line not in rules]
    rest = [text[slice(*line)] for line in kept[1:]]
    is_ruled = len(lines) > 2 and rules[:1] == lines[1:2]
    only_values = rest and all(re.search(r"\d", line) for line in rest)
    is_headed = is_ruled or (only_values and not re.search(r"\d", text[slice(*kept[0])]))
    header = [text[low:high] for low, high in _parts(text, *kept[0])] if is_headed else []
    made = [Row(*kept[0], None)] if is_headed else []
    for low, high in kept[1:] if is_headed else kept:
        named = list(_NAMED.finditer(text, low, high))
        if len(named) > 1 and named[0].start() == low:
            cells = [Cell(*match.span("value"), match["name"]) for match in named]
        else:
            places = _parts(text, low, high)
            names = header if len(header) == len(places) else [""] * len(places)
            cells = [Cell(*place, name) for place, name in zip(places, names, strict=True)]
        made.append(Row(low, high, tuple(cells)))
    return made


def _parts(text: str, low: int, high: int) -> list[Range]:
    """Return what stands between bars, empty where nothing does, or between wide gaps."""
    between = _BARS if "|" in text[low:high] else _GAPS
    found = [match.span() for match in between.finditer(text, low, high)]
    return [next(trimmed(text, start, end), (start, start)) for start, end in found]


def quotes(text: str, found: Sequence[Sequence[Row]]) -> list[Range]:
    """Return the ranges of the sentences and the rows of a text, in order."""
    ranges: list[Range] = []
    at = 0
    for row in (row for table in found for row in table):
        ranges += [*sentences(text, at, row.start), *trimmed(text, row.start, row.end)]
        at = row.end
    return ranges + sentences(text, at)

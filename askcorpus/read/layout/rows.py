"""Where in rows an answer may stand: in a table, a receipt or a list, not in prose.

In prose the words around an answer say what it answers; in rows only its own row and its column's
name do. So an answer never runs from one row or cell into the next. It isn't looked for in a row
that holds less of the question than another one, nor under a name that does. English only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from askcorpus.language.words import stem, stems
from askcorpus.read.layout.tables import quotes, tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from askcorpus.question.query import Query
    from askcorpus.read.layout.tables import Cell, Row

    Range = tuple[int, int]
    Stems = frozenset[str]

MAX_VALUE_CHARS = 60
"""A longer cell is prose, and an answer may be a part of it. Not tuned."""
_SUM = re.compile(
    r"[-−]?[$£€¥]?\s?\d[\d.,' ]*[.,]\d\d?(?:\s?(?:[$£€¥%]|[A-Za-z]{1,7}))?|[$£€¥]\s?\d[\d,]*"
)


@dataclass(frozen=True, slots=True)
class Slot:
    """Where an answer may stand."""

    start: int
    end: int
    in_row: bool = False
    is_value: bool = False
    """Whether it is a short cell, which is an answer as a whole or not at all."""
    choices: int = 1
    """How many values of its row a question for a number could mean."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What the rows of a passage mean for a question's answer."""

    slots: list[Slot]
    """In order; none share a character."""
    quotes: list[Range]
    """The sentences and the rows, in order."""

    @property
    def within(self) -> list[Range]:
        """The slots' ranges."""
        return [(slot.start, slot.end) for slot in self.slots]

    def slot(self, start: int, end: int) -> Slot | None:
        """Return the slot that holds a range."""
        return next((s for s in self.slots if s.start <= start and end <= s.end), None)


def layouts(asked: Query, passages: Sequence[tuple[str, str]]) -> list[Layout | None]:
    """Return each passage's layout; None where it is all prose.

    Args:
        asked: The question.
        passages: Their documents' paths, and their texts.
    """
    found = [tables(text) for _, text in passages]
    others: dict[str, set[Stems]] = {}
    for (path, text), own in zip(passages, found, strict=True):
        for table in own:
            others.setdefault(path, set()).update(held(asked, text, table))
    return [
        Layout(slots(asked, text, own, others[path]), quotes(text, own)) if own else None
        for (path, text), own in zip(passages, found, strict=True)
    ]


def held(asked: Query, text: str, table: Sequence[Row]) -> list[Stems]:
    """Return the stems of the question that each row holds; a header holds nothing."""
    terms = frozenset(stem(term) for term in asked.analysis.terms)
    return [
        terms.intersection(stems(text[row.start : row.end] if row.cells is not None else ""))
        for row in table
    ]


def slots(
    asked: Query, text: str, found: Sequence[Sequence[Row]], others: Iterable[Stems]
) -> list[Slot]:
    """Return where an answer may stand: in prose, or in the rows and cells that are asked about.

    Args:
        asked: The question.
        text: The passage.
        found: Its tables.
        others: What rows of the same document hold of the question, these and those elsewhere.
    """
    made: list[Slot] = []
    at = 0
    rivals = set(others)
    for table in found:
        made.append(Slot(at, table[0].start))
        at = table[-1].end
        names = {cell.name for row in table for cell in row.cells or ()}
        for row, own in zip(table, held(asked, text, table), strict=True):
            if row.cells and not any(own < rival for rival in rivals):
                cells = _asked_for(asked, text, row.cells, names)
                meant = sum(text[cell.start].isdigit() for cell in cells)
                choices = max(1, meant) if asked.analysis.kind == "number" else 1
                for cell in cells:
                    short = len(row.cells) > 1 and cell.end - cell.start <= MAX_VALUE_CHARS
                    made.append(
                        Slot(cell.start, cell.end, in_row=True, is_value=short, choices=choices)
                    )
    return [*made, Slot(at, len(text))]


def _asked_for(asked: Query, text: str, cells: Sequence[Cell], names: Iterable[str]) -> list[Cell]:
    """Return the cells of a row under the names that hold most of the question."""
    # What the row says of itself tells the row, and not the column.
    said = {root for cell in cells for root in stems(text[cell.start : cell.end])}
    told = frozenset(stem(term) for term in asked.analysis.terms) - said
    best = _most({name: told.intersection(stems(name)) for name in names})
    kept = [cell for cell in cells if cell.name in best and cell.start < cell.end]
    counts = [cell for cell in kept if text[cell.start : cell.end].isdigit()]
    sums = [cell for cell in kept if _SUM.fullmatch(text, cell.start, cell.end)]
    # "How many" asks for a count, "how much" doesn't.
    wording = asked.analysis.words
    if counts and sums and "many" in wording:
        return [cell for cell in kept if cell not in sums]
    if counts and sums and "much" in wording:
        return [cell for cell in kept if cell not in counts]
    return kept


def _most(held_by: dict[str, Stems]) -> set[str]:
    """Return the names that hold no less than another one."""
    return {
        name for name, own in held_by.items() if not any(own < other for other in held_by.values())
    }

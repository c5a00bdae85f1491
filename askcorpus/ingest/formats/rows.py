"""Rows of a table as text: "Header: value; …", so that each can be found and cited by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from askcorpus.ingest.extracted import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from askcorpus.ingest.formats.written import Writer

MAX_ROWS = 100_000
"""More is a database: a question about it needs a sum or a filter, not a passage."""
MAX_HEADER_CHARS = 80
MAX_VALUE_CHARS = 300
"""A longer one is prose, and has a block of its own."""
CELL = " | "
_VALUE = re.compile(r"[^\w]*\d[\d\s.,:/%()+-]*\W*|true|false|yes|no|n/?a", re.IGNORECASE)


def write(writer: Writer, rows: Iterable[tuple[int, Sequence[str]]], where: str = "") -> int:
    """Write a table's rows, each a block and a place, and return how many there were.

    The first row of words is the header, and again one that follows an empty row.

    Args:
        writer: What they are written to.
        rows: Numbers, as a spreadsheet shows them, and cells.
        where: What stands before the row's number in the place.

    Raises:
        RefusedError: There are too many.
    """
    header: Sequence[str] = ()
    fresh = True
    count = 0
    for number, raw in rows:
        cells = [" ".join(cell.split()) for cell in raw]
        if not any(cells):
            fresh = True
            continue
        count += 1
        if count > MAX_ROWS:
            raise RefusedError(f"it has more than {MAX_ROWS:,} rows")
        writer.place(f"{where}row {number}")
        if fresh and _is_header(cells):
            header, fresh = cells, False
            writer.block(CELL.join(cell for cell in cells if cell))
            continue
        # A line of its own, such as a title above the table, says nothing about what follows it.
        fresh = fresh and sum(map(bool, cells)) == 1
        writer.block(_line(header, cells))
    return count


def _is_header(cells: Sequence[str]) -> bool:
    named = [cell for cell in cells if cell]
    return (
        len(named) > 1
        and len(set(named)) == len(named)
        and not any(_VALUE.fullmatch(cell) or len(cell) > MAX_HEADER_CHARS for cell in named)
    )


def _line(header: Sequence[str], cells: Sequence[str]) -> str:
    if not header:
        return CELL.join(cell for cell in cells if cell)
    names = [*header, *[""] * len(cells)]
    return "; ".join(
        f"{name.rstrip(':')}: {cell}" if name else cell
        for name, cell in zip(names, cells, strict=False)
        if cell
    )

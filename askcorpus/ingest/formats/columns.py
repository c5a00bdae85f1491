"""Puts what stands on a page in reading order.

The order in which a page is drawn is trusted, for that is how word processors and typesetters
write: column by column, and a table row by row. Two things are put right: prose that is drawn
straight across two columns, and what is drawn after something that stands below it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMN_ROWS = 4
"""So many rows of prose with the same gap in the middle are two columns."""
MIN_PROSE_CHARS = 20
CELL = "  "
"""Stands between the cells of a line."""
MAX_RUNS = 500
"""A page in more parts is a drawing, and comparing all of them would take long."""


@dataclass(slots=True)
class Piece:
    """Characters that stand on one line without a wide gap; distances in points."""

    text: str
    left: float
    right: float
    baseline: float
    """Grows upwards."""
    size: float
    """Height of its largest character."""
    page: int
    """1 for the first."""
    turn: int = 0
    """Quarter turns of its writing."""


def in_order(pieces: Sequence[Piece]) -> list[Piece]:
    """Return a page's pieces in reading order."""
    runs = _runs(_unwoven(pieces))
    if len(runs) > MAX_RUNS:
        return list(pieces)
    ordered: list[_Run] = []
    for run in runs:
        below = (at for at, other in enumerate(ordered) if run.above(other))
        ordered.insert(next(below, len(ordered)), run)
    return [piece for run in ordered for piece in run.pieces]


@dataclass(slots=True)
class _Run:
    """Pieces that follow one another down the page, and the box around them."""

    pieces: list[Piece]
    left: float
    right: float
    top: float
    bottom: float

    def above(self, other: _Run) -> bool:
        """Whether it ends higher than another one begins, in the same column."""
        same_turn = self.pieces[0].turn == other.pieces[0].turn
        beside = self.right <= other.left or self.left >= other.right
        return same_turn and not beside and self.bottom > other.top


def _runs(pieces: Sequence[Piece]) -> list[_Run]:
    found: list[_Run] = []
    before: Piece | None = None
    for piece in pieces:
        goes_on = (
            before is not None
            and piece.turn == before.turn
            and piece.baseline - before.baseline < max(piece.size, before.size) / 2
        )
        top = piece.baseline + piece.size / 2
        if goes_on:
            run = found[-1]
            run.pieces.append(piece)
            run.left, run.right = min(run.left, piece.left), max(run.right, piece.right)
            run.top, run.bottom = max(run.top, top), min(run.bottom, piece.baseline)
        else:
            found.append(_Run([piece], piece.left, piece.right, top, piece.baseline))
        before = piece
    return found


def _unwoven(pieces: Sequence[Piece]) -> list[Piece]:
    """Return a page's pieces, columns of prose one after the other where rows go across them."""
    gutter = _gutter(pieces)
    if gutter is None:
        return list(pieces)
    ordered: list[Piece] = []
    left: list[Piece] = []
    right: list[Piece] = []
    for piece in pieces:
        if piece.right <= gutter:
            left.append(piece)
        elif piece.left >= gutter:
            right.append(piece)
        else:
            ordered += [*left, *_unwoven(right), piece]
            left, right = [], []
    return [*ordered, *left, *_unwoven(right)]


def _gutter(pieces: Sequence[Piece]) -> float | None:
    """Return where the second column begins, if rows of prose go across two columns."""
    rows = [
        (a, b)
        for a, b in pairwise(pieces)
        if same_row(a, b) and min(len(a.text), len(b.text)) >= MIN_PROSE_CHARS
    ]
    for _, first in sorted(rows, key=lambda row: row[1].left):
        gutter = first.left - first.size / 2
        near = [
            row for row in rows if row[0].right <= gutter <= row[1].left <= gutter + 2 * first.size
        ]
        # Cells begin with capitals or digits; lines of prose go on in the middle of a sentence.
        running = sum(row[side].text[0].islower() for row in near for side in (0, 1))
        if len(near) >= COLUMN_ROWS and running >= len(near) / 2:
            return gutter
    return None


def same_row(a: Piece, b: Piece) -> bool:
    """Return whether the second stands on the first one's line, to the right of it."""
    height = max(a.size, b.size)
    return (
        a.turn == b.turn
        and abs(a.baseline - b.baseline) < height / 2
        and b.left > a.right - height / 2
    )

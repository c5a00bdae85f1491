"""Vectors in and out of the ledger: float32 numbers in the machine's order, one blob each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from askcorpus.store.files import damaged

if TYPE_CHECKING:
    from collections.abc import Iterable

    from askcorpus.ports import Ids, Vectors
    from askcorpus.sqlite import Database

_VARIABLES = 500  # in one statement; older SQLite takes 999 at most
_PAGE = 1000  # rows held twice while a matrix is filled
_LAST = (1 << 63) - 1


def read(
    db: Database, dim: int, ids: Iterable[int] | None, *, after: int, upto: int | None
) -> tuple[Ids, Vectors]:
    """Return passage ids, ascending, and their vectors, (n, dim) float32."""
    where = "passage > ? AND passage <= ?"
    parameters: list[object] = [after, _LAST if upto is None else upto]
    with db.reading():
        if ids is None:  # counted among the passages, because a count of vectors reads them all
            n = db.value("SELECT count(*) FROM passages WHERE id > ? AND id <= ?", parameters)
        else:
            wanted = [int(number) for number in ids]
            n = len(wanted)
            where += " AND passage IN (SELECT value FROM json_each(?))"
            parameters.append(json.dumps(wanted))
        numbers = np.empty(n, dtype=np.int64)
        matrix = np.empty((n, dim), dtype=np.float32)
        sql = f"SELECT passage, vector FROM vectors WHERE {where} ORDER BY passage"  # noqa: S608
        at = 0
        for page in db.pages(sql, parameters, size=_PAGE):
            stop = at + len(page)
            numbers[at:stop] = [row[0] for row in page]
            matrix[at:stop] = _matrix(db, [row[1] for row in page], dim)
            at = stop
    return numbers[:at], matrix[:at]


def known(db: Database, hashes: Iterable[bytes]) -> dict[bytes, Vectors]:
    """Return the vectors, (dim,) float32, of the passages with these hashes, as far as known."""
    wanted = list(dict.fromkeys(hashes))
    found: dict[bytes, Vectors] = {}
    for at in range(0, len(wanted), _VARIABLES):
        part = wanted[at : at + _VARIABLES]
        marks = ", ".join("?" * len(part))
        sql = f"""SELECT hash, vector FROM passages JOIN vectors ON passage = id
                  WHERE hash IN ({marks})"""  # noqa: S608
        found |= {row[0]: np.frombuffer(row[1], np.float32) for row in db.rows(sql, part)}
    return found


def distinct(db: Database, dim: int, *, upto: int) -> tuple[list[str], Vectors]:
    """Return the hashes, in hexadecimal, of the passages up to an id, and a vector for each."""
    sql = """SELECT hash, vector FROM passages JOIN vectors ON passage = id
             WHERE id IN (SELECT min(id) FROM passages WHERE id <= ? GROUP BY hash) ORDER BY id"""
    hashes: list[str] = []
    parts = [np.empty((0, dim), dtype=np.float32)]
    for page in db.pages(sql, (upto,), size=_PAGE):
        hashes += [row[0].hex() for row in page]
        parts.append(_matrix(db, [row[1] for row in page], dim))
    return hashes, np.concatenate(parts)


def of_texts(db: Database, hashes: Iterable[str], *, upto: int) -> list[int]:
    """Return the passages, by id, ascending and up to an id, that have one of these hashes."""
    wanted = [bytes.fromhex(found) for found in hashes]
    ids: list[int] = []
    for at in range(0, len(wanted), _VARIABLES):
        part = wanted[at : at + _VARIABLES]
        marks = ", ".join("?" * len(part))
        sql = f"SELECT id FROM passages WHERE hash IN ({marks}) AND id <= ?"  # noqa: S608 (only "?"s)
        ids += [row[0] for row in db.rows(sql, (*part, upto))]
    return sorted(ids)


def count_distinct(db: Database, *, upto: int) -> int:
    """Return how many texts the passages up to an id have between them."""
    sql = "SELECT count(DISTINCT hash) FROM passages WHERE id <= ?"
    return int(db.value(sql, (upto,)))


def _matrix(db: Database, vectors: list[bytes], dim: int) -> Vectors:
    """Return vectors as rows, (n, dim) float32.

    Raises:
        StoreUnavailableError: They aren't as wide as the index says.
    """
    joined = b"".join(vectors)
    if len(joined) != 4 * dim * len(vectors):
        raise damaged(db.path)
    return np.frombuffer(joined, np.float32).reshape(len(vectors), dim)

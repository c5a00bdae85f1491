"""Between the ledger's rows and the records: documents, skipped files, filters."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from askcorpus.globs import Glob
from askcorpus.records import Boilerplate, Document, Heading, Place, Skipped
from askcorpus.store import lexical

if TYPE_CHECKING:
    from collections.abc import Callable

    from askcorpus.ports import Ids
    from askcorpus.question.query import Query
    from askcorpus.sqlite import Database


_COLUMNS = """path, title, date, byline, sha256, size, mtime_ns, extracted, boilerplate, headings,
    places, text"""
# Named, because a migrated table has them in another order.
INSERT = f"INSERT INTO documents({_COLUMNS}) VALUES ({', '.join('?' * 12)})"  # noqa: S608
SELECT = f"SELECT {_COLUMNS} FROM documents WHERE path = ?"  # noqa: S608


class Counts(NamedTuple):
    """What an index holds."""

    documents: int
    passages: int
    skipped: int


class SkippedFile(NamedTuple):
    """A file that was left out, with what tells whether it has changed since."""

    skipped: Skipped
    size: int
    mtime_ns: int


class Selection(NamedTuple):
    """The passages that a question's filters allow."""

    allowed: Ids | None
    """Passage ids, ascending; None where nothing is filtered."""
    undated: int
    """Documents that only the date filter left out, for want of a date."""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document without its text."""

    path: str
    sha256: str
    size: int
    mtime_ns: int
    title: str
    date: str | None
    passages: int
    boilerplate: int
    """Characters marked as boilerplate."""


def from_document(document: Document) -> tuple[Any, ...]:
    """Return the values that `INSERT` takes."""
    return (
        document.path,
        document.title,
        document.date,
        document.byline,
        document.sha256,
        document.size,
        document.mtime_ns,
        document.extracted,
        json.dumps([[b.start, b.end, b.reason] for b in document.boilerplate]),
        json.dumps([[h.start, h.end, h.level] for h in document.headings]),
        json.dumps([[p.start, p.label] for p in document.places]),
        document.text,
    )


def to_document(row: tuple[Any, ...]) -> Document:
    """Return the document of a row of `SELECT`."""
    path, title, date, byline, sha256, size, mtime_ns, extracted, *ranges, text = row
    boilerplate, headings, places = map(json.loads, ranges)
    return Document(
        path=path,
        text=text,
        title=title,
        sha256=sha256,
        size=size,
        mtime_ns=mtime_ns,
        date=date,
        byline=byline,
        boilerplate=tuple(Boilerplate(*item) for item in boilerplate),
        headings=tuple(Heading(*item) for item in headings),
        extracted=bool(extracted),
        places=tuple(Place(*item) for item in places),
    )


def counts(db: Database) -> Counts:
    """Return the numbers of documents, passages and skipped files, of one state."""
    found = db.rows(
        """SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM passages),
                  (SELECT count(*) FROM skipped)"""
    )
    return Counts(*found[0])


def documents(db: Database) -> list[DocumentRow]:
    """Return every document without its text, in the order of the paths."""
    found = db.rows(
        """SELECT path, sha256, size, mtime_ns, title, date,
                  (SELECT count(*) FROM passages WHERE document = documents.id), boilerplate
           FROM documents ORDER BY path"""
    )
    return [
        DocumentRow(
            path=path,
            sha256=sha256,
            size=size,
            mtime_ns=mtime_ns,
            title=title,
            date=date,
            passages=passages,
            boilerplate=sum(end - start for start, end, _ in json.loads(boilerplate)),
        )
        for path, sha256, size, mtime_ns, title, date, passages, boilerplate in found
    ]


def skipped(db: Database) -> list[SkippedFile]:
    """Return the files that were left out, in the order of the paths."""
    sql = "SELECT path, reason, failed, size, mtime_ns FROM skipped ORDER BY path"
    return [
        SkippedFile(Skipped(path, reason, bool(failed)), size, mtime_ns)
        for path, reason, failed, size, mtime_ns in db.rows(sql)
    ]


def select(db: Database, query: Query) -> Selection:
    """Return the passages that the question's filters allow."""
    allowed, undated = _of_documents(db, query)
    for phrase in query.phrases:
        holding = np.array(lexical.holding(db, phrase), dtype=np.int64)
        allowed = holding if allowed is None else np.intersect1d(allowed, holding)
    if query.without:
        barred = {row for phrase in query.without for row in lexical.holding(db, phrase)}
        if allowed is None:
            rows = db.rows("SELECT id FROM passages ORDER BY id")
            allowed = np.array([row[0] for row in rows], dtype=np.int64)
        allowed = np.array([row for row in allowed if row not in barred], dtype=np.int64)
    return Selection(allowed, undated)


def _of_documents(db: Database, query: Query) -> Selection:
    """Return the passages of the documents that the filters by name and date allow."""
    dated = query.after is not None or query.before is not None
    if not query.files and not dated:
        return Selection(None, 0)
    fits = _matcher(query.files)
    chosen: list[int] = []
    undated = 0
    for number, path, date in db.rows("SELECT id, path, date FROM documents"):
        if not fits(path):
            continue
        if dated and date is None:
            undated += 1
        elif not dated or (query.after or date) <= date <= (query.before or date):
            chosen.append(number)
    sql = """SELECT id FROM passages WHERE document IN (SELECT value FROM json_each(?))
             ORDER BY id"""
    allowed = [row[0] for row in db.rows(sql, (json.dumps(chosen),))]
    return Selection(np.array(allowed, dtype=np.int64), undated)


def _matcher(globs: tuple[str, ...]) -> Callable[[str], bool]:
    """Return whether a path, or the file name in it, matches one of the globs; any if none."""
    patterns = [Glob(glob) for glob in globs]
    return lambda path: (
        not patterns or any(p.matches(path) or p.matches(path.rpartition("/")[2]) for p in patterns)
    )

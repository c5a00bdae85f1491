"""The ledger's tables, the number of their format, and what is said where they can't be used."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from askcorpus.errors import IndexMismatchError
from askcorpus.sqlite import Words, schema_of
from askcorpus.store import lexical

if TYPE_CHECKING:
    from pathlib import Path

    from askcorpus.sqlite import Database, Schema

FORMAT = 4

WORDS = Words(
    whole="the index",
    again="run it again",
    rights="Check the permissions of its directory.",
    unopened="Check its permissions and its directory's.",
    damaged="Delete it, then index the folder again.",
    large="a text",
    smaller="Leave that file out of the index.",
    unknown="Run: askcorpus doctor",
)

# What makes the tables of one format those of the next, by the number of the first.
MIGRATIONS = {
    2: ["ALTER TABLE documents ADD COLUMN places TEXT NOT NULL DEFAULT '[]'"],
    3: ["CREATE TABLE forgotten(fingerprint BLOB PRIMARY KEY) WITHOUT ROWID"],
}

# The text stands last, so that reading the rest of a document's row doesn't read it.
_TABLES = [
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE documents(
        id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, title TEXT NOT NULL, date TEXT,
        byline TEXT, sha256 TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
        extracted INTEGER NOT NULL, boilerplate TEXT NOT NULL, headings TEXT NOT NULL,
        places TEXT NOT NULL, text TEXT NOT NULL)""",
    "CREATE INDEX documents_for_filters ON documents(path, date)",
    """CREATE TABLE skipped(
        path TEXT PRIMARY KEY, reason TEXT NOT NULL, failed INTEGER NOT NULL,
        size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE passages(
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
        "start" INTEGER NOT NULL, "end" INTEGER NOT NULL, line INTEGER NOT NULL,
        heading TEXT NOT NULL, hash BLOB NOT NULL)""",
    "CREATE INDEX passages_by_document ON passages(document)",
    "CREATE INDEX passages_by_hash ON passages(hash)",
    """CREATE TABLE vectors(
        passage INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE,
        vector BLOB NOT NULL)""",
    *MIGRATIONS[3],
    lexical.TABLE,
    *lexical.VOCABULARY,
]


def make(db: Database) -> None:
    """Make the tables, in one transaction, unless the database has any."""
    db.log_ahead(synchronous="NORMAL")
    with db.writing():
        if db.is_blank:
            for statement in _TABLES:
                db.run(statement)
            db.run("INSERT INTO meta VALUES ('format', ?)", (str(FORMAT),))
            db.run(f"PRAGMA user_version = {FORMAT}")


def is_older(db: Database) -> bool:
    """Whether the format is one that can be migrated."""
    return db.user_version in MIGRATIONS


def migrate(db: Database) -> None:
    """Bring the tables to this program's format, in one transaction; passages and vectors stay."""
    with db.writing():
        db.migrate(MIGRATIONS)
        db.run("REPLACE INTO meta VALUES ('format', ?)", (str(FORMAT),))


def identity(db: Database) -> tuple[int, ...] | None:
    """Return what tells a database from another one at its place; None where there is none now."""
    try:
        found = db.path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, db.value("PRAGMA user_version")


def check(db: Database, directory: Path) -> None:
    """Check that this program knows the format, and that the tables are its own.

    An index may come from anyone, and a trigger or a view would run with what is asked of ours.

    Raises:
        IndexMismatchError: The format is newer or none of ours, or the tables are others.
    """
    number = db.user_version
    if number > FORMAT:
        message = f"The index at {directory} has format {number}; this askcorpus knows {FORMAT}."
        raise IndexMismatchError(message, hint="Update askcorpus, or index into a new directory.")
    if number != FORMAT and number not in MIGRATIONS:
        message = f"The index at {directory} has an old or unknown format."
        raise IndexMismatchError(message, hint="Index again into a new directory.")
    if not any(db.schema == _made(number, grown=grown) for grown in (False, True)):
        message = f"{db.path} isn't a ledger of askcorpus: it holds tables of its own."
        raise IndexMismatchError(message, hint="Index again into a new directory.")


@cache
def _made(number: int, *, grown: bool) -> Schema:
    """Return what a ledger of a format defines: made so, or grown from the oldest."""
    later = [step for at, steps in MIGRATIONS.items() for step in steps if at < number]
    oldest = [
        statement.replace(" places TEXT NOT NULL,", "")
        for statement in _TABLES
        if statement not in MIGRATIONS[3]
    ]
    if grown or number == min(MIGRATIONS):
        return schema_of(*oldest, *later)
    return schema_of(*(made for made in _TABLES if made in later or made not in MIGRATIONS[3]))

"""The history's database: one connection, its tables, and where sqlite3's exceptions are met.

The file is made at the first write, for its owner only whatever the umask says. Everything that
sqlite3 raises leaves here as a StoreUnavailableError, and the connection with it: the next use
opens the file again, so that what was mended or moved meanwhile is found.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from askcorpus.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NAME = "sessions.db"
BUSY_TIMEOUT_S = 10.0
# "askc" in ASCII: tells our file from another program's of the same name.
APPLICATION = 0x61736B63

# What sqlite3 may raise: its own two roots; OverflowError for a number beyond 64 bits or a text
# beyond 2 GB; UnicodeEncodeError for a lone surrogate.
FOREIGN = (sqlite3.Error, sqlite3.Warning, OverflowError, UnicodeEncodeError)

# One entry takes the tables one format further; what is published is never changed.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE conversations(
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, directory TEXT NOT NULL,
            root TEXT NOT NULL)""",
        """CREATE TABLE turns(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            conversation INTEGER NOT NULL REFERENCES conversations ON DELETE CASCADE,
            asked TEXT NOT NULL, question TEXT NOT NULL, understood TEXT NOT NULL,
            filters TEXT NOT NULL, answer TEXT NOT NULL)""",
        "CREATE INDEX turns_by_conversation ON turns(conversation)",
        """CREATE TABLE sources(
            turn INTEGER NOT NULL REFERENCES turns ON DELETE CASCADE, root TEXT NOT NULL,
            path TEXT NOT NULL, PRIMARY KEY (path, root, turn)) WITHOUT ROWID""",
        "CREATE INDEX sources_by_turn ON sources(turn)",
        """CREATE VIRTUAL TABLE words USING fts5(
            question, answer, quotes, documents,
            tokenize = 'porter unicode61 remove_diacritics 2')""",
        """CREATE TRIGGER turn_words AFTER DELETE ON turns BEGIN
            DELETE FROM words WHERE rowid = old.id; END""",
    ),
)

_LATER = "Wait for it, then try again."
_RIGHTS = "Check the permissions of its directory, or set ASKCORPUS_DATA_DIR."
_ASIDE = "Move it aside; a new one is made."
# By primary result code: what happened to the file, and what to do.
_REASONS = {
    sqlite3.SQLITE_FULL: ("the disk is full", "Free some space, then try again."),
    sqlite3.SQLITE_READONLY: ("it is read-only", _RIGHTS),
    sqlite3.SQLITE_PERM: ("access is denied", _RIGHTS),
    sqlite3.SQLITE_CANTOPEN: ("it can't be opened", _RIGHTS),
    sqlite3.SQLITE_BUSY: ("another process keeps it locked", _LATER),
    sqlite3.SQLITE_LOCKED: ("another process keeps it locked", _LATER),
    sqlite3.SQLITE_IOERR: ("the disk reports an error", "Check the disk, then try again."),
    sqlite3.SQLITE_CORRUPT: ("it is damaged", _ASIDE),
    sqlite3.SQLITE_NOTADB: ("it is damaged", _ASIDE),
    sqlite3.SQLITE_TOOBIG: ("an answer is too large for it", "Ask for fewer passages."),
}


def translate(exc: BaseException, path: Path) -> StoreUnavailableError:
    """Return what sqlite3's or the system's exception means for the user of the history."""
    code = getattr(exc, "sqlite_errorcode", None)
    reason = hint = ""
    if isinstance(code, int):
        reason, hint = _REASONS.get(code & 0xFF, ("", ""))
    elif isinstance(exc, OSError):
        full = exc.errno in {errno.ENOSPC, errno.EDQUOT}
        said = (exc.strerror or type(exc).__name__).lower()
        reason, hint = _REASONS[sqlite3.SQLITE_FULL] if full else (said, _RIGHTS)
    return StoreUnavailableError(
        f"Can't use the history at {path}: {reason or f'{type(exc).__name__}: {exc}'}.",
        hint=hint or _ASIDE,
    )


class Database:
    """The history's file, opened when it is first needed. Threads may share it."""

    def __init__(self, directory: Path) -> None:
        """Remember where the file is or will be."""
        self.path = directory / NAME
        self._guard = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None

    def close(self) -> None:
        """Give the connection back; the log is folded into the file."""
        with self._guard:
            connection, self._connection = self._connection, None
            if connection is not None:
                with contextlib.suppress(*FOREIGN):  # what was committed is in the log
                    connection.close()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """Return every row of a query; none where there is no history yet, and none is made."""
        with self._guard, self._translated():
            if not self.path.exists():
                return []
            return self._opened().execute(sql, parameters).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Make what is run inside one transaction: all of it or, after any exception, nothing."""
        with self._guard, self._translated():
            connection = self._opened()
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    def wipe(self) -> None:
        """Leave no byte of what was deleted: not in the full text, free pages or the log.

        Raises:
            StoreUnavailableError: Another process reads just now, so that the log is still needed.
        """
        with self._guard, self._translated():
            connection = self._opened()
            # Made anew: the index of the full text only marks what is deleted until it is merged.
            connection.execute("INSERT INTO words(words) VALUES ('rebuild')")
            self._fold(connection)
            connection.execute("VACUUM")
            self._fold(connection)

    def _fold(self, connection: sqlite3.Connection) -> None:
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise StoreUnavailableError(
                f"It is deleted, but traces are left in {self.path}: another process reads it.",
                hint="Close the other askcorpus, then delete again.",
            )

    def _opened(self) -> sqlite3.Connection:
        """Return the connection to the file that is there now; where there is none, make it."""
        if self._connection is not None and self._identity != _identity(self.path):
            self.close()  # it was moved or deleted: what is written there, nobody would find
        if self._connection is None:
            _prepare(self.path)
            self._connection = _connect(self.path)
            self._identity = _identity(self.path)
            migrate(self._connection, self.path)
            for beside in (f"{NAME}-wal", f"{NAME}-shm"):
                with contextlib.suppress(FileNotFoundError):
                    self.path.with_name(beside).chmod(0o600)
        return self._connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except BaseException as exc:
            self.close()  # which takes back an open transaction
            if isinstance(exc, (*FOREIGN, OSError)):
                raise translate(exc, self.path) from exc
            raise


def migrate(
    connection: sqlite3.Connection,
    path: Path,
    steps: Sequence[Sequence[str]] = MIGRATIONS,
) -> None:
    """Bring the tables to the newest format, in one transaction.

    Raises:
        StoreUnavailableError: The format is newer, or the file is another program's.
    """
    if _format(connection) == (APPLICATION, len(steps)):
        return
    connection.execute("BEGIN IMMEDIATE")
    owner, number = _format(connection)  # another process may have been first
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if owner != APPLICATION and (owner or number or tables):
        raise StoreUnavailableError(
            f"{path} isn't a history of askcorpus.", hint="Set ASKCORPUS_DATA_DIR to a new place."
        )
    if number > len(steps):
        message = f"The history at {path} has format {number}; this askcorpus knows {len(steps)}."
        raise StoreUnavailableError(message, hint="Update askcorpus.")
    for step in steps[number:]:
        for statement in step:
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {len(steps)}")
    connection.execute("COMMIT")


def _format(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return whose file it is and the number of its format."""
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    return owner, connection.execute("PRAGMA user_version").fetchone()[0]


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _prepare(path: Path) -> None:
    """Make the directory and the file, for their owner only; SQLite's own files take after it."""
    directory = path.parent
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    # A directory that holds other things too, as one that the user named may, is theirs to set.
    if all(entry.name.startswith(NAME) for entry in directory.iterdir()):
        with contextlib.suppress(PermissionError):  # so is somebody else's
            directory.chmod(0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        # VACUUM would leave a copy in the system's directory for temporary files.
        connection.execute("PRAGMA temp_store = MEMORY")
        _log_ahead(connection)
        connection.execute("PRAGMA synchronous = FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Turn on write-ahead logging; SQLite doesn't wait by itself where two turn it on at once."""
    deadline = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
